"""The queue: what is to be checked, the ten-minute list, one case, bulk decisions and their undoing."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.accounts import interface as accounts
from allmende.core import city
from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotAllowed, NotSignedIn
from allmende.core.http import Request
from allmende.engines.discussion import actions
from allmende.engines.discussion.actions.decisions import undo_many
from allmende.engines.discussion.forms import QueueFilter, RefuseForm
from allmende.engines.discussion.models import Case
from allmende.engines.discussion.queries import duty
from allmende.engines.discussion.queries import queue as queries
from allmende.engines.discussion.queries.published import hours_in_words, rules_in_force
from allmende.engines.discussion.rules.hours import published
from allmende.engines.discussion.workflow import Decision
from allmende.ui.views import render_form, safe_next

DEFAULT_SIZE = 8
"""Posts in a ten-minute list, unless the city sets another number."""


def require_moderator(viewer: Viewer, *more: Role) -> None:
    """Raises NotSignedIn or NotAllowed for whoever moderates nowhere."""
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not any(viewer.has_anywhere(role) for role in (Role.MODERATOR, *more)):
        raise NotAllowed


def scopes_of(viewer: Viewer) -> list[tuple[str, str]]:
    """(scope, words) that this moderator's grants cover."""
    scopes = {grant.scope for grant in viewer.grants if grant.role == Role.MODERATOR}
    if "" in scopes:
        scopes |= set(Case.objects.values_list("scope", flat=True).distinct())
    return [(scope, accounts.scope_label(scope, viewer.language)) for scope in sorted(scopes - {""})]


def list_size() -> int:
    try:
        return max(1, min(int(city.setting("discussion.list_size", DEFAULT_SIZE)), 25))
    except (TypeError, ValueError):
        return DEFAULT_SIZE


@require_safe
def queue(request: Request) -> HttpResponse:
    """What waits, how much, until when; the way into the ten-minute list. No decisions here: they need the words."""
    viewer, at = request.viewer, request.at
    require_moderator(viewer)
    scopes = scopes_of(viewer)
    form = QueueFilter(request.GET, scopes=scopes)
    form.is_valid()
    chosen = form.cleaned_data
    only = chosen.get("nur", "")
    narrowed = {
        "scope": chosen.get("bereich", ""), "cause": chosen.get("anlass", ""), "after": request.GET.get("nach", "")
    }  # fmt: skip
    is_past = only == "decided"
    found = queries.decided(viewer, at, **narrowed) if is_past else queries.waiting(viewer, at, only=only, **narrowed)
    rows = list(found[: queries.PAGE + 1])
    page = rows[: queries.PAGE]
    labels = dict(scopes)
    today = duty.local_day(at)
    midnight = datetime.combine(today + timedelta(days=1), time(), city.current().zone).astimezone(UTC)
    people = accounts.person_names(duty.on_duty("", today) or [])
    figures = queries.figures_for(viewer, at, end_of_day=midnight)
    context = {
        "columns": [{"label": label} for label in (_("Beitrag"), _("Anlass"), _("Bereich"), *_ends(is_past=is_past))],
        "is_past": is_past,
        "rows": [_row(view, labels) for view in queries.views_of(page, at)],
        "next": queries.cursor_of(page[-1]) if len(rows) > len(page) else "",
        "filter": form,
        "filtered": any(chosen.get(name) for name in ("bereich", "anlass", "nur")),
        "moderates": True,
        "figures": figures,
        "unfinished": queries.unfinished_list(viewer, at),
        "size": max(1, min(list_size(), figures.waiting - figures.claimed)),
        "handed": queries.views_of(queries.handed_to(viewer, at), at, with_words=False),
        "undoable": queries.views_of(queries.just_decided(viewer, at), at, with_words=False),
        "hours": hours_in_words(),
        "open_again": None if published().is_open(at) else published().next_opening(at),
        "on_duty": [name for name in people.values() if name],
        "crumbs": [(_("Moderation"), "")],
    }
    return render(request, "discussion/queue.html", context)


def _ends(*, is_past: bool) -> tuple[str, str]:
    """The last two columns: of what waits, or of what is decided."""
    return (_("Entschieden"), _("Entscheidung")) if is_past else (_("Zu prüfen bis"), _("In Arbeit?"))


def _row(view: queries.CaseView, scopes: dict[str, str]) -> dict[str, object]:
    """The person's words lead the row; kind and moment tell rows with the same words apart."""
    case, at = view.case, view.at
    came = timezone.localtime(case.opened_at)
    name = format_html(
        '<span lang="{}" dir="auto">{}</span><br><span class="soft small">{}</span>',
        view.preview.language if view.preview and view.title != view.label else get_language(),
        view.title,
        _("%(kind)s vom %(day)s, %(hour)s Uhr")
        % {
            "kind": view.label,
            "day": formats.date_format(came, "SHORT_DATE_FORMAT"),
            "hour": f"{came:%H:%M:%S}",
        },
    )
    cause = f"{view.cause}: {view.hint}" if view.hint else view.cause
    until = formats.date_format(timezone.localtime(case.due_at), "SHORT_DATETIME_FORMAT")
    due = _("überfällig seit %(when)s") % {"when": until} if view.overdue else until
    state = _("frei")
    if case.is_claimed(at):
        until_claimed = formats.time_format(timezone.localtime(case.claimed_until), "H:i")
        state = _("in Prüfung bis %(hour)s Uhr") % {"hour": until_claimed}
    elif case.first_vote_by_id is not None:
        state = _("braucht eine zweite Person")
    if case.decided_at is not None:
        due = formats.date_format(timezone.localtime(case.decided_at), "SHORT_DATETIME_FORMAT")
        state = view.decision
    return {
        "id": case.id,
        "url": reverse("discussion:case", args=[case.id]),
        "cells": [name, cause, scopes.get(case.scope, case.scope), due, state],
    }


@require_POST
def start_list(request: Request) -> HttpResponse:
    """Claims the next posts and opens the first of them."""
    require_moderator(request.viewer)
    first = actions.claim_list(actor=request.actor.without_key(), size=list_size(), at=request.at)
    if first is None:
        messages.info(request, _("Gerade ist nichts zu prüfen."))
        return redirect("discussion:queue")
    return redirect("discussion:list", list_id=first.list_id)


@require_http_methods(["GET", "HEAD", "POST"])
def work_list(request: Request, list_id: UUID) -> HttpResponse:
    """The ten-minute list: every post with its words, how many are left, and an end.

    A POST refuses the chosen ones by one rule and with one reason, which every author is told.
    """
    require_moderator(request.viewer)
    sent = request.POST if request.method == "POST" else None
    refuse = RefuseForm(
        sent, rules=rules_in_force(request.at), language=request.viewer.language, prefix="refuse"
    )  # fmt: skip
    chosen = request.POST.getlist("case")
    if refuse.is_bound and refuse.is_valid():
        result = actions.decide_many(
            actor=request.actor,
            case_ids=_ids(chosen),
            decision=Decision.REFUSED,
            rule=refuse.cleaned_data["rule"],
            reason=refuse.cleaned_data["reason"],
            at=request.at,
        )
        _tell(request, len(result.done), _refused(len(result.done)), result.refused)
        return redirect("discussion:list", list_id=list_id)
    found = queries.work_list(request.viewer, list_id, request.at)
    ends = min((case.claimed_until for case in found.left if case.claimed_until), default=None)
    context = {
        "list": found,
        "left": queries.views_of(found.left, request.at),
        "refuse": refuse,
        "chosen": chosen,
        "bulk_own": not city.setting("discussion.second_person", default=False),
        "ends": ends,
        "undoable": queries.views_of(queries.just_decided(request.viewer, request.at), request.at, with_words=False),
        "waiting": queries.waiting(request.viewer, request.at, only="free").count() if not found.left else 0,
        "size": list_size(),
        "crumbs": [(_("Moderation"), reverse("discussion:queue")), (_("Zehn-Minuten-Liste"), "")],
    }
    return render_form(request, "discussion/list.html", refuse, context)


@require_POST
def decide_list(request: Request) -> HttpResponse:
    """Releases one or several posts of a list; the answer says what was done and offers to take it back."""
    require_moderator(request.viewer)
    chosen = request.POST.getlist("one") or request.POST.getlist("case")
    result = actions.decide_many(actor=request.actor, case_ids=_ids(chosen), decision=Decision.RELEASED, at=request.at)
    _tell(request, len(result.done), _freed(len(result.done)), result.refused)
    return redirect(safe_next(request, request.POST.get("next"), reverse("discussion:queue")))


@require_POST
def undo(request: Request) -> HttpResponse:
    """Takes decisions of the last minutes back."""
    require_moderator(request.viewer)
    chosen = _ids(request.POST.getlist("one") or request.POST.getlist("case"))
    result = undo_many(actor=request.actor, case_ids=chosen, at=request.at)
    done = len(result.done)
    text = ngettext("%(n)s Entscheidung zurückgenommen.", "%(n)s Entscheidungen zurückgenommen.", done) % {"n": done}
    _tell(request, done, text, result.refused)
    if done == 1:
        return redirect("discussion:case", case_id=result.done[0])
    return redirect(safe_next(request, request.POST.get("next"), reverse("discussion:queue")))


def _refused(number: int) -> str:
    return ngettext("%(n)s Beitrag nicht veröffentlicht.", "%(n)s Beiträge nicht veröffentlicht.", number) % {
        "n": number
    }


def _freed(number: int) -> str:
    return ngettext("%(n)s Beitrag freigegeben.", "%(n)s Beiträge freigegeben.", number) % {"n": number}


def _tell(request: Request, done: int, text: str, refused: list[tuple[UUID, str]]) -> None:
    if done:
        messages.success(request, text)
    for sentence in sorted({sentence for _id, sentence in refused}):
        messages.warning(request, sentence)
    if not done and not refused:
        messages.info(request, _("Sie haben nichts ausgewählt."))


def _ids(values: list[str]) -> list[UUID]:
    found = []
    for value in values[:100]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
