"""Demand meets supply: what people need, how the city answers, what partners could contribute.

Needs are handed in, checked, supported and ordered as ideas are (`submit`, `themes`); here stands what is theirs alone.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.actions.ideas import hand_channel
from allmende.capabilities.participation.forms.needs import NeedsAnswerForm, PartnerForm, ReplyForm
from allmende.capabilities.participation.models import Idea, Offer, PartnerOffer, Theme
from allmende.capabilities.participation.queries import needs as reading
from allmende.capabilities.participation.views.pages import (
    contract_facts,
    crumbs,
    office_name,
    ours,
    until,
    word,
)
from allmende.capabilities.participation.workflow.needs import (
    ANSWERING,
    OFFERS,
    PARTNER_STATES,
    WAITING,
    OfferKind,
    PartnerState,
)
from allmende.core import manifest
from allmende.core.errors import NotAllowed, NotFound
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui.views import render_form

PARTNER_TIMES = 10
"""Offers of one person in an hour."""
TAGS = {OfferKind.NO: "bad"}
PARTNER_TAGS = {PartnerState.NEW: "warn", PartnerState.NOTED: "", PartnerState.USED: "good"}


def offer_context(
    offer: Offer, viewer_language: str, links: dict[Ref, tuple[str, str]] | None = None
) -> dict[str, Any]:
    """Context of participation/parts/offer.html."""
    kind = OfferKind(offer.kind)
    thing = (links or {}).get(Ref.parse(offer.thing)) if offer.thing else None
    return {
        "kind": word(OFFERS[kind], viewer_language),
        "tag": TAGS.get(kind, "good"),
        "is_no": kind == OfferKind.NO,
        "text": offer.text,
        "alternative": offer.alternative,
        "language": offer.language,
        "office": office_name(offer.department, viewer_language),
        "starts_on": offer.starts_on,
        "partner": offer.partner_name,
        "ask_again_on": offer.ask_again_on,
        "url": offer.url,
        "thing_title": thing[0] if thing else "",
        "thing_url": thing[1] if thing else "",
        "at": offer.at,
    }


def offers_for(need: Idea, language: str) -> list[dict[str, str]]:
    """What the groups were answered that a need stands in, for its own page."""
    return [
        {
            "kind": word(OFFERS[OfferKind(offer.kind)], language),
            "tag": TAGS.get(OfferKind(offer.kind), "good"),
            "group_title": word(offer.theme.title, language),
            "group_url": reverse("participation:need_group", args=[offer.theme.number]),
        }
        for offer in reading.offers_for_idea(need.pk)
    ]


def _counted(wishes: int, supports: int) -> list[str]:
    said = ngettext("%(n)s Wunsch", "%(n)s Wünsche", wishes) % {"n": wishes}
    if not supports:
        return [said]
    more = ngettext("%(n)s Mensch unterstützt das", "%(n)s Menschen unterstützen das", supports) % {"n": supports}
    return [said, more]


def _card(group: reading.NeedGroup, language: str) -> dict[str, Any]:
    """A group in a list: what was answered, else until when it will be."""
    theme, offer = group.theme, group.offer
    tag, kind = word(WAITING, language), "warn"
    text = word(theme.summary, language)
    if offer is not None:
        tag, kind = word(OFFERS[OfferKind(offer.kind)], language), TAGS.get(OfferKind(offer.kind), "good")
    return {
        "title": word(theme.title, language),
        "url": reverse("participation:need_group", args=[theme.number]),
        "tag": tag,
        "tag_kind": kind,
        "text": text,
        "meta": _counted(group.wishes, group.supports),
        "office": office_name(offer.department if offer else theme.store.group.department, language),
        "due": None if offer else theme.answer_due,
        "starts_on": offer.starts_on if offer else None,
    }


@ours
@require_safe
def needs(request: Request) -> HttpResponse:
    """„Was brauchen Sie morgen?“: say it; what many need; what the city answered."""
    language, at = request.viewer.language, request.at
    only = request.GET.get("show", "")
    only = only if only in reading.FILTERS else ""
    after = request.GET.get("after", "")
    found = reading.needs(at, only=only, after=int(after) if after.isdecimal() and len(after) < 10 else 0)  # noqa: PLR2004 - fits the column
    here = reverse("participation:needs")
    labels = {"": _("Alle"), "offer": _("Mit Angebot"), "waiting": _("Wartet auf Antwort"), "no": _("Mit Nein")}
    store = found.open[0] if found.open else None
    context = {
        "cards": [_card(group, language) for group in found.groups],
        "more_url": f"{here}?show={only}&after={found.next}" if found.next else "",
        "total": found.total,
        "loose": found.loose,
        "tabs": [(label, f"{here}?show={key}" if key else here, key == only) for key, label in labels.items()],
        "store": store,
        "store_url": reverse("participation:store", args=[store.number]) if store else "",
        "paper_url": reverse("participation:paper", args=[store.number]) if store else "",
        "new_url": reverse("participation:need_new"),
        "facts": contract_facts(store, language) if store else [],
        "partner_url": reverse("participation:partner_new"),
        "at": at,
        "crumbs": crumbs((_("Bedarf"), "")),
        "example": store.is_example if store else False,
    }
    instants = [one.closes_at for one in found.open]
    return until(render(request, "participation/needs.html", context), *instants, at=at)


@ours
@require_safe
def need_new(request: Request) -> HttpResponse:
    """To the form of the collection that is open; with several, the one that stays open longest."""
    stores = reading.open_needs(request.at)
    if not stores:
        return redirect("participation:needs")
    return redirect(f"{reverse('participation:idea_new')}?speicher={stores[0].number}")


def _group(number: int) -> Theme:
    """A group of needs. Raises NotFound for any other theme."""
    theme = queries.theme_by_number(number)
    if not theme.store.is_need:
        raise NotFound
    return theme


def _links(offers: list[Offer], request: Request) -> dict[Ref, tuple[str, str]]:
    """Things of this portal that offers lead to, as far as this viewer may see them: title and path."""
    refs = {Ref.parse(offer.thing) for offer in offers if offer.thing}
    if not refs:
        return {}
    language = request.viewer.language
    shown = manifest.lookup().resolve(refs, request.viewer, request.at)
    return {ref: (thing.title(language), thing.path(language)) for ref, thing in shown.items()}


@ours
@require_safe
def need_group(request: Request, number: int) -> HttpResponse:
    """What several people need, in their own words, and what the city answers all of them."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    theme = _group(number)
    store = theme.store
    function = queries.function_in(viewer, store.group_id)
    if not rules.may_see_store(store, viewer, at, function):
        raise NotFound
    offers = reading.offers_of(theme.pk)
    links = _links(offers, request)
    ideas = queries.ideas_of_theme(theme.pk, at)
    title = word(theme.title, language)
    needs_url = reverse("participation:needs")
    merged = theme.merged_into
    context = {
        "theme": theme,
        "title": title,
        "summary": word(theme.summary, language),
        "offers": [offer_context(offer, language, links) for offer in offers],
        "ideas": ideas,
        "counted": _counted(len(ideas), sum(idea.support_count for idea in ideas)),
        "step": {
            "step": word(ANSWERING, language),
            "office": office_name(store.group.department, language),
            "due": theme.answer_due,
            "at": at,
        },
        "waits": not offers and theme.dissolved_at is None,
        "merged_url": reverse("participation:need_group", args=[merged.number]) if merged else "",
        "merged_title": word(merged.title, language) if merged else "",
        "new_url": reverse("participation:need_new") if reading.open_needs(at) else "",
        "needs_url": needs_url,
        "follow": notify.follow_box(request, theme.ref, about=title),
        "trace": trace.trace_of(theme.ref, viewer, at),
        "may_edit": theme.dissolved_at is None and rules.may_condense(store, viewer, at, function),
        "may_answer": theme.dissolved_at is None and rules.may_answer_group(store, viewer),
        "board_url": f"{reverse('participation:board', args=[store.number])}?theme={theme.number}",
        "crumbs": crumbs((_("Bedarf"), needs_url), (title, "")),
        "example": theme.is_example,
    }
    return until(render(request, "participation/need_group.html", context), theme.answer_due, at=at)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def need_answer(request: Request, number: int) -> HttpResponse:
    """The office answers a group; the people's words stand beside the form."""
    theme = _group(number)
    rules.require_may_answer_group(theme.store, request.viewer)
    language = request.viewer.language
    form = NeedsAnswerForm(
        request.POST or None,
        initial={"department": theme.store.group.department},
        partners=reading.usable_partners(),
        language=language,
    )
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        with form.attempt():
            actions.answer_needs(
                actor=request.actor,
                theme_id=theme.pk,
                data=actions.OfferData(
                    kind=values["kind"],
                    text=values["text"],
                    department=values["department"],
                    link=values["link"],
                    starts_on=values["starts_on"],
                    alternative=values["alternative"],
                    ask_again_on=values["ask_again_on"],
                    partner_offer_id=form.partner_id(),
                    language=language,
                ),
                at=request.at,
            )
            messages.success(request, _("Die Antwort steht. Alle in dieser Gruppe bekommen einmal Bescheid."))
            return redirect("participation:need_group", number=number)
    back = reverse("participation:need_group", args=[number])
    title = word(theme.title, language)
    context = {
        "title": _("Antwort an alle in dieser Gruppe"),
        "submit": _("Antwort veröffentlichen"),
        "theme_title": title,
        "theme_url": back,
        "cancel_url": back,
        "ideas": queries.ideas_of_theme(theme.pk, request.at, limit=50),
        "crumbs": crumbs(
            (_("Bedarf"), reverse("participation:needs")), (title, back), (pgettext("participation", "Antworten"), "")
        ),
        "example": theme.is_example,
    }
    return render_form(request, "participation/need_answer.html", form, context)


# For staff


def _require_staff(request: Request) -> None:
    rules.require_signed_in(request.viewer)
    if not rules.may_enter(request.viewer):
        raise NotAllowed


@ours
@require_safe
def needs_desk(request: Request) -> HttpResponse:
    """What waits: groups for an answer, needs for a group, partners for a word."""
    _require_staff(request)
    language, at = request.viewer.language, request.at
    found = reading.needs_desk(at)
    functions = queries.functions_of(request.viewer)
    context = {
        "groups": [
            {
                **_card(group, language),
                "late": group.theme.answer_due < at,
                "answer_url": reverse("participation:need_answer", args=[group.theme.number])
                if rules.may_answer_group(group.theme.store, request.viewer)
                else "",
            }
            for group in found.groups
        ],
        "stores": [
            {
                "title": word(store.title, language),
                "url": reverse("participation:store", args=[store.number]),
                "loose": loose,
                "board_url": f"{reverse('participation:board', args=[store.number])}?suggest=1"
                if rules.standing_of(
                    request.viewer,
                    function=functions.get(store.group_id, ""),
                    department=store.group.department,
                ).member
                else "",
            }
            for store, loose in found.stores
        ],
        "partners": [_partner(row, language) for row in found.partners],
        "enter_url": reverse("participation:partner_enter"),
        "at": at,
        "crumbs": crumbs((_("Bedarf"), reverse("participation:needs")), (pgettext("participation", "Bearbeiten"), "")),
    }
    return render(request, "participation/needs_desk.html", context)


def _partner(row: PartnerOffer, language: str) -> dict[str, Any]:
    state = PartnerState(row.state)
    return {
        "row": row,
        "state": word(PARTNER_STATES[state], language),
        "tag": PARTNER_TAGS.get(state, "quiet"),
        "reply_url": "" if state == PartnerState.USED else reverse("participation:partner_reply", args=[row.number]),
    }


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def partner_reply(request: Request, number: int) -> HttpResponse:
    """What becomes of a partner's offer; its words stand above."""
    _require_staff(request)
    found = reading.partner_offer(number)
    language = request.viewer.language
    form = ReplyForm(request.POST or None, initial={"reply": found.reply}, language=language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.reply_to_partner(
                actor=request.actor,
                partner_id=found.pk,
                state=form.cleaned_data["state"],
                reply=form.cleaned_data["reply"],
                at=request.at,
            )
            messages.success(request, _("Gespeichert. Der Partner bekommt Bescheid."))
            return redirect("participation:needs_desk")
    desk = reverse("participation:needs_desk")
    context = {
        "found": found, "submit": pgettext("participation", "Antworten"), "cancel_url": desk,
        "crumbs": crumbs(
            (_("Bedarf"), reverse("participation:needs")), (pgettext("participation", "Bearbeiten"), desk),
            (found.title, ""),
        ),
        "example": found.is_example,
    }  # fmt: skip
    return render_form(request, "participation/partner_reply.html", form, context)


# For partners


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def partner_new(request: Request) -> HttpResponse:
    """An organisation says to the city what it could contribute, and sees what became of it."""
    rules.require_signed_in(request.viewer)
    return _partner_page(request, by_hand=False)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def partner_enter(request: Request) -> HttpResponse:
    """Staff enter what a partner wrote, said or brought."""
    _require_staff(request)
    return _partner_page(request, by_hand=True)


def _partner_page(request: Request, *, by_hand: bool) -> HttpResponse:
    viewer, at = request.viewer, request.at
    organisations: dict[UUID, str] = dict(accounts.posting_choices(viewer.person_id))
    form = PartnerForm(request.POST or None, viewer=viewer, by_hand=by_hand)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        with form.attempt():
            if not by_hand:
                accounts.limit(request, "participation.partner", times=PARTNER_TIMES, per=timedelta(hours=1))
            actions.offer_as_partner(
                actor=request.actor.via(hand_channel(values["channel"])) if by_hand else request.actor,
                title=values["title"],
                body=values["body"],
                organisation_id=form.organisation_id(),
                name=values.get("name", ""),
                may_be_named=values["may_be_named"],
                language=viewer.language,
                at=at,
            )
            messages.success(request, _("Danke. Die Stadt hat das Angebot und antwortet."))
            return redirect("participation:needs_desk" if by_hand else "participation:partner_new")
    needs_url = reverse("participation:needs")
    context = {
        "by_hand": by_hand,
        "may_write": by_hand or bool(organisations),
        "groups_url": reverse("accounts:groups"),
        "offers": []
        if by_hand
        else [_partner(row, viewer.language) for row in reading.partner_offers_of(viewer, organisations)],
        "cancel_url": reverse("participation:needs_desk") if by_hand else needs_url,
        "crumbs": crumbs((_("Bedarf"), needs_url), (_("Als Partner beitragen"), "")),
    }
    return render_form(request, "participation/partner_new.html", form, context)
