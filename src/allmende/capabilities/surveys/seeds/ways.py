"""An example on one page: a way to draw, texts that follow what one types, a table, places named several times."""

from collections.abc import Mapping
from typing import Any

from allmende.capabilities.surveys.seeds.mobility import said

QUESTIONNAIRE: Mapping[str, Any] = {
    "title": said("Ein Weg, den Sie oft gehen oder fahren", "A way that you often take"),
    "languages": ["de", "en"],
    "layout": "one",
    "sections": [
        {
            "name": "way",
            "title": said("Ihr Weg", "Your way"),
            "questions": [
                {
                    "name": "goal", "kind": "text", "most": 80,
                    "label": said("Wohin führt er?", "Where does it lead?"),
                    "hint": said("Zum Beispiel: zur Schule, zur Arbeit, zum Markt.",
                                 "For example: to school, to work, to the market."),
                },
                {
                    "name": "drawn", "kind": "route",
                    "label": said("Wo gehen oder fahren Sie entlang?", "Which way do you take?"),
                    "hint": said("Beginnen Sie gern an der nächsten Kreuzung statt an Ihrer Tür.",
                                 "Feel free to begin at the next crossing instead of your door."),
                },
                {
                    "name": "km", "kind": "decimal", "least": 0, "most": 200, "step": 0.1,
                    "unit": said("Kilometer", "kilometres"), "relevant": "${goal} != ''",
                    "label": said("Wie weit ist es? (${goal})", "How far is it? (${goal})"),
                },
                {
                    "name": "days", "kind": "integer", "least": 0, "most": 7, "relevant": "${goal} != ''",
                    "label": said("An wie vielen Tagen in der Woche?", "On how many days a week?"),
                },
                {"name": "week", "kind": "calculate", "label": {}, "calculation": "round(${km} * ${days} * 2, 1)"},
                {
                    "name": "told", "kind": "note", "relevant": "${km} > 0 and ${days} > 0",
                    "label": said("Hin und zurück sind das etwa ${week} Kilometer in der Woche.",
                                  "There and back that is about ${week} kilometres a week."),
                },
                {
                    "name": "state", "kind": "matrix",
                    "label": said("Wie ist der Weg?", "What is the way like?"),
                    "rows": [
                        {"name": "surface", "label": said("Belag", "Surface")},
                        {"name": "crossing", "label": said("Kreuzungen und Ampeln", "Crossings and lights")},
                        {"name": "night", "label": said("Bei Dunkelheit", "In the dark")},
                    ],
                    "options": [
                        {"name": "good", "label": said("gut", "good")},
                        {"name": "fair", "label": said("geht so", "so-so")},
                        {"name": "poor", "label": said("schlecht", "poor")},
                    ],
                },
            ],
        },
        {
            "name": "spots",
            "title": said("Schwierige Stelle", "Difficult spot"),
            "repeat": {"count": "", "most": 3},
            "questions": [
                {"name": "spot", "kind": "place", "label": said("Wo ist sie?", "Where is it?")},
                {"name": "what", "kind": "text", "most": 200,
                 "label": said("Was ist schwierig?", "What is difficult?")},
            ],
        },
    ],
}  # fmt: skip
