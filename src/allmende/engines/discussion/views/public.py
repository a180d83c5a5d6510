"""The published rules and hours, and the public log with its downloads."""

import csv
import io
from datetime import date

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.core import city, manifest
from allmende.core.actor import Role
from allmende.core.errors import NotAllowed, NotFound, NotSignedIn
from allmende.core.http import Request
from allmende.engines.discussion import actions
from allmende.engines.discussion.forms import RuleForm
from allmende.engines.discussion.queries import log
from allmende.engines.discussion.queries.published import hours_in_words, in_words, rule_of, rules_in_force
from allmende.engines.discussion.rules.holidays import holidays
from allmende.engines.discussion.rules.hours import due, published
from allmende.engines.discussion.workflow import Cause, Decision
from allmende.ui.views import render_form


@require_safe
def rules(request: Request) -> HttpResponse:
    """By which rules the city checks, when, and what one can do about a decision."""
    hours = published()
    today = request.at.astimezone(hours.zone).date()
    days = sorted(holidays(today.year, hours.state) | holidays(today.year + 1, hours.state))
    context = {
        "rules": [in_words(rule) for rule in rules_in_force(request.at)],
        "hours": hours_in_words(hours),
        "holidays": [day for day in days if day >= today][:6],
        "closed": [(first, last) for first, last in sorted(hours.closed) if last >= today][:6],
        "needed": f"{hours.needed.total_seconds() / 3600:g}",
        "due": due(request.at),
        "may_change": request.viewer.has(Role.ADMINISTRATOR),
        "crumbs": [(_("Regeln und Prüfung"), "")],
    }
    return render(request, "discussion/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_rule(request: Request, key: str) -> HttpResponse:
    """An administrator changes a rule's words, or writes a new one under a new key."""
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    if not request.viewer.has(Role.ADMINISTRATOR):
        raise NotAllowed
    rule = next((row for row in rules_in_force(request.at) if row.key == key), None)
    initial = (
        {
            f"{column}_{code}": getattr(rule, column).get(code, "")
            for column in ("short", "long", "letter")
            for code in ("de", "en")
        }
        if rule
        else {}
    )
    form = RuleForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.change_rule(
                actor=request.actor,
                key=key,
                short=form.texts("short"),
                long=form.texts("long"),
                letter=form.texts("letter"),
                retired=form.cleaned_data["retired"],
                at=request.at,
            )
            messages.success(request, _("Gespeichert. Die Regel steht so auf der öffentlichen Seite."))
            return redirect("discussion:rules")
    crumbs = [(_("Regeln und Prüfung"), reverse("discussion:rules")), (rule_of(key, request.at).short, "")]
    return render_form(
        request, "discussion/change_rule.html", form, {"rule_key": key, "is_new": rule is None, "crumbs": crumbs}
    )


def _kind(capability: str, kind: str) -> str:
    found = manifest.moderated_kinds().get((capability, kind))
    return str(found.label) if found else kind


@require_safe
def public_log(request: Request) -> HttpResponse:
    """Every decision of moderation, counted; nobody's words and nobody's name."""
    rows = list(log.public_log(request.at))
    labels = [
        _("Monat"), _("Art"), _("Anlass"), _("Entscheidung"), _("Regel"), _("Anzahl"), _("In der Zeit"),
        _("Mittlere Dauer in Stunden"),
    ]  # fmt: skip
    numeric = {5, 6, 7}
    context = {
        "columns": [{"label": label, "numeric": number in numeric} for number, label in enumerate(labels)],
        "rows": [
            {
                "cells": [
                    formats.date_format(date.fromisoformat(f"{row.month}-01"), "YEAR_MONTH_FORMAT"),
                    _kind(row.capability, row.kind),
                    Cause(row.cause).label,
                    Decision(row.decision).label,
                    rule_of(row.rule, request.at).short if row.rule else "–",
                    row.count,
                    row.in_time,
                    f"{row.median_hours:g}",
                ]
            }
            for row in rows[:200]
        ],
        "decided": sum(row.count for row in rows),
        "in_time": sum(row.in_time for row in rows),
        "refused": sum(row.count for row in rows if row.decision == Decision.REFUSED),
        "dictionary": log.COLUMNS.items(),
        "crumbs": [(_("Regeln und Prüfung"), reverse("discussion:rules")), (_("Protokoll der Moderation"), "")],
    }
    return render(request, "discussion/log.html", context)


@require_safe
def log_file(request: Request, ending: str) -> HttpResponse:
    """The log as CSV (UTF-8 with a mark for spreadsheets) or JSON with its data dictionary."""
    rows = [row.as_dict() for row in log.public_log(request.at)]
    name = f"moderation-{city.current().id}.{ending}"
    if ending == "json":
        body = {"columns": {key: str(text) for key, text in log.COLUMNS.items()}, "rows": rows}
        response: HttpResponse = JsonResponse(body)
    elif ending == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(log.COLUMNS))
        writer.writeheader()
        writer.writerows(rows)
        response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    else:
        raise NotFound
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
