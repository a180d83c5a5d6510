"""Condensing: the board of a store, a theme's page, its words, merging, taking a step back, publishing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms.groups import both
from allmende.capabilities.participation.forms.themes import NEW, OUT, MergeForm, OrderForm, ThemeForm
from allmende.capabilities.participation.models import Theme, ThemeStep, TopicStore
from allmende.capabilities.participation.views.pages import crumbs, ours, remap, until, word
from allmende.capabilities.participation.workflow import StoreState
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui.views import render_form

Kind = ThemeStep.Kind


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 10 else 0  # noqa: PLR2004 - fits the column


def _store(request: Request, number: int) -> TopicStore:
    """The store, for who may condense it. Raises NotSignedIn, NotAllowed, NotFound."""
    found, function = queries.store_by_number(number, request.viewer, request.at)
    rules.require_may_condense(found, request.viewer, request.at, function)
    return found


def _step_words(step: ThemeStep, language: str) -> str:
    """What was done, in a line."""
    source, target = (word(theme.title, language) if theme else "" for theme in (step.source, step.target))
    count = len(step.ideas) or len(step.left)
    ideas = ngettext("%(n)s Idee", "%(n)s Ideen", count) % {"n": count}
    names = {"ideas": ideas, "source": source, "target": target}
    match step.kind:
        case Kind.GROUP:
            return _("%(ideas)s in „%(target)s“ gestellt") % names
        case Kind.MOVE | Kind.SPLIT:
            return _("%(ideas)s von „%(source)s“ nach „%(target)s“ verschoben") % names
        case Kind.ALSO:
            return _("%(ideas)s aus „%(source)s“ auch in „%(target)s“ gestellt") % names
        case Kind.OUT:
            return _("%(ideas)s aus „%(source)s“ herausgenommen") % names
        case Kind.MERGE:
            return _("„%(source)s“ in „%(target)s“ aufgenommen") % names
    return _("Einen Schritt zurückgenommen")


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: Request, number: int) -> HttpResponse:
    """Tick ideas, say where they go. Everything works with keyboard and plain form; dragging only ticks and sends."""
    store = _store(request, number)
    language = request.viewer.language
    opened, after = _number(request.GET.get("theme")), _number(request.GET.get("after"))
    alike = _number(request.GET.get("similar"))
    only = _alike(request, store, alike) if alike else None
    together = [_number(part) for part in request.GET.get("only", "").split(",")[: queries.BOARD_PAGE]]
    if any(together):
        only = queries.ids_of_numbers(store.pk, together)
    found = queries.board(store, theme=opened, after=after, only=only)
    form = OrderForm(request.POST or None, board=found, language=language)
    here = reverse("participation:board", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            target = form.cleaned_data["target"]
            try:
                step = actions.order_ideas(
                    actor=request.actor,
                    store_id=store.pk,
                    idea_ids=form.chosen,
                    source_id=found.chosen.pk if found.chosen else None,
                    target_id=None if target in {NEW, OUT} else UUID(target),
                    new_title={"de": form.cleaned_data["title"]} if target == NEW else None,
                    keep=form.cleaned_data.get("keep", False),
                    at=request.at,
                )
            except Invalid as error:
                raise remap(error, {"ideas": "target"}) from error
            messages.success(request, _step_words(step, language) + ".")
            return redirect(f"{here}?theme={opened}" if opened else here)
    title = word(store.title, language)
    ticked = {str(one) for one in form.chosen} if form.is_bound else {str(one) for one in only or ()}
    tabs = [(f"{_('Noch in keinem Thema')} ({found.loose})", here, found.chosen is None)]
    tabs += [
        (
            f"{word(pile.theme.title, language)} ({pile.count})",
            f"{here}?theme={pile.theme.number}",
            pile.theme == found.chosen,
        )
        for pile in found.piles
    ]
    context = {
        "store": store,
        "title": title,
        "board": found,
        "rows": [_row(idea, f"{here}?theme={opened}", ticked) for idea in found.ideas],
        "tabs": tabs,
        "drops": [
            (str(pile.theme.pk), word(pile.theme.title, language), pile.count)
            for pile in found.piles
            if pile.theme != found.chosen
        ],
        "chosen_title": word(found.chosen.title, language) if found.chosen else "",
        "narrowed": only is not None,
        "suggest_url": f"{here}?suggest=1" if found.chosen is None and found.loose > 1 else "",
        "suggested": request.GET.get("suggest") == "1",
        "suggestions": [
            (", ".join(one.words), len(one.numbers), f"{here}?only={','.join(map(str, one.numbers))}")
            for one in queries.suggestions(store.pk, request.viewer, request.at)
        ]
        if request.GET.get("suggest") == "1" and found.chosen is None
        else [],
        "here": f"{here}?theme={opened}" if opened else here,
        "more_url": f"{here}?theme={opened}&after={found.next}" if found.next else "",
        "steps": [
            {"id": step.pk, "words": _step_words(step, language), "at": step.at,
             "undone": step.undone_at is not None, "may_undo": step.undone_at is None and step.kind != Kind.UNDO}
            for step in found.steps
        ],
        "may_publish": rules.store_state(store, request.at) == StoreState.CLOSED,
        "crumbs": crumbs((title, reverse("participation:store", args=[number])), (_("Ordnen"), "")),
        "example": store.is_example,
    }  # fmt: skip
    return render_form(request, "participation/board.html", form, context)


def _row(idea: queries.BoardIdea, here: str, ticked: set[str]) -> dict[str, Any]:
    """An idea of the board with its words ready: the template says them fifty times."""
    return {
        "idea": idea,
        "ticked": str(idea.id) in ticked,
        "title": idea.title or _("[Text entfernt]"),
        "author": idea.author or _("Gast"),
        "supports": ngettext(
            "%(n)s Mensch unterstützt das", "%(n)s Menschen unterstützen das", idea.supports
        ) % {"n": idea.supports},
        "name": _("Idee %(n)s") % {"n": idea.number},
        "url": reverse("participation:idea", args=[idea.number]),
        "alike_url": f"{here}&similar={idea.number}",
    }  # fmt: skip


def _alike(request: Request, store: TopicStore, number: int) -> list[UUID]:
    """The idea and what says something like it."""
    found = queries.idea_by_number(number, request.viewer, request.at).idea
    if found.store_id != store.pk or found.version is None:
        raise NotFound
    cards = queries.similar(
        store.pk, found.version.title, found.version.body, request.at, language=found.language, limit=20
    )
    return [found.pk, *(card.id for card in cards if card.id != found.pk)]


@ours
@require_POST
def step_undo(request: Request, number: int) -> HttpResponse:
    """Takes one step of the ordering back."""
    store = _store(request, number)
    try:
        step = queries.step(UUID(request.POST.get("step", "")))
    except ValueError:
        step = None
    if step is None or step.store_id != store.pk:
        raise NotFound
    try:
        actions.undo_step(actor=request.actor, step_id=step.pk, at=request.at)
        messages.success(request, _("Zurückgenommen. Alles steht wieder wie vorher."))
    except Conflict as error:
        messages.error(request, str(error.message))
    return redirect("participation:board", number=number)


@ours
@require_safe
def theme(request: Request, number: int) -> HttpResponse:
    """What the ideas have in common, and the ideas themselves, in their authors' words."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    found = queries.theme_by_number(number)
    store = found.store
    if store.is_need:
        return redirect("participation:need_group", number=number)
    function = queries.function_in(viewer, store.group_id)
    if not rules.may_see_store(store, viewer, at, function):
        raise NotFound
    title = word(found.title, language)
    store_url = reverse("participation:store", args=[store.number])
    merged = found.merged_into
    context = {
        "theme": found,
        "title": title,
        "summary": word(found.summary, language),
        "ideas": queries.ideas_of_theme(found.pk, at),
        "counts": store.counts_support,
        "store_title": word(store.title, language),
        "store_url": store_url,
        "merged_url": reverse("participation:theme", args=[merged.number]) if merged else "",
        "merged_title": word(merged.title, language) if merged else "",
        "follow": notify.follow_box(request, found.ref, about=title),
        "trace": trace.trace_of(found.ref, viewer, at),
        "may_edit": found.dissolved_at is None and rules.may_condense(store, viewer, at, function),
        "crumbs": crumbs((word(store.title, language), store_url), (title, "")),
        "example": found.is_example,
    }
    return until(render(request, "participation/theme.html", context), at=at)


def _to_change(request: Request, number: int) -> Theme:
    found = queries.theme_by_number(number)
    _store(request, found.store.number)
    if found.dissolved_at is not None:
        raise Conflict(_("Dieses Thema gibt es so nicht mehr."))
    return found


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def theme_edit(request: Request, number: int) -> HttpResponse:
    """Name and summary."""
    found = _to_change(request, number)
    initial: dict[str, Any] = {"order": found.order + 1}
    for name in ("title", "summary"):
        texts = getattr(found, name)
        initial[name], initial[f"{name}_en"] = texts.get("de", ""), texts.get("en", "")
    form = ThemeForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            actions.save_theme(
                actor=request.actor,
                theme_id=found.pk,
                title=both(values, "title"),
                summary=both(values, "summary"),
                order=values["order"] - 1 if values["order"] else None,
                at=request.at,
            )
            messages.success(request, _("Gespeichert."))
            return redirect("participation:theme", number=number)
    language = request.viewer.language
    back = reverse("participation:theme", args=[number])
    context = {
        "title": _("Thema ändern"), "submit": _("Speichern"), "cancel_url": back,
        "crumbs": crumbs((word(found.title, language), back), (_("Ändern"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def theme_merge(request: Request, number: int) -> HttpResponse:
    """All of it into another theme."""
    found = _to_change(request, number)
    language = request.viewer.language
    board_ = queries.board(found.store, theme=0)
    form = MergeForm(request.POST or None, board=board_, theme_id=found.pk, language=language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.merge_themes(
                actor=request.actor,
                store_id=found.store_id,
                source_id=found.pk,
                target_id=UUID(form.cleaned_data["target"]),
                at=request.at,
            )
            messages.success(
                request, _("Die Themen sind zusammengelegt. Auf der Seite „Ordnen“ lässt sich das zurücknehmen.")
            )
            return redirect("participation:board", number=found.store.number)
    back = reverse("participation:theme", args=[number])
    title = word(found.title, language)
    context = {
        "title": _("Thema in ein anderes aufnehmen"),
        "question": _("Alle Ideen aus „%(title)s“ gehen mit. Dieses Thema führt danach zum anderen.")
        % {"title": title},
        "action": _("Aufnehmen"), "cancel_url": back,
        "crumbs": crumbs((title, back), (_("Aufnehmen"), "")),
    }  # fmt: skip
    return render_form(request, "ui/confirm.html", form, context)


@ours
@require_POST
def publish(request: Request, number: int) -> HttpResponse:
    """A further edition of the condensed document."""
    store = _store(request, number)
    try:
        document = actions.publish_document(actor=request.actor, store_id=store.pk, at=request.at)
    except Conflict as error:
        messages.error(request, str(error.message))
        return redirect("participation:board", number=number)
    messages.success(request, _("Die %(n)s. Fassung ist veröffentlicht.") % {"n": document.edition})
    return redirect("participation:result", number=number)
