"""Which council systems are mirrored, how the last reading went, and what the office can do about it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.council import actions, rules
from allmende.capabilities.council.forms import MirrorForm
from allmende.capabilities.council.models import MirrorRun
from allmende.capabilities.council.queries.mirrors import MirrorState, mirror_states
from allmende.capabilities.council.rules.mirrors import PROBLEMS
from allmende.capabilities.council.views.pages import crumbs, ours
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.views import render_form


def _tag(state: MirrorState) -> tuple[str, str]:
    """How it stands, in a word or two."""
    run = state.run
    if not state.mirror.is_active:
        return _("aus"), "quiet"
    if run is None:
        return _("noch nicht gelesen"), ""
    match run.state:
        case MirrorRun.State.DONE:
            return _("gelesen"), "good"
        case MirrorRun.State.FAILED:
            return _("gestört"), "bad"
        case MirrorRun.State.PAUSED:
            return _("wird fortgesetzt"), ""
    return _("wird gelesen"), "hot"


def _row(state: MirrorState) -> dict[str, object]:
    mirror, run = state.mirror, state.run
    tag, kind = _tag(state)
    faults = run.faults if run else []
    return {
        "mirror": mirror,
        "name": mirror.title or mirror.url,
        "run": run,
        "tag": tag,
        "kind": kind,
        "problem": PROBLEMS.get(run.problem, "") if run else "",
        "objects": run.new + run.different + run.same if run else 0,
        "faults": [(address, PROBLEMS.get(problem, problem)) for address, problem in faults],
        "more_faults": run.unread - len(faults) if run else 0,
    }


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def mirrors(request: Request) -> HttpResponse:
    """All mirrored systems, and a form for one more."""
    rules.require_may_write(request.viewer)
    if request.method == "POST" and "mirror" in request.POST:
        return _asked(request)
    form = MirrorForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.save_mirror(actor=request.actor, url=form.cleaned_data["url"], at=request.at)
            messages.success(request, _("Eingetragen. In wenigen Minuten wird zum ersten Mal gelesen."))
            return redirect("council:mirrors")
    context = {
        "rows": [_row(one) for one in mirror_states()],
        "crumbs": crumbs((_("Ratsinformation spiegeln"), "")),
    }
    return render_form(request, "council/mirrors.html", form, context)


def _asked(request: Request) -> HttpResponse:
    try:
        key = UUID(request.POST["mirror"])
    except ValueError:
        raise NotFound from None
    wish = request.POST.get("wish", "")
    actions.ask_mirror(actor=request.actor, mirror_id=key, wish=wish, at=request.at)
    said = {
        "read": _("In wenigen Minuten wird gelesen."),
        "full": _("In wenigen Minuten wird alles noch einmal gelesen."),
        "stop": _("Angehalten. Was hier schon steht, bleibt."),
        "start": _("Das System wird wieder jede Stunde gelesen."),
    }
    messages.success(request, said[wish])
    return redirect("council:mirrors")
