"""„Was wir gehört haben, was wir damit gemacht haben, warum nicht“: the public account of a project."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.participation import actions, queries, rules, workflow
from allmende.capabilities.participation.forms.groups import both
from allmende.capabilities.participation.forms.projects import HeardForm
from allmende.capabilities.participation.views.pages import crumbs, ours, until, word
from allmende.capabilities.participation.workflow import Outcome
from allmende.core.actor import CHANNEL_LABELS, Channel
from allmende.core.http import Request
from allmende.ui.views import render_form


@ours
@require_safe
def heard(request: Request, number: int) -> HttpResponse:
    """Every contribution with its state and the reason; how many came, over which ways."""
    language, at = request.viewer.language, request.at
    page = queries.project_by_number(number, request.viewer, at)
    stores = [module.store for module in page.modules if module.store is not None]
    state = request.GET.get("state", "")
    state = state if state in workflow.PUBLIC_STATES else ""
    after = request.GET.get("after", "")
    found = queries.heard(
        [store.pk for store in stores],
        at,
        state=state,
        after=int(after) if after.isdecimal() and after.isascii() and len(after) < 18 else 0,  # noqa: PLR2004 - fits the column
    )
    title = word(page.project.title, language)
    here = reverse("participation:heard", args=[number])
    back = (
        reverse("participation:store", args=[stores[0].number])
        if page.project.is_store_only and stores
        else reverse("participation:project", args=[number])
    )
    more = f"?state={state}&after={found.next}" if state else f"?after={found.next}"
    context = {
        "project": page.project,
        "title": title,
        "words": word(page.project.heard, language),
        "found": found,
        "tabs": [(f"{_('Alle')} ({found.total})", here, not state)]
        + [
            (f"{workflow.label(key, language)} ({count})", f"{here}?state={key}", key == state)
            for key, count in found.states.items()
            if count
        ],
        "outcomes": [
            (word(workflow.OUTCOMES[Outcome(key)], language), count) for key, count in sorted(found.outcomes.items())
        ],
        "channels": [(CHANNEL_LABELS[Channel(key)], count) for key, count in found.channels],
        "fates": [
            {
                "fate": fate,
                "url": reverse("participation:idea", args=[fate.number]),
                "state": workflow.label(fate.state, language),
                "outcome": word(workflow.OUTCOMES[Outcome(fate.outcome)], language) if fate.outcome else "",
                "step": word(fate.next_step, language),
                "themes": [
                    (word(name, language), reverse("participation:theme", args=[theme])) for theme, name in fate.themes
                ],
            }
            for fate in found.fates
        ],
        "more_url": more if found.next else "",
        "at": at,
        "may_edit": rules.may_edit_store(request.viewer, page.function),
        "example": page.project.is_example,
        "crumbs": crumbs((title, back), (_("Was wir gehört haben"), "")),
    }
    return until(render(request, "participation/heard.html", context), at=at)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def heard_edit(request: Request, number: int) -> HttpResponse:
    """The city's own words at the top of that page."""
    page = queries.project_by_number(number, request.viewer, request.at)
    rules.require_may_edit_store(request.viewer, page.function)
    project = page.project
    initial = {"heard": project.heard.get("de", ""), "heard_en": project.heard.get("en", "")}
    form = HeardForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        with form.attempt():
            words = both(form.cleaned_data, "heard")
            actions.tell_heard(actor=request.actor, project_id=project.pk, words=words, at=request.at)
            messages.success(request, _("Gespeichert."))
            return redirect("participation:heard", number=number)
    back = reverse("participation:heard", args=[number])
    context = {
        "title": _("Was haben wir damit gemacht?"), "submit": _("Speichern"), "cancel_url": back,
        "crumbs": crumbs((_("Was wir gehört haben"), back), (_("Ändern"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)
