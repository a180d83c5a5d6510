"""Stating one's age group for a project, or taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms.ages import AgeForm
from allmende.capabilities.participation.views.pages import crumbs, ours, word
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.views import render_form


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def age(request: Request, number: int) -> HttpResponse:
    """One's own age group where a project asks for it; 404 where it does not."""
    person_id = rules.require_signed_in(request.viewer)
    project = queries.project_by_number(number, request.viewer, request.at).project
    if not project.asks_age:
        raise NotFound
    form = AgeForm(request.POST or None, initial={"age_group": queries.stated_age(project.pk, person_id)})
    if form.is_bound and form.is_valid():
        with form.attempt():
            group = form.cleaned_data["age_group"]
            actions.state_age(actor=request.actor, project_id=project.pk, group=group, at=request.at)
            said = _("Danke. Ihre Altersgruppe ist notiert.") if group else _("Ihre Altersgruppe ist gelöscht.")
            messages.success(request, said)
            return redirect("participation:mine")
    title, url = word(project.title, request.viewer.language), reverse("participation:project", args=[number])
    context = {
        "title": _("Ihre Altersgruppe: %(project)s") % {"project": title},
        "submit": _("Speichern"),
        "cancel_url": url,
        "crumbs": crumbs((title, url), (_("Altersgruppe"), "")),
        "example": project.is_example,
    }
    return render_form(request, "participation/form.html", form, context)
