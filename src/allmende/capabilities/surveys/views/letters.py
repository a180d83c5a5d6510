"""Letters and e-mails with codes, and reminders. Codes are shown once, in the file that is made here."""

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from allmende.accounts import interface as accounts
from allmende.capabilities.surveys import actions, queries, rules
from allmende.capabilities.surveys.actions.invitations import Reminder
from allmende.capabilities.surveys.actions.post import Letter
from allmende.capabilities.surveys.forms.invitations import AddressesForm, LettersForm, PostForm
from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.rules import answering
from allmende.capabilities.surveys.views.pages import office_name, ours, survey_crumbs, titled, word
from allmende.capabilities.surveys.workflow import Access
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui import pdf
from allmende.ui.views import render_form


def qr(address: str) -> str:
    """The address as an SVG picture for a camera."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


def _day(survey: Survey) -> str:
    assert survey.closes_at is not None  # by constraint, once it is checked
    return formats.date_format(timezone.localtime(survey.closes_at), "DATETIME_FORMAT")


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: Request, number: int) -> HttpResponse:
    """Makes print runs, writes e-mails, or reminds; told apart by the button that was pressed."""
    rules.require_may_edit(request.viewer)
    survey = queries.survey_by_number(number, request.viewer)
    if survey.access != Access.CODE:
        raise NotFound
    verb = request.POST.get("verb", "")
    forms = {
        "print": LettersForm(request.POST if verb == "print" else None, prefix="print"),
        "post": PostForm(request.POST if verb == "post" else None, prefix="post"),
        "mail": AddressesForm(request.POST if verb == "mail" else None, prefix="mail"),
    }
    form = forms.get(verb)
    if form is not None and form.is_valid():
        with form.attempt():
            return _DO[verb](request, survey, form.cleaned_data)
    if verb in _REMIND:
        return _REMIND[verb](request, survey)
    language = request.viewer.language
    context: dict[str, Any] = {
        "survey": survey,
        **titled(survey, language),
        "counts": queries.invited(survey),
        "print_form": forms["print"],
        "post_form": forms["post"],
        "mail_form": forms["mail"],
        "cancel_url": reverse("surveys:survey", args=[number]),
        "crumbs": survey_crumbs(survey, language, (_("Briefe und Einladungen"), "")),
    }
    return render_form(request, "surveys/letters.html", form, context)


def _print(request: Request, survey: Survey, data: dict[str, Any]) -> HttpResponse:
    codes = actions.make_codes(
        actor=request.actor.without_key(), survey_id=survey.pk, number=data["number"], at=request.at
    )
    return _archive(request, survey, [Letter((), code) for code in codes])


def _post(request: Request, survey: Survey, data: dict[str, Any]) -> HttpResponse:
    made = actions.write_letters(
        actor=request.actor.without_key(), survey_id=survey.pk, addresses=data["addresses"], at=request.at
    )
    return _archive(request, survey, made)


def _mail(request: Request, survey: Survey, data: dict[str, Any]) -> HttpResponse:
    made = actions.invite_by_mail(
        actor=request.actor.without_key(), survey_id=survey.pk, at=request.at, addresses=data["addresses"]
    )
    _send(request, survey, made, "surveys/mail/invitation")
    said = ngettext("%d Einladung ist unterwegs.", "%d Einladungen sind unterwegs.", len(made)) % len(made)
    messages.success(request, said)
    return redirect("surveys:letters", number=survey.number)


def _remind_by_mail(request: Request, survey: Survey) -> HttpResponse:
    found = actions.remind_by_mail(actor=request.actor.without_key(), survey_id=survey.pk, at=request.at)
    _send(request, survey, found, "surveys/mail/reminder")
    said = ngettext("%d Erinnerung ist unterwegs.", "%d Erinnerungen sind unterwegs.", len(found)) % len(found)
    messages.success(request, said)
    return redirect("surveys:letters", number=survey.number)


def _remind_by_post(request: Request, survey: Survey) -> HttpResponse:
    """Only letters: no table that could be sorted and kept."""
    found = actions.remind_by_letter(actor=request.actor.without_key(), survey_id=survey.pk, at=request.at)
    if not found:
        messages.info(request, _("Zurzeit ist niemand per Brief zu erinnern."))
        return redirect("surveys:letters", number=survey.number)
    with translation.override("de"):
        why = _("vor einiger Zeit haben wir Ihnen geschrieben. Ihr Code ist noch nicht benutzt, es ist noch Zeit.")
        made = _pdf(request, survey, found, why=why)
    return _download(made, f"umfrage-{survey.number}-erinnerung.pdf")


def _remind_all(request: Request, survey: Survey) -> HttpResponse:
    """One letter without a code, for everybody who got one: nothing is known, so nothing can be learned from it."""
    with translation.override("de"):
        why = _(
            "vor einiger Zeit haben wir Ihnen geschrieben. Haben Sie schon geantwortet? Dann danke, Sie müssen nichts "
            "mehr tun. Sonst ist noch Zeit: Ihr Code steht in unserem ersten Brief."
        )
        made = _pdf(request, survey, [Letter((), "")], why=why)
    return _download(made, f"umfrage-{survey.number}-erinnerung-an-alle.pdf")


_DO = {"print": _print, "post": _post, "mail": _mail}
_REMIND = {"remind": _remind_by_mail, "remind-post": _remind_by_post, "remind-all": _remind_all}


def _address(request: Request, survey: Survey) -> str:
    return request.build_absolute_uri(reverse("surveys:answer", args=[survey.number]))


def _send(request: Request, survey: Survey, people: list[Reminder], template: str) -> None:
    """One mail each; the list goes nowhere else."""
    address = _address(request, survey)
    values = {"title": word(survey.title, "de"), "until": _day(survey), "minutes": survey.minutes}
    for one in people:
        link = f"{address}?{urlencode({'code': one.code})}"
        accounts.post_mail(template, one.address, {**values, "code": answering.grouped(one.code), "url": link})


def _pdf(request: Request, survey: Survey, run: Sequence[Letter], *, why: str = "") -> bytes:
    """The letters, one page each, in German: so are the survey's title and what it is for."""
    address, title = _address(request, survey), word(survey.title, "de")
    with translation.override("de"):
        values = {
            "heading": title,
            "hello": _("Guten Tag,"),
            "why": why or word(survey.summary, "de"),
            "until": _("Bitte antworten Sie bis %(day)s.") % {"day": _day(survey)},
            "code_title": _("Ihr Code"),
            "how": _(
                "Öffnen Sie diese Adresse oder das Bild mit der Kamera Ihres Telefons und geben Sie den Code ein:"
            ),
            "address": address,
            "qr_alt": _("QR-Code: führt zur Umfrage"),
            "note": _note(run),
            "office": office_name(survey.department, "de"),
            "letters": [
                {
                    "lines": list(one.lines),
                    "code": answering.grouped(one.code),
                    "qr": qr(f"{address}?{urlencode({'code': one.code})}" if one.code else address),
                }
                for one in run
            ],
        }
    return pdf.make(
        "surveys/pdf/letters.typ", values, title=title, language="de", author=city.current().name, at=request.at
    )


def _note(run: Sequence[Letter]) -> str:
    """What the city knows of the code, said as it is."""
    paper = _("Lieber auf Papier? Rufen Sie uns an, wir senden Ihnen den Fragebogen.")
    if any(one.lines for one in run):
        known = _(
            "Jeder Code zählt einmal. Zu welcher Anschrift er gehört, liegt verschlüsselt bei uns, nur damit wir "
            "erinnern können, und wird gelöscht, sobald er benutzt ist. Ihre Antworten liegen getrennt davon."
        )
    else:
        known = _(
            "Jeder Code zählt einmal. Wir wissen nicht, wer welchen Code bekommen hat, und Ihre Antworten liegen "
            "getrennt davon."
        )
    return f"{known} {paper}"


def _archive(request: Request, survey: Survey, run: Sequence[Letter]) -> HttpResponse:
    """The letters as PDF, and the same codes as CSV for a printing house. This is the only time they are readable."""
    address = _address(request, survey)
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(["code", "url"])
    writer.writerows((answering.grouped(one.code), f"{address}?{urlencode({'code': one.code})}") for one in run)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("briefe.pdf", _pdf(request, survey, run))
        if not any(one.lines for one in run):
            archive.writestr("codes.csv", "\ufeff" + table.getvalue())
    return _download(out.getvalue(), f"umfrage-{survey.number}-briefe.zip")


def _download(content: bytes, name: str) -> HttpResponse:
    kind = "application/pdf" if name.endswith(".pdf") else "application/zip"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
