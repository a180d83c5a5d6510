"""How texts, their versions, paragraphs, and what was said appear in the public index."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from allmende.capabilities.strategy.index import office
from allmende.capabilities.strategy.models import Feedback, Paragraph, Text, Version, Wording
from allmende.capabilities.strategy.queries import texts as reading
from allmende.capabilities.strategy.workflow.texts import (
    HEARD,
    KINDS,
    OUTCOMES,
    PUBLIC,
    STATES,
    Heard,
    Kind,
    Outcome,
    State,
)
from allmende.core.manifest import EntryData

TEAM = "role:editor:strategy"
MODERATORS = "role:moderator:strategy"
SUMMARY = 240
PARAGRAPH = {"de": "Absatz %(n)s: %(title)s", "en": "Paragraph %(n)s: %(title)s"}
VERSION = {"de": "%(title)s, Fassung %(n)s", "en": "%(title)s, version %(n)s"}
REMOVED = {"de": "[Text entfernt]", "en": "[text removed]"}


def _short(text: str, most: int = SUMMARY) -> str:
    return text if len(text) <= most else text[:most].rpartition(" ")[0] + " …"


def text_entry(text_id: UUID) -> EntryData | None:
    found = reading.text(text_id)
    if found is None:
        return None
    info = STATES[State(found.state)]
    is_open = found.state == State.CONSULTATION
    return EntryData(
        ref=found.ref,
        titles=dict(found.title),
        summaries=dict(found.summary),
        url=f"/strategie/text/{found.number}/",
        state=found.state,
        state_labels=info.labels,
        happened_at=(found.opens_at if found.state in PUBLIC else None) or found.created_at,
        visibility="public" if found.state in PUBLIC else TEAM,
        open_until=found.closes_at if is_open else None,
        next_step=dict(info.next_step),
        office=office(found.department),
        due=found.closes_at if is_open else found.due_at,
    )


def text_ids() -> Iterable[UUID]:
    return Text.objects.order_by("id").values_list("pk", flat=True).iterator()


def text_url(text_id: UUID) -> str | None:
    number = Text.objects.filter(pk=text_id).values_list("number", flat=True).first()
    return None if number is None else f"/strategie/text/{number}/"


def version_entry(version_id: UUID) -> EntryData | None:
    found = Version.objects.select_related("text").filter(pk=version_id, published_at__isnull=False).first()
    if found is None or found.published_at is None:
        return None
    return EntryData(
        ref=found.ref,
        titles={code: VERSION[code] % {"title": title, "n": found.number} for code, title in found.text.title.items()},
        summaries={found.text.language: found.note},
        url=f"/strategie/text/{found.text.number}/?fassung={found.number}",
        state="published",
        state_labels={"de": "veröffentlicht", "en": "published"},
        happened_at=found.published_at,
        office=office(found.text.department),
        within=str(found.text.ref),
    )


def version_ids() -> Iterable[UUID]:
    rows = Version.objects.filter(published_at__isnull=False)
    return rows.order_by("id").values_list("pk", flat=True).iterator()


def version_url(version_id: UUID) -> str | None:
    row = Version.objects.filter(pk=version_id).values_list("text__number", "number").first()
    return None if row is None else f"/strategie/text/{row[0]}/?fassung={row[1]}"


def _paragraph(one: Paragraph, words: Wording) -> EntryData | None:
    if words.version.published_at is None:
        return None
    return EntryData(
        ref=one.ref,
        titles={code: PARAGRAPH[code] % {"n": one.number, "title": title} for code, title in one.text.title.items()},
        summaries={one.text.language: _short(words.body)},
        bodies={one.text.language: words.body},
        url=f"/strategie/text/{one.text.number}/absatz/{one.number}/",
        state="published",
        state_labels={},
        happened_at=words.version.published_at,
        within=str(one.text.ref),
    )


def paragraph_entry(paragraph_id: UUID) -> EntryData | None:
    """None before anybody could read it."""
    return paragraph_entries([paragraph_id]).get(paragraph_id)


def paragraph_entries(ids: Collection[UUID]) -> Mapping[UUID, EntryData]:
    """For many at once: the last published words of each, in two queries."""
    rows = Wording.objects.filter(paragraph__in=ids, version__published_at__isnull=False).select_related("version")
    last: dict[UUID, Wording] = {row.paragraph_id: row for row in rows.order_by("version__number")}
    found = {}
    for one in Paragraph.objects.select_related("text").filter(pk__in=list(last)):
        data = _paragraph(one, last[one.pk])
        if data is not None:
            found[one.pk] = data
    return found


def paragraph_ids() -> Iterable[UUID]:
    return Paragraph.objects.order_by("id").values_list("pk", flat=True).iterator()


def paragraph_url(paragraph_id: UUID) -> str | None:
    row = Paragraph.objects.filter(pk=paragraph_id).values_list("text__number", "number").first()
    return None if row is None else f"/strategie/text/{row[0]}/absatz/{row[1]}/"


def _feedback(one: Feedback) -> EntryData:
    state = Heard(one.state)
    labels = OUTCOMES[Outcome(one.answer.outcome)] if one.answer else HEARD[state]
    words = one.body or one.wording
    kind = KINDS[Kind(one.kind)]
    titles = {code: f"{kind[code][:1].upper()}{kind[code][1:]} {one.number}" for code in ("de", "en")}
    visibility = {Heard.SHOWN: "public", Heard.WAITING: MODERATORS}.get(state, "hidden")
    return EntryData(
        ref=one.ref,
        titles=titles if words else dict(REMOVED),
        summaries={one.language: _short(words)},
        bodies={one.language: words},
        url=f"/strategie/rueckmeldung/{one.number}/",
        state=one.answer.outcome if one.answer else one.state,
        state_labels=labels,
        happened_at=one.received_at,
        visibility=visibility,
        next_step=dict(STATES[State.REVISING].next_step) if state is Heard.SHOWN and one.answer is None else {},
        office=office(one.text.department),
        figures={"supports": one.supports},
        within=str(one.text.ref),
    )


def feedback_entry(feedback_id: UUID) -> EntryData | None:
    return feedback_entries([feedback_id]).get(feedback_id)


def feedback_entries(ids: Collection[UUID]) -> Mapping[UUID, EntryData]:
    rows = Feedback.objects.select_related("text", "answer").filter(pk__in=ids)
    return {one.pk: _feedback(one) for one in rows}


def feedback_ids() -> Iterable[UUID]:
    return Feedback.objects.order_by("id").values_list("pk", flat=True).iterator()


def feedback_url(feedback_id: UUID) -> str | None:
    number = Feedback.objects.filter(pk=feedback_id).values_list("number", flat=True).first()
    return None if number is None else f"/strategie/rueckmeldung/{number}/"
