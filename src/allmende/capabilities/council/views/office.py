"""What the council's office adds."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.council import actions, rules
from allmende.capabilities.council.forms import PlainForm
from allmende.capabilities.council.queries.things import paper_by_number
from allmende.capabilities.council.views.pages import crumbs, named, ours
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.views import render_form


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def explain(request: Request, number: int) -> HttpResponse:
    """The plain words of a paper, also of one that is mirrored."""
    rules.require_may_write(request.viewer)
    paper = paper_by_number(number)
    if paper is None:
        raise NotFound
    form = PlainForm(request.POST or None, initial={code: paper.plain.get(code, "") for code in ("de", "en")})
    back = reverse("council:paper", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            plain = {code: form.cleaned_data[code] for code in ("de", "en")}
            actions.explain_paper(actor=request.actor, paper_id=paper.pk, plain=plain)
            messages.success(request, _("Gespeichert."))
            return redirect(back)
    context = {
        "paper": paper,
        "back_url": back,
        "crumbs": crumbs(
            (_("Vorlagen"), reverse("council:papers")), (named(paper.name), back), (_("Einfache Worte"), "")
        ),
    }
    return render_form(request, "council/explain.html", form, context)
