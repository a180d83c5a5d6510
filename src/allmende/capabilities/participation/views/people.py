"""Handing over the chair; certificates."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms.people import CertificateForm, HandoverForm, IssueForm
from allmende.capabilities.participation.models import Certificate, GroupMember, WorkingGroup
from allmende.capabilities.participation.views.pages import crumbs, office_name, ours, word
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui import pdf
from allmende.ui.views import render_form


def _checklist(group: WorkingGroup, request: Request) -> list[dict[str, str]]:
    """What is open in the group, each with the place where one sees to it."""
    found = queries.open_in(group.pk, request.at)
    language = request.viewer.language
    tasks = ngettext("%(n)s offene Aufgabe", "%(n)s offene Aufgaben", found.tasks) % {"n": found.tasks}
    late = ngettext("davon %(n)s überfällig", "davon %(n)s überfällig", found.late) % {"n": found.late}
    answers = ngettext(
        "%(n)s Beitrag wartet auf einen nächsten Schritt", "%(n)s Beiträge warten auf einen nächsten Schritt",
        found.answers,
    ) % {"n": found.answers}  # fmt: skip
    dates = ngettext("%(n)s geplantes Treffen", "%(n)s geplante Treffen", found.meetings) % {"n": found.meetings}
    here = reverse("participation:group", args=[group.slug])
    rows = [
        {"text": tasks, "more": late if found.late else "", "url": reverse("participation:tasks", args=[group.slug])},
        {"text": answers, "more": "", "url": f"{reverse('participation:ideas')}?group={group.slug}"},
        {"text": dates, "more": "", "url": here},
    ]
    for store in found.stores:
        closes = formats.date_format(timezone.localtime(store.closes_at), "DATE_FORMAT") if store.closes_at else ""
        more = _("offen bis %(day)s") % {"day": closes}
        if store.closes_at is not None and store.closes_at <= request.at:
            more = _("wartet auf die Zusammenfassung")
        url = reverse("participation:store", args=[store.number])
        rows.append({"text": word(store.title, language), "more": more, "url": url})
    for meeting in found.minutes:
        url = reverse("participation:minutes_write", args=[meeting.number])
        rows.append({"text": word(meeting.topic, language), "more": _("Protokoll fehlt noch"), "url": url})
    return rows


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: Request, slug: str) -> HttpResponse:
    """Proposing, accepting, declining at one address, with the list of what is open."""
    person = rules.require_signed_in(request.viewer)
    page = queries.group_by_slug(slug, request.viewer, request.at)
    group, waiting = page.group, queries.handover_of(page.group.pk)
    asked = waiting is not None and waiting.successor_id == person
    editor = rules.may_appoint(request.viewer)
    if not (asked or editor or page.function == GroupMember.Function.CHAIR):
        raise NotFound
    members = [member for member in queries.members_of(group.pk) if member.function != GroupMember.Function.CHAIR]
    sent = request.POST if request.method == "POST" else None
    form = HandoverForm(sent, members=members) if waiting is None else None
    if waiting is not None and sent is not None:
        accept = sent.get("do") == "accept"
        actions.end_handover(actor=request.actor, group_id=group.pk, accept=accept, at=request.at)
        done = _("Der Vorsitz ist übergeben. Danke an beide.") if accept else _("Es bleibt, wie es war.")
        messages.success(request, done)
        return redirect("participation:group", slug=slug)
    if form is not None and form.is_bound and form.is_valid():
        with form.attempt():
            actions.propose_handover(
                actor=request.actor,
                group_id=group.pk,
                successor_id=UUID(form.cleaned_data["successor"]),
                note=form.cleaned_data["note"],
                at=request.at,
            )
            messages.success(request, _("Die Person ist gefragt. Sie bekommt Bescheid."))
            return redirect("participation:handover", slug=slug)
    title = word(group.names, request.viewer.language)
    context = {
        "title": title,
        "waiting": waiting,
        "successor": queries.name_of(waiting.successor_id) if waiting is not None else "",
        "asked": asked,
        "may_accept": asked or editor,
        "checklist": _checklist(group, request),
        "office": office_name(group.department, request.viewer.language),
        "members": members,
        "cancel_url": reverse("participation:group", args=[slug]),
        "crumbs": crumbs((title, reverse("participation:group", args=[slug])), (_("Vorsitz übergeben"), "")),
    }
    return render_form(request, "participation/handover.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_ask(request: Request, slug: str) -> HttpResponse:
    """A member asks; whoever never was one is told why not."""
    person = rules.require_signed_in(request.viewer)
    group = queries.group_by_slug(slug, request.viewer, request.at).group
    form = CertificateForm(request.POST or None, initial={"name": queries.name_of(person)})
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.request_certificate(
                actor=request.actor,
                group_id=group.pk,
                name=form.cleaned_data["name"],
                hours=form.cleaned_data["hours"],
                at=request.at,
            )
            messages.success(request, _("Der Vorsitz der Gruppe hat Ihre Bitte. Sie bekommen Bescheid."))
            return redirect("participation:my_work")
    title, back = word(group.names, request.viewer.language), reverse("participation:my_work")
    context = {
        "title": _("Bescheinigung für %(group)s") % {"group": title}, "submit": _("Um die Bescheinigung bitten"),
        "cancel_url": back, "crumbs": crumbs((_("Meine Mitarbeit"), back), (_("Bescheinigung"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_give(request: Request, number: int) -> HttpResponse:
    """The chair or an editor gives a certificate, or says why not."""
    row = queries.certificate_by_number(number)
    function = queries.function_in(request.viewer, row.group_id)
    rules.require_signed_in(request.viewer)
    if not rules.may_edit_store(request.viewer, function) or row.person_id == request.viewer.person_id:
        raise NotFound
    form = IssueForm(request.POST or None, initial={"hours": row.hours, "what": "issue"})
    if form.is_bound and form.is_valid():
        with form.attempt():
            if form.cleaned_data["what"] == "issue":
                actions.issue_certificate(
                    actor=request.actor,
                    certificate_id=row.pk,
                    hours=form.cleaned_data["hours"],
                    thanks=form.cleaned_data["thanks"],
                    at=request.at,
                )
            else:
                actions.decline_certificate(
                    actor=request.actor, certificate_id=row.pk, reason=form.cleaned_data["reason"], at=request.at
                )
            messages.success(request, _("Gespeichert. Die Person bekommt Bescheid."))
            return redirect("participation:group", slug=row.group.slug)
    title, back = word(row.group.names, request.viewer.language), reverse("participation:group", args=[row.group.slug])
    context = {
        "title": _("Bescheinigung für %(name)s") % {"name": row.name}, "submit": _("Speichern"), "cancel_url": back,
        "crumbs": crumbs((title, back), (_("Bescheinigung"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


def _period(one: dict[str, Any]) -> str:
    function = GroupMember.Function(one["function"]).label
    since = formats.date_format(timezone.localtime(datetime.fromisoformat(one["since"])), "DATE_FORMAT")
    if one["until"] is None:
        return _("%(function)s seit %(since)s") % {"function": function, "since": since}
    until = formats.date_format(timezone.localtime(datetime.fromisoformat(one["until"])), "DATE_FORMAT")
    return _("%(function)s vom %(since)s bis %(until)s") % {"function": function, "since": since, "until": until}


def _paper(row: Certificate, language: str) -> dict[str, Any]:
    """What stands on the certificate, in words."""
    facts = row.content
    meetings = ngettext("an %(n)s Treffen teilgenommen", "an %(n)s Treffen teilgenommen", facts["meetings"])
    done = ngettext("%(n)s Aufgabe erledigt", "%(n)s Aufgaben erledigt", facts["tasks"])
    hours = ngettext("nach Angabe %(n)s Stunde", "nach Angabe %(n)s Stunden", row.hours or 0)
    lines = [_period(one) for one in facts["periods"]]
    lines += [meetings % {"n": facts["meetings"]}] if facts["meetings"] else []
    lines += [done % {"n": facts["tasks"]}] if facts["tasks"] else []
    lines += [hours % {"n": row.hours}] if row.hours else []
    day = formats.date_format(timezone.localtime(row.issued_at), "DATE_FORMAT") if row.issued_at else ""
    return {
        "heading": _("Bescheinigung über ehrenamtliche Mitarbeit"),
        "name": row.name,
        "intro": _("hat ehrenamtlich in der Gruppe „%(group)s“ mitgearbeitet:")
        % {"group": word(row.group.names, language)},
        "lines": lines,
        "thanks": row.thanks or _("Was eine Stadt ausmacht, sind Menschen, die sich Zeit für sie nehmen. Danke."),
        "place": _("%(city)s, %(day)s") % {"city": city.current().name, "day": day},
        "office": office_name(row.group.department, language),
        "number": _("Nummer %(n)s") % {"n": row.number},
        "colour": city.current().colours["primary_deep"],
    }


@ours
@require_safe
def certificate_pdf(request: Request, number: int) -> HttpResponse:
    """For its person alone. Tagged (PDF/UA-1)."""
    person = rules.require_signed_in(request.viewer)
    row = queries.certificate_by_number(number)
    if row.person_id != person or row.issued_at is None:
        raise NotFound
    language = request.viewer.language
    made = pdf.make(
        "participation/pdf/certificate.typ",
        _paper(row, language),
        title=_("Bescheinigung über ehrenamtliche Mitarbeit"),
        language=language,
        author=city.current().name,
        at=row.issued_at,
    )
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="bescheinigung-{row.number}.pdf"'
    return response
