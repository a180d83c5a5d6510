"""Questionnaires to start from: short, ours, to be changed. German and English."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from allmende.core.texts import Text


def _both(german: str, english: str) -> dict[str, str]:
    return {"de": german, "en": english}


def _ask(name: str, kind: str, german: str, english: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, "label": _both(german, english), **more}


def _listed(**options: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "label": _both(*words)} for name, words in options.items()]


_YES_NO = _listed(ja=("Ja", "Yes"), nein=("Nein", "No"))
_AGE = _ask(
    "alter", "select_one", "Wie alt sind Sie?", "How old are you?",
    purpose=_both("Damit wir sehen, ob alle Altersgruppen zu Wort kommen.", "To see whether all ages were heard."),
    options=_listed(
        unter18=("unter 18", "under 18"), bis29=("18 bis 29", "18 to 29"), bis49=("30 bis 49", "30 to 49"),
        bis64=("50 bis 64", "50 to 64"), ab65=("65 und älter", "65 and older"),
    ),
)  # fmt: skip
_PLAN = [
    {
        "name": "vorhaben", "title": _both("Das Vorhaben", "The project"),
        "questions": [
            _ask("bekannt", "select_one", "Kennen Sie das Vorhaben?", "Do you know the project?", options=_YES_NO,
                 required=True),
            _ask("meinung", "rating", "Wie gut finden Sie es?", "How much do you like it?", most=5),
            _ask("gut", "longtext", "Was ist gut daran?", "What is good about it?"),
            _ask("anders", "longtext", "Was sollte anders sein?", "What should be different?"),
            _ask("betroffen", "select_one", "Wohnen oder arbeiten Sie in der Nähe?", "Do you live or work nearby?",
                 options=_YES_NO),
            _ask("wo", "place", "Wo ungefähr?", "Where, roughly?", relevant="selected(${betroffen}, 'ja')"),
        ],
    },
    {"name": "ueber_sie", "title": _both("Über Sie", "About you"), "questions": [_AGE]},
]  # fmt: skip
_MODES = _listed(
    fuss=("zu Fuß", "on foot"), rad=("mit dem Rad", "by bike"), bahn=("mit Bus oder Bahn", "by bus or tram"),
    auto=("mit dem Auto", "by car"),
)  # fmt: skip
_WAYS = [
    {
        "name": "wege", "title": _both("Ihre Wege", "Your trips"),
        "questions": [
            _ask("mittel", "select_multiple", "Wie sind Sie in der Stadt unterwegs?", "How do you get around town?",
                 options=_MODES, other=True, required=True),
            _ask("entfernung", "decimal", "Wie weit ist Ihr häufigster Weg?", "How long is your most frequent trip?",
                 least=0, unit=_both("km", "km")),
            _ask("sicher", "rating", "Wie sicher fühlen Sie sich auf dem Rad?", "How safe do you feel on a bike?",
                 most=5,
                 relevant="selected(${mittel}, 'rad')"),
            _ask("takt", "matrix", "Wie zufrieden sind Sie mit Bus und Bahn?", "How content are you with bus and tram?",
                 relevant="selected(${mittel}, 'bahn')",
                 rows=_listed(tags=("am Tag", "by day"), abends=("am Abend", "in the evening")),
                 options=_listed(gut=("zufrieden", "content"), mittel=("teils, teils", "so-so"),
                                 schlecht=("unzufrieden", "not content"))),
            _ask("weg", "route", "Welchen Weg nehmen Sie am häufigsten?", "Which way do you take most often?"),
            _ask("gefahr", "place", "Wo ist es gefährlich?", "Where is it dangerous?"),
        ],
    },
    {"name": "ueber_sie", "title": _both("Über Sie", "About you"), "questions": [_AGE]},
]  # fmt: skip
_EVENING = [
    {
        "name": "abend", "title": _both("Die Veranstaltung", "The event"),
        "questions": [
            _ask("insgesamt", "rating", "Wie hat es Ihnen gefallen?", "How did you like it?", most=5, required=True),
            _ask("teile", "matrix", "Und im Einzelnen?", "And in detail?",
                 rows=_listed(inhalt=("Inhalt", "Content"), ort=("Ort", "Place"), zeit=("Uhrzeit", "Time")),
                 options=_listed(gut=("gut", "good"), mittel=("mittel", "fair"), schlecht=("schlecht", "poor"))),
            _ask("wieder", "select_one", "Würden Sie wiederkommen?", "Would you come again?", options=_YES_NO),
            _ask("warum", "text", "Woran liegt es?", "Why not?", relevant="selected(${wieder}, 'nein')", most=300),
            _ask("thema", "longtext", "Worüber möchten Sie beim nächsten Mal reden?",
                 "What would you like to talk about next time?"),
        ],
    },
]  # fmt: skip
_EMPTY = [{"name": "abschnitt", "title": {}, "questions": []}]
STARTS: Mapping[str, tuple[Text, list[dict[str, Any]]]] = {
    "plan": (_("Meinungen zu einem Vorhaben"), _PLAN),
    "ways": (_("Unterwegs in der Stadt"), _WAYS),
    "evening": (_("Rückmeldung zu einer Veranstaltung"), _EVENING),
    "empty": (_("Mit einem leeren Blatt"), _EMPTY),
}


def definition(start: str, title: str) -> dict[str, Any]:
    """The JSON of a new questionnaire."""
    languages = ["de"] if start == "empty" else ["de", "en"]
    return {"title": {"de": title}, "languages": languages, "layout": "pages", "sections": STARTS[start][1]}
