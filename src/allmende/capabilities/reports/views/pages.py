"""What the pages share: where they stand, how a report looks in a list, its timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports import workflow
from allmende.capabilities.reports.forms.simple import DEEDS, MEANINGS
from allmende.capabilities.reports.models import Handover, Report, Update
from allmende.capabilities.reports.workflow import STATES, STEPS, State
from allmende.core.texts import Text
from allmende.engines.media import interface as media
from allmende.ui.pages import district_name, office_name, word

OUTSIDE_STATES: Mapping[str, tuple[Text, str]] = {
    Handover.State.SENT: (gettext_lazy("wartet auf Antwort"), "warn"),
    Handover.State.IN_WORK: (gettext_lazy("arbeitet daran"), ""),
    Handover.State.DONE: (gettext_lazy("sagt: erledigt"), "good"),
    Handover.State.NOT_OURS: (gettext_lazy("ist nicht zuständig"), "warn"),
    Handover.State.WITHDRAWN: (gettext_lazy("zurückgeholt"), "quiet"),
    Handover.State.LAPSED: (gettext_lazy("hat nicht geantwortet"), "bad"),
}
"""How it stands with somebody outside → words and the tag's kind."""
type Crumbs = list[tuple[str, str]]
LONGEST_TEXT = 160


def crumbs(*more: tuple[str, str]) -> Crumbs:
    return [(_("Schäden und Gefahren"), reverse("reports:reports") if more else ""), *more]


def private_url(report: Report) -> str:
    """Path of the page that only its reporter has."""
    return f"{reverse('reports:mine')}?schein={report.token}"


def private_address(report: Report) -> str:
    """The same for a mail: whole."""
    return settings.PUBLIC_URL + private_url(report)


@dataclass(frozen=True)
class Row:
    """A report in a list."""

    number: int
    title: str
    url: str
    text: str
    language: str
    state: str
    kind: str
    district: str
    office: str
    published_at: datetime | None
    received_at: datetime
    joined: int
    image: Any
    metres: int | None = None
    example: bool = False


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1].rstrip()}…"


def public_images(reports: Sequence[Report]) -> dict[Any, list[Any]]:
    """Key → the pictures that somebody has looked at and shows. One query for all.

    They are described by what the city publishes: the reporter's own words may name people, and what is sent later
    („it is not done“) has not been looked at yet.
    """
    found = media.images_of([one.ref for one in reports if one.shows_image])
    return {
        one.pk: [replace(image, alt=shortened(one.public_words)) for image in found.get(one.ref, []) if image.released]
        for one in reports
    }


def rows_of(reports: Sequence[Report], language: str, metres: Mapping[Any, int] | None = None) -> list[Row]:
    """For many at once: one query for their pictures."""
    images = public_images(reports)
    return [_row(one, language, images[one.pk], (metres or {}).get(one.pk)) for one in reports]


def _row(report: Report, language: str, images: Sequence[Any], metres: int | None) -> Row:
    return Row(
        report.number, report.title(language), reverse("reports:report", args=[report.number]),
        shortened(report.public_words), report.language, workflow.label(report.state, language),
        STATES[State(report.state)].kind, district_name(report.district), office_name(report.department, language),
        report.published_at, report.received_at, report.join_count, images[0] if images else None, metres,
        report.is_example,
    )  # fmt: skip


def meaning(state: State, language: str, *, plainly: bool = False) -> str:
    """What a state means to whoever waits."""
    return str(MEANINGS[state]) if plainly else word(STATES[state].meaning, language)


def deed(line: Update, language: str, *, plainly: bool = False) -> str:
    if plainly and line.verb in DEEDS:
        return str(DEEDS[line.verb])
    if line.verb == "receive":
        return word(workflow.RECEIVED, language)
    if line.verb == "photo":
        return word(workflow.PHOTO_BROKEN, language)
    step = STEPS.get(line.verb)
    return word(step.deed, language) if step else ""


def timeline(lines: Sequence[Update], language: str, *, own: bool, plainly: bool = False) -> list[dict[str, Any]]:
    """What happened, newest first; words that are only the reporter's stay with the reporter."""
    return [
        {
            "when": line.at,
            "text": deed(line, language, plainly=plainly),
            "who": office_name(line.department, language) if line.department else "",
            "words": line.words if own or line.is_public else "",
            "language": line.language,
        }
        for line in reversed(lines)
        if deed(line, language) and (own or line.verb not in workflow.OWN_LINES)
    ]
