"""Short example questionnaires: one that everybody may answer, one for letters with codes."""

from collections.abc import Mapping
from typing import Any

from allmende.capabilities.surveys.seeds import ways
from allmende.capabilities.surveys.seeds.mobility import said

YES_NO = [
    {"name": "yes", "label": said("ja", "yes")},
    {"name": "partly", "label": said("teils", "partly")},
    {"name": "no", "label": said("nein", "no")},
]

QUESTIONNAIRES: Mapping[str, Any] = {
    "ways": ways.QUESTIONNAIRE,
    "portal": {
        "title": said("Wie finden Sie dieses Portal?", "What do you think of this portal?"),
        "languages": ["de", "en"],
        "layout": "pages",
        "sections": [
            {
                "name": "use",
                "title": said("Wie Sie es nutzen", "How you use it"),
                "questions": [
                    {
                        "name": "came_for", "kind": "select_multiple", "other": True,
                        "label": said("Wozu waren Sie hier?", "What did you come for?"),
                        "options": [
                            {"name": "read", "label": said("etwas nachlesen", "to read something")},
                            {"name": "idea", "label": said("eine Idee einbringen", "to hand in an idea")},
                            {"name": "vote", "label": said("abstimmen", "to vote")},
                            {"name": "date", "label": said("einen Termin suchen", "to find a date")},
                        ],
                    },
                    {
                        "name": "found", "kind": "select_one", "required": True,
                        "label": said("Haben Sie es gefunden?", "Did you find it?"),
                        "options": YES_NO,
                    },
                    {
                        "name": "missing", "kind": "text", "most": 200, "relevant": "${found} != 'yes'",
                        "label": said("Was haben Sie vermisst?", "What did you miss?"),
                    },
                ],
            },
            {
                "name": "words",
                "title": said("Ihr Urteil", "Your verdict"),
                "questions": [
                    {
                        "name": "clear", "kind": "rating", "most": 5,
                        "label": said("Wie verständlich ist es?", "How easy is it to understand?"),
                        "hint": said("1 heißt gar nicht, 5 heißt sehr.", "1 means not at all, 5 means very."),
                    },
                    {
                        "name": "wish", "kind": "longtext", "most": 1000,
                        "label": said("Was sollen wir zuerst verbessern?", "What should we improve first?"),
                    },
                ],
            },
        ],
    },
    "housing": {
        "title": said("Wie wohnen Sie?", "How do you live?"),
        "languages": ["de", "en"],
        "layout": "one",
        "sections": [
            {
                "name": "home",
                "title": said("Ihre Wohnung", "Your home"),
                "questions": [
                    {
                        "name": "content", "kind": "rating", "most": 5, "required": True,
                        "label": said("Wie zufrieden sind Sie mit der Wohnung?", "How content are you with your home?"),
                    },
                    {
                        "name": "stairs", "kind": "select_one", "options": YES_NO,
                        "label": said("Kommen Sie ohne Stufen hinein?", "Can you get in without steps?"),
                    },
                    {
                        "name": "stay", "kind": "select_one", "options": YES_NO,
                        "label": said(
                            "Möchten Sie in fünf Jahren noch dort wohnen?", "Do you want to live there in five years?"
                        ),
                    },
                ],
            }
        ],
    },
}  # fmt: skip
