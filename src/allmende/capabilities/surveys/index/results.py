"""How findings appear in the public index: each can be found, cited, and tied to what rests on it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils import translation

from allmende.capabilities.surveys import queries
from allmende.capabilities.surveys.models import Finding
from allmende.capabilities.surveys.rules.variables import Form
from allmende.capabilities.surveys.views import figures
from allmende.capabilities.surveys.workflow import State
from allmende.core.manifest import EntryData

LAYER = "umfragen"
"""Of the city map: each question about places or routes, where most people named something."""
LABELS = {"de": "Umfrage-Ergebnis", "en": "Survey result"}


def finding_entry(finding_id: UUID) -> EntryData | None:
    """Public once the survey's results are, unless it is held back."""
    row = queries.finding(finding_id)
    if row is None:
        return None
    survey = row.survey
    public = survey.state == State.PUBLISHED and not row.is_held
    top = _most_named(row) if public else {}
    longitude, latitude = top.get("centre", (None, None))
    summaries = {}
    for language in ("de", "en"):
        with translation.override(language):
            summaries[language] = figures.sentence(row.table, language) if public else ""
    return EntryData(
        ref=row.ref,
        titles={language: figures.titled(row, language) for language in row.title} or {"de": row.variable},
        summaries=summaries,
        url=f"/umfragen/{survey.number}/ergebnisse/{row.place}/",
        state="published" if public else "held",
        state_labels={"de": "veröffentlicht", "en": "published"},
        happened_at=survey.published_at or survey.created_at,
        visibility="public" if public else "hidden",
        within=str(survey.ref),
        district=top.get("district", ""),
        longitude=longitude,
        latitude=latitude,
        figures={"people": top["count"]} if top else {},
    )


def _most_named(row: Finding) -> Mapping[str, Any]:
    """Of places and routes the field that most people named: there it stands on the city map. No single place does."""
    fields: list[dict[str, Any]] = row.table.get("fields") or []
    return fields[0] if row.table.get("form") == Form.MAP and fields else {}


def finding_ids() -> Iterable[UUID]:
    return Finding.objects.order_by("id").values_list("pk", flat=True).iterator()


def finding_url(finding_id: UUID) -> str | None:
    row = queries.finding(finding_id)
    return None if row is None else f"/umfragen/{row.survey.number}/ergebnisse/{row.place}/"
