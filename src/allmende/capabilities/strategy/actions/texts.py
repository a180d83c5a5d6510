"""Making a text, writing its next version, publishing versions, its steps towards the council.

The text's row is locked first, so that two editors write one after the other and nobody's words are lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import F, Max
from django.utils.translation import gettext as _

from allmende.capabilities.strategy import rules
from allmende.capabilities.strategy.events import (
    DraftChanged,
    TextMoved,
    TextSaved,
    VersionPublished,
)
from allmende.capabilities.strategy.models import Feedback, Paragraph, Revision, Rival, Text, Version, Wording
from allmende.capabilities.strategy.models.plan import TEXT_LIMIT, TITLE_LIMIT
from allmende.capabilities.strategy.models.texts import (
    CONTRACT_FIELDS,
    MOST_PARAGRAPHS,
    NOTE_LIMIT,
    PARAGRAPH_LIMIT,
)
from allmende.capabilities.strategy.queries import texts as reading
from allmende.capabilities.strategy.workflow.texts import STEPS, Heard, Shape, State
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.discussion import interface as discussion
from allmende.engines.discussion.interface import Texts, line, prose, sentence
from allmende.engines.trace import interface as trace


@dataclass(frozen=True)
class TextData:
    """What the team says of a text."""

    title: Texts
    summary: Texts
    contract: Mapping[str, Texts] = field(default_factory=dict)
    language: str = "de"
    field_id: UUID | None = None
    department: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    is_example: bool = False


@dataclass(frozen=True)
class NewParagraph:
    """A paragraph to be put in."""

    body: str
    shape: str = Shape.TEXT
    goal_id: UUID | None = None


def locked_text(text_id: UUID) -> Text:
    """Raises NotFound."""
    try:
        return lock(Text.objects.all(), pk=text_id)
    except Text.DoesNotExist:
        raise NotFound from None


def words_of(body: str, field: str = "body") -> str:
    """A paragraph's words as they are kept. Raises Invalid with the field."""
    kept = discussion.tidy(body).strip()
    if not kept:
        raise Invalid(fields={field: _("Bitte schreiben Sie, was dort stehen soll.")})
    if len(kept) > PARAGRAPH_LIMIT:
        raise Invalid(fields={field: _("Bitte kürzen Sie den Absatz auf %(n)s Zeichen.") % {"n": PARAGRAPH_LIMIT}})
    return kept


def _fill(text: Text, data: TextData) -> None:
    wrong: dict[str, str] = {}
    if data.opens_at is not None and data.closes_at is not None and data.opens_at >= data.closes_at:
        wrong["closes_at"] = _("Das Ende muss nach dem Anfang liegen.")
    if data.department and city.current().department(data.department) is None:
        wrong["department"] = _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")
    if wrong:
        raise Invalid(fields=wrong)
    text.title, text.summary = line(data.title, "title", TITLE_LIMIT), prose(data.summary, "summary", TEXT_LIMIT)
    text.contract = {
        name: {code: discussion.tidy(words).strip() for code, words in data.contract.get(name, {}).items() if words}
        for name in CONTRACT_FIELDS
    }
    text.field_id, text.department = data.field_id, data.department
    text.opens_at, text.closes_at = data.opens_at, data.closes_at


@action
def make_text(*, actor: Actor, data: TextData, paragraphs: Sequence[NewParagraph], at: datetime) -> Text:
    """A new text with its first version, which nobody but the team reads yet. Raises Invalid with fields."""
    rules.require_may_edit(actor.viewer)
    text = Text(language=data.language, is_example=data.is_example, created_by=actor.key, created_at=at)
    _fill(text, data)
    if len(paragraphs) > MOST_PARAGRAPHS:
        raise Invalid(fields={"paragraphs": _("Ein Text hat höchstens %(n)s Absätze.") % {"n": MOST_PARAGRAPHS}})
    bodies = [words_of(one.body, "paragraphs") for one in paragraphs]
    text.save()
    version = Version.objects.create(text=text, number=1, made_at=at)
    made = Paragraph.objects.bulk_create(
        Paragraph(text=text, number=number, goal_id=one.goal_id, created_at=at)
        for number, one in enumerate(paragraphs, start=1)
    )
    Wording.objects.bulk_create(
        Wording(version=version, paragraph=one, place=one.number, shape=Shape(given.shape).value, body=body)
        for one, given, body in zip(made, paragraphs, bodies, strict=True)
    )
    audit.record(actor, "strategy.make_text", text.ref, fields=["title", "summary", "contract", "paragraphs"])
    events.publish(actor, TextSaved(ref=text.ref))
    return text


@action
def save_text(*, actor: Actor, text_id: UUID, data: TextData, at: datetime) -> Text:  # noqa: ARG001 - as every action of a text
    """Changes the facts of a text. While it is public, contract and period keep standing."""
    rules.require_may_edit(actor.viewer)
    text = locked_text(text_id)
    if text.state == State.ADOPTED:
        raise Conflict(_("Der Text ist beschlossen und bleibt, wie er ist."))
    kept = (text.contract, text.opens_at)
    _fill(text, data)
    if text.state != State.DRAFT:
        text.contract, text.opens_at = kept
        if text.closes_at is None or text.opens_at is None or text.closes_at <= text.opens_at:
            raise Invalid(fields={"closes_at": _("Bitte sagen Sie, bis wann alle mitreden können.")})
    text.save()
    audit.record(actor, "strategy.save_text", text.ref, fields=["title", "summary", "contract", "closes_at"])
    events.publish(actor, TextSaved(ref=text.ref))
    return text


# The version that is being written


def open_draft(text: Text, at: datetime) -> Version:
    """The version that is being written; made from the last one when there is none. Call with the text's lock.

    Raises Conflict for a text that is adopted or lies before the council.
    """
    if text.state in {State.COUNCIL, State.ADOPTED}:
        raise Conflict(_("Der Text liegt beim Stadtrat oder ist beschlossen. Daran wird nicht mehr geschrieben."))
    last = Version.objects.filter(text=text).order_by("-number").first()
    assert last is not None, "a text is made with its first version"
    if last.published_at is None:
        return last
    made = Version.objects.create(text=text, number=last.number + 1, made_at=at)
    rows = Wording.objects.filter(version=last)
    Wording.objects.bulk_create(
        Wording(version=made, paragraph_id=row.paragraph_id, place=row.place, shape=row.shape, body=row.body)
        for row in rows
    )
    return made


def draft_wording(version: Version, paragraph: Paragraph) -> Wording:
    """Raises NotFound for a paragraph that the version leaves out."""
    try:
        return lock(Wording.objects.all(), version=version, paragraph=paragraph)
    except Wording.DoesNotExist:
        raise NotFound(_("Dieser Absatz steht in der neuen Fassung nicht mehr.")) from None


def put(actor: Actor, wording: Wording, body: str, at: datetime) -> None:
    """New words; how it read before is kept."""
    if body == wording.body:
        return
    Revision.objects.create(wording=wording, number=wording.revision, body=wording.body, actor_key=actor.key, at=at)
    wording.body, wording.revision = body, wording.revision + 1
    wording.save(update_fields=["body", "revision"])


def paragraph_of(text: Text, number: int) -> Paragraph:
    """Raises NotFound."""
    found = Paragraph.objects.filter(text=text, number=number).first()
    if found is None:
        raise NotFound
    return found


@action
def write_paragraph(
    *, actor: Actor, text_id: UUID, number: int, body: str, shape: str = "", revision: int, at: datetime
) -> Rival | None:
    """New words for a paragraph of the next version. `revision` is what its writer had before them.

    When somebody was quicker with other words, nothing is overwritten: the late words are kept as a rival, which is
    returned, and both are put together by `settle_rival`.
    """
    rules.require_may_edit(actor.viewer)
    text = locked_text(text_id)
    kept = words_of(body)
    version = open_draft(text, at)
    wording = draft_wording(version, paragraph_of(text, number))
    rival = None
    if revision != wording.revision and kept != wording.body:
        rival = Rival.objects.create(
            wording=wording, began_with=min(revision, wording.revision), body=kept, actor_key=actor.key, at=at
        )
    else:
        put(actor, wording, kept, at)
        if shape:
            wording.shape = Shape(shape).value
            wording.save(update_fields=["shape"])
    audit.record(actor, "strategy.write_paragraph", wording.paragraph.ref, fields=["rival" if rival else "body"])
    events.publish(actor, DraftChanged(ref=text.ref))
    return rival


@action
def settle_rival(*, actor: Actor, rival_id: UUID, body: str, revision: int, at: datetime) -> Wording:
    """Both editors' words become one. Raises Conflict when the paragraph changed once more meanwhile."""
    rules.require_may_edit(actor.viewer)
    found = Rival.objects.select_related("wording__version").filter(pk=rival_id).first()
    if found is None:
        raise NotFound
    text = locked_text(found.wording.version.text_id)
    rival = lock(Rival.objects.all(), pk=rival_id)
    wording = lock(Wording.objects.select_related("version"), pk=rival.wording_id)
    if rival.settled_at is not None or wording.version.published_at is not None:
        raise Conflict(_("Das hat inzwischen jemand anderes zusammengeführt."))
    if revision != wording.revision:
        raise Conflict(_("Der Absatz wurde inzwischen noch einmal geändert. Bitte sehen Sie ihn neu an."))
    put(actor, wording, words_of(body), at)
    rival.settled_at = at
    rival.save(update_fields=["settled_at"])
    audit.record(actor, "strategy.settle_rival", wording.paragraph.ref, fields=["body"])
    events.publish(actor, DraftChanged(ref=text.ref))
    return wording


@action
def add_paragraph(*, actor: Actor, text_id: UUID, after: int, new: NewParagraph, at: datetime) -> Paragraph:
    """Puts a paragraph behind the one numbered `after` (0: in front of all) of the next version."""
    rules.require_may_edit(actor.viewer)
    text = locked_text(text_id)
    body = words_of(new.body)
    version = open_draft(text, at)
    place = 0 if not after else draft_wording(version, paragraph_of(text, after)).place
    last = Paragraph.objects.filter(text=text).aggregate(last=Max("number"))["last"] or 0
    if last >= MOST_PARAGRAPHS:
        raise Invalid(fields={"body": _("Ein Text hat höchstens %(n)s Absätze.") % {"n": MOST_PARAGRAPHS}})
    made = Paragraph.objects.create(text=text, number=last + 1, goal_id=new.goal_id, created_at=at)
    Wording.objects.filter(version=version, place__gt=place).update(place=F("place") + 1)
    Wording.objects.create(version=version, paragraph=made, place=place + 1, shape=Shape(new.shape).value, body=body)
    audit.record(actor, "strategy.add_paragraph", made.ref, fields=["body"])
    events.publish(actor, DraftChanged(ref=text.ref))
    return made


@action
def leave_out(*, actor: Actor, text_id: UUID, number: int, at: datetime) -> Paragraph:
    """The next version does without the paragraph. It stays in the versions before, with all that was said to it."""
    rules.require_may_edit(actor.viewer)
    text = locked_text(text_id)
    version = open_draft(text, at)
    paragraph = paragraph_of(text, number)
    draft_wording(version, paragraph).delete()
    audit.record(actor, "strategy.leave_out", paragraph.ref, fields=["wording"])
    events.publish(actor, DraftChanged(ref=text.ref))
    return paragraph


# Steps


def _publish(actor: Actor, text: Text, note: str, at: datetime) -> Version | None:
    """Publishes the version that is being written, if there is one. Goals lead to the paragraphs that name them."""
    version = Version.objects.filter(text=text, published_at=None).first()
    if version is None:
        return None
    if Rival.objects.filter(wording__version=version, settled_at=None).exists():
        raise Conflict(_("An einem Absatz haben zwei gleichzeitig geschrieben. Bitte führen Sie das zuerst zusammen."))
    if not Wording.objects.filter(version=version).exists():
        raise Invalid(_("Der Text hat noch keinen Absatz."))
    version.published_at, version.note = at, note[:NOTE_LIMIT]
    version.save(update_fields=["published_at", "note"])
    audit.record(actor, "strategy.publish_version", version.ref, fields=["published_at"])
    events.publish(actor, VersionPublished(ref=version.ref, text_id=text.pk))
    _tie_version(actor, text, version, at)
    return version


def _tie_version(actor: Actor, text: Text, version: Version, at: datetime) -> None:
    """Goals led to their paragraphs and to the version, what people said and the version before led to it."""

    def tie(source: Ref, target: Ref, reason: str) -> None:
        trace.tie(actor, source, target, reason=reason, happened_at=at, at=at, quiet=True)

    goals = set()
    for row in reading.wordings(version):
        goal = row.paragraph.goal
        if goal is not None:
            tie(goal.ref, row.paragraph.ref, _("Der Absatz setzt das Ziel in Worte."))
            goals.add(goal.ref)
    for ref in sorted(goals):
        tie(ref, version.ref, _("Der Text setzt das Ziel in Worte."))
    before = Version.objects.filter(text=text, number=version.number - 1).first()
    if before is not None:
        tie(before.ref, version.ref, _("Aus dieser Fassung wurde die nächste."))
    for said in Feedback.objects.filter(taken_into=version, state=Heard.SHOWN):
        tie(said.ref, version.ref, _("Die Fassung nimmt auf, was dazu gesagt wurde."))


@action
def move_text(
    *,
    actor: Actor,
    text_id: UUID,
    verb: str,
    note: str = "",
    decision: str = "",
    due_at: datetime | None = None,
    at: datetime,
) -> Text:
    """Takes a step of the workflow. `note` says what is new in a version that is published with it.

    Opening needs contract and period; adopting the council's decision in a sentence. Raises Invalid, Conflict.
    """
    rules.require_may_edit(actor.viewer)
    text = locked_text(text_id)
    step = STEPS.get(verb)
    if step is None:
        raise NotFound
    if State(text.state) not in step.sources:
        raise Conflict(_("Der Text ist inzwischen an einer anderen Stelle. Bitte laden Sie die Seite neu."))
    if verb == "open":
        _require_ready(text, at)
    if step.publishes:
        _publish(actor, text, " ".join(discussion.tidy(note).split()), at)
    if verb == "to_council":
        waiting = reading.unanswered(text)
        if waiting:
            raise Conflict(
                _("%(n)s Rückmeldungen haben noch keine Antwort. Bitte antworten Sie zuerst.") % {"n": waiting}
            )
    if verb == "adopt":
        text.decision, text.decided_at = sentence(decision, "decision", NOTE_LIMIT), at
    text.state, text.due_at = step.target.value, due_at
    text.save()
    audit.record(actor, "strategy.move_text", text.ref, fields=["state"], reason=verb)
    events.publish(actor, TextMoved(ref=text.ref, verb=verb, state=text.state))
    return text


def _require_ready(text: Text, at: datetime) -> None:
    missing = [name for name in CONTRACT_FIELDS if not text.contract.get(name, {}).get("de")]
    if missing:
        raise Conflict(_("Bitte beantworten Sie zuerst alle fünf Fragen dazu, was offen ist und wer entscheidet."))
    if text.opens_at is None or text.closes_at is None or text.closes_at <= at:
        raise Conflict(_("Bitte sagen Sie zuerst, von wann bis wann alle mitreden können."))
