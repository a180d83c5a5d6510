"""Letters and e-mails with codes, and reminders. Codes are shown once, in the file that is made here."""

import csv
import io
import zipfile
from typing import Any
from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from allmende.accounts import interface as accounts
from allmende.capabilities.surveys import actions, queries, rules
from allmende.capabilities.surveys.actions.invitations import Reminder
from allmende.capabilities.surveys.forms.invitations import AddressesForm, LettersForm
from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.rules import answering
from allmende.capabilities.surveys.views.pages import office_name, ours, survey_crumbs, word
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
    """Makes a print run, writes e-mails, or reminds; three forms, told apart by the button that was pressed."""
    rules.require_may_edit(request.viewer)
    survey = queries.survey_by_number(number, request.viewer)
    if survey.access != Access.CODE:
        raise NotFound
    verb = request.POST.get("verb", "")
    print_form = LettersForm(request.POST if verb == "print" else None, prefix="print")
    mail_form = AddressesForm(request.POST if verb == "mail" else None, prefix="mail")
    if verb == "print" and print_form.is_valid():
        with print_form.attempt():
            codes = actions.make_codes(
                actor=request.actor.without_key(), survey_id=survey.pk, number=print_form.cleaned_data["number"],
                at=request.at,
            )  # fmt: skip
            return _archive(request, survey, codes)
    if verb == "mail" and mail_form.is_valid():
        with mail_form.attempt():
            made = actions.invite_by_mail(
                actor=request.actor.without_key(), survey_id=survey.pk, at=request.at,
                addresses=mail_form.cleaned_data["addresses"],
            )  # fmt: skip
            _send(request, survey, made, "surveys/mail/invitation")
            said = ngettext("%d Einladung ist unterwegs.", "%d Einladungen sind unterwegs.", len(made)) % len(made)
            messages.success(request, said)
            return redirect("surveys:letters", number=number)
    if verb == "remind":
        found = actions.remind_by_mail(actor=request.actor.without_key(), survey_id=survey.pk, at=request.at)
        _send(request, survey, found, "surveys/mail/reminder")
        said = ngettext("%d Erinnerung ist unterwegs.", "%d Erinnerungen sind unterwegs.", len(found)) % len(found)
        messages.success(request, said)
        return redirect("surveys:letters", number=number)
    language = request.viewer.language
    context: dict[str, Any] = {
        "survey": survey,
        "survey_title": word(survey.title, language),
        "counts": queries.invited(survey),
        "print_form": print_form,
        "mail_form": mail_form,
        "cancel_url": reverse("surveys:survey", args=[number]),
        "crumbs": survey_crumbs(survey, language, (_("Briefe und Einladungen"), "")),
    }
    form = next((one for one in (print_form, mail_form) if one.is_bound), None)
    return render_form(request, "surveys/letters.html", form, context)


def _address(request: Request, survey: Survey) -> str:
    return request.build_absolute_uri(reverse("surveys:answer", args=[survey.number]))


def _send(request: Request, survey: Survey, people: list[Reminder], template: str) -> None:
    """One mail each; the list goes nowhere else."""
    address = _address(request, survey)
    values = {"title": word(survey.title, "de"), "until": _day(survey), "minutes": survey.minutes}
    for one in people:
        link = f"{address}?{urlencode({'code': one.code})}"
        accounts.post_mail(template, one.address, {**values, "code": answering.grouped(one.code), "url": link})


def _archive(request: Request, survey: Survey, codes: list[str]) -> HttpResponse:
    """The letters as PDF, and the same codes as CSV for a printing house. This is the only time they are readable."""
    address, title = _address(request, survey), word(survey.title, "de")
    rows = [(answering.grouped(code), f"{address}?{urlencode({'code': code})}") for code in codes]
    values = {
        "heading": title,
        "hello": _("Guten Tag,"),
        "why": word(survey.summary, "de"),
        "until": _("Bitte antworten Sie bis %(day)s.") % {"day": _day(survey)},
        "code_title": _("Ihr Code"),
        "how": _("Öffnen Sie diese Adresse oder das Bild mit der Kamera Ihres Telefons und geben Sie den Code ein:"),
        "address": address,
        "qr_alt": _("QR-Code: führt zur Umfrage"),
        "note": _(
            "Jeder Code zählt einmal. Wir wissen nicht, wer welchen Code bekommen hat, und Ihre Antworten liegen "
            "getrennt davon. Lieber auf Papier? Rufen Sie uns an, wir senden Ihnen den Fragebogen."
        ),
        "office": office_name(survey.department, "de"),
        "letters": [{"code": code, "qr": qr(url)} for code, url in rows],
    }
    made = pdf.make(
        "surveys/pdf/letters.typ", values, title=title, language="de", author=city.current().name, at=request.at
    )
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(["code", "url"])
    writer.writerows(rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("briefe.pdf", made)
        archive.writestr("codes.csv", "\ufeff" + table.getvalue())
    response = HttpResponse(out.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="umfrage-{survey.number}-briefe.zip"'
    return response
