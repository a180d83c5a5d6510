"""Answering groups of needs, and what partners offer the city for it.

The store's row is locked before its ideas, as everywhere in this room, so that nobody orders while somebody answers.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.participation import queries, rules, workflow
from allmende.capabilities.participation.actions.ideas import tidy
from allmende.capabilities.participation.actions.rows import locked_store, note_change
from allmende.capabilities.participation.events import (
    NeedFollowed,
    NeedsAnswered,
    PartnerOffered,
    PartnerReplied,
)
from allmende.capabilities.participation.models import Idea, Offer, PartnerOffer, Theme
from allmende.capabilities.participation.queries import needs as reading
from allmende.capabilities.participation.workflow import State
from allmende.capabilities.participation.workflow.needs import (
    GROUPING,
    REPLIES,
    OfferKind,
    PartnerState,
    ask_again,
)
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.core.refs import Ref
from allmende.engines.trace import interface as trace

PARTNER_TITLE, PARTNER_BODY, ANSWER_LIMIT = 120, 2000, 4000


@dataclass(frozen=True)
class OfferData:
    """What the city says to a group. `link` is a page of this portal (path) or an https address elsewhere."""

    kind: str
    text: str
    department: str
    link: str = ""
    starts_on: date | None = None
    alternative: str = ""
    ask_again_on: date | None = None
    partner_offer_id: UUID | None = None
    language: str = "de"
    is_example: bool = False


def _check(data: OfferData, *, today: date) -> None:
    """Raises Invalid with everything that an honest answer lacks."""
    wrong: dict[str, str] = {}
    if data.kind not in {kind.value for kind in OfferKind}:
        wrong["kind"] = _("Bitte wählen Sie, was die Stadt antwortet.")
    if not data.text:
        wrong["text"] = _("Bitte schreiben Sie die Antwort mit ihrem Grund.")
    elif len(data.text) > ANSWER_LIMIT:
        wrong["text"] = _("Bitte kürzen Sie die Antwort auf %(n)s Zeichen.") % {"n": ANSWER_LIMIT}
    if city.current().department(data.department) is None:
        wrong["department"] = _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")
    if data.kind == OfferKind.NO:
        if not data.alternative:
            wrong["alternative"] = _("Zu einem Nein gehört, was stattdessen geht.")
        if data.ask_again_on is None:
            wrong["ask_again_on"] = _("Zu einem Nein gehört ein Tag, ab dem man wieder fragen kann.")
    if data.ask_again_on is not None and data.ask_again_on <= today:
        wrong["ask_again_on"] = _("Bitte wählen Sie einen Tag in der Zukunft.")
    if wrong:
        raise Invalid(fields=wrong)


def _linked(link: str, at: datetime) -> tuple[str, Ref | None]:
    """The address elsewhere, or the thing of this portal. Raises Invalid for an address that leads nowhere."""
    link = link.strip()
    if not link:
        return "", None
    parts = urlsplit(link)
    path = parts.path if not parts.netloc or link.startswith(f"{settings.PUBLIC_URL.rstrip('/')}/") else ""
    if path.startswith("/"):
        thing = reading.thing_at(path.removeprefix("/en") or "/", at)
        if thing is None:
            raise Invalid(fields={"link": _("Diese Seite finden wir hier nicht. Bitte prüfen Sie die Adresse.")})
        return "", thing
    try:
        URLValidator(schemes=["https"])(link)
    except ValidationError:
        raise Invalid(fields={"link": _("Bitte geben Sie eine Adresse an, die mit https:// beginnt.")}) from None
    return link[:500], None


@action
def answer_needs(*, actor: Actor, theme_id: UUID, data: OfferData, at: datetime) -> Offer:
    """The city answers a group of needs with an offer or a reasoned no; everybody in it is told once.

    Every need of the group takes over the state; the answer is the next station of the Trace, and what it leads to the
    one after. Raises Invalid with fields, Conflict for a group that is gone or empty.
    """
    found = Theme.objects.filter(pk=theme_id).first()
    if found is None:
        raise NotFound
    store = locked_store(found.store_id)
    rules.require_may_answer_group(store, actor.viewer)
    theme = Theme.objects.get(pk=theme_id)
    ideas = list(Idea.objects.public().filter(places__theme=theme).select_for_update(of=("self",)).order_by("pk"))
    if not store.is_need or theme.dissolved_at is not None or not ideas:
        raise Conflict(_("In dieser Gruppe steht kein Wunsch mehr."))
    data = replace(data, text=tidy(data.text), alternative=tidy(data.alternative))
    _check(data, today=at.astimezone(city.current().zone).date())
    url, thing = _linked(data.link, at)
    partner = _partner(data.partner_offer_id)
    offer = Offer.objects.create(
        theme=theme,
        kind=data.kind,
        text=data.text,
        alternative=data.alternative,
        language=data.language,
        url=url,
        thing=str(thing) if thing is not None else "",
        starts_on=data.starts_on,
        department=data.department,
        partner_offer=partner,
        partner_name=partner.name if partner is not None and partner.may_be_named else "",
        ask_again_on=data.ask_again_on,
        by_id=actor.person_id,
        is_example=data.is_example,
        at=at,
    )
    reason = _("Die Stadt hat allen in dieser Gruppe geantwortet.")
    trace.tie(actor, theme.ref, offer.ref, reason=reason, happened_at=at, at=at, quiet=True)
    if thing is not None:
        reason = _("Das ist das Angebot der Stadt.")
        trace.tie(actor, offer.ref, thing, reason=reason, happened_at=at, at=at, quiet=True)
    if partner is not None and partner.state != PartnerState.USED:
        partner.state, partner.replied_at = PartnerState.USED.value, at
        partner.save(update_fields=["state", "replied_at"])
        events.publish(actor, PartnerReplied(ref=partner.ref, state=partner.state))
    for idea in ideas:
        _follow(actor, idea, offer, at, late=False)
    audit.record(actor, "participation.answer_needs", theme.ref, fields=["offer", "state"])
    events.publish(actor, NeedsAnswered(ref=theme.ref, offer=str(offer.ref)))
    return offer


def _partner(partner_id: UUID | None) -> PartnerOffer | None:
    if partner_id is None:
        return None
    found = PartnerOffer.objects.select_for_update().filter(pk=partner_id).first()
    if found is None or found.state == PartnerState.DECLINED:
        raise Invalid(fields={"partner": _("Dieses Angebot eines Partners gibt es nicht mehr.")})
    return found


def _follow(actor: Actor, idea: Idea, offer: Offer, at: datetime, *, late: bool) -> None:
    """A need takes over its group's answer."""
    idea.state = State.ANSWERED
    idea.next_step = dict(ask_again(offer.ask_again_on)) if offer.ask_again_on is not None else {}
    idea.due_at = None
    idea.reminded_at = idea.deputy_reminded_at = None
    idea.save()
    note_change(idea, "answer", department=offer.department, at=at)
    events.publish(actor, NeedFollowed(ref=idea.ref, store_id=idea.store_id, late=late))


@action
def follow_order(*, actor: Actor, step_id: UUID, at: datetime) -> int:
    """After needs were put elsewhere: who comes to an answered group has its answer, who leaves it waits again.

    Only the platform itself; returns how many needs changed. Repeating it changes nothing.
    """
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    step = queries.step(step_id)
    if step is None or not step.store.is_need:
        return 0
    locked_store(step.store_id)
    moved = reading.moved_needs(step)
    answered, alone = reading.answered_among(moved), reading.answered_alone(moved)
    changed = 0
    for idea in Idea.objects.public().filter(pk__in=moved).select_for_update(of=("self",)).order_by("pk"):
        if idea.pk in answered and idea.state != State.ANSWERED:
            _follow(actor, idea, reading.offers_of(answered[idea.pk])[0], at, late=True)
        elif idea.pk not in answered and idea.pk not in alone and idea.state == State.ANSWERED:
            idea.state, idea.next_step = State.PUBLISHED, dict(GROUPING)
            idea.due_at = workflow.due(State.PUBLISHED, at)
            idea.save()
            note_change(idea, "regroup", at=at)
            events.publish(actor, NeedFollowed(ref=idea.ref, store_id=idea.store_id, late=False))
        else:
            continue
        changed += 1
    if changed:
        audit.record(actor, "participation.follow_order", step.store.ref, fields=["state"])
    return changed


# Partners


@action
def offer_as_partner(
    *,
    actor: Actor,
    title: str,
    body: str,
    organisation_id: UUID | None = None,
    name: str = "",
    may_be_named: bool = False,
    language: str = "de",
    is_example: bool = False,
    at: datetime,
) -> PartnerOffer:
    """What an organisation could contribute, told to the city alone.

    With an account in the name of an organisation; staff enter what came by letter, telephone or at the counter (the
    actor's channel says so) with the `name`. Raises NotSignedIn, NotAllowed, Invalid with fields.
    """
    by_hand = actor.channel in {*rules.HAND_CHANNELS, Channel.SEED}
    title, body, name = " ".join(tidy(title).split()), tidy(body), " ".join(tidy(name).split())
    if by_hand:
        if actor.channel != Channel.SEED and not rules.may_enter(actor.viewer):
            raise NotAllowed
    else:
        rules.require_signed_in(actor.viewer)
        if organisation_id is None:
            raise Invalid(fields={"organisation": _("Bitte wählen Sie, für wen Sie sprechen.")})
        name = accounts.sign_as(actor.viewer, organisation_id)
    wrong: dict[str, str] = {}
    if not name:
        wrong["name"] = _("Bitte sagen Sie, wer das anbietet.")
    if not title:
        wrong["title"] = _("Bitte sagen Sie in einem Satz, was Sie beitragen können.")
    elif len(title) > PARTNER_TITLE:
        wrong["title"] = _("Bitte kürzen Sie den Titel auf %(n)s Zeichen.") % {"n": PARTNER_TITLE}
    if not body:
        wrong["body"] = _("Bitte beschreiben Sie es in wenigen Sätzen.")
    elif len(body) > PARTNER_BODY:
        wrong["body"] = _("Bitte kürzen Sie die Beschreibung auf %(n)s Zeichen.") % {"n": PARTNER_BODY}
    if wrong:
        raise Invalid(fields=wrong)
    made = PartnerOffer.objects.create(
        organisation_id=organisation_id,
        name=name[:120],
        title=title,
        body=body,
        language=language,
        channel=actor.channel.value,
        may_be_named=may_be_named,
        sender_id=None if by_hand else actor.person_id,
        entered_by_id=actor.person_id if by_hand else None,
        is_example=is_example,
        at=at,
        created_at=at,
    )
    audit.record(actor, "participation.offer_as_partner", made.ref, fields=["title", "body", "name"])
    events.publish(actor, PartnerOffered(ref=made.ref))
    return made


@action
def reply_to_partner(*, actor: Actor, partner_id: UUID, state: str, reply: str, at: datetime) -> PartnerOffer:
    """The city says what becomes of it: noted, or why it does not fit. Raises Invalid with fields."""
    rules.require_signed_in(actor.viewer)
    if not rules.may_enter(actor.viewer):
        raise NotAllowed
    try:
        found = lock(PartnerOffer.objects.all(), pk=partner_id)
    except PartnerOffer.DoesNotExist:
        raise NotFound from None
    reply = tidy(reply)
    wrong: dict[str, str] = {}
    if state not in REPLIES:
        wrong["state"] = _("Bitte wählen Sie eine Antwort.")
    if not reply:
        wrong["reply"] = _("Bitte schreiben Sie einen Satz dazu.")
    if wrong:
        raise Invalid(fields=wrong)
    if found.state == PartnerState.USED:
        raise Conflict(_("Das ist schon Teil eines Angebots der Stadt."))
    found.state, found.reply, found.replied_at = state, reply[:PARTNER_BODY], at
    found.save(update_fields=["state", "reply", "replied_at"])
    audit.record(actor, "participation.reply_to_partner", found.ref, fields=["state", "reply"])
    events.publish(actor, PartnerReplied(ref=found.ref, state=state))
    return found
