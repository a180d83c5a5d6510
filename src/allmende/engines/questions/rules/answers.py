"""From what was sent to a value of its kind. Sizes are bounded before anything is looked at."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.engines.questions.rules.definition import Kind, Question
from allmende.engines.questions.rules.reading import LARGEST_NUMBER, UNWRITABLE

LONGEST_WORD, LONGEST_WORDS, LONGEST_NUMBER = 300, 10_000, 40
MOST_POINTS = 500
"""Of a route."""
WAYS = ("map", "address", "landmark")
_EARTH = (180, 90)


class AnswerError(ValueError):
    """What does not fit the question, as a sentence that says what to do."""


def read_answer(question: Question, raw: Any) -> Any:
    """The value, or None for none. Raises AnswerError."""
    if raw is None or raw == "":
        return None
    return _READERS[question.kind](question, raw)


def words(raw: Any, most: int, *, lines: bool = False) -> str | None:
    """A text without what nobody sees; marks of direction and joined emoji stay."""
    if not isinstance(raw, str):
        raise AnswerError(_("Bitte schreiben Sie einen Text."))
    if len(raw) > most + 2000:  # far too long: not looked at
        raise AnswerError(_too_long(most))
    text = UNWRITABLE.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not lines:
        text = " ".join(text.split())
    if len(text) > most:
        raise AnswerError(_too_long(most))
    return text or None


def _too_long(most: int) -> str:
    return _("Bitte kürzen Sie auf höchstens %(n)s Zeichen.") % {"n": most}


def _text(question: Question, raw: Any) -> str | None:
    long = question.kind == Kind.LONGTEXT
    text = words(raw, int(question.most or (LONGEST_WORDS if long else LONGEST_WORD)), lines=long)
    if text and question.least and len(text) < question.least:
        raise AnswerError(_("Bitte schreiben Sie mindestens %(n)s Zeichen.") % {"n": int(question.least)})
    return text


def shown(number: float) -> str:
    """A number as a sentence holds it: whole ones without point, others with a comma in German."""
    if float(number).is_integer():
        return str(int(number))
    return f"{number:.6f}".rstrip("0").replace(".", _(","))


def _number(question: Question, raw: Any) -> float:
    if isinstance(raw, str):
        tidy = raw.strip().replace(",", ".").replace("−", "-")
        if len(tidy) > LONGEST_NUMBER or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", tidy, re.ASCII):
            raise AnswerError(_("Bitte geben Sie eine Zahl ein, zum Beispiel 12."))
        raw = float(tidy)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not -LARGEST_NUMBER <= raw <= LARGEST_NUMBER:
        raise AnswerError(_("Bitte geben Sie eine Zahl ein, zum Beispiel 12."))
    if question.least is not None and raw < question.least:
        raise AnswerError(_("Bitte geben Sie mindestens %(n)s ein.") % {"n": shown(question.least)})
    if question.most is not None and raw > question.most:
        raise AnswerError(_("Bitte geben Sie höchstens %(n)s ein.") % {"n": shown(question.most)})
    if question.step:
        steps = (raw - (question.least or 0)) / question.step
        if not math.isclose(steps, round(steps), abs_tol=1e-6):
            raise AnswerError(_("Bitte geben Sie die Zahl in Schritten von %(n)s ein.") % {"n": shown(question.step)})
    return raw


def _integer(question: Question, raw: Any) -> int:
    number = _number(question, raw)
    if number != int(number):
        raise AnswerError(_("Bitte geben Sie eine ganze Zahl ein."))
    return int(number)


def _decimal(question: Question, raw: Any) -> float:
    return float(_number(question, raw))


def _date(_question: Question, raw: Any) -> str:
    try:
        return date.fromisoformat(_short(raw, "2026-11-22")).isoformat()
    except ValueError as error:
        raise AnswerError(_("Bitte geben Sie ein Datum ein, zum Beispiel 22.11.2026.")) from error


def _time(_question: Question, raw: Any) -> str:
    try:
        return time.fromisoformat(_short(raw, "14:30", "14:30:00")).strftime("%H:%M")
    except ValueError as error:
        raise AnswerError(_("Bitte geben Sie eine Uhrzeit ein, zum Beispiel 14:30.")) from error


def _datetime(_question: Question, raw: Any) -> str:
    try:
        text = _short(raw, "2026-11-22T14:30", "2026-11-22T14:30:00")
        return datetime.fromisoformat(text).isoformat(timespec="minutes")
    except ValueError as error:
        raise AnswerError(_("Bitte geben Sie Tag und Uhrzeit ein.")) from error


def _short(raw: Any, *forms: str) -> str:
    """A text of one of these forms: digits where they have digits. Raises ValueError."""
    text = raw.strip() if isinstance(raw, str) and len(raw) <= LONGEST_NUMBER else ""
    if re.sub(r"[0-9a-f]", "0", text) not in {re.sub(r"[0-9]", "0", form) for form in forms}:
        raise ValueError(forms[0])
    return text


def _choice(question: Question, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in question.option_names:
        raise AnswerError(_("Bitte wählen Sie eine der Antworten."))
    return raw


def _listed(question: Question, raw: Any) -> list[str]:
    """Options as a list, each once."""
    names = question.option_names
    if not isinstance(raw, list | tuple) or len(raw) > len(names):
        raise AnswerError(_("Bitte wählen Sie aus den Antworten, jede höchstens ein Mal."))
    chosen = [one for one in raw if isinstance(one, str) and one in names]
    if len(chosen) != len(raw) or len(set(chosen)) != len(chosen):
        raise AnswerError(_("Bitte wählen Sie aus den Antworten, jede höchstens ein Mal."))
    return chosen


def _how_many(question: Question, chosen: list[str]) -> list[str] | None:
    if not chosen:
        return None
    least, most = int(question.least or 0), int(question.most or len(question.option_names))
    if len(chosen) < least:
        raise AnswerError(
            ngettext("Bitte wählen Sie mindestens eine Antwort.", "Bitte wählen Sie mindestens %(n)s Antworten.", least)
            % {"n": least}
        )
    if len(chosen) > most:
        raise AnswerError(
            ngettext("Bitte wählen Sie höchstens eine Antwort.", "Bitte wählen Sie höchstens %(n)s Antworten.", most)
            % {"n": most}
        )
    return chosen


def _choices(question: Question, raw: Any) -> list[str] | None:
    chosen = set(_listed(question, raw))
    alone = chosen.intersection(question.exclusive)
    if alone and len(chosen) > 1:
        raise AnswerError(
            _("Eine Ihrer Antworten schließt die anderen aus. Bitte wählen Sie das eine oder das andere.")
        )
    ordered = [name for name in question.option_names if name in chosen]
    return ordered if alone else _how_many(question, ordered)


def _ranking(question: Question, raw: Any) -> list[str] | None:
    return _how_many(question, _listed(question, raw))


def _matrix(question: Question, raw: Any) -> dict[str, str] | None:
    rows, names = [row.name for row in question.rows], {option.name for option in question.options}
    given = _mapping(raw, len(rows))
    if any(row not in rows or not isinstance(name, str) or name not in names for row, name in given.items()):
        raise AnswerError(_("Bitte wählen Sie in jeder Zeile eine der Antworten."))
    return {row: given[row] for row in rows if row in given} or None


def _mapping(raw: Any, most: int) -> dict[str, Any]:
    if not isinstance(raw, Mapping) or len(raw) > most:
        raise AnswerError(_("Bitte füllen Sie die Zeilen aus."))
    return {key: value for key, value in raw.items() if value not in (None, "")}


def _rating(question: Question, raw: Any) -> int:
    whole = int(raw) if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < LONGEST_NUMBER else raw
    if isinstance(whole, bool) or not isinstance(whole, int | float) or whole not in range(1, question.steps + 1):
        raise AnswerError(_("Bitte wählen Sie eine Stufe von 1 bis %(n)s.") % {"n": question.steps})
    return int(whole)


def _allocation(question: Question, raw: Any) -> dict[str, int] | None:
    names = [option.name for option in question.options]
    given = _mapping(raw, len(names))
    if not set(given) <= set(names):
        raise AnswerError(_("Bitte füllen Sie die Zeilen aus."))
    share = Question(question.name, Kind.INTEGER, {}, least=0, step=question.step)
    shares = {name: _integer(share, given[name]) for name in names if name in given}
    if not shares:
        return None
    total, spent = question.total, sum(shares.values())
    if spent > total:
        raise AnswerError(
            _("Sie haben %(spent)s verteilt, es gibt %(total)s. Bitte nehmen Sie %(n)s weg.")
            % {"spent": spent, "total": total, "n": spent - total}
        )
    if spent < (total if question.least is None else question.least):
        raise AnswerError(_("Es bleiben %(n)s übrig. Bitte verteilen Sie alles.") % {"n": total - spent})
    return {name: shares.get(name, 0) for name in names}


def _file(_question: Question, raw: Any) -> str:
    try:
        return str(UUID(_short(raw.lower() if isinstance(raw, str) else raw, "00000000-0000-0000-0000-000000000000")))
    except ValueError as error:
        raise AnswerError(_("Die Datei ist nicht mehr da. Bitte wählen Sie sie noch einmal aus.")) from error


def _coordinate(raw: Any, most: int) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not -most <= raw <= most:
        raise AnswerError(_("Diese Stelle gibt es nicht. Bitte wählen Sie eine andere."))
    return round(float(raw), 6)


def _place(_question: Question, raw: Any) -> dict[str, Any] | None:
    if not isinstance(raw, Mapping):
        raise AnswerError(_("Bitte sagen Sie, wo es ist."))
    label = words(raw.get("label") or "", LONGEST_WORD) or ""
    how = raw.get("how") if raw.get("how") in WAYS else "landmark"
    if raw.get("lon") is None and raw.get("lat") is None:
        return {"label": label, "how": how} if label else None
    lon, lat = (_coordinate(raw.get(key), most) for key, most in zip(("lon", "lat"), _EARTH, strict=True))
    return {"lon": lon, "lat": lat, "label": label, "how": how}


def _route(_question: Question, raw: Any) -> list[list[float]] | None:
    if not isinstance(raw, list | tuple) or len(raw) > MOST_POINTS:
        raise AnswerError(_("Ein Weg hat höchstens %(n)s Punkte.") % {"n": MOST_POINTS})
    points: list[list[float]] = []
    for pair in raw:
        if not isinstance(pair, list | tuple) or len(pair) != len(_EARTH):
            raise AnswerError(_("Diese Stelle gibt es nicht. Bitte wählen Sie eine andere."))
        points.append([_coordinate(one, most) for one, most in zip(pair, _EARTH, strict=True)])
    if len(points) == 1:
        raise AnswerError(_("Ein Weg hat mindestens Anfang und Ende."))
    return points or None


def _consent(_question: Question, raw: Any) -> bool | None:
    if raw not in (True, False):
        raise AnswerError(_("Bitte sagen Sie ja oder nein."))
    return True if raw else None


_READERS: dict[Kind, Callable[[Question, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.LONGTEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.DATETIME: _datetime,
    Kind.SELECT_ONE: _choice,
    Kind.SELECT_MULTIPLE: _choices,
    Kind.MATRIX: _matrix,
    Kind.RANKING: _ranking,
    Kind.RATING: _rating,
    Kind.ALLOCATION: _allocation,
    Kind.FILE: _file,
    Kind.PLACE: _place,
    Kind.ROUTE: _route,
    Kind.CONSENT: _consent,
    Kind.NOTE: lambda _question, _raw: None,
    Kind.CALCULATE: lambda _question, _raw: None,
}
