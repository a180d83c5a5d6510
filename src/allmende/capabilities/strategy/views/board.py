"""The team's board: impulses into goals, with a reason each; and what stands in a goal, to be taken out again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from allmende.capabilities.strategy import actions, rules
from allmende.capabilities.strategy.forms.plan import NONE, OrderForm, ReasonForm, ticked
from allmende.capabilities.strategy.queries import coverage, plan
from allmende.capabilities.strategy.views.pages import crumbs
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.ui.pages import Said, ours, remap, said
from allmende.ui.views import render_form


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: Request) -> HttpResponse:
    """Tick impulses, say where they go and why. Keyboard and plain form do all; dragging ticks and chooses."""
    rules.require_may_edit(request.viewer)
    at, language = request.at, request.viewer.language
    kind, words = request.GET.get("art", ""), " ".join(request.GET.get("q", "").replace("\x00", " ").split())
    everything = request.GET.get("alle") == "1"
    covered = coverage.cover(at)
    if kind and kind not in {row.key for row in covered}:
        raise NotFound
    listed = coverage.listed(
        at, kind=kind, words=words, answered=None if everything else False, after=request.GET.get("after", "")
    )
    goals = list(plan.goals())
    form = OrderForm(request.POST or None, goals=goals, language=language)
    here = request.get_full_path()
    if form.is_bound and form.is_valid():
        with form.attempt():
            done = _order(request, form)
            messages.success(request, done)
            return redirect(here)
    resting = plan.rests_on([one.pk for one in goals])
    base = reverse("strategy:board")
    more = "&alle=1" if everything else ""
    tabs = [(f"{_('Alle')} ({sum(row.open for row in covered)})", f"{base}?{more.lstrip('&')}", not kind)]
    tabs += [(f"{row.label} ({row.open})", f"{base}?art={row.key}{more}", row.key == kind) for row in covered]
    chosen = {str(ref) for ref in form.chosen()} if form.is_bound else set()
    context = {
        "rows": [
            {
                "ref": str(row.ref),
                "id": f"impulse-{row.object_id}",
                "kind": row.kind_label,
                "title": Said(row.title(language), row.title_language(language)),
                "summary": row.summary(language),
                "url": row.path(language),
                "at": row.happened_at,
                "ticked": str(row.ref) in chosen,
                "answered": row.answered,
            }
            for row in listed.rows
        ],
        "tabs": tabs,
        "kind": kind,
        "words": words,
        "everything": everything,
        "toggle_url": f"{base}?art={kind}" if everything else f"{base}?art={kind}&alle=1",
        "more_url": f"{base}?art={kind}&q={words}{more}&after={listed.next}" if listed.next else "",
        "goals": [
            {
                "id": str(one.pk),
                "code": one.code,
                "title": said(one.title, language),
                "count": resting.get(one.pk, 0),
                "url": reverse("strategy:ties", args=[one.number]),
            }
            for one in goals
        ],
        "crumbs": crumbs((_("Ordnen"), "")),
    }
    return render_form(request, "strategy/board.html", form, context)


def _order(request: Request, form: OrderForm) -> str:
    """Does it; returns what was done, in words."""
    refs, target, reason = form.chosen(), form.cleaned_data["goal"], form.cleaned_data["reason"]
    try:
        if target == NONE:
            actions.set_aside(actor=request.actor, refs=refs, reason=reason, at=request.at)
            done = ngettext("%(n)s Anregung ist beantwortet.", "%(n)s Anregungen sind beantwortet.", len(refs))
            return done % {"n": len(refs)}
        goal = actions.order_impulses(
            actor=request.actor, refs=refs, goal_id=UUID(target), reason=reason, at=request.at
        )
    except Invalid as error:
        raise remap(error, {"impulses": "goal"}) from error
    done = ngettext(
        "%(n)s Anregung steht jetzt im Ziel %(code)s.", "%(n)s Anregungen stehen jetzt im Ziel %(code)s.", len(refs)
    )
    return done % {"n": len(refs), "code": goal.code}


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def ties(request: Request, number: int) -> HttpResponse:
    """What stands in a goal, and why; what does not belong there is taken out with a reason."""
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    found = plan.goal_by_number(number)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            refs = ticked(form, "impulses")
            try:
                actions.take_out(
                    actor=request.actor, refs=refs, goal_id=found.pk, reason=form.cleaned_data["reason"], at=request.at
                )
            except Invalid as error:
                raise remap(error, {"impulses": "reason"}) from error
            done = ngettext("%(n)s Anregung ist herausgenommen.", "%(n)s Anregungen sind herausgenommen.", len(refs))
            messages.success(request, done % {"n": len(refs)})
            return redirect("strategy:ties", number=number)
    chosen = {str(ref) for ref in ticked(form, "impulses")} if form.is_bound else set()
    title = said(found.title, language)
    context = {
        "goal": found,
        "title": title,
        "rows": [
            {
                "ref": str(tie.ref),
                "id": f"tie-{tie.edge_id}",
                "kind": tie.entry.kind_label if tie.entry else "",
                "title": Said(tie.entry.title(language), tie.entry.title_language(language)) if tie.entry else None,
                "url": tie.entry.path(language) if tie.entry else "",
                "reason": Said(tie.reason, tie.reason_language),
                "since": tie.since,
                "ticked": str(tie.ref) in chosen,
            }
            for tie in coverage.ties(found, request.at)
        ],
        "crumbs": crumbs((_("Ordnen"), reverse("strategy:board")), (f"{found.code} {title}", "")),
    }
    return render_form(request, "strategy/ties.html", form, context)
