"""A vote: its page before, while and after it runs, and the ballot paper. Letters and papers: `views.conducting`."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.forms.voting import BallotForm, CodeForm, GuestForm
from allmende.capabilities.participation.queries import PollPage
from allmende.capabilities.participation.templatetags.voting import ending_words
from allmende.capabilities.participation.views.pages import Crumbs, crumbs, office_name, ours, time_left, until, word
from allmende.capabilities.participation.views.results import option_rows, outcome
from allmende.capabilities.participation.workflow import voting as words
from allmende.core.errors import Closed, NotAllowed
from allmende.core.http import Request
from allmende.engines.ballots.interface import voting
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui.views import render_form

LINK_SALT = "allmende.participation.ballot"
LINK_FOR = 2 * 24 * 3600
"""Seconds for which the link to a guest's ballot paper works; a new one can be asked for at any time."""
AN_HOUR = timedelta(hours=1)


def poll_crumbs(page: PollPage, language: str, *more: tuple[str, str]) -> Crumbs:
    project = page.project
    here = reverse("participation:poll", args=[page.poll.number])
    title = word(page.poll.title, language)
    return crumbs(
        (word(project.title, language), reverse("participation:project", args=[project.number])),
        (title, here if more else ""),
        *more,
    )


def state_tag(page: PollPage, at: Any) -> tuple[str, str]:
    """Where the vote stands, in two words, and how urgent that is."""
    match page.phase:
        case voting.Phase.PLANNED:
            return _("beginnt bald"), "quiet"
        case voting.Phase.RUNNING:
            return _("Abstimmung läuft, %(left)s") % {"left": time_left(page.vote.closes_at, at)}, "hot"
        case voting.Phase.WAITING:
            return _("wird ausgezählt"), ""
    return _("ausgezählt"), "good"


def facts(page: PollPage, language: str) -> list[tuple[str, str]]:
    """What was declared before the vote, as one says it to a neighbour."""
    vote = page.vote
    rows = [
        (_("Wer stimmt ab"), word(words.GATE_WORDS[vote.gate], language)),
        (_("So wird abgestimmt"), word(words.WAYS.get(vote.way), language) or vote.get_way_display()),
    ]
    if vote.rule in words.RULES:
        rows.append((_("So wird gezählt"), word(words.RULES[vote.rule], language)))
    if vote.budget:
        rows.append((_("Budget"), words.euros(vote.budget, language)))
    if vote.most_points is not None:
        rows.append((_("Punkte"), _("%(n)s für jeden Menschen") % {"n": vote.most_points}))
    if vote.most_choices is not None:
        rows.append((_("Höchstens"), _("%(n)s Kreuze") % {"n": vote.most_choices}))
    if vote.has_receipts:
        rows.append((_("Belege"), _("ja, mit öffentlicher Liste nach der Auszählung")))
    return rows


def exact(page: PollPage, language: str) -> list[tuple[str, str]]:
    """The same in the words of the count, for whoever counts again; the money stands among the facts."""
    return [(name, value) for name, value in voting.declared(page.vote, language) if name != "Budget"]


@ours
@require_safe
def poll(request: Request, number: int) -> HttpResponse:
    """Before: what it is about. While it runs: the way to the paper. After: winners first, then how they came about."""
    viewer, at = request.viewer, request.at
    page = queries.poll_by_number(number, viewer, at)
    language, vote = viewer.language, page.vote
    title = word(page.poll.title, language)
    tag, tag_kind = state_tag(page, at)
    context: dict[str, Any] = {
        "page": page,
        "title": title,
        "text": word(page.poll.text, language),
        "tag": tag,
        "tag_kind": tag_kind,
        "phase": page.phase.value,
        "vote": vote,
        "rows": option_rows(page, language),
        "budget": words.euros(vote.budget, language) if vote.budget else "",
        "facts": facts(page, language),
        "exact": exact(page, language),
        "gate": word(words.GATE_WORDS[vote.gate], language),
        "office": office_name(page.project.group.department, language),
        "project_title": word(page.project.title, language),
        "project_url": reverse("participation:project", args=[page.project.number]),
        "may_conduct": rules.may_conduct(page.project, viewer, page.function),
        "may_enter": rules.may_enter(viewer),
        "follow": notify.follow_box(request, page.project.ref, about=word(page.project.title, language)),
        "trace": trace.trace_of(page.poll.ref, viewer, at),
        "example": page.poll.is_example,
        "crumbs": poll_crumbs(page, language),
    }
    if vote.result is not None:
        context |= outcome(page, language)
    return until(render(request, "participation/poll.html", context), vote.opens_at, vote.closes_at, at=at)


def _link_for(page: PollPage, email: str, request: Request) -> str:
    token = signing.dumps([str(page.poll.pk), email], salt=LINK_SALT, compress=True)
    path = reverse("participation:ballot", args=[page.poll.number])
    return request.build_absolute_uri(f"{path}?{urlencode({'zugang': token})}")


def _proven(page: PollPage, token: str) -> str:
    """The address that its owner has proven by opening the link; empty for a link that is old or not ours."""
    try:
        poll_id, email = signing.loads(token, salt=LINK_SALT, max_age=LINK_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(email) if poll_id == str(page.poll.pk) else ""


def _context(request: Request, page: PollPage) -> dict[str, Any]:
    language = request.viewer.language
    return {
        "page": page,
        "vote": page.vote,
        "title": word(page.poll.title, language),
        "text": word(page.poll.text, language),
        "gate": word(words.GATE_WORDS[page.vote.gate], language),
        "budget": words.euros(page.vote.budget, language) if page.vote.budget else "",
        "poll_url": reverse("participation:poll", args=[page.poll.number]),
        "here": reverse("participation:ballot", args=[page.poll.number]),
        "example": page.poll.is_example,
        "crumbs": poll_crumbs(page, language, (_("Stimmzettel"), "")),
    }


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request: Request, number: int) -> HttpResponse:
    """The paper, behind its gate. Each gate says what it asks and why, and what else one can do."""
    page = queries.poll_by_number(number, request.viewer, request.at)
    context = _context(request, page)
    posted = request.method == "POST"
    if not page.is_running and not posted:
        return redirect(context["poll_url"])
    if page.vote.gate == voting.Gate.CODE:
        return _with_code(request, page, context)
    token = (request.POST if posted else request.GET).get("zugang", "")
    guest = _proven(page, token) if page.vote.gate == voting.Gate.GUEST else ""
    if not request.viewer.is_signed_in and not guest:
        if page.vote.gate == voting.Gate.GUEST:
            return _ask_address(request, page, context | {"link_is_old": bool(token)})
        context["login_url"] = f"{reverse('account_login')}?{urlencode({'next': context['here']})}"
        context["signup_url"] = f"{reverse('account_signup')}?{urlencode({'next': context['here']})}"
        return render(request, "participation/ballot_gate.html", context)
    if page.vote.gate == voting.Gate.VERIFIED and not voting.is_verified(request.viewer):
        return render(request, "participation/ballot_gate.html", context | {"not_verified": True})
    return _paper(request, page, context | {"token": token}, guest=guest)


def _with_code(request: Request, page: PollPage, context: dict[str, Any]) -> HttpResponse:
    """First the code, then the paper; the code travels unseen in the form and never in an address."""
    code = request.POST.get("code", "")
    if request.method == "POST":
        form = CodeForm({"code": code})
        if form.is_valid():
            with form.attempt():
                accounts.limit(request, "participation.ballot_code", times=40, per=AN_HOUR)
                if page.is_running and not voting.is_known_code(page.vote, code):
                    form.add_error("code", _("Diesen Code gibt es nicht. Bitte prüfen Sie ihn noch einmal."))
                else:
                    return _paper(request, page, context | {"code": code}, code=code)
    else:
        form = CodeForm(initial={"code": request.GET.get("code", "")[:40]})
    return render_form(request, "participation/ballot_gate.html", form, context)


def _ask_address(request: Request, page: PollPage, context: dict[str, Any]) -> HttpResponse:
    """A guest proves an address by opening the link that is sent there. Nothing of it is kept."""
    form = GuestForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            email = form.cleaned_data["email"]
            accounts.limit(request, "participation.ballot_link", times=10, per=AN_HOUR)
            accounts.limit_proofs(request, email)
            values = {"title": context["title"], "url": _link_for(page, email, request)}
            accounts.post_mail("participation/mail/ballot_link", email, values)
            return render(request, "participation/ballot_gate.html", context | {"sent_to": email})
    return render_form(request, "participation/ballot_gate.html", form, context)


def _address_of(request: Request, guest: str) -> str:
    """Where a confirmation may go; empty where the voter has no such way."""
    if guest or request.viewer.person_id is None:
        return guest
    found = accounts.recipients([request.viewer.person_id]).get(request.viewer.person_id)
    return found.email if found is not None else ""


def _paper(
    request: Request, page: PollPage, context: dict[str, Any], *, code: str = "", guest: str = ""
) -> HttpResponse:
    """Shows the paper as it was cast last, or casts it. Whatever is refused, what was filled in stays."""
    vote, language = page.vote, request.viewer.language
    held = voting.own_ballot(vote, request.viewer, code=code, guest=guest)
    casting = request.method == "POST" and "cast" in request.POST
    form = BallotForm(
        request.POST if casting else None,
        vote=vote,
        options=page.options,
        language=language,
        initial=BallotForm.initial_of(vote, held.choices) if held is not None else {},
    )
    address = _address_of(request, guest)
    context |= {
        "held": held,
        "can_confirm": bool(address),
        "confirm": bool(request.POST.get("confirm")),
        "rows": {row["place"]: row for row in option_rows(page, language)},
    }
    if casting and form.is_valid():
        with form.attempt():
            accounts.limit(request, "participation.ballot", times=300, per=AN_HOUR)
            try:
                made = voting.cast_ballot(
                    actor=request.actor.without_key(), vote_id=vote.pk, choices=form.choices_of(), at=request.at,
                    code=code, guest=guest,
                )  # fmt: skip
            except NotAllowed as error:  # the code went away meanwhile: said at the paper, not on a page without it
                raise Closed(error.message) from error
            if address and context["confirm"]:
                values = {
                    "title": context["title"],
                    "until": ending_words(vote.closes_at),
                    "url": request.build_absolute_uri(context["here"]),
                }
                accounts.post_mail("participation/mail/voted", address, values)
            titles = {option.place: option for option in page.options}
            context |= {
                "chosen": [(titles[place], points) for place, points in made.choices],
                "receipt": made.receipt,
                "changed": held is not None,
                "mailed": bool(address and context["confirm"]),
            }
            return render(request, "participation/ballot_done.html", context)
    return render_form(request, "participation/ballot.html", form, context)
