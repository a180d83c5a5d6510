"""A file that was written on elsewhere becomes the next version: its paragraphs stay who they are."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from allmende.capabilities.strategy import rules
from allmende.capabilities.strategy.actions.texts import NewParagraph, locked_text, open_draft, put, words_of
from allmende.capabilities.strategy.events import DraftChanged
from allmende.capabilities.strategy.models import Paragraph, Rival, Version, Wording
from allmende.capabilities.strategy.models.texts import MOST_PARAGRAPHS
from allmende.capabilities.strategy.queries import texts as reading
from allmende.capabilities.strategy.rules.matching import matched
from allmende.capabilities.strategy.workflow.texts import Shape
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid


@action
def replace_draft(
    *, actor: Actor, text_id: UUID, paragraphs: Sequence[NewParagraph], seen: str, at: datetime
) -> Version:
    """The next version reads as these paragraphs do. Those that share most of their words with one that is there keep
    its identity, and with it what was said to it; others are new; what is not among them is left out of the version.

    `seen` is `drafts.state_of` what the editor saw before: Conflict when somebody wrote meanwhile, or while two
    editors' words wait to be put together. Nothing is lost: published versions stay, rewritten words are revisions.
    """
    rules.require_may_edit(actor.viewer)
    text = locked_text(text_id)
    bodies = [words_of(one.body, "paragraphs") for one in paragraphs]
    if not bodies:
        raise Invalid(fields={"paragraphs": _("Der Text hat noch keinen Absatz.")})
    if len(bodies) > MOST_PARAGRAPHS:
        raise Invalid(fields={"paragraphs": _("Ein Text hat höchstens %(n)s Absätze.") % {"n": MOST_PARAGRAPHS}})
    if seen != reading.state_of(text):
        raise Conflict(_("Inzwischen hat jemand am Text geschrieben. Bitte sehen Sie sich die Vorschau neu an."))
    version = open_draft(text, at)
    if Rival.objects.filter(wording__version=version, settled_at=None).exists():
        raise Conflict(_("An einem Absatz haben zwei gleichzeitig geschrieben. Bitte führen Sie das zuerst zusammen."))
    before = reading.wordings(version)
    places = matched([row.body for row in before], bodies)
    last = Paragraph.objects.filter(text=text).aggregate(last=Max("number"))["last"] or 0
    fresh = [number for number, place in enumerate(places) if place is None]
    made = Paragraph.objects.bulk_create(
        Paragraph(text=text, number=last + step, goal_id=paragraphs[number].goal_id, created_at=at)
        for step, number in enumerate(fresh, start=1)
    )
    kept = {place for place in places if place is not None}
    Wording.objects.filter(pk__in=[row.pk for place, row in enumerate(before) if place not in kept]).delete()
    moved = []
    for number, place in enumerate(places):
        if place is None:
            continue
        row = before[place]
        put(actor, row, bodies[number], at)
        row.place, row.shape = number + 1, Shape(paragraphs[number].shape).value
        moved.append(row)
    Wording.objects.bulk_update(moved, ["place", "shape"], batch_size=200)
    Wording.objects.bulk_create(
        Wording(
            version=version, paragraph=one, place=number + 1, shape=Shape(paragraphs[number].shape).value,
            body=bodies[number],
        )
        for one, number in zip(made, fresh, strict=True)
    )  # fmt: skip
    audit.record(actor, "strategy.replace_draft", text.ref, fields=["paragraphs"])
    events.publish(actor, DraftChanged(ref=text.ref))
    return version
