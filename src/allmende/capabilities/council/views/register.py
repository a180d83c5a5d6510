"""The register for cities without another council system: who there is, and who sits where from when to when."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.council import actions, rules
from allmende.capabilities.council.forms.register import FORMS, RemoveForm
from allmende.capabilities.council.models import Membership, Organization, Person, Thing
from allmende.capabilities.council.queries import register as queries
from allmende.capabilities.council.queries.pages import is_sitting
from allmende.capabilities.council.rules.register import TYPES
from allmende.capabilities.council.views.pages import Crumbs, crumbs, named, ours, today
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.views import render_form

type Row = dict[str, Any]


def words_for(kind: str) -> tuple[str, str]:
    """(what a page for a new one is called, what one for changing it is called)."""
    return {
        "body": (_("Neue Stadt"), _("Stadt ändern")),
        "term": (_("Neue Wahlperiode"), _("Wahlperiode ändern")),
        "organization": (_("Neues Gremium"), _("Gremium ändern")),
        "person": (_("Neue Person"), _("Person ändern")),
        "membership": (_("Sitz eintragen"), _("Sitz ändern")),
        "location": (_("Neuer Ort"), _("Ort ändern")),
    }[kind]


def path_to(*more: tuple[str, str]) -> Crumbs:
    found = crumbs((_("Gremien und Mitglieder"), reverse("council:register")), *more)
    return found if more else [*found[:-1], (found[-1][0], "")]


def label_of(row: Thing) -> str:
    return f"{row.person.name}, {row.organization.name}" if isinstance(row, Membership) else str(row)


def _entry(kind: str, row: Thing, about: str = "", tag: str = "") -> Row:
    return {
        "name": label_of(row),
        "url": reverse("council:register_edit", args=[kind, row.pk]),
        "about": about,
        "tag": tag,
        "start": getattr(row, "start_date", None),
        "end": getattr(row, "end_date", None),
    }


@ours
@require_safe
def register(request: Request) -> HttpResponse:
    """All that was entered here, kind by kind."""
    rules.require_may_write(request.viewer)
    found, day = queries.register(), today(request.at)

    def ended(row: Any) -> str:
        return _("beendet") if row.end_date is not None and row.end_date < day else ""

    def sits(one: Person) -> str:
        return ", ".join(seat.organization.name for seat in found.seats.get(one.pk, ()) if is_sitting(seat, day))

    groups = [
        ("organization", _("Gremien, Fraktionen, Ämter"), [
            _entry("organization", one, str(TYPES.get(one.organization_type, "")), ended(one))
            for one in found.organizations
        ]),
        ("person", _("Personen"), [_entry("person", one, sits(one)) for one in found.people]),
        ("term", _("Wahlperioden"), [_entry("term", one, "", ended(one)) for one in found.terms]),
        ("location", _("Orte"), [_entry("location", one) for one in found.locations]),
        ("body", _("Städte"), [_entry("body", one) for one in found.bodies]),
    ]  # fmt: skip
    context = {
        "groups": [
            {
                "kind": kind,
                "label": label,
                "rows": rows,
                "spoken": kind == "person",
                "new": words_for(kind)[0],
                "new_url": reverse("council:register_new", args=[kind]),
            }
            for kind, label, rows in groups
        ],
        "is_empty": not found.bodies and not found.organizations,
        "seat_url": reverse("council:register_new", args=["membership"]),
        "city_url": reverse("council:register_new", args=["body"]),
        "crumbs": path_to(),
    }
    return render(request, "council/register.html", context)


def _form(request: Request, kind: str, row: Thing | None) -> Any:
    if kind not in FORMS:
        raise NotFound
    initial = {name: request.GET[name] for name in ("person", "organization") if request.GET.get(name)}
    more = {"initial": initial} if row is None else {}
    return FORMS[kind](request.POST or None, row=row, choices=queries.choices(kind), **more)


def _back_from(row: Thing | None) -> str:
    """Where a page goes back to: from a seat to the person."""
    if isinstance(row, Membership):
        return reverse("council:register_edit", args=["person", row.person_id]) if row.person.is_ours else (
            reverse("council:register")
        )  # fmt: skip
    return reverse("council:register")


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def new(request: Request, kind: str) -> HttpResponse:
    """Something new of a kind; a seat may name the person or the organisation in its address."""
    rules.require_may_write(request.viewer)
    form = _form(request, kind, None)
    heading = words_for(kind)[0]
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = actions.keep_entry(
                actor=request.actor, kind=kind, key=None, fields=form.columns(None), at=request.at
            )  # fmt: skip
            messages.success(request, _("Eingetragen."))
            return redirect(_after(made))
    context = {"heading": heading, "back_url": reverse("council:register"), "crumbs": path_to((heading, ""))}
    return render_form(request, "council/register_edit.html", form, context)


def _after(made: Thing) -> str:
    """People and organisations go on with their seats."""
    if isinstance(made, Membership):
        made = Membership.objects.select_related("person").get(pk=made.pk)
        return _back_from(made)
    if isinstance(made, (Person, Organization)):
        return reverse("council:register_edit", args=[made.kind, made.pk])
    return reverse("council:register")


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def edit(request: Request, kind: str, key: UUID) -> HttpResponse:
    """Changes what was entered; of a person or an organisation also its seats."""
    rules.require_may_write(request.viewer)
    row = queries.entry(kind, key)
    form = _form(request, kind, row)
    back = _back_from(row)
    if form.is_bound and form.is_valid():
        with form.attempt():
            fields = form.columns(row)
            actions.keep_entry(actor=request.actor, kind=kind, key=key, fields=fields, at=request.at)
            messages.success(request, _("Gespeichert."))
            return redirect(back)
    day = today(request.at)
    seats = [
        {
            "name": one.organization.name if kind == "person" else one.person.name,
            "role": one.role,
            "start": one.start_date,
            "end": one.end_date,
            "tag": ""
            if is_sitting(one, day)
            else (_("beendet") if one.end_date and one.end_date < day else _("kommt")),
            "url": reverse("council:register_edit", args=["membership", one.pk]) if one.is_ours else "",
        }
        for one in queries.seats_of(row)
    ]
    context = {
        "heading": words_for(kind)[1],
        "row": row,
        "label": label_of(row),
        "back_url": back,
        "has_seats": kind in {"person", "organization"},
        "seats": seats,
        "seat_url": f"{reverse('council:register_new', args=['membership'])}?{kind}={key}",
        "remove_url": "" if kind == "body" else reverse("council:register_remove", args=[kind, key]),
        "crumbs": path_to((named(label_of(row)), "")),
    }
    return render_form(request, "council/register_edit.html", form, context)


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def remove(request: Request, kind: str, key: UUID) -> HttpResponse:
    """Takes back what was entered by mistake."""
    rules.require_may_write(request.viewer)
    row = queries.entry(kind, key)
    if kind == "body":
        raise NotFound
    form = RemoveForm(request.POST or None)
    here = reverse("council:register_edit", args=[kind, key])
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.remove_entry(actor=request.actor, kind=kind, key=key, reason=form.cleaned_data["reason"])
            messages.success(request, _("Aus dem Verzeichnis genommen."))
            return redirect(_back_from(row))
    context = {
        "label": label_of(row),
        "has_end": kind in {"person", "organization", "membership", "term"},
        "back_url": here,
        "crumbs": path_to((named(label_of(row)), here), (_("Herausnehmen"), "")),
    }
    return render_form(request, "council/register_remove.html", form, context)
