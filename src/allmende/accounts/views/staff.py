"""/verwaltung/: what staff need besides their rooms: roles, the state of the system, the audit, the city's settings."""

from collections import Counter
from datetime import datetime, time
from typing import Any
from uuid import UUID

import django
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.accounts import actions, queries, retention, rules
from allmende.accounts.forms import AuditFilter, GrantForm, ReasonForm, SettingForm
from allmende.accounts.models import RoleGrant
from allmende.core import changes, city, manifest
from allmende.core.actor import CHANNEL_LABELS, Channel, Role
from allmende.core.http import Request
from allmende.core.manifest import SettingSpec
from allmende.core.models import AuditEntry
from allmende.ui.templatetags.ui import at_time
from allmende.ui.views import render_form

PART = 50
"""Entries of the audit on one page."""


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("Verwaltung"), reverse("accounts:staff")), (title, "")]


@never_cache
@require_safe
def home(request: Request) -> HttpResponse:
    """The staff's start: every page of every room that is theirs."""
    rules.require_staff(request.viewer)
    return render(request, "accounts/staff/home.html", {"crumbs": [(_("Verwaltung"), "")]})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: Request) -> HttpResponse:
    """Who may do what; giving a role."""
    rules.require_administrator(request.viewer)
    form = GrantForm(request.POST or None, language=request.viewer.language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            person = form.cleaned_data["email"]
            actions.grant_role(
                actor=request.actor,
                person_id=person.pk,
                role=Role(form.cleaned_data["role"]),
                scope=form.cleaned_data["scope"],
                at=request.at,
            )
            messages.success(request, _("%(name)s hat jetzt diese Rolle.") % {"name": person.label})
            return redirect("accounts:roles")
    held = [
        {
            "id": row.pk,
            "name": row.person.label,
            "role": Role(row.role).label,
            "scope": queries.scope_label(row.scope, request.viewer.language),
            "since": row.granted_at,
        }
        for row in queries.grants()
    ]
    return render_form(request, "accounts/staff/roles.html", form, {"held": held, "crumbs": _crumbs(_("Rollen"))})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def role_end(request: Request, grant_id: int) -> HttpResponse:
    """Takes a role away, with a reason for the audit."""
    rules.require_administrator(request.viewer)
    grant = RoleGrant.objects.select_related("person").filter(pk=grant_id).first()
    if grant is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    label = f"{Role(grant.role).label} · {queries.scope_label(grant.scope, request.viewer.language)}"
    if request.method == "POST" and form.is_valid():
        with form.attempt():
            actions.revoke_role(
                actor=request.actor,
                person_id=grant.person_id,
                role=Role(grant.role),
                scope=grant.scope,
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("Die Rolle ist zurückgenommen."))
            return redirect("accounts:roles")
    context = {
        "title": _("Rolle zurücknehmen"),
        "question": _("%(name)s: %(role)s. Das gilt sofort.") % {"name": grant.person.label, "role": label},
        "action": _("Rolle zurücknehmen"),
        "danger": True,
        "cancel_url": reverse("accounts:roles"),
        "crumbs": [(_("Verwaltung"), reverse("accounts:staff")), (_("Rollen"), reverse("accounts:roles")), (label, "")],
    }
    return render_form(request, "ui/confirm.html", form, context)


@never_cache
@require_safe
def system(request: Request) -> HttpResponse:
    """Queues, deliveries that died, mail that waits, versions."""
    rules.require_administrator(request.viewer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2")
        counts: dict[str, Counter[str]] = {}
        for queue, status, number in cursor.fetchall():
            counts.setdefault(queue, Counter())[status] = number
        cursor.execute("SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))")
        version, size = cursor.fetchone()
    context = {
        "queues": [(queue, found["todo"], found["doing"], found["failed"]) for queue, found in counts.items()],
        "dead": queries.dead_deliveries(),
        "facts": [
            (_("Mails, die warten"), str(queries.waiting_mail())),
            ("Django", django.get_version()),
            ("PostgreSQL", version),
            (_("Größe der Datenbank"), size),
            (_("Räume"), ", ".join(manifest.registry())),
        ],
        "crumbs": _crumbs(_("System")),
    }
    return render(request, "accounts/staff/system.html", context)


@require_POST
def retry(request: Request, delivery_id: int) -> HttpResponse:
    """Sends a dead delivery on its way again."""
    rules.require_administrator(request.viewer)
    changes.retry_delivery(actor=request.actor, delivery_id=delivery_id, at=request.at)
    messages.success(request, _("Die Zustellung wird noch einmal versucht."))
    return redirect("accounts:system")


def _parts_of(values: dict[str, Any]) -> dict[str, Any]:
    """Days of the filter as instants in the city's zone."""
    zone = city.current().zone
    for name in ("since", "until"):
        if values.get(name):
            values[name] = datetime.combine(values[name], time(), tzinfo=zone)
    return values


@never_cache
@require_safe
def protocol(request: Request) -> HttpResponse:
    """The audit, newest first, with names: only administrators come here."""
    rules.require_administrator(request.viewer)
    form = AuditFilter(request.GET or None)
    before = request.GET.get("before", "")
    try:
        last = UUID(before) if before else None
    except ValueError:
        last = None
    entries = queries.audit(_parts_of(form.values()), before=last, limit=PART + 1)
    shown, more = entries[:PART], len(entries) > PART
    names = queries.names_of_keys(key for entry in shown for key in (entry.actor_key, entry.on_behalf_of))
    url = None
    if more:
        rest = request.GET.copy()
        rest["before"] = str(shown[-1].pk)
        url = f"?{rest.urlencode()}"
    context = {"form": form, "rows": [_row(entry, names) for entry in shown], "columns": _columns(), "more_url": url}
    return render(request, "accounts/staff/audit.html", {**context, "crumbs": _crumbs(_("Protokoll"))})


def _columns() -> list[dict[str, str]]:
    return [
        {"label": label} for label in (_("Wann"), _("Vorgang"), _("Wer"), _("Weg"), _("Felder"), _("Grund"), _("Sache"))
    ]


def _row(entry: AuditEntry, names: dict[UUID, str]) -> dict[str, Any]:
    def who(key: UUID | None) -> str:
        return (names.get(key) or str(key)) if key else ""

    actor = who(entry.actor_key) or (
        _("das Portal") if entry.channel in {Channel.SYSTEM, Channel.SEED} else _("jemand ohne Konto")
    )
    for_whom = who(entry.on_behalf_of)
    cells = [
        at_time(timezone.localtime(entry.at)),
        entry.action,
        format_html("{} <small>{}</small>", actor, _("für %(name)s") % {"name": for_whom}) if for_whom else actor,
        str(CHANNEL_LABELS.get(Channel(entry.channel), entry.channel))
        if entry.channel in set(Channel)
        else entry.channel,
        ", ".join(entry.fields),
        # As it was written, in whichever language; which the audit does not keep.
        format_html('<span lang="" dir="auto">{}</span>', entry.reason) if entry.reason else "",
        f"{entry.capability}/{entry.kind}/{entry.object_id}",
    ]
    return {"cells": cells}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def retention_plan(request: Request) -> HttpResponse:
    """What each room keeps and for how long; and, asked for, what the next night would delete.

    The rehearsal runs through everything and takes it back, so it is not done for every visit of the page.
    """
    rules.require_administrator(request.viewer)
    counts = retention.run(at=request.at, dry_run=True) if request.method == "POST" else None
    columns = [{"label": label} for label in (_("Was"), _("Raum"), _("Wie lange"))]
    if counts is not None:
        columns.append({"label": _("Geht heute Nacht")})
    rows = []
    for room in manifest.registry().values():
        for data in room.personal_data:
            days = data.retention.days if data.retention else 0
            lasts = (
                ngettext("%(n)s Tag", "%(n)s Tage", days) % {"n": days} if days else _("bis das Konto gelöscht wird")
            )
            cells = [str(data.label), str(room.label), lasts]
            if counts is not None:
                cells.append(str(counts.get(f"{room.name}.{data.kind}", "–")))
            rows.append({"cells": cells})
    total = None if counts is None else sum(counts.values())
    context = {"rows": rows, "columns": columns, "total": total, "crumbs": _crumbs(_("Aufbewahrung"))}
    return render(request, "accounts/staff/retention.html", context)


def _specs() -> list[tuple[str, SettingSpec]]:
    return [(str(room.label), spec) for room in manifest.registry().values() for spec in room.settings]


@never_cache
@require_safe
def settings_list(request: Request) -> HttpResponse:
    """What the city decides, room by room."""
    rules.require_administrator(request.viewer)
    rows = [
        {"cells": [str(spec.label), room, _value(spec)], "url": reverse("accounts:setting", args=[spec.key])}
        for room, spec in _specs()
    ]  # fmt: skip
    columns = [{"label": label} for label in (_("Einstellung"), _("Raum"), _("Wert"))]
    context = {"rows": rows, "columns": columns, "crumbs": _crumbs(_("Einstellungen"))}
    return render(request, "accounts/staff/settings.html", context)


def _value(spec: SettingSpec) -> Any:
    """What is set; words are the city's own and stay in its language, whatever that of the page is."""
    shown = SettingForm.shown(spec, city.setting(spec.key, spec.default))
    return format_html('<span lang="{}">{}</span>', settings.LANGUAGE_CODE, shown) if isinstance(shown, str) else shown


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setting(request: Request, key: str) -> HttpResponse:
    """One setting, changed with an entry in the audit."""
    rules.require_administrator(request.viewer)
    spec = next((spec for _room, spec in _specs() if spec.key == key), None)
    if spec is None:
        raise Http404
    shown = SettingForm.shown(spec, city.setting(key, spec.default))
    form = SettingForm(request.POST or None, spec=spec, initial={"value": shown})
    if request.method == "POST" and form.is_valid():
        with form.attempt():
            changes.change_setting(actor=request.actor, key=key, value=form.stored(spec))
            messages.success(request, _("Die Einstellung ist gespeichert."))
            return redirect("accounts:settings")
    context = {
        "title": spec.label,
        "crumbs": [
            (_("Verwaltung"), reverse("accounts:staff")),
            (_("Einstellungen"), reverse("accounts:settings")),
            (spec.label, ""),
        ],
    }
    return render_form(request, "accounts/staff/setting.html", form, context)
