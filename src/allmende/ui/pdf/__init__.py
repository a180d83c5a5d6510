"""Every PDF of the house is made here: tagged (PDF/UA-1), with title, language and author (practice.md 20).

A room keeps a Typst file below `templates/<room>/pdf/` and hands over plain data. What people wrote never becomes
source: it travels as JSON (`sys.inputs.data`) and is drawn as text, so that markup in it is only signs. The decision is
told in `docs/decisions/pdf-by-typst.md`.
"""

import functools
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.template.utils import get_app_template_dirs

ROOT = Path(__file__).resolve().parents[2]
"""Typst reads files below the package only, and those because a template of ours names them."""
FONTS = ROOT / "ui" / "static" / "ui" / "build" / "fonts"
NOWHERE = ROOT / "ui" / "pdf" / "no-packages"
"""Typst would fetch `@preview` packages from its vendor; where none are, it can only fail."""
TRIES = 8

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_COMMON = re.compile(
    r"[^\t\n\x20-\x7e\u00a0-\u017f\u0218-\u021b\u1e9e\u2010-\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026"
    r"\u2030\u2039\u203a\u20ac]"
)
"""What is not among the signs that each of our fonts has (Latin, German punctuation)."""
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


class PdfError(Exception):
    """A template does not fit its data. The message is Typst's, with file and line, and holds nobody's words."""


def make(template: str, data: Mapping[str, Any], *, title: str, language: str, at: datetime, author: str = "") -> bytes:
    """A PDF from the Typst file `template` (e.g. "notify/pdf/letters.typ") and `data`, which must fit into JSON.

    `title` and `author` are what a reader shows as the document's, `language` (de, en) is the document's own; parts in
    another say so themselves. `at` becomes its date: the same input gives the same file. Signs that no font of ours
    has, such as emoji, become "?". Raises PdfError, and FileNotFoundError for an unknown template.
    """
    source = _find(template)
    values = {**data, "title": title or "PDF", "author": author, "language": language}
    given = _each_text(values, lambda text: _UNSEEN.sub("", text))
    for left in reversed(range(TRIES)):
        try:
            return _compile(source, given, at)
        except typst.TypstError as error:
            missing = _MISSING.search(str(error))
            if missing is None or not left:
                raise PdfError(str(error).splitlines()[0][:300]) from None
            named = _ESCAPE.sub(lambda hit: chr(int(hit[1], 16)), missing[1])
            # First without the signs that were named; when there is no end to them, with the common signs only.
            pattern = re.compile(f"[{re.escape(named)}]") if left > 1 else _COMMON
            given = _each_text(given, functools.partial(pattern.sub, "?"))
    raise AssertionError("unreachable")


def _compile(source: Path, given: Any, at: datetime) -> bytes:
    return typst.compile(
        str(source),
        root=str(ROOT),
        font_paths=_fonts(FONTS.stat().st_mtime_ns if FONTS.is_dir() else 0),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(given)},
        pdf_standards=["ua-1"],
        package_path=str(NOWHERE),
        package_cache_path=str(NOWHERE),
        timestamp=at.replace(microsecond=0),
    )


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {str(key): _each_text(one, change) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each_text(one, change) for one in value]
    return value


def _find(template: str) -> Path:
    for folder in get_app_template_dirs("templates"):
        path = Path(folder) / template
        if path.is_file() and ROOT in path.parents:
            return path
    raise FileNotFoundError(template)


@functools.lru_cache(maxsize=1)
def _fonts(_made: int) -> typst.Fonts:
    """Fira Sans as the pages have it; before the assets are built, the serif that Typst carries."""
    folders: list[Any] = [str(FONTS)] if FONTS.is_dir() else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
