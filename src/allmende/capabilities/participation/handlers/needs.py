"""Who is told what about needs: everybody in a group once when it is answered, partners what became of theirs."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import formats
from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries
from allmende.capabilities.participation.models import Offer
from allmende.capabilities.participation.queries import needs as reading
from allmende.capabilities.participation.workflow.needs import OFFERS, PARTNER_STATES, OfferKind, PartnerState
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref


def _word(texts: "dict[str, str] | object", language: str) -> str:
    found = dict(texts) if isinstance(texts, dict) else {}
    return str(found.get(language) or found.get("de", ""))


def _words(offer: Offer, language: str) -> str:
    """The answer in a mail: what it is, the city's words, when, with whom, what else."""
    lines = [f"{_word(dict(OFFERS[OfferKind(offer.kind)]), language)}.", offer.text]
    if offer.starts_on is not None:
        lines.append(_("Beginn: %(day)s") % {"day": formats.date_format(offer.starts_on, "DATE_FORMAT")})
    if offer.partner_name:
        lines.append(_("Zusammen mit: %(name)s") % {"name": offer.partner_name})
    if offer.url:
        lines.append(offer.url)
    if offer.alternative:
        lines.append(_("Was stattdessen geht: %(alternative)s") % {"alternative": offer.alternative})
    if offer.ask_again_on is not None:
        day = formats.date_format(offer.ask_again_on, "DATE_FORMAT")
        lines.append(_("Ab dem %(day)s kann man wieder fragen.") % {"day": day})
    return "\n\n".join(lines)


def in_group(event: Stored) -> Iterable[UUID]:
    return reading.people_of(event.ref.id)


def itself(event: Stored) -> Iterable[Ref]:
    return (event.ref,)


def answered(event: Stored, language: str) -> NoticeText | None:
    theme = queries.theme(event.ref.id)
    offer = reading.offer(Ref.parse(event.payload["offer"]).id)
    if theme is None or offer is None:
        return None
    title = _word(theme.title, language)
    return NoticeText(
        _("Die Stadt antwortet auf Ihren Wunsch: „%(title)s“") % {"title": title}, _words(offer, language), theme.ref
    )


def of_need(event: Stored) -> Iterable[UUID]:
    return reading.people_of_need(event.ref.id) if event.payload["late"] else ()


def followed(event: Stored, language: str) -> NoticeText | None:
    """For who came to a group that had its answer already."""
    offers = reading.offers_for_idea(event.ref.id) if event.payload["late"] else []
    idea = queries.idea(event.ref.id)
    if not offers or idea is None or not idea.is_public:
        return None
    title = _word(offers[0].theme.title, language)
    return NoticeText(
        _("Die Stadt antwortet auf Ihren Wunsch: „%(title)s“") % {"title": title},
        _words(offers[0], language),
        offers[0].theme.ref,
    )


def sender(event: Stored) -> Iterable[UUID]:
    found = reading.partner_offer_by_id(event.ref.id)
    return () if found is None or found.sender_id is None else (found.sender_id,)


def replied(event: Stored, language: str) -> NoticeText | None:
    found = reading.partner_offer_by_id(event.ref.id)
    if found is None:
        return None
    lines = [_word(dict(PARTNER_STATES[PartnerState(found.state)]), language).capitalize() + ".", found.reply]
    return NoticeText(
        _("Antwort auf Ihr Angebot: „%(title)s“") % {"title": found.title},
        "\n\n".join(line for line in lines if line),
        found.ref,
    )


RULES = (
    NoticeRule("participation.needs_answered", answered, people=in_group, followed=itself),
    NoticeRule("participation.need_followed", followed, people=of_need),
    NoticeRule("participation.partner_replied", replied, people=sender),
)
