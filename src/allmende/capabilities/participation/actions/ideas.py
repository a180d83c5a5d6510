"""Handing in, changing and taking back an idea."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.participation import rules, workflow
from allmende.capabilities.participation.actions.ages import note_age, require_asked
from allmende.capabilities.participation.actions.contest.entries import EntryData, grace_of, take_entry, unclear
from allmende.capabilities.participation.actions.rows import idea_and_store, note_change
from allmende.capabilities.participation.events import IdeaEdited, IdeaSubmitted, IdeaWithdrawn
from allmende.capabilities.participation.models import (
    BODY_LIMIT,
    TITLE_LIMIT,
    Category,
    Idea,
    IdeaDraft,
    IdeaVersion,
    TopicStore,
)
from allmende.capabilities.participation.workflow import State
from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Invalid, NotAllowed, NotFound
from allmende.engines.discussion import interface as discussion
from allmende.engines.media import interface as media
from allmende.engines.notify import interface as notify
from allmende.engines.places import interface as places

GRACE_MINUTES = 0
"""Minutes after the end in which a form that was open is still taken, unless the city says otherwise."""
tidy = discussion.tidy
"""Words as they are kept: composed, without what a database cannot hold."""


def _require_words(title: str, body: str) -> None:
    """Raises Invalid for words that are missing or too many, whichever way they came."""
    wrong: dict[str, str] = {}
    if not title:
        wrong["title"] = _("Bitte sagen Sie in einem Satz, worum es geht.")
    elif len(title) > TITLE_LIMIT:
        wrong["title"] = _("Bitte kürzen Sie den Titel auf %(n)s Zeichen.") % {"n": TITLE_LIMIT}
    if not body:
        wrong["body"] = _("Bitte beschreiben Sie Ihre Idee.")
    elif len(body) > BODY_LIMIT:
        wrong["body"] = _("Bitte kürzen Sie die Beschreibung auf %(n)s Zeichen.") % {"n": BODY_LIMIT}
    if wrong:
        raise Invalid(fields=wrong)


def _category(store: TopicStore, slug: str) -> Category | None:
    """Raises Invalid for a category of another store, or for none where the store has some."""
    found = {row.slug: row for row in store.categories.all()}
    if slug and slug not in found:
        raise Invalid(fields={"category": _("Diese Rubrik gibt es hier nicht. Bitte wählen Sie eine aus der Liste.")})
    return found.get(slug)


def _district(slug: str) -> str:
    if slug and slug not in city.current().districts:
        raise Invalid(
            fields={"district": _("Diesen Stadtteil kennen wir nicht. Bitte wählen Sie einen aus der Liste.")}
        )
    return slug


def _where(
    place: str, district: str, point: tuple[float, float] | None
) -> tuple[tuple[float | None, float | None], str]:
    """Position and district: of the point that was chosen, else of words that name a place beyond doubt.

    Raises Invalid for a point outside the city.
    """
    if point is not None:
        there = places.place_at(*point)
        if there is None:
            raise Invalid(
                fields={"place": _("Diese Stelle liegt nicht in unserer Stadt. Bitte wählen Sie eine andere.")}
            )
        return there.point, there.district or _district(district)
    meant = places.likely(place)
    if meant is None or (district and meant.district not in {"", district}):
        return (None, None), _district(district)
    return meant.point, _district(district) or meant.district


@action
def submit_idea(
    *,
    actor: Actor,
    store_id: UUID,
    title: str,
    body: str,
    category: str = "",
    place: str = "",
    district: str = "",
    point: tuple[float, float] | None = None,
    language: str = "",
    guest: Mapping[str, Any] | None = None,
    organisation_id: UUID | None = None,
    image_id: UUID | None = None,
    keeps_text: bool = True,
    proven: bool = True,
    received_at: datetime | None = None,
    draft_id: UUID | None = None,
    entry: EntryData | None = None,
    age_group: str = "",
    is_example: bool = False,
    at: datetime,
) -> Idea:
    """Hands an idea in; it is private until a moderator has released it.

    `guest` holds the arguments of `accounts.interface.guest` for whoever is not signed in, and for whoever a clerk
    writes for (then the actor's channel says how it came, and `received_at` when). `proven` False (no proof of work)
    is no error, it only tells the moderators. `point` is longitude and latitude in degrees.
    `organisation_id` signs it with a group's name in place of the sender's, who stays its author and in the audit.
    `draft_id` is a draft of the sender's that this becomes; `entry` what a contest needs beside the words.
    `age_group` is what the author states of their own accord, where the project asks (`actions.ages`). Raises
    Closed outside the store's period, Invalid with fields.
    """
    title, body, place = " ".join(tidy(title).split()), tidy(body), " ".join(tidy(place).split())
    _require_words(title, body)
    received_at = received_at or at
    store = TopicStore.objects.select_related("group", "module__project").filter(pk=store_id).first()
    if store is None or not rules.may_see_store(store, actor.viewer, at):
        raise NotFound
    require_asked(store.module.project, age_group)
    is_contest = store.kind == TopicStore.Kind.CONTEST
    grace = timedelta(minutes=int(city.setting("participation.grace_minutes", GRACE_MINUTES)))
    grace = grace_of(store, entry) if is_contest else grace
    rules.require_may_submit(store, actor, received_at=received_at, at=at, grace=grace)
    rules.require_guest_welcome(store, actor, guest)
    by_hand = actor.channel in rules.HAND_CHANNELS
    sender = actor
    if guest is not None:
        author_id = accounts.guest(**guest).pk
        key = accounts.key_of(author_id)
        sender = actor.via(actor.channel, on_behalf_of=key) if by_hand else dataclasses.replace(actor, key=key)
    elif actor.person_id is not None and not by_hand:
        author_id = actor.person_id
    else:
        raise Invalid(_("Bitte sagen Sie, wie wir antworten dürfen, oder wählen Sie „keine Nachricht“."))
    author = accounts.person(author_id)
    waits = guest is not None and not by_hand and store.guests == TopicStore.Guests.CONFIRMED
    signed = accounts.sign_as(actor.viewer, organisation_id) if organisation_id is not None else ""
    (longitude, latitude), district = _where(place, district, point)
    idea = Idea.objects.create(
        store=store,
        category=_category(store, category),
        author_id=author_id,
        organisation_id=organisation_id,
        author_name=signed or author.public_name,
        entered_by_id=actor.person_id if by_hand else None,
        channel=actor.channel.value,
        language=language or actor.language,
        place=place[:200],
        district=district,
        longitude=longitude,
        latitude=latitude,
        department=store.group.department,
        next_step=dict(workflow.CONFIRM if waits else workflow.STATES[State.SUBMITTED].next_step),
        awaits_proof=waits,
        keeps_text=keeps_text,
        is_example=is_example,
        created_at=at,
        received_at=received_at,
        submitted_at=at,
    )
    idea.version = IdeaVersion.objects.create(idea=idea, number=1, title=title, body=body, at=at)
    idea.save(update_fields=["version"])  # the case looks up whose words these are
    if image_id is not None:
        media.attach(image_id, idea.ref, person_id=author_id)
    note_age(store.module.project, author_id, age_group, at)
    if is_contest:
        take_entry(idea, store, entry, by_hand=by_hand or actor.channel == Channel.SEED, at=at)
    if waits:
        accounts.ask_for_proof(author_id, at)
    else:
        _hand_to_moderators(actor, idea, "new" if proven else "no_proof", at)
    note_change(idea, "submit", at=received_at)
    notify.issue_receipt(idea.ref, author_id, at)
    if author_id == actor.person_id:
        notify.follow_silently(author_id, idea.ref, at)
    if draft_id is not None:
        IdeaDraft.objects.filter(pk=draft_id).delete()
    audit.record(
        sender, "participation.submit_idea", idea.ref, fields=["title", "body", "category", "place", "district"]
    )
    if not waits:
        # In the name of whoever is signed in, so that a guest is told by their own way that it arrived.
        events.publish(actor, IdeaSubmitted(ref=idea.ref, store_id=store.pk, channel=actor.channel.value))
    return idea


def _hand_to_moderators(actor: Actor, idea: Idea, cause: str, at: datetime) -> None:
    case = discussion.open_case(actor, idea.ref, scope=rules.SCOPE, cause=cause, at=at)
    idea.due_at = case.due_at
    idea.save(update_fields=["due_at"])


@action
def accept_proven_idea(*, actor: Actor, idea_id: UUID, at: datetime) -> Idea:
    """Its guest has shown that the address is theirs: the moderators get it now. Repeating it changes nothing."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    idea, store = idea_and_store(idea_id)
    if not idea.awaits_proof:
        return idea
    idea.awaits_proof = False
    idea.next_step = dict(workflow.STATES[State.SUBMITTED].next_step)
    idea.save()
    _hand_to_moderators(actor, idea, "new", at)
    audit.record(actor, "participation.accept_proven_idea", idea.ref, fields=["awaits_proof"])
    events.publish(actor, IdeaSubmitted(ref=idea.ref, store_id=store.pk, channel=idea.channel))
    return idea


@action
def edit_idea(
    *,
    actor: Actor,
    idea_id: UUID,
    title: str,
    body: str,
    category: str | None = None,
    place: str | None = None,
    district: str | None = None,
    point: tuple[float, float] | None = None,
    at: datetime,
) -> Idea:
    """A new version by the author. Once public, the former words stay until a moderator has released the new ones.

    Raises Closed when the store or the check leaves no room for changes any more.
    """
    title, body = " ".join(tidy(title).split()), tidy(body)
    _require_words(title, body)
    idea, store = idea_and_store(idea_id)
    rules.require_may_edit_idea(idea, store, actor.viewer, at)
    last = idea.versions.order_by("-number").only("number").first()
    version = IdeaVersion.objects.create(
        idea=idea, number=last.number + 1 if last else 1, title=title, body=body, at=at
    )
    changed = ["title", "body"]
    if category is not None:
        idea.category = _category(store, category)
        changed.append("category")
    if place is not None:
        idea.place = " ".join(tidy(place).split())[:200]
        changed.append("place")
    if district is not None:
        idea.district = _district(district)
        changed.append("district")
    if place is not None or point is not None:
        (idea.longitude, idea.latitude), idea.district = _where(idea.place, idea.district, point)
    if idea.is_public:
        idea.pending = version
        discussion.open_case(actor, idea.ref, scope=rules.SCOPE, cause="new", at=at)
        note_change(idea, "edit", at=at, is_public=False)
    else:
        idea.version = version
        if unclear(idea):  # checked already, not public yet: the new words are looked at as well
            discussion.open_case(actor, idea.ref, scope=rules.SCOPE, cause="new", at=at)
    idea.save()
    audit.record(actor, "participation.edit_idea", idea.ref, fields=changed)
    events.publish(actor, IdeaEdited(ref=idea.ref, store_id=store.pk, text_version=version.number))
    return idea


@action
def withdraw_idea(*, actor: Actor, idea_id: UUID, reason: str = "", at: datetime) -> Idea:
    """Its author takes the idea back: it is public no more. The Trace keeps its place."""
    idea, store = idea_and_store(idea_id)
    rules.require_may_withdraw(idea, actor.viewer)
    was_public = idea.is_public
    idea.state = State.WITHDRAWN
    idea.next_step, idea.due_at, idea.pending, idea.awaits_proof = {}, None, None, False
    idea.save()
    if was_public:
        store.count_ideas(-1)
    media.withdraw(idea.ref)
    discussion.close_case(actor, idea.ref, decision="withdrawn", reason=reason, at=at)
    note_change(idea, "withdraw", reason=reason, at=at)
    audit.record(actor, "participation.withdraw_idea", idea.ref, fields=["state"])
    events.publish(actor, IdeaWithdrawn(ref=idea.ref, store_id=store.pk))
    return idea


def hand_channel(value: str) -> Channel:
    """A channel over which clerks enter what others said; raises Invalid for any other."""
    if value not in {channel.value for channel in rules.HAND_CHANNELS}:
        raise Invalid(fields={"channel": _("Bitte wählen Sie, wie der Beitrag kam.")})
    return Channel(value)
