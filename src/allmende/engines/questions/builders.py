"""Questionnaires for tests and for the demo city."""

from collections.abc import Sequence
from typing import Any

from allmende.engines.questions.rules.definition import Definition
from allmende.engines.questions.rules.reading import definition_from_json


def both(german: str, english: str) -> dict[str, str]:
    return {"de": german, "en": english}


def option(name: str, german: str, english: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": both(german, english), **more}


def question(name: str, kind: str, label: str = "", **more: Any) -> dict[str, Any]:
    """A question as JSON; its label is its name where none is given."""
    return {"name": name, "kind": kind, "label": {"de": label or name}, **more}


def definition_of(*questions: dict[str, Any], **more: Any) -> Definition:
    """A definition of one section."""
    return definition_from_json(
        {
            "title": {"de": "Beispiel"},
            "languages": ["de", "en"],
            "sections": [{"name": "one", "questions": list(questions)}],
            **more,
        }
    )


def every_kind() -> dict[str, Any]:
    """The JSON of a questionnaire in which each kind of question stands once, with conditions and a repeat group."""
    modes: Sequence[dict[str, Any]] = [
        option("walk", "zu Fuß", "on foot"),
        option("bike", "mit dem Rad", "by bike"),
        option("bus", "mit Bus oder Bahn", "by bus or tram"),
        option("car", "mit dem Auto", "by car"),
        option("none", "gar nicht", "not at all"),
    ]
    often = [
        option("never", "nie", "never"),
        option("weekly", "jede Woche", "weekly"),
        option("daily", "täglich", "daily"),
    ]
    return {
        "title": both("Wie wir unterwegs sind", "How we get around"),
        "languages": ["de", "en"],
        "introduction": both("Das dauert etwa fünf Minuten.", "This takes about five minutes."),
        "layout": "pages",
        "sections": [
            {
                "name": "about",
                "title": both("Über Sie", "About you"),
                "questions": [
                    {
                        "name": "agreed",
                        "kind": "consent",
                        "label": both("Meine Antworten dürfen ausgewertet werden.", "My answers may be analysed."),
                        "required": True,
                    },
                    {
                        "name": "age",
                        "kind": "integer",
                        "label": both("Wie alt sind Sie?", "How old are you?"),
                        "plain": both("Ihr Alter", "Your age"),
                        "unit": both("Jahre", "years"),
                        "least": 0,
                        "most": 120,
                        "purpose": both("Damit wir Altersgruppen vergleichen.", "To compare age groups."),
                    },
                    {
                        "name": "modes",
                        "kind": "select_multiple",
                        "label": both("Wie sind Sie unterwegs?", "How do you get around?"),
                        "required": True,
                        "options": modes,
                        "other": True,
                        "exclusive": ["none"],
                    },
                    {
                        "name": "main",
                        "kind": "select_one",
                        "label": both("Womit am häufigsten?", "By which most often?"),
                        "relevant": "count-selected(${modes}) > 1",
                        "options": [{**one, "filter": f"selected(${{modes}}, '{one['name']}')"} for one in modes[:4]],
                    },
                ],
            },
            {
                "name": "week",
                "title": both("Ihre Woche", "Your week"),
                "relevant": "not(selected(${modes}, 'none'))",
                "questions": [
                    {
                        "name": "use",
                        "kind": "matrix",
                        "label": both("Wie oft?", "How often?"),
                        "rows": [
                            option("work", "zur Arbeit", "to work"),
                            option("shop", "zum Einkaufen", "to the shops"),
                        ],
                        "options": often,
                    },
                    {
                        "name": "order",
                        "kind": "ranking",
                        "label": both("Was ist Ihnen wichtig?", "What matters to you?"),
                        "options": [
                            option("fast", "schnell", "fast"),
                            option("safe", "sicher", "safe"),
                            option("cheap", "günstig", "cheap"),
                        ],
                    },
                    {
                        "name": "mood",
                        "kind": "rating",
                        "label": both("Wie zufrieden sind Sie?", "How content are you?"),
                        "most": 5,
                    },
                    {
                        "name": "money",
                        "kind": "allocation",
                        "label": both("Wie würden Sie 100 Euro verteilen?", "How would you give out 100 euros?"),
                        "most": 100,
                        "unit": both("Euro", "euros"),
                        "options": [option("paths", "Radwege", "Bike paths"), option("stops", "Haltestellen", "Stops")],
                    },
                    {
                        "name": "km",
                        "kind": "decimal",
                        "label": both("Wie weit ist Ihr Weg?", "How far is your way?"),
                        "unit": {"de": "km", "en": "km"},
                        "least": 0,
                        "step": 0.1,
                    },
                    {"name": "weekly", "kind": "calculate", "label": {}, "calculation": "round(${km} * 10, 1)"},
                    {
                        "name": "told",
                        "kind": "note",
                        "label": both("Das sind ${weekly} km in der Woche.", "That is ${weekly} km a week."),
                    },
                ],
            },
            {
                "name": "trips",
                "title": both("Wege", "Trips"),
                "repeat": {"count": "", "most": 3},
                "questions": [
                    {"name": "day", "kind": "date", "label": both("Tag", "Day"), "required": True},
                    {"name": "start", "kind": "time", "label": both("Abfahrt", "Departure")},
                    {"name": "seen", "kind": "datetime", "label": both("Ankunft", "Arrival")},
                ],
            },
            {
                "name": "places",
                "title": both("Orte", "Places"),
                "questions": [
                    {"name": "spot", "kind": "place", "label": both("Wo ist es gefährlich?", "Where is it dangerous?")},
                    {
                        "name": "way",
                        "kind": "route",
                        "label": both("Welchen Weg nehmen Sie?", "Which way do you take?"),
                    },
                    {"name": "photo", "kind": "file", "label": both("Ein Bild davon", "A picture of it")},
                    {
                        "name": "name",
                        "kind": "text",
                        "label": both("Wie heißt die Stelle?", "What is the spot called?"),
                        "most": 80,
                    },
                    {
                        "name": "words",
                        "kind": "longtext",
                        "label": both("Was möchten Sie uns noch sagen?", "What else would you like to say?"),
                    },
                ],
            },
        ],
    }
