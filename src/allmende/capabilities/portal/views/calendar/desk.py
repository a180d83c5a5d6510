"""For those who organise: planning, changing, announcing, cancelling, reading in."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.forms.calendar import planning as forms
from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.queries import calendar as queries
from allmende.capabilities.portal.rules import calendar as rules
from allmende.capabilities.portal.views.calendar.pages import crumbs, office_name, ours, when
from allmende.capabilities.portal.workflow.calendar import STATE_LABELS, State, word
from allmende.core import city
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.ui.templatetags.ui import at_time
from allmende.ui.views import render_form

LISTS = {"kommend": "coming", "entwuerfe": "drafts", "vorbei": "past"}


def _ours(request: Request, number: int) -> CalendarEvent:
    """An event that this viewer organises; others are told that there is nothing, or to sign in."""
    rules.require_may_organise(request.viewer)
    found = queries.event_by_number(number, request.viewer, request.at)
    rules.require_organiser(request.viewer, found.department)
    return found


def _desk_crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs((_("Termine planen"), reverse("portal:calendar_desk")), *more)


def _event_crumbs(event: CalendarEvent, language: str, last: str) -> list[tuple[str, str]]:
    return _desk_crumbs(
        (word(event.title, language), reverse("portal:calendar_manage", args=[event.number])), (last, "")
    )


@ours
@require_safe
def desk(request: Request) -> HttpResponse:
    """Everything that one organises: what comes, drafts, what was."""
    rules.require_may_organise(request.viewer)
    language, at = request.viewer.language, request.at
    shown = request.GET.get("was", "kommend")
    which = LISTS.get(shown, "coming")
    events = queries.desk(request.viewer, at, which=which)  # type: ignore[arg-type]
    labels = {"kommend": _("Kommt"), "entwuerfe": _("Entwürfe"), "vorbei": _("Vorbei")}
    rows = [
        {
            "id": str(event.pk),
            "url": reverse("portal:calendar_manage", args=[event.number]),
            "cells": [
                word(event.title, language),
                at_time(event.starts_at),
                word(STATE_LABELS[event.state_at(at)], language),
                _("Reihe") if event.series_id else "",
                _taken(event),
                office_name(event.department, language),
            ],
        }
        for event in events
    ]
    context = {
        "title": _("Termine planen"),
        "tabs": [
            (label, f"{reverse('portal:calendar_desk')}?was={key}", LISTS[key] == which)
            for key, label in labels.items()
        ],
        "rows": rows,
        "columns": [
            {"label": pgettext("event", "Termin")}, {"label": _("Beginn")}, {"label": _("Stand")},
            {"label": _("Reihe")},
            {"label": _("Angemeldet"), "numeric": True}, {"label": _("Amt")},
        ],
        "crumbs": crumbs((_("Termine planen"), "")),
    }  # fmt: skip
    return render(request, "portal/calendar/desk.html", context)


def _taken(event: CalendarEvent) -> str:
    if not event.registration:
        return "–"
    text = str(event.taken) if event.capacity is None else f"{event.taken} / {event.capacity}"
    return text + (_(", %(n)s warten") % {"n": event.waiting} if event.waiting else "")


def _form_options(request: Request) -> dict[str, Any]:
    language = request.viewer.language
    return {
        "departments": rules.departments_of(request.viewer),
        "groups": queries.groups(request.viewer, request.at, language),
        "language": language,
        "zone": city.current().zone,
    }


def _remapped(error: Invalid) -> Invalid:
    """The action's fields under the names that the form has for them."""
    names = forms.EventForm.FIELDS_OF_ACTION
    return Invalid(error.message, fields={names.get(name, name): text for name, text in error.fields.items()})


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A draft; with weekdays a series of drafts."""
    rules.require_may_organise(request.viewer)
    form = forms.NewEventForm(request.POST or None, **_form_options(request))
    if form.is_bound and form.is_valid():
        with form.attempt():
            return _plan(request, form)
    context = {
        "title": pgettext("event", "Termin planen"),
        "submit": _("Als Entwurf speichern"),
        "cancel_url": reverse("portal:calendar_desk"),
        "crumbs": _desk_crumbs((_("Neu"), "")),
    }
    return render_form(request, "portal/calendar/plan.html", form, context)


def _plan(request: Request, form: forms.NewEventForm) -> HttpResponse:
    rule = form.rule()
    try:
        if rule is None:
            made = actions.plan_event(actor=request.actor, data=form.event_data(), at=request.at)
        else:
            series = actions.plan_series(
                actor=request.actor,
                data=form.event_data(),
                rule=rule,
                left_out=form.cleaned_data["left_out"],
                at=request.at,
            )
            made = CalendarEvent.objects.filter(series=series).earliest("starts_at")
            count = series.events.count()
            text = ngettext("%(n)s Termin ist als Entwurf da.", "%(n)s Termine sind als Entwurf da.", count)
            messages.success(request, text % {"n": count})
    except Invalid as error:
        raise _remapped(error) from error
    return redirect("portal:calendar_manage", number=made.number)


@ours
@require_safe
def manage(request: Request, number: int) -> HttpResponse:
    """One event for its organisers: how it stands, and what can be done with it."""
    event = _ours(request, number)
    language, at = request.viewer.language, request.at
    state = event.state_at(at)
    asked = [seat for seat in queries.seats(event) if seat.aids or seat.aids_note]
    context = {
        "event": event,
        "title": word(event.title, language),
        "when": when(event),
        "state": state,
        "state_label": word(STATE_LABELS[state], language),
        "later": event.visible_from if event.visible_from and event.visible_from > at else None,
        "taken": _taken(event),
        "asked": len(asked),
        "begun": event.starts_at <= at,
        "over": event.ends_at <= at,
        "count_in_series": event.series.events.count() if event.series else 0,
        "crumbs": _desk_crumbs((word(event.title, language), "")),
        "example": event.is_example,
    }
    return render(request, "portal/calendar/manage.html", context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, number: int) -> HttpResponse:
    event = _ours(request, number)
    form = forms.EditEventForm(
        request.POST or None, event=event, series=event.series_id is not None, **_form_options(request)
    )
    if form.is_bound and form.is_valid():
        with form.attempt():
            try:
                actions.change_event(
                    actor=request.actor,
                    event_id=event.pk,
                    data=form.event_data(),
                    scope=form.chosen_scope,
                    at=request.at,
                )
            except Invalid as error:
                raise _remapped(error) from error
            messages.success(request, _("Gespeichert. Wer angemeldet ist, erfährt von neuer Zeit oder neuem Ort."))
            return redirect("portal:calendar_manage", number=number)
    context = {
        "title": pgettext("event", "Termin ändern"),
        "submit": _("Speichern"),
        "cancel_url": reverse("portal:calendar_manage", args=[number]),
        "crumbs": _event_crumbs(event, request.viewer.language, _("Ändern")),
    }
    return render_form(request, "portal/calendar/plan.html", form, context)


def _step(
    request: Request,
    event: CalendarEvent,
    form: Any,
    act: Callable[[], object],
    words: dict[str, str],
    *,
    back: str = "portal:calendar_manage",
) -> HttpResponse:
    """A page with a question, a short form and one button."""
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = act()
            messages.success(request, words["done"])
            if back == "portal:calendar_desk":
                return redirect(back)
            number = made.number if isinstance(made, CalendarEvent) else event.number
            return redirect(back, number=number)
    context = {
        "title": words["title"],
        "question": words["question"],
        "action": words["action"],
        "danger": bool(words.get("danger")),
        "cancel_url": reverse("portal:calendar_manage", args=[event.number]),
        "crumbs": _event_crumbs(event, request.viewer.language, words["title"]),
    }
    return render_form(request, "ui/confirm.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: Request, number: int) -> HttpResponse:
    event = _ours(request, number)
    form = forms.PublishForm(request.POST or None, series=event.series_id is not None)
    if event.series_id is not None:
        form.fields["scope"].initial = actions.ALL

    def act() -> object:
        day, hour = form.cleaned_data["day"], form.cleaned_data["hour"]
        later = datetime.combine(day, hour or time(), city.current().zone) if day else None
        return actions.publish_event(
            actor=request.actor, event_id=event.pk, scope=form.chosen_scope, visible_from=later, at=request.at
        )

    words = {
        "title": _("Termin ankündigen"),
        "question": _("„%(title)s“ steht danach im Kalender, in der Suche und in allen Abonnements.")
        % {"title": word(event.title, request.viewer.language)},
        "action": _("Ankündigen"),
        "done": _("Der Termin ist angekündigt."),
    }
    return _step(request, event, form, act, words)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: Request, number: int) -> HttpResponse:
    event = _ours(request, number)
    form = forms.CancelForm(request.POST or None, series=event.series_id is not None)
    people = ngettext(
        "%(n)s Mensch ist angemeldet und bekommt Bescheid.",
        "%(n)s Menschen sind angemeldet und bekommen Bescheid.",
        event.taken + event.waiting,
    ) % {"n": event.taken + event.waiting}
    words = {
        "title": pgettext("event", "Termin absagen"),
        "question": _("Die Seite bleibt stehen und sagt, warum.") + " " + people,
        "action": pgettext("event", "Absagen"),
        "done": _("Der Termin ist abgesagt. Alle Angemeldeten bekommen Bescheid."),
        "danger": "1",
    }
    return _step(
        request,
        event,
        form,
        lambda: actions.cancel_event(
            actor=request.actor,
            event_id=event.pk,
            reason=form.cleaned_data["reason"],
            scope=form.chosen_scope,
            at=request.at,
        ),
        words,
    )


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: Request, number: int) -> HttpResponse:
    event = _ours(request, number)
    if event.state != State.DRAFT:
        raise NotFound
    form = forms.ScopedForm(request.POST if request.method == "POST" else None, series=event.series_id is not None)
    words = {
        "title": _("Entwurf verwerfen"),
        "question": _("Der Entwurf wird gelöscht. Niemand hat ihn gesehen."),
        "action": _("Verwerfen"),
        "done": _("Der Entwurf ist verworfen."),
        "danger": "1",
    }
    return _step(
        request,
        event,
        form,
        lambda: actions.discard_event(actor=request.actor, event_id=event.pk, scope=form.chosen_scope, at=request.at),
        words,
        back="portal:calendar_desk",
    )


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: Request, number: int) -> HttpResponse:
    event = _ours(request, number)
    form = forms.CopyForm(request.POST or None)
    words = {
        "title": _("Termin kopieren"),
        "question": _("Alles bis auf Tag und Anmeldungen wird übernommen. Es entsteht ein Entwurf."),
        "action": _("Kopieren"),
        "done": _("Der Entwurf ist da."),
    }
    return _step(
        request,
        event,
        form,
        lambda: actions.copy_event(actor=request.actor, event_id=event.pk, day=form.cleaned_data["day"], at=request.at),
        words,
    )


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request, number: int) -> HttpResponse:
    """Recording, summary, chapter marks."""
    event = _ours(request, number)
    start = {
        "review": event.review.get("de", ""),
        "review_en": event.review.get("en", ""),
        "recording_url": event.recording_url,
        "chapters": forms.chapter_lines(event.chapters),
    }
    form = forms.ReviewForm(request.POST or None, initial=start)
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            actions.review_event(
                actor=request.actor,
                event_id=event.pk,
                recording_url=values["recording_url"],
                review={"de": values["review"], "en": values["review_en"]},
                chapters=values["chapters"],
                at=request.at,
            )
            messages.success(request, _("Gespeichert. Wer dabei war, bekommt Bescheid."))
            return redirect("portal:calendar_event", number=number)
    context = {
        "title": _("Was war?"),
        "submit": _("Speichern"),
        "cancel_url": reverse("portal:calendar_manage", args=[number]),
        "crumbs": _event_crumbs(event, request.viewer.language, _("Was war?")),
    }
    return render_form(request, "portal/calendar/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def read_in(request: Request) -> HttpResponse:
    """A calendar file becomes drafts; says what was taken over and what was not, and why."""
    rules.require_may_organise(request.viewer)
    language = request.viewer.language
    options: dict[str, Any] = {"departments": rules.departments_of(request.viewer), "language": language}
    form = forms.ImportForm(request.POST if request.method == "POST" else None, request.FILES or None, **options)
    done: actions.Imported | None = None
    if form.is_bound and form.is_valid():
        with form.attempt():
            file = form.cleaned_data["file"]
            done = actions.import_calendar(
                actor=request.actor, raw=file.read(), department=form.cleaned_data["department"], at=request.at
            )
    context = {
        "title": _("Termine einlesen"),
        "done": done,
        "planned": [(word(event.title, language), event) for event in done.planned] if done else [],
        "crumbs": _desk_crumbs((_("Einlesen"), "")),
    }
    return render_form(request, "portal/calendar/import.html", form, context)


def seat_id(text: str) -> UUID:
    """Raises NotFound for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
