"""A field for each kind of question: reads what was sent, as the browser sends it, and leaves judging to `check`."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from allmende.engines.media.interface import PictureField
from allmende.engines.places.interface import Accuracy, PlaceField, Said, said
from allmende.engines.questions.rules.answers import MOST_POINTS
from allmende.engines.questions.rules.definition import Kind, Question

_GERMAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
LARGEST = 20_000
"""Signs of one field; longer ones come back shortened with a sentence."""


def html_name(name: str) -> str:
    """Of a question's field: `trips/0/day` → `q-trips-0-day`; names of questions hold no „-“."""
    return "q-" + name.replace("/", "-")


class Answer(forms.Widget):
    """Reads what was sent for a question. The template `questions/parts/question.html` draws it."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:  # noqa: ARG002 - Django's
        read = _SENT.get(self.question.kind)
        return read(self.question, data, name) if read else str(data.get(name) or "")[:LARGEST]


def _several(_question: Question, data: Mapping[str, Any], name: str) -> list[str]:
    found = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name) or []
    return [str(one)[:100] for one in found[:500]]


def _by_row(question: Question, data: Mapping[str, Any], name: str) -> dict[str, str]:
    return {row.name: str(data.get(f"{name}-{row.name}") or "")[:100] for row in question.rows}


def _by_option(question: Question, data: Mapping[str, Any], name: str) -> dict[str, str]:
    return {one.name: str(data.get(f"{name}-{one.name}") or "").strip()[:40] for one in question.options}


def _date(_question: Question, data: Mapping[str, Any], name: str) -> str:
    text = str(data.get(name) or "").strip()[:40]
    if found := _GERMAN_DATE.fullmatch(text):
        return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    return text


def _points(_question: Question, data: Mapping[str, Any], name: str) -> list[list[Any]]:
    """Points of a route with their words: [[lon, lat, label], …]."""
    try:
        sent = json.loads(str(data.get(f"{name}-points") or "[]")[:100_000])
    except (ValueError, RecursionError):
        return []
    points = sent[:MOST_POINTS] if isinstance(sent, list) else []
    return [
        [point[0], point[1], str(point[2]).replace("\0", "").encode("utf-8", "ignore").decode()[:200]]
        for point in points
        if _is_point(point)
    ]


def _is_point(point: object) -> bool:
    match point:
        case [int() | float() as lon, int() | float() as lat, str()]:
            return abs(lon) <= 180 and abs(lat) <= 90  # noqa: PLR2004 - the earth
        case _:
            return False


_SENT: dict[Kind, Callable[[Question, Mapping[str, Any], str], Any]] = {
    Kind.SELECT_MULTIPLE: _several,
    Kind.MATRIX: _by_row,
    Kind.RANKING: _by_option,
    Kind.ALLOCATION: _by_option,
    Kind.DATE: _date,
    Kind.ROUTE: _points,
    Kind.CONSENT: lambda _question, data, name: bool(data.get(name)),
}


class AnswerField(forms.Field):
    """Takes what was sent as it is; only a ranking has to make sense by itself."""

    def __init__(self, question: Question) -> None:
        super().__init__(required=False, widget=Answer(question))
        self.question = question

    def clean(self, value: Any) -> Any:
        if self.question.kind == Kind.RANKING:
            return ranked(value)
        if isinstance(value, dict):
            return {key: one for key, one in value.items() if one != ""}
        return value


def ranked(places: Mapping[str, str]) -> list[str]:
    """Options by the places that were chosen for them. Raises ValidationError when two have the same place."""
    chosen = {name: int(place) for name, place in places.items() if place.isascii() and place.isdigit()}
    if len(set(chosen.values())) < len(chosen):
        raise ValidationError(_("Zwei Antworten haben denselben Platz. Bitte geben Sie jedem einen eigenen."))
    return sorted(chosen, key=lambda name: chosen[name])


def places_of(value: Any) -> dict[str, str]:
    """The other way round, for what the form shows: of a stored order, or of what was just sent."""
    if isinstance(value, Mapping):
        return {str(name): str(place) for name, place in value.items()}
    return {str(name): str(at) for at, name in enumerate(value or (), 1)}


def field_for(question: Question) -> forms.Field:
    if question.kind == Kind.PLACE:
        return PlaceField(required=False)
    if question.kind == Kind.FILE:
        return PictureField(required=False)
    return AnswerField(question)


def initial_of(question: Question, answers: Mapping[str, Any]) -> Any:
    """What a field begins with."""
    value = answers.get(question.name, question.default)
    if question.kind == Kind.PLACE:
        given = value if isinstance(value, Mapping) else {}
        return said(str(given.get("label") or ""), (given.get("lon"), given.get("lat"))) if given else Said()
    if question.kind == Kind.ROUTE:
        labels = answers.get(f"{question.name}__labels") or []
        points = value if isinstance(value, list) else []
        names = [*labels, *[""] * len(points)]
        return [[point[0], point[1], names[at]] for at, point in enumerate(points)]
    return value


def place_answer(value: Said) -> dict[str, Any] | None:
    """What the picker gives, as answers hold it."""
    if not value.text:
        return None
    if value.place is None:
        return {"label": value.text, "how": "address"}
    how = {Accuracy.POINT: "map", Accuracy.LANDMARK: "landmark"}.get(value.place.accuracy, "address")
    return {"lon": value.place.longitude, "lat": value.place.latitude, "label": value.text, "how": how}
