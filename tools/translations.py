"""Translations: which German sentences the code holds, and whether each has its English one.

    python tools/translations.py update     extract, add what is new to each room's English catalogue, drop what is gone
    python tools/translations.py compile    write the .mo files (generated, never committed)
    python tools/translations.py check      exit 1 when a sentence lacks its translation, or has two of them

Django lays the catalogues of all rooms over each other, and the first room's English stands on every page. So a
sentence has one English in all rooms; where it means something else it has a context (`pgettext`,
`{% translate … context … %}`).

Sentences in the code are German in the formal address. A city that says *du* lays `ui/locale_du` on top: each sentence
with Sie, Ihr or Ihnen has its informal variant there.
"""

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "allmende"
INFORMAL = SOURCE / "ui" / "locale_du" / "de" / "LC_MESSAGES" / "django.po"
FORMAL_WORDS = re.compile(r"\b(Sie|Ihnen|Ihre?[nmrs]?)\b")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
type Key = tuple[str | None, str]
"""Context and sentence (the singular where there are two)."""


def rooms() -> list[Path]:
    """Folders that keep catalogues of their own: every application."""
    found = [path.parent for path in SOURCE.rglob("apps.py")]
    return sorted(found, key=lambda path: len(path.parts), reverse=True)


def files_of(room: Path) -> list[Path]:
    inner = [other for other in rooms() if other != room and room in other.parents]
    files = [*room.rglob("*.py"), *room.rglob("*.html"), *room.rglob("*.txt")]
    return sorted(
        path
        for path in files
        if not any(other in path.parents for other in inner)
        and not {"tests", "migrations", "node_modules", "build"} & set(path.relative_to(room).parts)
    )


def sentences(path: Path) -> dict[Key, tuple[str, ...]]:
    """Every translatable sentence of a file: key → (singular,) or (singular, plural)."""
    text = path.read_text()
    if path.suffix != ".py":
        text = templatize(text, origin=str(path))
    found: dict[Key, tuple[str, ...]] = {}
    for _line, function, messages, _comments in extract_python(io.BytesIO(text.encode()), list(KEYWORDS), [], {}):
        spec = KEYWORDS[function]
        parts = [part for part in ([messages] if isinstance(messages, str) else list(messages)) if part is not None]
        if not parts:
            continue
        context = None
        if spec and isinstance(spec[0], tuple):
            context, *parts = parts
        if parts and parts[0]:
            found[context, parts[0]] = tuple(parts[: 2 if function.startswith("n") else 1])
    return found


def sentences_of(room: Path) -> dict[Key, tuple[str, ...]]:
    found: dict[Key, tuple[str, ...]] = {}
    for path in files_of(room):
        for key, parts in sentences(path).items():
            if len(parts) > len(found.get(key, ())):
                found[key] = parts
    return found


def catalogue(path: Path, language: str) -> Catalog:
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale=language)
    return Catalog(locale=language)


def merged(path: Path, language: str, wanted: dict[Key, tuple[str, ...]]) -> Catalog:
    """The catalogue with exactly the wanted sentences, keeping the translations that it has."""
    old = catalogue(path, language)
    new = Catalog(locale=language, header_comment="# Translations of this room.", fuzzy=False)
    new.mime_headers = [
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Language", language),
        ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
    ]
    for (context, text), parts in sorted(wanted.items(), key=lambda item: (item[0][1], item[0][0] or "")):
        message = old.get(text, context)
        translation = message.string if message and not message.fuzzy else None
        if len(parts) == 2:  # noqa: PLR2004 - singular and plural
            translation = translation if isinstance(translation, tuple) and any(translation) else ("", "")
            new.add(parts, translation, context=context)
        else:
            new.add(text, translation if isinstance(translation, str) else "", context=context)
    return new


def write(path: Path, content: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, content, width=120, omit_header=False, include_lineno=False)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    unstable = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Project-Id-Version", "Last-Translator")
    path.write_text("".join(line for line in lines if not line.startswith(tuple(f'"{word}' for word in unstable))))


def english(room: Path) -> Path:
    return room / "locale" / "en" / "LC_MESSAGES" / "django.po"


def update() -> None:
    formal: dict[Key, tuple[str, ...]] = {}
    for room in rooms():
        wanted = sentences_of(room)
        if wanted:
            write(english(room), merged(english(room), "en", wanted))
        formal |= {key: parts for key, parts in wanted.items() if any(FORMAL_WORDS.search(part) for part in parts)}
    write(INFORMAL, merged(INFORMAL, "de", formal))


def missing() -> list[str]:
    """One line per sentence without translation, or translated with other placeholders."""
    found = []
    formal: dict[Key, tuple[str, ...]] = {}
    for room in rooms():
        wanted = sentences_of(room)
        found += _gaps(english(room), "en", wanted)
        formal |= {key: parts for key, parts in wanted.items() if any(FORMAL_WORDS.search(part) for part in parts)}
    return found + _gaps(INFORMAL, "de", formal)


PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def _gaps(path: Path, language: str, wanted: dict[Key, tuple[str, ...]]) -> list[str]:
    have = catalogue(path, language)
    name = path.relative_to(ROOT)
    found = []
    for (context, text), parts in wanted.items():
        message = have.get(text, context)
        strings = (message.string if isinstance(message.string, tuple) else (message.string,)) if message else ()
        if not strings or not all(strings) or len(strings) != len(parts):
            found.append(f"{name}: {text!r} has no translation")
        elif set(PLACEHOLDER.findall(" ".join(parts))) != set(PLACEHOLDER.findall(" ".join(strings))):
            found.append(f"{name}: {text!r} has other placeholders than its translation")
    return found


def several() -> list[str]:
    """One line per sentence that rooms put into English differently, with who says what."""
    said: dict[Key, dict[tuple[str, ...], list[str]]] = {}
    for room in rooms():
        for message in catalogue(english(room), "en"):
            if message.id:
                text = message.id[0] if isinstance(message.id, tuple) else message.id
                strings = message.string if isinstance(message.string, tuple) else (message.string,)
                said.setdefault((message.context, text), {}).setdefault(strings, []).append(room.name)
    return [
        f"{text!r} has several translations: "
        + "; ".join(f"{' / '.join(strings)!r} in {', '.join(sorted(names))}" for strings, names in ways.items())
        for (_context, text), ways in sorted(said.items(), key=lambda item: item[0][1])
        if len(ways) > 1
    ]


def compile_all() -> None:
    for path in sorted(SOURCE.rglob("*.po")):
        with path.open("rb") as file:
            content = read_po(file)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, content)


def main() -> int:
    settings.configure(USE_I18N=True)
    match sys.argv[1:]:
        case ["update"]:
            update()
        case ["compile"]:
            compile_all()
        case ["check"]:
            gaps = missing() + several()
            print("\n".join(gaps) or "Every sentence has its translation, and one only.")
            return 1 if gaps else 0
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
