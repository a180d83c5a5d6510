"""What a paper asks that is decided one by one: writing its parts, recording what was decided on them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.models import Paper, Part
from allmende.capabilities.council.queries import parts as queries
from allmende.capabilities.council.rules import parts as part_rules
from allmende.capabilities.council.rules.parts import DecisionData, PartData, Written
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.core.events import publish


def _locked(paper_id: UUID, named: Collection[UUID] = ()) -> tuple[Paper, dict[UUID, Part], bool]:
    """The paper, locked; its parts by key, in order; whether everybody may read it. Raises NotFound."""
    try:
        paper = lock(Paper.objects.filter(deleted=False), pk=paper_id)
    except Paper.DoesNotExist:
        raise NotFound from None
    rows = Part.objects.filter(paper=paper, place__isnull=False).order_by("place")
    parts = {part.pk: part for part in rows.select_for_update(of=("self",))}
    if set(named) - parts.keys():
        raise NotFound
    return paper, parts, Paper.objects.public().filter(pk=paper.pk).exists()


def _touch(paper: Paper) -> None:
    """What programs read of the paper has changed."""
    paper.modified = timezone.now()
    paper.save(update_fields=["modified"])


@action
def write_parts(*, actor: Actor, paper_id: UUID, data: Written, at: datetime, is_example: bool = False) -> Paper:
    """Writes the parts of a paper in their order, adds new ones, takes some out; also of a mirrored paper.

    What the form did not name (somebody else has just added it) comes last. What is decided is not taken out. Of a
    decided part that is about something else now, the decision is told again. Raises NotFound; Invalid with fields as
    `rules.parts.written_faults` says.
    """
    rules.require_may_keep(actor)
    named = [key for key, _seen, _row in data.rows if key is not None]
    paper, parts, is_public = _locked(paper_id, [*named, *data.removed])
    about = {row.about for _key, _seen, row in data.rows if row.about}
    if wrong := part_rules.written_faults(data, queries.standing(list(parts.values())), queries.is_offered(about, at)):
        raise Invalid(fields=wrong)
    order: list[Part] = []
    changed: list[Part] = []
    moved: list[Part] = []
    for key, _seen, row in data.rows:
        part = parts[key] if key is not None else Part(paper=paper, created_at=at, edition=0, is_example=is_example)
        order.append(part)
        if part.decision and part.about != row.about:
            moved.append(part)
        if _write(part, row):
            changed.append(part)
    order += [part for key, part in parts.items() if key not in named and key not in data.removed]
    gone = [parts[key] for key in data.removed]
    touched = False
    for place, part in enumerate([*order, *gone], start=1):
        wanted = place if place <= len(order) else None
        if part.place != wanted or part in changed:
            part.place, part.changed_at = wanted, at
            part.edition, touched = part.edition + 1, True
            part.save()
            audit.record(actor, "council.write_parts", part.ref, fields=["about", "place", "text", "title"])
    if is_public and touched:
        _touch(paper)
        publish(actor, events.PartsWritten(ref=paper.ref))
        for part in moved:
            publish(actor, _decided(part))
    return paper


def _write(part: Part, row: PartData) -> bool:
    """Puts the words into the part; whether any is new."""
    told = {"title": row.title.strip(), "text": row.text.strip(), "about": row.about}
    changed = any(getattr(part, name) != value for name, value in told.items())
    for name, value in told.items():
        setattr(part, name, value)
    return changed


@action
def decide_parts(
    *, actor: Actor, paper_id: UUID, decisions: Mapping[UUID, DecisionData], at: datetime, quiet: bool = False
) -> Paper:
    """Records what was decided on parts of a paper, or corrects it; the same again changes nothing.

    Without a decision what was recorded is taken back. Of a public paper each is told at once, of another one when it
    becomes public (`tell_decisions`). `quiet` tells no followers. Raises NotFound; Invalid with fields as
    `rules.parts.decision_faults` says.
    """
    rules.require_may_keep(actor)
    paper, parts, is_public = _locked(paper_id, decisions)
    wanted = {key: one for key, one in decisions.items() if not _is_so(parts[key], one)}
    points = {item.pk: queries.day_of(item) for item in queries.points_of(paper.pk)} if wanted else {}
    today = timezone.localtime(at).date()
    if wrong := part_rules.decision_faults(wanted, queries.standing(list(parts.values())), points, today):
        raise Invalid(fields=wrong)
    news = False
    for key, one in wanted.items():
        part, before = parts[key], parts[key].decision
        was_told = part.told
        part.decision = one.decision
        part.decided_on, part.item_id = (one.decided_on, one.item_id) if one.decision else (None, None)
        part.told = bool(one.decision) and is_public
        part.corrections += 1 if before else 0
        part.edition, part.changed_at = part.edition + 1, at
        part.save()
        audit.record(actor, "council.decide_part", part.ref, fields=["decided_on", "decision", "item"])
        if is_public and one.decision:
            publish(actor, _decided(part))
        elif was_told:
            publish(actor, events.PartReopened(ref=part.ref, paper=paper.pk))
        news = news or (bool(one.decision) and one.decision != before)
    if is_public and wanted:
        _touch(paper)
        if news and not quiet:
            publish(actor, events.PartsDecided(ref=paper.ref))
    return paper


def _is_so(part: Part, one: DecisionData) -> bool:
    """Whether it stands there already."""
    if not one.decision:
        return not part.decision
    return (part.decision, part.decided_on, part.item_id) == (one.decision, one.decided_on, one.item_id)


def _decided(part: Part) -> events.PartDecided:
    return events.PartDecided(
        ref=part.ref,
        paper=part.paper_id,
        decision=part.decision,
        accepted=part.decision == Part.Decision.ACCEPTED,
        decided_on=f"{part.decided_on}",
        about=part.about,
    )


@action
def tell_decisions(*, actor: Actor, paper_id: UUID) -> int:
    """Tells what was decided on parts of a paper before everybody could read it; how many. A repeat tells nothing."""
    rules.require_may_keep(actor)
    paper, parts, is_public = _locked(paper_id)
    found = [part for part in parts.values() if is_public and part.decision and not part.told]
    for part in found:
        part.told = True
        part.save(update_fields=["told"])
        publish(actor, _decided(part))
    if found:
        audit.record(actor, "council.tell_decisions", paper.ref, fields=["told"])
    return len(found)
