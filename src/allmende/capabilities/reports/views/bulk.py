"""Many reports of the inbox at once."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.reports import actions, rules
from allmende.capabilities.reports.actions.bulk import MOST, Outcome, for_each
from allmende.capabilities.reports.forms.bulk import MERGE, VERBS, BulkForm
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.queries import inbox
from allmende.capabilities.reports.rules.answers import filled
from allmende.capabilities.reports.views.handling import templates_of_city
from allmende.capabilities.reports.views.pages import crumbs
from allmende.capabilities.reports.workflow import STEPS
from allmende.core.actor import Actor
from allmende.core.errors import Invalid
from allmende.core.http import Request
from allmende.ui.pages import ours
from allmende.ui.views import render_form


def choices() -> list[tuple[str, Any]]:
    """What can be done with many, as the buttons of the inbox."""
    return [(verb, STEPS[verb].label) for verb in (*VERBS, MERGE)]


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: Request) -> HttpResponse:
    """From the inbox: which, and what. Then what the step asks; then what became of each."""
    rules.require_may_open_inbox(request.viewer)
    language, verb = request.viewer.language, request.POST.get("do", "")
    chosen = inbox.by_numbers(request.POST.getlist("pick")[:MOST], request.viewer)
    steps = [(_("Eingang der Meldungen"), reverse("reports:inbox")), (_("Mehrere zugleich"), "")]
    context: dict[str, Any] = {"crumbs": crumbs(*steps), "label": "", "rows": [], "verb": verb, "most": MOST}
    if verb not in dict(choices()) or not chosen:
        return render(request, "reports/bulk.html", {**context, "form": None})
    sent = "really" in request.POST
    form = BulkForm(request.POST if sent else None, verb=verb, templates=templates_of_city(), language=language)
    context |= {
        "label": STEPS[verb].label,
        "rows": [(one.number, one.title(language)) for one in chosen],
    }
    if sent and form.is_valid():
        with form.attempt():
            found = _do(request, verb, form, chosen)
            context["worked"] = [one.report.title(language) for one in found if not one.problem]
            context["failed_ones"] = [
                (one.report.title(language), reverse("reports:handle", args=[one.report.number]), one.problem)
                for one in found
                if one.problem
            ]
            return render(request, "reports/bulk_done.html", context)
    return render_form(request, "reports/bulk.html", form, context)


def _do(request: Request, verb: str, form: BulkForm, chosen: Sequence[Report]) -> list[Outcome]:
    values, at = form.cleaned_data, request.at
    if verb == MERGE:
        main = Report.objects.select_related("category").filter(number=values["main"]).first()
        if main is None or not rules.may_see(request.viewer, main):
            raise Invalid(fields={"main": _("Eine Meldung mit dieser Nummer gibt es nicht.")})

        def merge(actor: Actor, one: Report) -> object:
            return actions.merge_reports(actor=actor, report_id=one.pk, main_id=main.pk, at=at)

        return for_each(request.actor, [one for one in chosen if one.pk != main.pk], merge)

    def move(actor: Actor, one: Report) -> object:
        blanks = {"nummer": str(one.number), "art": one.category.name("de"), "ort": one.place}
        return actions.move_report(
            actor=actor,
            report_id=one.pk,
            verb=verb,
            words=filled(values["words"], blanks),
            note=values["note"],
            department=values.get("department", ""),
            publish=True if values.get("publish") else None,
            at=at,
        )

    return for_each(request.actor, chosen, move)
