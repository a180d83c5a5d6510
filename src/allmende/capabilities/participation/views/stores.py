"""Topic stores: the page, setting up, closing, the form on paper."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms import ReasonForm, StoreForm
from allmende.capabilities.participation.forms.ages import PURPOSE
from allmende.capabilities.participation.models import TopicStore
from allmende.capabilities.participation.queries import Filters
from allmende.capabilities.participation.views.pages import (
    contract_facts,
    crumbs,
    ours,
    remap,
    store_card,
    store_next_step,
    until,
    word,
)
from allmende.capabilities.participation.workflow import StoreState
from allmende.capabilities.participation.workflow.ages import AGE_GROUPS
from allmende.core import city
from allmende.core.errors import Closed, Invalid
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui.views import render_form


@ours
@require_safe
def store(request: Request, number: int) -> HttpResponse:
    """The question, its contract, its dates, what was said so far."""
    language, at = request.viewer.language, request.at
    found, function = queries.store_by_number(number, request.viewer, at)
    if found.kind == TopicStore.Kind.CONTEST:
        return redirect("participation:contest", number=number)
    state = rules.store_state(found, at)
    card = store_card(found, at, language)
    categories = [(row.slug, word(row.names, language)) for row in found.categories.all()]
    chosen = request.GET.get("category", "")
    chosen = chosen if chosen in dict(categories) else ""
    order = request.GET.get("order", "")
    order = order if order in queries.ORDERS and found.counts_support else "newest"
    page = queries.ideas(
        Filters(stores=(found.pk,), order=order, category=chosen),
        at,
        language=language,
        after=request.GET.get("after", "")[:120],
    )
    more = ""
    if page.next:
        values = request.GET.copy()
        values["after"] = page.next
        more = f"?{values.urlencode()}"
    context = {"cards": page.cards, "total": page.total, "more_url": more, "at": at, "in_store": True}
    if request.htmx and request.GET.get("after"):
        return render(request, "participation/parts/more_ideas.html", context)
    here = reverse("participation:store", args=[number])
    context |= {
        "store": found,
        "title": card.title,
        "card": card,
        "state": state.value,
        "is_open": state == StoreState.OPEN,
        "description": word(found.description, language),
        "facts": contract_facts(found, language),
        "step": store_next_step(found, at, language),
        "group_title": word(found.group.names, language),
        "group_url": reverse("participation:group", args=[found.group.slug]),
        "tabs": [(_("Alle"), here, not chosen)]
        + [(name, f"{here}?category={slug}", slug == chosen) for slug, name in categories]
        if categories
        else [],
        "orders": [
            (label, f"{here}?order={key}", key == order)
            for key, label in queries.ORDERS.items()
            if key in {"newest", "supported"}
        ]
        if found.counts_support
        else [],
        "new_url": f"{reverse('participation:idea_new')}?speicher={number}",
        "paper_url": reverse("participation:paper", args=[number]),
        "follow": notify.follow_box(request, found.ref, about=card.title),
        "trace": trace.trace_of(found.ref, request.viewer, at),
        "result_url": reverse("participation:result", args=[number])
        if state == StoreState.CLOSED and queries.documents_of(found.pk)
        else "",
        "themes": [
            (word(pile.theme.title, language), reverse("participation:theme", args=[pile.theme.number]), pile.count)
            for pile in queries.themes_of(found.pk)
            if pile.count
        ],
        "heard_url": reverse("participation:heard", args=[found.module.project.number]),
        "may_enter": rules.may_enter(request.viewer),
        "may_condense": rules.may_condense(found, request.viewer, at, function),
        "project_url": reverse("participation:project", args=[found.module.project.number]),
        "project_title": "" if found.module.project.is_store_only else word(found.module.project.title, language),
        "may_edit": rules.may_edit_store(request.viewer, function),
        "crumbs": crumbs(
            (word(found.group.names, language), reverse("participation:group", args=[found.group.slug])),
            (card.title, ""),
        ),
        "example": found.is_example,
    }
    return until(
        render(request, "participation/store.html", context), found.opens_at, found.closes_at, found.due_at, at=at
    )


@ours
@require_safe
def paper(request: Request, number: int) -> HttpResponse:
    """The form of this very store for a pen; what comes back takes the same path as everything else."""
    language = request.viewer.language
    found, _function = queries.store_by_number(number, request.viewer, request.at)
    title = word(found.title, language)
    context = {
        "store": found,
        "title": title,
        "facts": contract_facts(found, language),
        "ages": AGE_GROUPS.values() if found.module.project.asks_age else (),
        "age_purpose": PURPOSE,
        "categories": [word(row.names, language) for row in found.categories.all()],
        "crumbs": crumbs((title, reverse("participation:store", args=[number])), (_("Formular"), "")),
        "example": found.is_example,
    }
    return until(render(request, "participation/paper.html", context), at=request.at)


def _save(request: Request, form: StoreForm, group_slug: str, store: TopicStore | None) -> TopicStore:
    page = queries.group_by_slug(group_slug, request.viewer, request.at)
    try:
        return actions.save_store(
            actor=request.actor,
            group_id=page.group.pk,
            store_id=store.pk if store else None,
            data=form.data_of_store(),
            at=request.at,
        )
    except Invalid as error:
        raise remap(error, dict(form.FIELDS_OF_ACTION)) from error


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def store_new(request: Request, slug: str) -> HttpResponse:
    page = queries.group_by_slug(slug, request.viewer, request.at)
    rules.require_may_edit_store(request.viewer, page.function)
    form = StoreForm(request.POST or None, zone=city.current().zone)
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = _save(request, form, slug, None)
            messages.success(request, _("Gespeichert."))
            return redirect("participation:store", number=made.number)
    title = word(page.group.names, request.viewer.language)
    back = reverse("participation:group", args=[slug])
    context = {
        "title": _("Neue Sammlung"), "submit": _("Speichern"), "cancel_url": back,
        "crumbs": crumbs((title, back), (_("Neue Sammlung"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def store_edit(request: Request, number: int) -> HttpResponse:
    found, function = queries.store_by_number(number, request.viewer, request.at)
    rules.require_may_edit_store(request.viewer, function)
    form = StoreForm(request.POST or None, store=found, zone=city.current().zone)
    if form.is_bound and form.is_valid():
        with form.attempt():
            _save(request, form, found.group.slug, found)
            messages.success(request, _("Gespeichert."))
            return redirect("participation:store", number=number)
    title = word(found.title, request.viewer.language)
    back = reverse("participation:store", args=[number])
    context = {
        "title": _("Sammlung ändern"), "submit": _("Speichern"), "cancel_url": back,
        "close_url": reverse("participation:store_close", args=[number])
        if rules.store_state(found, request.at) == StoreState.OPEN else "",
        "crumbs": crumbs((title, back), (_("Ändern"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def store_close(request: Request, number: int) -> HttpResponse:
    found, function = queries.store_by_number(number, request.viewer, request.at)
    rules.require_may_edit_store(request.viewer, function)
    if rules.store_state(found, request.at) != StoreState.OPEN:
        raise Closed(_("Diese Sammlung ist nicht offen."))
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.close_store(
                actor=request.actor, store_id=found.pk, reason=form.cleaned_data["reason"], at=request.at
            )
            messages.success(request, _("Die Sammlung ist geschlossen."))
            return redirect("participation:store", number=number)
    title = word(found.title, request.viewer.language)
    back = reverse("participation:store", args=[number])
    context = {
        "title": _("Sammlung jetzt schließen"),
        "question": _("Soll „%(title)s“ sofort enden? Danach kann niemand mehr etwas einreichen.") % {"title": title},
        "action": _("Schließen"), "cancel_url": back, "danger": True,
        "crumbs": crumbs((title, back), (_("Schließen"), "")),
    }  # fmt: skip
    return render_form(request, "ui/confirm.html", form, context)
