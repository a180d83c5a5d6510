"""Open data and feed: portfolio and values as CSV, pilots as RSS 2.0."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.pilots.queries import indicators, portfolio
from allmende.capabilities.pilots.views.figures import light_of
from allmende.capabilities.pilots.workflow import STATES, State
from allmende.core import city
from allmende.core.actor import Viewer
from allmende.core.http import Request
from allmende.ui.pages import office_name, ours, word

PORTFOLIO = (
    "number", "title", "state", "state_since", "light", "lead_department", "district", "planned_eur", "spent_eur",
    "funding_percent", "people", "milestones", "milestones_reached", "published_on", "is_example", "url",
)  # fmt: skip
VALUES = (
    "indicator", "title", "unit", "pilot", "direction", "baseline", "baseline_on", "target", "target_on", "measured_on",
    "value", "evidence", "evidence_url", "recorded_at", "replaced_at", "is_example",
)  # fmt: skip
MOST_VALUES = 50_000


def _cell(value: Any) -> Any:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """UTF-8 with a byte order mark and semicolons, so that a German spreadsheet opens it as it is."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_cell(value) for value in row)
    response = HttpResponse(b"\xef\xbb\xbf" + out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{city.current().id}.csv"'
    return response


def _eur(cents: int | None) -> str | None:
    return None if cents is None else f"{cents / 100:.2f}"


@ours
@require_safe
def portfolio_csv(request: Request) -> HttpResponse:
    """All public pilots, a row each. Columns have English names, as the interface has."""
    language = request.viewer.language
    today = portfolio.day_of(request.at)
    rows = []
    for one in portfolio.pilots(Viewer()):
        milestones = portfolio.milestones_of(one)
        light = light_of(one, milestones, today)
        rows.append((
            one.number, word(one.title, language), one.state, f"{portfolio.day_of(one.state_at)}",
            light.light.value if light else "", office_name(one.department, language), one.district,
            _eur(one.planned_cents), _eur(one.spent_cents), one.funding_percent, one.people, len(milestones),
            sum(row.reached_on is not None for row in milestones),
            f"{portfolio.day_of(one.published_at)}" if one.published_at else "", one.is_example,
            settings.PUBLIC_URL + reverse("pilots:pilot", args=[one.number]),
        ))  # fmt: skip
    return _csv("pilotprojekte", PORTFOLIO, rows)


@ours
@require_safe
def values_csv(request: Request) -> HttpResponse:
    """All values of indicators of public pilots, also those that were replaced."""
    language = request.viewer.language
    rows = (
        (
            one.indicator.number, word(one.indicator.title, language), word(one.indicator.unit, language),
            one.indicator.pilot.number, one.indicator.direction, one.indicator.baseline, one.indicator.baseline_on,
            one.indicator.target, one.indicator.target_on, one.measured_on, one.value, one.evidence, one.evidence_url,
            one.recorded_at.isoformat(timespec="seconds"),
            one.replaced_at.isoformat(timespec="seconds") if one.replaced_at else "", one.indicator.is_example,
        )
        for one in indicators.all_values()[:MOST_VALUES]
    )  # fmt: skip
    return _csv("kennzahlen", VALUES, rows)


@ours
@require_safe
def feed(request: Request) -> HttpResponse:
    """The newest pilots with their state, for feed readers."""
    language = request.viewer.language
    document = Rss201rev2Feed(
        title=_("%(city)s: Pilotprojekte") % {"city": city.current().name},
        link=settings.PUBLIC_URL + reverse("pilots:overview"),
        description=_("Was die Stadt ausprobiert und was daraus wird."),
        language=language,
        feed_url=settings.PUBLIC_URL + reverse("pilots:feed"),
    )
    for one in portfolio.newest():
        document.add_item(
            title=_printable(word(one.title, language)),
            link=settings.PUBLIC_URL + reverse("pilots:pilot", args=[one.number]),
            description=_printable(word(one.summary, language)),
            unique_id=f"urn:uuid:{one.pk}",
            unique_id_is_permalink=False,
            pubdate=one.published_at,
            updateddate=one.state_at,
            categories=[word(STATES[State(one.state)].labels, language)],
        )
    return HttpResponse(document.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


def _printable(text: str) -> str:
    """Without signs that XML 1.0 forbids (section 2.2)."""
    return "".join(sign for sign in text if sign in "\t\n\r" or " " <= sign < "\ufffe" or sign > "\uffff")
