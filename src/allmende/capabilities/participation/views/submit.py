"""Handing an idea in: choosing where, the form, its draft, what is similar, the receipt."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.participation import actions, index, queries, rules
from allmende.capabilities.participation.forms import DRAFT_FIELDS, IdeaForm
from allmende.capabilities.participation.forms.contest import EntryForm
from allmende.capabilities.participation.models import Idea, TopicStore
from allmende.capabilities.participation.views.contest import enter
from allmende.capabilities.participation.views.pages import (
    contract_facts,
    crumbs,
    keep_fields,
    office_name,
    ours,
    remap,
    store_card,
    word,
)
from allmende.capabilities.participation.workflow import StoreState
from allmende.core import city
from allmende.core.errors import DomainError, Invalid, NotFound, NotSignedIn
from allmende.core.http import Request
from allmende.core.ids import uuid7
from allmende.engines.discussion import interface as discussion
from allmende.engines.media import interface as media
from allmende.engines.notify import interface as notify
from allmende.engines.places import interface as places
from allmende.ui.context import cookie_name
from allmende.ui.views import announce, render_form

DRAFT_SALT = "participation.draft"
RECEIPT_SALT = "participation.receipt"
RECEIPT_FOR = timedelta(days=1)
DRAFT_FOR = timedelta(days=30)
SAVES_PER_HOUR = 600


# The draft of a visitor: a cookie with its signed id, set only once something was typed


def _draft_cookie() -> str:
    return f"{settings.CITY_ID}_draft"


def _held_draft(request: Request) -> UUID | None:
    """The draft whose signed id the visitor's cookie holds."""
    try:
        return UUID(signing.loads(request.COOKIES.get(_draft_cookie(), ""), salt=DRAFT_SALT, max_age=DRAFT_FOR))
    except (signing.BadSignature, ValueError):
        return None


def _hold_draft(response: HttpResponse, draft_id: UUID) -> None:
    response.set_cookie(
        _draft_cookie(),
        signing.dumps(str(draft_id), salt=DRAFT_SALT),
        max_age=int(DRAFT_FOR.total_seconds()),
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _number(text: str | None) -> int:
    """A public number from an address; 0, which nothing has, for anything else."""
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 18 else 0  # noqa: PLR2004 - fits the column


# The form


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def idea_new(request: Request) -> HttpResponse:
    """The form on one page. Without `?speicher=` and with several open stores, first the choice of one."""
    viewer, at = request.viewer, request.at
    held = _held_draft(request)
    number = _number(request.POST.get("store") or request.GET.get("speicher"))
    draft_id = _uuid(request.POST.get("draft") or request.GET.get("entwurf"))
    if draft_id is not None:
        draft = queries.draft(draft_id, viewer, at, owned=held == draft_id)
    else:  # so that switching the language, or coming back, goes on where one was
        draft = queries.last_draft(number, viewer, at, held=held) if number else None
    if draft is not None:
        draft_id, number = draft.pk, number or _number(str(draft.fields.get("store", "")))
    if not number:
        return _choose(request, held)
    store, _function = queries.store_by_number(number, viewer, at)
    if request.method != "POST" and rules.store_state(store, at) != StoreState.OPEN:
        return _not_open(request, store)
    if store.guests == TopicStore.Guests.NONE and not viewer.is_signed_in:
        raise NotSignedIn(_("Hier schreibt man mit einem Konto. Bitte melden Sie sich an."))
    options: dict[str, Any] = {"store": store, "viewer": viewer, "language": viewer.language}
    form_class: type[IdeaForm] = IdeaForm
    if (contest := enter.contest_of(store)) is not None:
        form_class, options["contest"] = EntryForm, contest
    if request.method == "POST":
        form = form_class(request.POST, request.FILES, **options)
        if not places.search_step(form) and form.is_valid():
            with form.attempt():
                return _submit(request, form, store, draft.pk if draft is not None else None)
    else:
        form = form_class(initial=_as_typed(draft.fields) if draft is not None else {}, **options)
    return _form_page(request, form, store, draft.pk if draft is not None else uuid7(), saved=draft is not None)


def _as_typed(fields: dict[str, Any]) -> dict[str, Any]:
    """A draft's fields as the form begins with them."""
    return {**fields, "place": places.said(str(fields.get("place", "")), token=str(fields.get("place_at", "")))}


def _submit(request: Request, form: IdeaForm, store: TopicStore, draft_id: UUID | None) -> HttpResponse:
    times = int(city.setting("participation.submissions_per_hour", 20))
    proof = accounts.check_visitor(request, "participation.submit", times=times)
    values = form.cleaned_data
    if form.confirms:
        accounts.limit_proofs(request, values["email"])
    image_id: UUID | None = None
    if values.get("image"):
        try:
            image_id = media.take_image(values["image"], alt=values["image_alt"], actor=request.actor, at=request.at).pk
        except Invalid as error:
            fields = error.fields or {"image": error.message}
            raise remap(Invalid(error.message, fields=fields), {"alt": "image_alt"}) from error
    entry = form.data_of_entry(enter.keep_files(request, form)) if isinstance(form, EntryForm) else None
    idea = actions.submit_idea(
        actor=request.actor,
        store_id=store.pk,
        title=values["title"],
        body=values["body"],
        category=values.get("category") or "",
        place=values["place"].text,
        district=values["district"],
        point=values["place"].point,
        language=request.viewer.language,
        guest=form.guest_data(language=request.viewer.language) if form.asks_contact else None,
        organisation_id=form.organisation_id(),
        image_id=image_id,
        proven=proof == "proved",
        draft_id=draft_id,
        entry=entry,
        age_group=values.get("age_group", ""),
        at=request.at,
    )
    response = redirect(f"{reverse('participation:receipt')}?schein={receipt_token(idea)}")
    response.delete_cookie(_draft_cookie())
    return response


def _form_page(request: Request, form: IdeaForm, store: TopicStore, draft_id: UUID, *, saved: bool) -> HttpResponse:
    language = request.viewer.language
    title, body = str(form["title"].value() or ""), str(form["body"].value() or "")
    context = {
        "store": store,
        "store_title": word(store.title, language),
        "store_url": reverse("participation:store", args=[store.number]),
        "facts": contract_facts(store, language),
        # What is filled in, or wrong, is never folded away.
        "more_open": any(
            form[name].value() or form[name].errors for name in ("place", "district", "image", "image_alt")
        ),
        "draft_id": draft_id,
        "draft_saved": saved,
        "autosave": "" if _is_kiosk(request) else reverse("participation:draft"),
        "similar": queries.similar(store.pk, title, body, request.at, language=language) if title else [],
        "reader": _("die Moderation, danach die Zuständigen (%(office)s)")
        % {"office": office_name(store.group.department, language)},
        "public": _("Text, Bild, Ort und Anzeigename"),
        "private": _("Name, Adresse, Telefonnummer und E-Mail-Adresse"),
        "check_until": discussion.due(request.at),
        "crumbs": crumbs(
            (word(store.title, language), reverse("participation:store", args=[store.number])),
            (_("Wunsch nennen") if store.is_need else _("Idee einbringen"), ""),
        ),
        "example": store.is_example,
    }
    if isinstance(form, EntryForm):
        context |= enter.form_context(request, form, form.contest, request.at)
        return render_form(request, "participation/contest_enter.html", form, context)
    return render_form(request, "participation/idea_new.html", form, context)


def _is_kiosk(request: Request) -> bool:
    """A public terminal: nothing stays (practice.md 14)."""
    return request.COOKIES.get(cookie_name("kiosk")) == "1"


def _choose(request: Request, held: UUID | None) -> HttpResponse:
    """Which store? With one open store, its form at once."""
    viewer, at = request.viewer, request.at
    stores = list(queries.open_stores(at))
    drafts = queries.drafts_of(viewer.person_id, at) if viewer.person_id else []
    mine = queries.draft(held, viewer, at, owned=True) if held and viewer.person_id is None else None
    if mine is not None:
        drafts = [mine]
    if len(stores) == 1 and not drafts:
        return redirect(f"{reverse('participation:idea_new')}?speicher={stores[0].number}")
    context = {
        "cards": [
            {"card": store_card(store, at, viewer.language), "url": f"?speicher={store.number}"} for store in stores
        ],
        "drafts": drafts,
        "crumbs": crumbs((_("Idee einbringen"), "")),
    }
    return render(request, "participation/idea_choose.html", context)


def _not_open(request: Request, store: TopicStore) -> HttpResponse:
    language = request.viewer.language
    context = {
        "card": store_card(store, request.at, language),
        "store": store,
        "state": rules.store_state(store, request.at).value,
        "others": [store_card(other, request.at, language) for other in queries.open_stores(request.at)],
        "crumbs": crumbs((_("Idee einbringen"), "")),
    }
    return render(request, "participation/not_open.html", context)


# The draft


@ours
@require_POST
def draft(request: Request) -> HttpResponse:
    """Keeps what was typed. Silent for the page's own saving (header X-Draft), else back to the form with a word."""
    draft_id = _uuid(request.POST.get("draft"))
    quiet = request.headers.get("X-Draft") == "1"
    number = _number(request.POST.get("store"))
    if draft_id is None or not number:
        raise NotFound
    back = f"{reverse('participation:idea_new')}?speicher={number}&entwurf={draft_id}"
    if _is_kiosk(request):
        return HttpResponse(status=204) if quiet else redirect(back)
    accounts.limit(request, "participation.draft", times=SAVES_PER_HOUR, per=timedelta(hours=1))
    store, _function = queries.store_by_number(number, request.viewer, request.at)
    form = IdeaForm(request.POST, store=store, viewer=request.viewer, language=request.viewer.language)
    fields = {**{name: text[:5000] for name, text in keep_fields(form, DRAFT_FIELDS).items()}, "store": number}
    actions.save_draft(
        actor=request.actor.without_key(),
        draft_id=draft_id,
        fields=fields,
        owned=_held_draft(request) == draft_id,
        at=request.at,
    )
    response = HttpResponse(status=204) if quiet else render(
        request,
        "participation/draft_saved.html",
        {"back": back, "expires_at": request.at + DRAFT_FOR, "crumbs": crumbs((_("Entwurf"), ""))},
    )  # fmt: skip
    if request.viewer.person_id is None:
        _hold_draft(response, draft_id)
    return response


@ours
@require_POST
def draft_discard(request: Request) -> HttpResponse:
    """Throws a draft of one's own away."""
    draft_id = _uuid(request.POST.get("draft"))
    held = _held_draft(request)
    if draft_id is not None:
        actions.discard_draft(
            actor=request.actor.without_key(),
            draft_id=draft_id,
            owned=request.viewer.person_id is None and held == draft_id,
        )
    response = redirect("participation:mine" if request.viewer.is_signed_in else "participation:idea_new")
    if held == draft_id:
        response.delete_cookie(_draft_cookie())
    return response


@ours
@require_safe
def similar(request: Request) -> HttpResponse:
    """Public ideas of the store that say something like it: a quiet hint while one types, announced once."""
    try:
        store, _function = queries.store_by_number(_number(request.GET.get("store")), request.viewer, request.at)
    except DomainError:
        return HttpResponse(status=204)
    found = queries.similar(
        store.pk,
        request.GET.get("title", "")[:200],
        request.GET.get("body", "")[:1000],
        request.at,
        language=request.viewer.language,
    )
    response = render(request, "participation/parts/similar.html", {"similar": found, "said": bool(found)})
    if found and not request.GET.get("said"):
        text = ngettext(
            "Es gibt schon eine ähnliche Idee. Sie steht unter dem Titel.",
            "Es gibt schon %(n)s ähnliche Ideen. Sie stehen unter dem Titel.",
            len(found),
        )
        announce(response, text % {"n": len(found)})
    return response


# The receipt


def receipt_token(idea: Idea) -> str:
    """Opens the receipt page for a day, without login or cookie."""
    return signing.dumps(str(idea.pk), salt=RECEIPT_SALT)


@ours
@require_safe
def receipt(request: Request) -> HttpResponse:
    """Thank you: number and code, what happens next, until when. Without a token, the page to look up by number."""
    try:
        idea_id = UUID(signing.loads(request.GET.get("schein", ""), salt=RECEIPT_SALT, max_age=RECEIPT_FOR))
    except (signing.BadSignature, ValueError):
        return redirect("notify:lookup")
    idea = queries.idea(idea_id)
    if idea is None or idea.author_id is None:
        return redirect("notify:lookup")
    language = request.viewer.language
    person = accounts.person(idea.author_id)
    own = request.viewer.person_id == idea.author_id
    context = {
        "idea": idea,
        "receipt": notify.receipt_of(idea.ref, idea.author_id),
        "title": idea.version.title if idea.version else "",
        "idea_url": reverse("participation:idea", args=[idea.number]) if own else "",
        "claim_url": accounts.claim_url(person.pk) if person.is_guest and not request.viewer.is_signed_in else "",
        "contact_kind": person.contact_kind,
        "confirm": accounts.proof_token(person.pk) if idea.awaits_proof else "",
        "step": {
            "step": word(idea.next_step, language),
            "office": word(index.office_of(idea), language),
            "due": idea.due_at,
            "at": request.at,
        },
        "store_url": reverse("participation:store", args=[idea.store.number]),
        "form_url": reverse("participation:idea_new"),
        "crumbs": crumbs((_("Eingang"), "")),
        "example": idea.is_example,
    }
    response = render(request, "participation/receipt.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
