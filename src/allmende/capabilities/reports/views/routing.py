"""Routing rules: the list in its order, one rule with its dry run."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.capabilities.reports import actions, rules
from allmende.capabilities.reports.actions.routing import rule_row
from allmende.capabilities.reports.forms.routing import WEEKDAYS, RuleForm
from allmende.capabilities.reports.models import RoutingRule
from allmende.capabilities.reports.queries import asking, assets, categories, routing
from allmende.capabilities.reports.queries.routing import Trial
from allmende.capabilities.reports.rules.routing import Answer, Broken
from allmende.capabilities.reports.views.pages import Crumbs, crumbs
from allmende.core.http import Request
from allmende.engines.places import interface as places
from allmende.ui.pages import district_name, office_name, ours
from allmende.ui.views import render_form


def _crumbs(*more: tuple[str, str]) -> Crumbs:
    steps = [
        (_("Eingang der Meldungen"), reverse("reports:inbox")),
        (_("Wer kümmert sich?"), reverse("reports:routing")),
        (_("Regeln"), reverse("reports:rules") if more else ""),
    ]
    return crumbs(*steps, *more)


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """All rules in the order in which they are read; what is broken stands above them."""
    rules.require_desk(request.viewer)
    language = request.viewer.language
    rows = routing.every()
    broken = routing.broken_ones(rows)
    names = {one.slug: one.name(language) for one in categories.every()}
    choices = asking.choices(language) if any(row.answers for row in rows) else {}
    context = {
        "rows": [
            {
                "name": row.name,
                "url": reverse("reports:rule", args=[row.pk]),
                "when": said(row, names, choices, language),
                "office": office_name(row.department, language) or row.department,
                "is_on": row.is_on,
                "broken": _missing(broken[row.pk], row, names, language) if row.pk in broken else [],
            }
            for row in rows
        ],
        "broken": len(broken),
        "crumbs": _crumbs(),
    }
    return render(request, "reports/rules.html", context)


def said(row: RoutingRule, names: Mapping[str, str], choices: Mapping[Answer, str], language: str) -> list[str]:
    """The conditions as a person would say them, one line each."""
    owners = (office_name(one, language) or one for one in row.owners)
    days = dict(WEEKDAYS)
    found = [
        ", ".join(names.get(one, one) for one in row.categories),
        ", ".join(district_name(one) or one for one in row.districts),
        _("mit dem Wort %(words)s") % {"words": _or(row.words)} if row.words else "",
        ", ".join(str(days[one]) for one in row.weekdays if one in days),
        _("was diesen gehört: %(owners)s") % {"owners": ", ".join(owners)} if row.owners else "",
        "; ".join(choices.get((kind, code, one), one) for kind, code, one in row.answers),
    ]
    if row.starts is not None and row.ends is not None:
        hours = {"start": time_format(row.starts, "H:i"), "end": time_format(row.ends, "H:i")}
        found.append(_("%(start)s bis %(end)s Uhr") % hours)
    if row.metres is not None:
        found.append(
            ngettext("%(n)s Meter um %(place)s", "%(n)s Meter um %(place)s", row.metres)
            % {"n": row.metres, "place": row.place}
        )
    if row.polygon:
        n = len(row.polygon)
        found.append(ngettext("in einem Gebiet mit %(n)s Ecke", "in einem Gebiet mit %(n)s Ecken", n) % {"n": n})
    return [one for one in found if one]


def _or(words: Sequence[str]) -> str:
    shown = [f"„{word}“" for word in words[:6]]
    return f" {_('oder')} ".join([*shown, "…"] if len(words) > len(shown) else shown)


def _missing(one: Broken, row: RoutingRule, names: Mapping[str, str], language: str) -> list[str]:
    found = []
    if one.office:
        found.append(
            _("Das Amt „%(name)s“ gibt es nicht mehr: Die Regel wird übersprungen.") % {"name": row.department}
        )
    found += [
        _("Die Art „%(name)s“ steht nicht mehr im Formular.") % {"name": names.get(slug, slug)}
        for slug in one.categories
    ]
    found += [_("Den Stadtteil „%(name)s“ gibt es nicht mehr.") % {"name": slug} for slug in one.districts]
    found += [
        _("Kein nummeriertes Ding gehört noch „%(name)s“.") % {"name": office_name(owner, language) or owner}
        for owner in one.owners
    ]
    found += [
        _("Die Antwort „%(name)s“ auf eine Frage zu „%(kind)s“ gibt es nicht mehr.")
        % {"name": answer, "kind": names.get(kind, kind)}
        for kind, _code, answer in one.answers
    ]
    return found


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A rule that is not there yet."""
    return _edit(request, None)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: Request, rule_id: UUID) -> HttpResponse:
    """One rule."""
    rules.require_desk(request.viewer)
    return _edit(request, routing.by_id(rule_id))


def _edit(request: Request, row: RoutingRule | None) -> HttpResponse:
    """First the dry run is shown, then the same values are saved."""
    rules.require_desk(request.viewer)
    language = request.viewer.language
    form = RuleForm(
        request.POST or None, row=row, offered=categories.active(), owners=assets.owners(),
        answers=asking.choices(language), language=language,
    )  # fmt: skip
    trial: dict[str, Any] | None = None
    if not places.search_step(form) and form.is_bound and form.is_valid():
        with form.attempt():
            if request.POST.get("go") == "save":
                actions.save_rule(
                    actor=request.actor,
                    rule_id=None if row is None else row.pk,
                    data=form.data_of_rule(),
                    at=request.at,
                )
                messages.success(request, _("Gespeichert. Neue Meldungen gehen von jetzt an diesen Weg."))
                return redirect("reports:rules")
            trial = _trial(request, row, rule_row(form.data_of_rule(), row, at=request.at))
    title = row.name if row is not None else _("Neue Regel")
    context = {
        "row": row,
        "title": title,
        "trial": trial,
        "crumbs": _crumbs((title, "")),
    }
    return render_form(request, "reports/rule.html", form, context)


def _trial(request: Request, row: RoutingRule | None, made: RoutingRule) -> dict[str, Any]:
    """The dry run as the page shows it."""
    language = request.viewer.language
    before = routing.every()
    others = [one for one in before if row is None or one.pk != row.pk]
    after = sorted([*others, made], key=lambda one: (one.order, one.changed_at, one.pk))
    found: Trial = routing.try_out(before, after, request.at)
    names = {one.slug: one.name(language) for one in categories.every()}
    return {
        "looked_at": found.looked_at,
        "moved": found.moved,
        "ways": [
            {"cells": [office_name(first, language) or first, office_name(then, language) or then, count]}
            for first, then, count in found.ways
        ],
        "columns": [
            {"label": _("bisher bei")}, {"label": _("dann bei")}, {"label": _("Meldungen"), "numeric": True}
        ],
        "examples": [
            {
                "number": one.number,
                "text": ", ".join(part for part in (names.get(one.category, ""), one.place) if part),
                "after": office_name(one.after, language) or one.after,
            }
            for one in found.examples
        ],
    }  # fmt: skip


@ours
@require_POST
def remove(request: Request, rule_id: UUID) -> HttpResponse:
    """Takes a rule away."""
    actions.remove_rule(actor=request.actor, rule_id=rule_id, at=request.at)
    messages.success(request, _("Die Regel ist gelöscht."))
    return redirect("reports:rules")
