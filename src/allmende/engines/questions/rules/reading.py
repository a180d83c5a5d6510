"""Reading a definition from JSON: everything that is wrong with it is found at once and said in words.

What comes is somebody's file. Sizes are bounded before anything is looked at, nothing recurses, and what reads as text
is text that a database can hold.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from allmende.engines.questions.rules.definition import (
    CHOOSES,
    NUMBERS,
    OTHER,
    WITH_OPTIONS,
    Definition,
    DefinitionError,
    Fault,
    Kind,
    Option,
    Question,
    Repeat,
    Row,
    Section,
)

LARGEST = 2_000_000
"""Bytes of a definition. A survey of 60 questions in two languages has about 60,000."""
MOST_SECTIONS, MOST_QUESTIONS, MOST_OPTIONS, MOST_ROWS, MOST_LANGUAGES = 200, 1000, 500, 100, 20
MOST_CHOICES = 20_000
"""Options and rows of all questions together."""
LONGEST_LABEL, LONGEST_TEXT, LONGEST_EXPRESSION = 1000, 10_000, 4000
MOST_FAULTS = 100
"""More are not listed: whoever sees a hundred begins with them."""
MOST_REPEATS = 50
LARGEST_NUMBER = 10**12
MOST_STEPS = 11
"""Of a rating; 0 to 10 is the longest scale in use."""
SHORTEST = 2

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
OPTION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,40}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
"""What a database refuses or nobody sees: control signs and halves of letters. Marks of direction are letters."""


def definition_from_json(data: object) -> Definition:
    """Reads a definition: a mapping as `json.loads` makes it, or the JSON itself. Raises DefinitionError."""
    if isinstance(data, str | bytes):
        data = parsed(data)
    reader = _Reader()
    definition = reader.definition(data)
    if reader.faults or definition is None:
        raise DefinitionError(reader.faults)
    return definition


def parsed(data: str | bytes) -> object:
    """The JSON of a file. Raises DefinitionError for what is none or too large."""
    size = len(data)
    if size > LARGEST:
        raise DefinitionError([Fault("", _too_large())])
    try:
        found: object = json.loads(data)
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:  # halves of letters, which no page could show either
        message = _("Der Text enthält Zeichen, die sich nicht darstellen lassen.")
        raise DefinitionError([Fault("", message)]) from error
    except (ValueError, RecursionError) as error:
        raise DefinitionError([Fault("", _("Das ist kein lesbares JSON."))]) from error
    return found


def _too_large() -> str:
    return _("Der Fragebogen ist größer als %(n)s MB.") % {"n": LARGEST // 1_000_000}


class _Reader:
    """One reading: collects faults and what has been seen so far."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.names: set[str] = set()
        self.languages: tuple[str, ...] = ("de",)
        self.size = self.choices = self.questions = 0

    def fault(self, where: str, message: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(where, message))

    # the parts, from outside in

    def definition(self, data: object) -> Definition | None:
        if not isinstance(data, Mapping):
            self.fault("", _("Ein Fragebogen ist ein Objekt mit „title“ und „sections“."))
            return None
        self.unknown(data, Definition, "")
        self.languages = self.read_languages(data.get("languages", ["de"]))
        layout = data.get("layout", "pages")
        if layout not in ("pages", "one"):
            self.fault("/layout", _("Die Aufteilung ist „pages“ (Seite für Seite) oder „one“ (alles auf einer Seite)."))
            layout = "pages"
        title = self.words(data.get("title"), "/title", needed=True)
        introduction = self.words(data.get("introduction"), "/introduction", longest=LONGEST_TEXT)
        sections = self.items(data.get("sections"), "/sections", MOST_SECTIONS, pgettext("Menge", "Abschnitte"))
        read = tuple(self.section(one, f"/sections/{at}") for at, one in enumerate(sections))
        if not read:
            self.fault("/sections", _("Der Fragebogen hat noch keinen Abschnitt."))
        if self.size > LARGEST:
            self.fault("", _too_large())
        return Definition(title, self.languages, introduction, str(layout), read)

    def read_languages(self, data: object) -> tuple[str, ...]:
        found = [str(one) for one in self.items(data, "/languages", MOST_LANGUAGES, pgettext("Menge", "Sprachen"))]
        for at, code in enumerate(found):
            if not LANGUAGE.fullmatch(code):
                message = _("„%(code)s“ ist kein Sprachkürzel wie „de“ oder „en“.") % {"code": code[:20]}
                self.fault(f"/languages/{at}", message)
        if not found:
            self.fault("/languages", _("Bitte nennen Sie mindestens eine Sprache."))
        return tuple(dict.fromkeys(found)) or ("de",)

    def section(self, data: object, where: str) -> Section:
        if not isinstance(data, Mapping):
            self.fault(where, _("Ein Abschnitt ist ein Objekt mit „name“ und „questions“."))
            return Section("")
        self.unknown(data, Section, where)
        found = self.items(data.get("questions"), f"{where}/questions", MOST_QUESTIONS, _("Fragen"))
        self.questions += len(found)
        if self.questions > MOST_QUESTIONS:
            if self.questions - len(found) <= MOST_QUESTIONS:
                message = _("Ein Fragebogen hat höchstens %(n)s Fragen.") % {"n": MOST_QUESTIONS}
                self.fault("/sections", message)
            found = []
        return Section(
            self.name(data.get("name"), f"{where}/name"),
            self.words(data.get("title"), f"{where}/title"),
            self.words(data.get("text"), f"{where}/text", longest=LONGEST_TEXT),
            self.expression(data.get("relevant"), f"{where}/relevant"),
            self.repeat(data.get("repeat"), f"{where}/repeat"),
            tuple(self.question(one, f"{where}/questions/{at}") for at, one in enumerate(found)),
        )

    def repeat(self, data: object, where: str) -> Repeat | None:
        if data is None:
            return None
        if not isinstance(data, Mapping):
            self.fault(where, _("Die Wiederholung ist ein Objekt mit „count“ und „most“."))
            return None
        self.unknown(data, Repeat, where)
        most = self.number(data.get("most", Repeat.most), f"{where}/most") or 0
        if not 1 <= most <= MOST_REPEATS or most != int(most):
            message = _("Ein Abschnitt wird höchstens %(n)s Mal wiederholt, mindestens ein Mal.") % {"n": MOST_REPEATS}
            self.fault(f"{where}/most", message)
            most = 1
        return Repeat(self.expression(data.get("count"), f"{where}/count"), int(most))

    def question(self, data: object, where: str) -> Question:
        if not isinstance(data, Mapping):
            self.fault(where, _("Eine Frage ist ein Objekt mit „name“, „kind“ und „label“."))
            return Question("", Kind.NOTE, {})
        self.unknown(data, Question, where)
        name = self.name(data.get("name"), f"{where}/name")
        kind = data.get("kind")
        if not isinstance(kind, str) or kind not in Kind:
            message = _("Die Art „%(kind)s“ kennen wir nicht.") % {"kind": str(kind)[:40]}
            self.fault(f"{where}/kind", message)
            kind = Kind.TEXT
        kind = Kind(kind)
        question = Question(
            name,
            kind,
            self.words(data.get("label"), f"{where}/label", needed=kind != Kind.CALCULATE, longest=LONGEST_TEXT),
            self.words(data.get("hint"), f"{where}/hint", longest=LONGEST_TEXT),
            self.words(data.get("plain"), f"{where}/plain", longest=LONGEST_TEXT),
            self.flag(data.get("required"), f"{where}/required"),
            self.expression(data.get("relevant"), f"{where}/relevant"),
            self.expression(data.get("constraint"), f"{where}/constraint"),
            self.words(data.get("constraint_message"), f"{where}/constraint_message"),
            self.expression(data.get("calculation"), f"{where}/calculation"),
            self.default(data.get("default"), f"{where}/default"),
            self.options(data.get("options"), f"{where}/options"),
            self.flag(data.get("other"), f"{where}/other"),
            tuple(str(one)[:80] for one in self.items(data.get("exclusive"), f"{where}/exclusive", MOST_OPTIONS, "")),
            self.number(data.get("least"), f"{where}/least"),
            self.number(data.get("most"), f"{where}/most"),
            self.words(data.get("unit"), f"{where}/unit"),
            self.number(data.get("step"), f"{where}/step"),
            self.rows(data.get("rows"), f"{where}/rows"),
            self.words(data.get("purpose"), f"{where}/purpose", longest=LONGEST_TEXT),
            self.flag(data.get("sensitive"), f"{where}/sensitive"),
        )
        self.fits(question, where)
        return question

    def options(self, data: object, where: str) -> tuple[Option, ...]:
        read: list[Option] = []
        for at, one in enumerate(
            self.choice_items(data, where, MOST_OPTIONS, pgettext("Menge", "Antworten zur Auswahl"))
        ):
            here = f"{where}/{at}"
            if not isinstance(one, Mapping):
                self.fault(here, _("Eine Antwort zur Auswahl ist ein Objekt mit „name“ und „label“."))
                continue
            self.unknown(one, Option, here)
            name = self.choice_name(one.get("name"), f"{here}/name", {option.name for option in read})
            label = self.words(one.get("label"), f"{here}/label", needed=True)
            read.append(Option(name, label, self.expression(one.get("filter"), f"{here}/filter")))
        return tuple(read)

    def rows(self, data: object, where: str) -> tuple[Row, ...]:
        read: list[Row] = []
        for at, one in enumerate(self.choice_items(data, where, MOST_ROWS, _("Zeilen"))):
            here = f"{where}/{at}"
            if not isinstance(one, Mapping):
                self.fault(here, _("Eine Zeile ist ein Objekt mit „name“ und „label“."))
                continue
            self.unknown(one, Row, here)
            name = self.choice_name(one.get("name"), f"{here}/name", {row.name for row in read})
            read.append(Row(name, self.words(one.get("label"), f"{here}/label", needed=True)))
        return tuple(read)

    def fits(self, question: Question, where: str) -> None:
        """What belongs to the kind is there, and nothing that does not."""
        kind = question.kind
        if kind in WITH_OPTIONS and len(question.option_names) < (SHORTEST if kind == Kind.RANKING else 1):
            self.fault(f"{where}/options", _("Diese Frage braucht Antworten zur Auswahl."))
        if kind not in WITH_OPTIONS and question.options:
            self.fault(f"{where}/options", _("Diese Art von Frage hat keine Antworten zur Auswahl."))
        if (kind == Kind.MATRIX) != bool(question.rows):
            self.fault(
                f"{where}/rows",
                _("Eine Tabelle braucht Zeilen.") if kind == Kind.MATRIX else _("Nur eine Tabelle hat Zeilen."),
            )
        if question.other and kind not in CHOOSES:
            self.fault(f"{where}/other", _("„Etwas anderes“ gibt es nur bei Fragen mit Auswahl."))
        if question.other and any(option.name == OTHER for option in question.options):
            self.fault(f"{where}/other", _("Eine Antwort heißt schon „other“. Bitte nennen Sie sie anders."))
        if question.exclusive and kind != Kind.SELECT_MULTIPLE:
            self.fault(f"{where}/exclusive", _("Antworten, die allein stehen, gibt es nur bei mehreren Antworten."))
        for name in question.exclusive:
            if name not in question.option_names:
                message = _("„%(name)s“ ist keine der Antworten.") % {"name": name}
                self.fault(f"{where}/exclusive", message)
        if (kind == Kind.CALCULATE) != bool(question.calculation):
            self.fault(
                f"{where}/calculation",
                _("Bitte sagen Sie, was gerechnet wird.")
                if kind == Kind.CALCULATE
                else _("Nur ein berechneter Wert hat eine Rechnung."),
            )
        self.bounds(question, where)

    def bounds(self, question: Question, where: str) -> None:
        kind, least, most, step = question.kind, question.least, question.most, question.step
        if least is not None and most is not None and least > most:
            self.fault(f"{where}/least", _("Das Kleinste ist größer als das Größte."))
        if step is not None and step <= 0:
            self.fault(f"{where}/step", _("Der Schritt ist größer als null."))
        whole = kind not in NUMBERS or kind == Kind.INTEGER
        for key, bound in (("least", least), ("most", most)):
            if bound is not None and whole and (bound != int(bound) or (bound < 0 and kind != Kind.INTEGER)):
                self.fault(f"{where}/{key}", _("Hier steht eine ganze Zahl ab null."))
        if kind == Kind.RATING and not SHORTEST <= question.steps <= MOST_STEPS:
            message = _("Eine Bewertung hat 2 bis %(n)s Stufen.") % {"n": MOST_STEPS}
            self.fault(f"{where}/most", message)
        if kind == Kind.ALLOCATION and question.total < 1:
            self.fault(f"{where}/most", _("Bitte sagen Sie, wie viel zu verteilen ist."))

    # the smallest parts

    def unknown(self, data: Mapping[Any, Any], known: type, where: str) -> None:
        for key in data:
            if key not in known.__dataclass_fields__:  # type: ignore[attr-defined]
                message = _("„%(key)s“ kennen wir hier nicht.") % {"key": str(key)[:40]}
                self.fault(where, message)

    def items(self, data: object, where: str, most: int, what: str) -> list[Any]:
        if data is None:
            return []
        if not isinstance(data, list | tuple):
            self.fault(where, _("Hier steht eine Liste."))
            return []
        if len(data) > most:
            message = _("Höchstens %(n)s %(what)s.") % {"n": most, "what": what or pgettext("Menge", "Einträge")}
            self.fault(where, message)
            return []
        return list(data)

    def choice_items(self, data: object, where: str, most: int, what: str) -> list[Any]:
        found = self.items(data, where, most, what)
        self.choices += len(found)
        if self.choices > MOST_CHOICES:
            if self.choices - len(found) <= MOST_CHOICES:
                self.fault(where, _("Der Fragebogen hat zu viele Antworten zur Auswahl."))
            return []
        return found

    def name(self, data: object, where: str) -> str:
        name = data if isinstance(data, str) else ""
        if not NAME.fullmatch(name) or "__" in name:
            message = _(
                "„%(name)s“ geht nicht als Name: kleine Buchstaben ohne Umlaute, Ziffern und einzelne „_“, "
                "vorn ein Buchstabe, höchstens 41 Zeichen."
            ) % {"name": name[:60]}
            self.fault(where, message)
        elif name in self.names:
            message = _("Den Namen „%(name)s“ gibt es schon. Jede Frage und jeder Abschnitt heißt anders.")
            self.fault(where, message % {"name": name})
        self.names.add(name)
        return name

    def choice_name(self, data: object, where: str, seen: set[str]) -> str:
        name = str(data) if isinstance(data, str | int) and not isinstance(data, bool) else ""
        if not OPTION_NAME.fullmatch(name):
            message = _("„%(name)s“ geht hier nicht als Name: Buchstaben ohne Umlaute, Ziffern, „_“, „-“ und „.“.")
            self.fault(where, message % {"name": name[:60]})
        elif name in seen:
            message = _("„%(name)s“ steht zweimal zur Auswahl.")
            self.fault(where, message % {"name": name})
        return name

    def words(self, data: object, where: str, *, needed: bool = False, longest: int = LONGEST_LABEL) -> dict[str, str]:
        if data is None:
            data = {}
        if not isinstance(data, Mapping):
            self.fault(where, _('Ein Text steht hier je Sprache, etwa {"de": "…"}.'))
            return {}
        read: dict[str, str] = {}
        for language, text in data.items():
            if language not in self.languages:
                message = _("Die Sprache „%(code)s“ steht nicht in der Liste der Sprachen.")
                self.fault(where, message % {"code": str(language)[:20]})
            elif checked := self.text(text, where, longest):
                read[language] = checked
        if needed and not read.get(self.languages[0], "").strip():
            message = _("Hier fehlt der Text in der ersten Sprache („%(code)s“).") % {"code": self.languages[0]}
            self.fault(where, message)
        return read

    def text(self, data: object, where: str, longest: int) -> str:
        if not isinstance(data, str):
            self.fault(where, _("Hier steht ein Text."))
            return ""
        self.size += len(data)
        if len(data) > longest:
            message = _("Der Text ist zu lang: höchstens %(n)s Zeichen.") % {"n": longest}
            self.fault(where, message)
            return ""
        if UNWRITABLE.search(data):
            self.fault(where, _("Der Text enthält Zeichen, die sich nicht darstellen lassen."))
            return ""
        return data

    def expression(self, data: object, where: str) -> str:
        return "" if data is None else self.text(data, where, LONGEST_EXPRESSION).strip()

    def flag(self, data: object, where: str) -> bool:
        if data is not None and not isinstance(data, bool):
            self.fault(where, _("Hier steht ja oder nein (true oder false)."))
            return False
        return bool(data)

    def number(self, data: object, where: str) -> float | None:
        if data is None:
            return None
        if isinstance(data, bool) or not isinstance(data, int | float) or not -LARGEST_NUMBER <= data <= LARGEST_NUMBER:
            self.fault(where, _("Hier steht eine Zahl."))  # NaN is in no range
            return None
        return data

    def default(self, data: object, where: str) -> Any:
        """What stands in the field at first: one value, or a list of chosen options."""
        if data is None or isinstance(data, bool):
            return data
        if isinstance(data, int | float):
            return self.number(data, where)
        if isinstance(data, list | tuple):
            return [self.text(one, where, LONGEST_LABEL) for one in self.items(data, where, MOST_OPTIONS, "")]
        return self.text(data, where, LONGEST_TEXT) or None
