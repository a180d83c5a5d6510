"""What the city does for a vote: opening one, letters with codes, the paper to fill in by hand, entering it."""

import csv
import io
import zipfile
from typing import Any
from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms.voting import LettersForm, PaperForm, PollForm
from allmende.capabilities.participation.models import Module
from allmende.capabilities.participation.queries import PollPage
from allmende.capabilities.participation.templatetags.voting import ending_words
from allmende.capabilities.participation.views.pages import crumbs, office_name, ours, remap, word
from allmende.capabilities.participation.views.voting import poll_crumbs
from allmende.capabilities.participation.workflow import voting as words
from allmende.core import city
from allmende.core.actor import Channel
from allmende.core.errors import Invalid, NotAllowed, NotFound
from allmende.core.http import Request
from allmende.engines.ballots.interface import voting
from allmende.ui import pdf
from allmende.ui.views import render_form

FIELDS_OF_ACTION = {"lot": "tie", "paper_until": "paper_days", "module": "title", "options": "title"}


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def poll_new(request: Request, number: int) -> HttpResponse:
    """Puts a part of a project to the vote (`?teil=`, its place). Which ones can be, follows from their phases."""
    viewer, at = request.viewer, request.at
    page = queries.project_by_number(number, viewer, at)
    rules.require_may_conduct(page.project, viewer, page.function)
    language, zone = viewer.language, city.current().zone
    back = reverse("participation:project", args=[number])
    ready: list[Module] = [module for module in page.modules if words.vote_span(module.spans(), at) is not None]
    asked = request.GET.get("teil", "")
    module = next((one for one in ready if str(one.order) == asked), ready[0] if len(ready) == 1 else None)
    title = _("Abstimmung eröffnen")
    context: dict[str, Any] = {
        "title": title,
        "cancel_url": back,
        "parts": [(word(one.title, language), f"?{urlencode({'teil': one.order})}") for one in ready],
        "phases_url": reverse("participation:project_phases", args=[number]),
        "crumbs": crumbs((word(page.project.title, language), back), (title, "")),
    }
    if module is None:
        return render(request, "participation/poll_new.html", context)
    span = words.vote_span(module.spans(), at)
    assert span is not None
    initial = {"title": word(page.project.title, "de"), "title_en": page.project.title.get("en", "")}
    form = PollForm(request.POST or None, module=module, span=span, language=language, zone=zone, initial=initial)
    context |= {
        "module_title": word(module.title, language),
        "span": span,
        "count": len(queries.options_of(module)),
        "form_fits": True,
    }
    if form.is_bound and form.is_valid():
        with form.attempt():
            try:
                made = actions.open_poll(
                    actor=request.actor, module_id=module.pk, at=at,
                    data=form.data_of_poll(is_example=page.project.is_example),
                )  # fmt: skip
            except Invalid as error:
                raise remap(error, FIELDS_OF_ACTION) from error
            messages.success(request, _("Die Abstimmung ist angelegt."))
            return redirect("participation:poll", number=made.number)
    return render_form(request, "participation/poll_new.html", form, context)


def _conducted(request: Request, number: int) -> PollPage:
    """Raises NotAllowed for who does not conduct the vote."""
    page = queries.poll_by_number(number, request.viewer, request.at)
    rules.require_may_conduct(page.project, request.viewer, page.function)
    return page


def _grouped(code: str) -> str:
    """Four by four, so that it can be read and typed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _qr(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def poll_letters(request: Request, number: int) -> HttpResponse:
    """Letters with codes: one file with PDF and CSV, made once. The codes are nowhere else."""
    page = _conducted(request, number)
    if page.vote.gate != voting.Gate.CODE:
        raise NotFound
    form = LettersForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            codes = voting.make_codes(
                actor=request.actor, vote_id=page.vote.pk, number=form.cleaned_data["number"], at=request.at
            )
            return _letters(request, page, codes)
    language = request.viewer.language
    context = {
        "title": _("Briefe mit Codes"),
        "poll_title": word(page.poll.title, language),
        "made": voting.made_codes(page.vote),
        "cancel_url": reverse("participation:poll", args=[number]),
        "crumbs": poll_crumbs(page, language, (_("Briefe"), "")),
    }
    return render_form(request, "participation/poll_letters.html", form, context)


def _letters(request: Request, page: PollPage, codes: list[str]) -> HttpResponse:
    number, language = page.poll.number, page.vote.language
    path = request.build_absolute_uri(reverse("participation:ballot", args=[number]))
    title = word(page.poll.title, language)
    letters = [(_grouped(code), f"{path}?{urlencode({'code': code})}") for code in codes]
    values = {
        "heading": title,
        "hello": _("Guten Tag,"),
        "why": _("mit diesem Brief können Sie abstimmen: %(title)s") % {"title": title},
        "until": _("Bis %(day)s.") % {"day": ending_words(page.vote.closes_at)},
        "code_title": _("Ihr Code"),
        "how": _("Öffnen Sie diese Adresse oder das Bild mit der Kamera Ihres Telefons und geben Sie den Code ein:"),
        "address": path,
        "qr_alt": _("QR-Code: führt zum Stimmzettel"),
        "note": _(
            "Der Code steht für eine Stimme. Wir wissen nicht, wer welchen Code bekommen hat. Geben Sie ihn niemandem."
        ),
        "office": office_name(page.project.group.department, language),
        "letters": [{"code": code, "qr": _qr(url)} for code, url in letters],
    }
    made = pdf.make(
        "participation/pdf/codes.typ", values, title=title, language=language, author=city.current().name, at=request.at
    )
    rows = io.StringIO()
    writer = csv.writer(rows, delimiter=";", lineterminator="\r\n")
    writer.writerow(["code", "url"])
    writer.writerows(letters)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("briefe.pdf", made)
        archive.writestr("codes.csv", "\ufeff" + rows.getvalue())
    response = HttpResponse(out.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="abstimmung-{number}-briefe.zip"'
    return response


@ours
@require_safe
def poll_paper(request: Request, number: int) -> HttpResponse:
    """The ballot paper for a pen, tagged."""
    page = queries.poll_by_number(number, request.viewer, request.at)
    vote, language = page.vote, request.viewer.language
    title = word(page.poll.title, language)
    here = request.build_absolute_uri(reverse("participation:poll", args=[number]))
    ends = ending_words(vote.closes_at)
    if vote.way == voting.Way.POINTS:
        how = ngettext(
            "Sie haben %(n)s Punkt. Schreiben Sie ihn in ein Feld.",
            "Sie haben %(n)s Punkte. Schreiben Sie in die Felder, wie viele Sie geben.",
            vote.most_points or 0,
        ) % {"n": vote.most_points}
    elif vote.budget:
        how = _("Kreuzen Sie an, bis %(budget)s verplant sind. Es muss nicht alles sein.") % {
            "budget": words.euros(vote.budget, language)
        }
    elif vote.most_choices:
        how = _("Kreuzen Sie höchstens %(n)s an.") % {"n": vote.most_choices}
    else:
        how = _("Kreuzen Sie alles an, was Sie gut finden.")
    is_code = vote.gate == voting.Gate.CODE
    values = {
        "heading": title,
        "until": _("Abgeben bis %(day)s.") % {"day": ends},
        "how": how,
        "qr": _qr(here),
        "qr_alt": _("QR-Code: führt zur Seite der Abstimmung"),
        "number": _("Code aus Ihrem Brief") if is_code else _("Nummer (trägt das Amt ein)"),
        "options": [
            {
                "title": option.title,
                "language": option.language,
                "cost": words.euros(option.cost, language) if option.cost else "",
            }
            for option in page.options
        ],
        "note": _("Schreiben Sie keinen Namen auf den Zettel. Jeder Mensch stimmt einmal ab: im Netz oder auf Papier."),
        "address": here,
    }
    made = pdf.make(
        "participation/pdf/ballot.typ", values, title=title, language=language, author=city.current().name,
        at=vote.opens_at,
    )  # fmt: skip
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="stimmzettel-{number}.pdf"'
    return response


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def poll_enter(request: Request, number: int) -> HttpResponse:
    """One paper after the other, on the same counting path. What others have entered is not shown."""
    viewer, at = request.viewer, request.at
    rules.require_signed_in(viewer)
    if not rules.may_enter(viewer):
        raise NotAllowed
    page = queries.poll_by_number(number, viewer, at)
    language, vote = viewer.language, page.vote
    form = PaperForm(request.POST or None, vote=vote, options=page.options, language=language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            paper = form.cleaned_data["paper"]
            is_code = vote.gate == voting.Gate.CODE
            voting.cast_ballot(
                actor=request.actor.without_key().via(Channel.PAPER),
                vote_id=vote.pk,
                choices=form.choices_of(),
                at=at,
                code=paper if is_code else "",
                paper=paper,
            )
            messages.success(request, _("Der Zettel ist eingegeben. Der nächste bitte."))
            return redirect("participation:poll_enter", number=number)
    is_open = page.phase is voting.Phase.RUNNING or (page.phase is voting.Phase.WAITING and at < vote.counts_at)
    context = {
        "title": _("Zettel eingeben"),
        "poll_title": word(page.poll.title, language),
        "vote": vote,
        "budget": words.euros(vote.budget, language) if vote.budget else "",
        "is_open": is_open,
        "count": voting.cast_so_far(vote),
        "cancel_url": reverse("participation:poll", args=[number]),
        "crumbs": poll_crumbs(page, language, (_("Zettel eingeben"), "")),
    }
    return render_form(request, "participation/poll_enter.html", form, context)
