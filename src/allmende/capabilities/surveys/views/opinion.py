"""Opinion maps for everybody: what came out so far, all statements, taking part one statement at a time."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.actions import opinion as actions
from allmende.capabilities.surveys.actions import opinion_joining as joining
from allmende.capabilities.surveys.forms.opinion import LABELS, JoinForm, StatementForm
from allmende.capabilities.surveys.models import Conversation
from allmende.capabilities.surveys.queries import opinion as reading
from allmende.capabilities.surveys.rules.opinion import access
from allmende.capabilities.surveys.views import opinion_device as device
from allmende.capabilities.surveys.views.opinion_result import map_context, rows_of
from allmende.capabilities.surveys.views.pages import crumbs, office_name, ours, time_left, until, word
from allmende.capabilities.surveys.workflow.opinion import CHECKED_WORDS, WHO_WORDS, TalkPhase, Who
from allmende.core.errors import Closed, Conflict
from allmende.core.http import Request
from allmende.engines.ballots.interface import voting
from allmende.engines.discussion import interface as discussion
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui.views import render_form

AN_HOUR = timedelta(hours=1)
VOTES_AN_HOUR, STATEMENTS_AN_HOUR, JOINS_AN_HOUR = 900, 20, 60
"""The last one per address: a class, a library, a mobile network share one."""
ANSWERS = {"agree": 1, "disagree": -1, "pass": 0}


def said_word(choice: int) -> str:
    """What an answer is called when one looks back at it."""
    return {1: _("Ich stimme zu"), -1: _("Ich stimme nicht zu"), 0: _("Übersprungen")}[choice]


@dataclass(frozen=True)
class ConversationCard:
    """A conversation in a list."""

    title: str
    language: str
    url: str
    text: str
    tag: str
    tag_kind: str
    is_example: bool


def state_tag(found: Conversation, at: Any) -> tuple[str, str]:
    """Where it stands, in two words, and how urgent that is."""
    match found.phase(at):
        case TalkPhase.HIDDEN:
            return _("Entwurf"), "quiet"
        case TalkPhase.COMING:
            return _("beginnt bald"), "quiet"
        case TalkPhase.RUNNING:
            assert found.closes_at is not None  # by constraint
            return _("offen, %(left)s") % {"left": time_left(found.closes_at, at)}, "good"
    return _("Ergebnis ist da"), ""


def spoken(texts: Any, language: str) -> str:
    return language if texts and texts.get(language) else "de"


def conversation_cards(request: Request) -> list[ConversationCard]:
    """For the list of surveys: running ones first, drafts only for editors."""
    language, at = request.viewer.language, request.at
    found = reading.conversations_on(request.viewer, at)
    cards = []
    for one in (*found.drafts, *found.running, *found.coming, *found.ended):
        tag, kind = state_tag(one, at)
        cards.append(
            ConversationCard(
                word(one.title, language), spoken(one.title, language),
                reverse("surveys:opinion", args=[one.number]), word(one.summary, language), tag, kind, one.is_example,
            )
        )  # fmt: skip
    return cards


def opinion_crumbs(found: Conversation, language: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
    here = reverse("surveys:opinion", args=[found.number])
    return crumbs((word(found.title, language), here if more else ""), *more)


def about(found: Conversation, request: Request) -> dict[str, Any]:
    """What every page of a conversation shows of it."""
    language = request.viewer.language
    return {
        "talk": found,
        "title": word(found.title, language),
        "title_language": spoken(found.title, language),
        "summary": word(found.summary, language),
        "summary_language": spoken(found.summary, language),
        "here": reverse("surveys:opinion", args=[found.number]),
        "example": found.is_example,
    }


@ours
@require_safe
def opinion(request: Request, number: int) -> HttpResponse:
    """What came out so far: what all groups share, what sets each apart, then the picture, then how it is made."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    found = reading.conversation_by_number(number, viewer)
    tag, tag_kind = state_tag(found, at)
    context = about(found, request)
    facts = [(str(label), word(found.contract.get(name), language)) for name, label in LABELS.items()]
    context |= {
        "phase": found.phase(at).value,
        "tag": tag,
        "tag_kind": tag_kind,
        "facts": facts,
        "more_facts": [
            (_("Wer kann mitmachen?"), word(WHO_WORDS[found.who], language) if not found.source else ""),
            (_("Neue Aussagen"), word(CHECKED_WORDS[found.checked], language) if not found.source else ""),
            (_("Zuständig"), office_name(found.department, language)),
        ],
        "join_url": reverse("surveys:opinion_join", args=[number]),
        "statements_url": reverse("surveys:opinion_statements", args=[number]),
        "files": _files(found, viewer),
        "may_edit": rules.may_edit(viewer),
        "may_moderate": access.may_moderate(viewer),
        "may_open": access.may_open(found, request.actor),
        "office_url": reverse("surveys:opinion_office", args=[number]),
        "follow": notify.follow_box(request, found.ref, about=context["title"]),
        "trace": trace.trace_of(found.ref, viewer, at),
        "crumbs": opinion_crumbs(found, language),
    }
    context |= map_context(found, reading.drawn_map(found))
    response = render(request, "surveys/opinion/map.html", context)
    return until(response, found.opens_at, found.closes_at, at=at)


def _files(found: Conversation, viewer: Any) -> list[tuple[str, str]]:
    names = ["summary", "comments"]
    if rules.may_edit(viewer) or (found.gives_votes and found.closed_at is not None):
        names += ["votes", "participants-votes"]
    return [(f"{name}.csv", reverse("surveys:opinion_file", args=[found.number, name])) for name in names]


@ours
@require_safe
def opinion_statements(request: Request, number: int) -> HttpResponse:
    """All statements with what each group says to them, as far as that can be told."""
    found = reading.conversation_by_number(number, request.viewer)
    after = request.GET.get("after", "")
    rows = reading.shown_statements(found, int(after) if after.isdecimal() and len(after) < 9 else -1)  # noqa: PLR2004
    here = reverse("surveys:opinion_statements", args=[number])
    more = rows[reading.PAGE - 1].number if len(rows) > reading.PAGE else None
    drawn = reading.drawn_map(found)
    context = about(found, request) | {
        "rows": rows_of(rows[: reading.PAGE], drawn),
        "more_url": f"{here}?after={more}" if more is not None else "",
        "crumbs": opinion_crumbs(found, request.viewer.language, (_("Alle Aussagen"), "")),
    }
    return until(render(request, "surveys/opinion/statements.html", context), found.closes_at, at=request.at)


# Taking part


def _require_welcome(found: Conversation, request: Request) -> None:
    known = found.who == Who.VERIFIED and voting.is_verified(request.viewer)
    access.require_welcome(found, request.viewer, is_verified=known)


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_join(request: Request, number: int) -> HttpResponse:
    """Says what happens with the answers. A guest gets an address of their own, which this browser remembers; with an
    account it goes on at once, and takes along what was said here as a guest. `?neu=1`: somebody else at this device.
    """
    found = reading.conversation_by_number(number, request.viewer)
    context = about(found, request)
    if found.phase(request.at) is not TalkPhase.RUNNING:
        return redirect(context["here"])
    _require_welcome(found, request)
    is_guest, held = not request.viewer.is_signed_in, _held(request, found)
    if is_guest and held and "neu" not in request.GET:
        return redirect("surveys:opinion_vote", number=number, token=held)
    context |= {
        "is_guest": is_guest,
        "brings": bool(held) and not is_guest,
        "checked": word(CHECKED_WORDS[found.checked], request.viewer.language),
        "crumbs": opinion_crumbs(found, request.viewer.language, (_("Mitmachen"), "")),
    }
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            if not is_guest:
                if held:
                    joining.join_voices(
                        actor=request.actor.without_key(), conversation_id=found.pk, token=held, at=request.at
                    )
                onward = redirect("surveys:opinion_vote", number=number, token=access.ACCOUNT)
                return device.forget(onward, found) if held else onward
            accounts.check_visitor(request, "surveys.opinion_join", times=JOINS_AN_HOUR, per=AN_HOUR)
            token = access.new_token(found)
            onward = redirect("surveys:opinion_vote", number=number, token=token)
            return device.remember(request, onward, found, token)
    return render_form(request, "surveys/opinion/join.html", form, context)


def _held(request: Request, found: Conversation) -> str:
    """A guest's way in: of the address one came from, else what this browser remembers."""
    named = request.GET.get("gast", "")
    return named if named and device.is_known(found, named) else device.remembered(request, found)


def _asked(request: Request) -> int | None:
    text = request.GET.get("aussage", "")
    return int(text) if text.isdecimal() and len(text) < 9 else None  # noqa: PLR2004 - fits the column


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_vote(request: Request, number: int, token: str) -> HttpResponse:
    """One statement, three buttons, then the next one. In place with htmx; the focus goes to the statement."""
    viewer = request.viewer
    found = reading.conversation_by_number(number, viewer)
    if found.phase(request.at) is not TalkPhase.RUNNING:
        return redirect("surveys:opinion", number=number)
    _require_welcome(found, request)
    if viewer.is_signed_in and device.is_known(found, token) and reading.has_answered_as_guest(found, token):
        return redirect(f"{reverse('surveys:opinion_join', args=[number])}?{urlencode({'gast': token})}")
    own = reading.own_mark(found, viewer, token)
    here = reverse("surveys:opinion_vote", args=[number, token])
    said = ""
    if request.method == "POST":
        choice, text = ANSWERS.get(request.POST.get("choice", "")), request.POST.get("number", "")
        if choice is not None and text.isdecimal() and len(text) < 9:  # noqa: PLR2004 - fits the column
            accounts.limit(request, "surveys.opinion_vote", times=VOTES_AN_HOUR, per=AN_HOUR, subject=own.hex())
            try:
                actions.give_opinion(
                    actor=request.actor.without_key(), conversation_id=found.pk, number=int(text), choice=choice,
                    token=token, at=request.at,
                )  # fmt: skip
            except (Conflict, Closed) as error:
                said = str(error.message)
        else:
            said = _("Bitte wählen Sie eine der drei Antworten.")
        if not request.htmx:
            if said:
                messages.warning(request, said)
            return redirect(here)
    sitting = reading.sitting(found, own, asked=_asked(request) if request.method != "POST" else None)
    context = about(found, request) | {
        "sitting": sitting,
        "vote_url": here,
        "said": said,
        "said_before": said_word(sitting.said) if sitting.said is not None else "",
        "progress": _progress(sitting),
        "near": chr(ord("A") + sitting.near) if sitting.near is not None else "",
        "last": [(one, said_word(choice), f"{here}?aussage={one.number}") for one, choice in sitting.last],
        "add_url": reverse("surveys:opinion_add", args=[number, token]),
        "report_url": discussion.report_url(sitting.statement.ref) if sitting.statement is not None else "",
        "is_guest": not viewer.is_signed_in,
        "other_url": f"{reverse('surveys:opinion_join', args=[number])}?neu=1",
        "crumbs": opinion_crumbs(found, viewer.language, (_("Mitmachen"), "")),
    }
    template = "surveys/opinion/sitting.html" if request.htmx else "surveys/opinion/vote.html"
    return render(request, template, context)


def _progress(sitting: reading.Sitting) -> str:
    """How far one is, in words."""
    said = ngettext(
        "Sie haben zu %(n)s von %(all)s Aussagen etwas gesagt.",
        "Sie haben zu %(n)s von %(all)s Aussagen etwas gesagt.",
        sitting.answered,
    ) % {"n": sitting.answered, "all": sitting.all}
    if sitting.until_placed and sitting.answered:
        more = ngettext(
            "Noch eine Antwort, dann stehen Sie auf der Karte.",
            "Noch %(n)s Antworten, dann stehen Sie auf der Karte.",
            sitting.until_placed,
        )
        return f"{said} {more % {'n': sitting.until_placed} if '%(n)s' in more else more}"
    return said


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_add(request: Request, number: int, token: str) -> HttpResponse:
    """Say it in one's own words. What it says before sending is what happens (practice.md 2)."""
    viewer = request.viewer
    found = reading.conversation_by_number(number, viewer)
    if found.phase(request.at) is not TalkPhase.RUNNING:
        return redirect("surveys:opinion", number=number)
    _require_welcome(found, request)
    access.identity(found, viewer, token)
    back = reverse("surveys:opinion_vote", args=[number, token])
    form = StatementForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            proof = accounts.check_visitor(request, "surveys.opinion_add", times=STATEMENTS_AN_HOUR, per=AN_HOUR)
            made = actions.add_statement(
                actor=request.actor, conversation_id=found.pk, text=form.cleaned_data["text"], token=token,
                language=viewer.language, proven=proof == "proved", at=request.at,
            )  # fmt: skip
            shown = _("Danke. Ihre Aussage ist zu sehen, andere können jetzt antworten.")
            waits = _("Danke. Ihre Aussage wird geprüft. Danach können andere antworten.")
            messages.success(request, shown if made.state == "shown" else waits)
            return redirect(back)
    context = about(found, request) | {
        "cancel_url": back,
        "due": discussion.due(request.at) if found.checked == "before" else None,
        "crumbs": opinion_crumbs(found, viewer.language, (_("Mitmachen"), back), (_("Eigene Aussage"), "")),
    }
    return render_form(request, "surveys/opinion/add.html", form, context)
