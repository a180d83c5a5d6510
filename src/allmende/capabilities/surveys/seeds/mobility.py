"""The mobility survey: twelve questions of our own, and answers that a program made up. Deterministic."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from allmende.capabilities.surveys.actions import Batched

type Json = dict[str, Any]

AGES = {
    "u18": ("unter 18", "under 18"),
    "18_29": ("18 bis 29", "18 to 29"),
    "30_44": ("30 bis 44", "30 to 44"),
    "45_64": ("45 bis 64", "45 to 64"),
    "65plus": ("65 und älter", "65 and older"),
}
MODES = {
    "walk": ("zu Fuß", "on foot"),
    "bike": ("mit dem Rad", "by bike"),
    "transit": ("mit Bus und Bahn", "by bus and tram"),
    "car": ("mit dem Auto", "by car"),
    "aid": ("mit Rollstuhl oder Gehhilfe", "with a wheelchair or walking aid"),
}
OFTEN = {
    "never": ("nie", "never"),
    "monthly": ("einige Male im Monat", "a few times a month"),
    "weekly": ("einige Male in der Woche", "a few times a week"),
    "daily": ("fast täglich", "almost daily"),
}
GOALS = {
    "safe": ("sicher", "safe"),
    "cheap": ("günstig", "cheap"),
    "fast": ("schnell", "fast"),
    "clean": ("gut für die Umwelt", "good for the environment"),
}
MONEY = {
    "paths": ("Radwege", "Bike paths"),
    "lines": ("mehr Busse und Bahnen", "More buses and trams"),
    "crossings": ("Gehwege und Übergänge", "Pavements and crossings"),
    "stops": ("Haltestellen ohne Stufen", "Stops without steps"),
    "parking": ("Parkplätze", "Parking"),
}
WISHES = (
    "Der Bus in die Innenstadt fährt abends zu selten.",
    "Am Wochenende fährt der Bus nur jede Stunde, das ist zu selten.",
    "Mehr Busse am Abend, damit man aus dem Theater nach Hause kommt.",
    "Der Radweg endet plötzlich an der Kreuzung, das ist gefährlich.",
    "Ein durchgehender Radweg am Fluss wäre schön.",
    "Radweg und Gehweg bitte trennen, es ist eng.",
    "Sichere Abstellplätze für Räder am Bahnhof fehlen.",
    "Die Haltestelle hat hohe Stufen, mit dem Kinderwagen kommt man kaum hinein.",
    "Haltestellen ohne Stufen und mit Bank, bitte auch am Stadtrand.",
    "An der Haltestelle fehlt ein Dach, man steht im Regen.",
    "Gehwege sind voller Löcher, mit dem Rollator ist das schwer.",
    "Die Ampel für Menschen zu Fuß ist zu kurz grün.",
    "Vor der Schule fahren die Autos zu schnell.",
    "Tempo 30 vor der Schule und ein Übergang wären gut.",
    "Es gibt zu wenige Parkplätze für Menschen, die pflegen.",
    "Parkplätze am Stadtrand mit gutem Bus in die Mitte.",
    "Ein Ticket, das für alles gilt und günstig ist.",
    "Das Ticket ist für Familien zu teuer.",
)


def said(german: str, english: str) -> dict[str, str]:
    return {"de": german, "en": english}


def _options(table: Mapping[str, tuple[str, str]], **filters: str) -> list[Json]:
    return [{"name": name, "label": said(*words), **({"filter": filters[name]} if name in filters else {})}
            for name, words in table.items()]  # fmt: skip


def questionnaire(districts: Sequence[tuple[str, str]]) -> Json:
    """The twelve questions; the first asks for one of the city's districts (slug, name)."""
    places = [{"name": slug.replace("-", "_"), "label": said(name, name)} for slug, name in districts]
    return {
        "title": said("Wie sind Sie unterwegs?", "How do you get around?"),
        "languages": ["de", "en"],
        "introduction": said(
            "Zwölf Fragen über Ihre Wege. Nichts davon müssen Sie beantworten.",
            "Twelve questions about your trips. You need not answer any of them.",
        ),
        "layout": "pages",
        "sections": [
            {
                "name": "you",
                "title": said("Über Sie", "About you"),
                "text": said("Damit wir Gruppen vergleichen können.", "So that we can compare groups."),
                "questions": [
                    {
                        "name": "district", "kind": "select_one",
                        "label": said("In welchem Stadtteil wohnen Sie?", "In which district do you live?"),
                        "purpose": said("Wir vergleichen die Stadtteile.", "We compare the districts."),
                        "options": [*places, {"name": "outside", "label": said("außerhalb", "outside the city")}],
                    },
                    {
                        "name": "age", "kind": "select_one", "label": said("Wie alt sind Sie?", "How old are you?"),
                        "purpose": said("Damit alle Altersgruppen zählen.", "So that all age groups count."),
                        "options": _options(AGES),
                    },
                    {
                        "name": "household", "kind": "integer", "least": 1, "most": 15,
                        "unit": said("Menschen", "people"),
                        "label": said(
                            "Wie viele Menschen leben in Ihrem Haushalt?", "How many people live in your household?"
                        ),
                    },
                ],
            },
            {
                "name": "trips",
                "title": said("Ihre Wege", "Your trips"),
                "questions": [
                    {
                        "name": "modes", "kind": "select_multiple", "other": True,
                        "label": said(
                            "Wie sind Sie in einer normalen Woche unterwegs?", "How do you get around in a usual week?"
                        ),
                        "hint": said("Sie können mehreres ankreuzen.", "You can tick several."),
                        "options": _options(MODES),
                    },
                    {
                        "name": "main", "kind": "select_one", "relevant": "count-selected(${modes}) > 1",
                        "label": said("Womit am häufigsten?", "By which most often?"),
                        "options": _options(MODES, **{name: f"selected(${{modes}}, '{name}')" for name in MODES}),
                    },
                    {
                        "name": "use", "kind": "matrix",
                        "label": said("Wie oft machen Sie diese Wege?", "How often do you make these trips?"),
                        "rows": [
                            {"name": "work", "label": said("Arbeit oder Schule", "Work or school")},
                            {"name": "shop", "label": said("Einkaufen", "Shopping")},
                            {"name": "free", "label": said("Freizeit", "Free time")},
                        ],
                        "options": _options(OFTEN),
                    },
                    {
                        "name": "km", "kind": "decimal", "least": 0, "most": 500, "step": 0.1,
                        "unit": said("Kilometer", "kilometres"),
                        "label": said(
                            "Wie weit ist der Weg, den Sie am häufigsten machen?",
                            "How far is the trip that you make most often?",
                        ),
                    },
                ],
            },
            {
                "name": "wishes",
                "title": said("Was besser werden soll", "What should get better"),
                "questions": [
                    {
                        "name": "content", "kind": "rating", "most": 5,
                        "label": said(
                            "Wie zufrieden sind Sie mit Bus und Bahn?", "How content are you with buses and trams?"
                        ),
                        "hint": said("1 heißt gar nicht, 5 heißt sehr.", "1 means not at all, 5 means very."),
                    },
                    {
                        "name": "matters", "kind": "ranking",
                        "label": said("Was ist Ihnen unterwegs wichtig?", "What matters to you on the way?"),
                        "options": _options(GOALS),
                    },
                    {
                        "name": "money", "kind": "allocation", "most": 100, "unit": said("Euro", "euros"),
                        "label": said(
                            "Wie würden Sie 100 Euro für Wege in der Stadt verteilen?",
                            "How would you give out 100 euros for getting around in the city?",
                        ),
                        "options": _options(MONEY),
                    },
                    {
                        "name": "spot", "kind": "place",
                        "label": said("Wo ist es für Sie gefährlich?", "Where is it dangerous for you?"),
                    },
                    {
                        "name": "wish", "kind": "longtext", "most": 1000,
                        "label": said("Was würde Ihnen am meisten helfen?", "What would help you most?"),
                        "hint": said("Bitte keine Namen nennen.", "Please name nobody."),
                    },
                ],
            },
        ],
    }  # fmt: skip


def answers(
    number: int, *, seed: int, districts: Sequence[str], centre: tuple[float, float], first: date, days: int
) -> list[Batched]:
    """So many made-up answers: older people walk more, the young ride, who drives is less content with the bus."""
    chance = Random(seed)  # noqa: S311 - makes examples, keeps no secret
    return [_one(chance, districts, centre, first + timedelta(days=chance.randrange(days))) for _each in range(number)]


def _one(chance: Random, districts: Sequence[str], centre: tuple[float, float], day: date) -> Batched:
    age = chance.choices(list(AGES), [4, 16, 24, 34, 22])[0]
    old, young = age == "65plus", age in {"u18", "18_29"}
    likely = {"walk": 0.7, "bike": 0.5 if young else 0.15 if old else 0.35, "transit": 0.6 if young or old else 0.35,
              "car": 0.25 if young else 0.55 if old else 0.75, "aid": 0.15 if old else 0.01}  # fmt: skip
    modes = [mode for mode, part in likely.items() if chance.random() < part] or ["walk"]
    found: Json = {
        "district": chance.choice(districts).replace("-", "_") if chance.random() < 0.97 else "outside",  # noqa: PLR2004
        "age": age,
        "household": min(8, 1 + chance.choices(range(5), [4, 4, 2, 2, 1])[0]),
        "modes": modes,
        "use": {
            "work": "never" if old else chance.choices(list(OFTEN), [1, 1, 3, 8])[0],
            "shop": chance.choices(list(OFTEN), [0, 2, 8, 3])[0],
            "free": chance.choices(list(OFTEN), [1, 4, 6, 2])[0],
        },
        "content": max(1, min(5, round(chance.gauss(2.7 if "car" in modes else 3.4, 1.0)))),
    }
    if len(modes) > 1:
        found["main"] = chance.choice(modes)
    if chance.random() < 0.9:  # noqa: PLR2004
        found["km"] = round(min(60.0, chance.lognormvariate(1.3, 0.8)), 1)
    if chance.random() < 0.8:  # noqa: PLR2004
        found["matters"] = sorted(GOALS, key=lambda goal: chance.random() - 0.5 * (goal == "safe"))
    if chance.random() < 0.7:  # noqa: PLR2004
        weights = {
            "paths": 3 if "bike" in modes else 1, "lines": 3 if "transit" in modes else 1, "crossings": 2,
            "stops": 3 if old else 1, "parking": 2 if "car" in modes else 0,
        }  # fmt: skip
        found["money"] = _shares(chance, weights)
    if chance.random() < 0.4:  # noqa: PLR2004
        lon, lat = centre
        found["spot"] = {
            "lon": round(chance.gauss(lon, 0.012), 5), "lat": round(chance.gauss(lat, 0.008), 5), "label": "",
            "how": "map",
        }  # fmt: skip
    if chance.random() < 0.45:  # noqa: PLR2004
        found["wish"] = chance.choice(WISHES)
    seconds = max(60, round(chance.lognormvariate(5.7, 0.4) / 30) * 30)
    return Batched(answers=found, day=day, language="en" if chance.random() < 0.05 else "de", seconds_taken=seconds)  # noqa: PLR2004


def _shares(chance: Random, weights: Mapping[str, int]) -> dict[str, int]:
    """100 euros in steps of ten."""
    given = dict.fromkeys(weights, 0)
    for _each in range(10):
        given[chance.choices(list(weights), list(weights.values()))[0]] += 10
    return {name: amount for name, amount in given.items() if amount}
