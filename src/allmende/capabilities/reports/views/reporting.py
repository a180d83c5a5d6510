"""Reporting: four steps on one address, without script, cookie or account; the danger stopper; who else it is."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import actions
from allmende.capabilities.reports.forms.reporting import (
    KIND,
    SEND,
    STEPS,
    WHAT,
    WHERE,
    ReportForm,
    brought,
    carried,
    where,
)
from allmende.capabilities.reports.forms.simple import reword
from allmende.capabilities.reports.models import Asset, Category
from allmende.capabilities.reports.queries import assets, reports, routing
from allmende.capabilities.reports.queries import categories as kinds
from allmende.capabilities.reports.rules.proposing import is_danger
from allmende.capabilities.reports.views import asking, photo, simple, spoken
from allmende.capabilities.reports.views.pages import Row, crumbs, private_url, rows_of
from allmende.core import city
from allmende.core.actor import Channel
from allmende.core.errors import Invalid
from allmende.core.http import Request
from allmende.engines.discussion import interface as discussion
from allmende.engines.media import interface as media
from allmende.engines.places import interface as places
from allmende.ui.forms import Form
from allmende.ui.pages import office_name, ours, word
from allmende.ui.views import render_form

PER_HOUR = 30
"""So many reports may come from one household or person in an hour, unless the city decides otherwise."""
PER_HOUR_NETWORK = 120
"""So many without a browser's work may come from one network in an hour, unless the city decides otherwise."""
HOUR = timedelta(hours=1)
DANGER_WORDS = (
    "feuer", "brennt", "brand", "explosion", "gasgeruch", "riecht nach gas", "stromkabel", "stromleitung",
    "strom liegt", "verletzt", "bewusstlos", "unfall", "eingeklemmt", "ertrinkt", "lebensgefahr", "bombe", "munition",
    "on fire", "gas leak", "smell of gas", "power line", "injured", "unconscious",
)  # fmt: skip
"""Words after which the form first points to 112, unless the city decides otherwise."""
ALT_LIMIT = 200


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def report_new(request: Request) -> HttpResponse:
    """The form. Which step comes next follows from what was sent; nothing is kept between two of them."""
    offered = kinds.active()
    if request.method != "POST":
        return _show(request, WHAT, _scanned(dict(request.GET.items()), request.viewer.language), offered)
    data = photo.accepted(request.POST)
    sent: dict[str, Any] = dict(data.items())
    if request.POST.get("step") == asking.STEP:
        return _asked(request, sent, offered)
    step = _step(request.POST.get("step", ""))
    if request.POST.get("go") in {"back", *simple.CHOICES}:
        return _back(request, step, sent, offered)
    if step == WHAT:
        photo.read(request, sent)
    form = _made(request, step, offered, data, request.FILES)
    searching = places.search_step(form)
    if not searching and form.is_valid():
        with form.attempt():
            return _accept(request, form, sent, offered)
    wrong = step if searching else form.first_wrong
    if wrong == step:
        return _show(request, step, sent, offered, form)
    earlier = _made(request, wrong, offered, sent)  # somebody has sent a step without those before it
    return _show(request, wrong, sent, offered, earlier, problem=form)


def _reworded(request: Request, sent: dict[str, Any], offered: Sequence[Category]) -> HttpResponse:
    """The first step again, in the words that were chosen; what was typed and the photo stay."""
    word = str(request.POST["go"])
    simple.choose(request, word)
    form = _made(request, WHAT, offered, request.POST, request.FILES)
    form.is_valid()  # what is missing is asked when it is sent
    form.cleaned_data.setdefault("words", "")
    with contextlib.suppress(Invalid):
        sent["photo_ticket"] = _photo(request, form)
    return simple.keep(_show(request, WHAT, sent, offered), word)


def _back(request: Request, step: int, sent: dict[str, Any], offered: Sequence[Category]) -> HttpResponse:
    if request.POST.get("go") in simple.CHOICES:
        return _reworded(request, sent, offered)
    chosen = _chosen(sent, offered) if step == SEND else None
    page = asking.page(request, chosen, sent) if chosen else None
    return page or _show(request, max(WHAT, step - 1), sent, offered)


def _accept(request: Request, form: ReportForm, sent: dict[str, Any], offered: Sequence[Category]) -> HttpResponse:
    """What a step in order leads to: the next one, the stopper, who else it is, or a report. Raises domain errors."""
    sent["photo_ticket"] = _photo(request, form)
    sent["recording_ticket"] = spoken.ticket(request, form)
    if form.step == SEND:
        return _submit(request, form, sent)
    if form.step == WHAT and not request.POST.get("calm"):
        found = is_danger(form.cleaned_data["words"], city.setting("reports.danger_words", list(DANGER_WORDS)))
        if found:
            return _danger(request, form, sent, found)
    if form.step == WHERE:
        sent |= _meant_asset(sent, request.viewer.language)
    if form.step == KIND:
        chosen = next(one for one in offered if one.slug == form.cleaned_data["category"])
        if chosen.elsewhere:
            return _show(request, KIND, sent, offered, elsewhere=chosen)
        return asking.page(request, chosen, sent) or _show(request, SEND, sent, offered)
    if form.step == WHERE:
        photo.forget(sent)
    return _show(request, form.step + 1, sent, offered)


def _chosen(sent: Mapping[str, Any], offered: Sequence[Category]) -> Category | None:
    return next((one for one in offered if one.slug == sent.get("category")), None)


def _asked(request: Request, sent: dict[str, Any], offered: Sequence[Category]) -> HttpResponse:
    """After the page of the category's own questions: on to sending, back to the kind, or the page again."""
    chosen = _chosen(sent, offered)
    if chosen is None or request.POST.get("go") == "back":
        return _show(request, KIND, sent, offered)
    form = asking.sent_form(request, chosen)
    if form is not None:
        if not form.is_valid() or form.more:
            return asking.show(request, chosen, sent, form)
        sent["answers"] = asking.packed(form)
    return _show(request, SEND, sent, offered)


def _scanned(sent: dict[str, Any], language: str) -> dict[str, Any]:
    """What the QR code of a numbered thing brings: place, kind of fault, and the thing itself."""
    found = assets.by_code(str(sent.get("asset", "")))
    if found is None:
        return {**sent, "asset": ""}
    category = found.kind.category.slug if found.kind.category else ""
    return {**sent, "category": sent.get("category") or category, **_at_asset(found, language)}


def _meant_asset(sent: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The numbered thing that the words for the place name („Laterne 4711“), and where it is; else none."""
    said, known = str(sent.get("place", "")), assets.by_code(str(sent.get("asset", "")))
    if known is not None and known.title(language) in said:
        return {}
    found = assets.find(said)
    return {"asset": ""} if found is None else _at_asset(found, language)


def _at_asset(found: Asset, language: str) -> dict[str, Any]:
    words = ", ".join(part for part in (found.title(language), found.place) if part)[:200]
    at = f"p:{found.longitude:.6f},{found.latitude:.6f}"
    return {"asset": found.code, "place": words, "place_for": words, "place_at": at}


def _step(text: str) -> int:
    return int(text) if text in {"1", "2", "3", "4"} else WHAT


def _made(
    request: Request, step: int, offered: Sequence[Category], *sent: Any, initial: Mapping[str, Any] | None = None
) -> ReportForm:
    form = ReportForm(
        *sent,
        step=step,
        categories=offered,
        viewer=request.viewer,
        initial=dict(initial or {}),
    )
    if simple.is_on(request):
        reword(form)
    return form


def _photo(request: Request, form: ReportForm) -> str:
    """The ticket of the picture: a new one, or the one that was there. Raises Invalid."""
    file = form.cleaned_data.get("photo")
    if not isinstance(file, UploadedFile):
        removed = request.POST.get("photo_remove")
        return "" if removed else str(request.POST.get("photo_ticket", ""))[:400]
    times = 2 * int(city.setting("reports.per_hour", PER_HOUR))  # a photo waits on the disk before the report is sent
    accounts.limit(request, "reports.photo", times=times, per=HOUR)
    kept = media.take_image_later(
        file, alt=_alt(form.cleaned_data["words"]), actor=request.actor, at=request.at, field="photo",
        language=request.viewer.language,
    )  # fmt: skip
    return media.ticket_of(kept.pk)


def _alt(words: str) -> str:
    """What the picture shows is what its sender says is wrong."""
    plain = " ".join(words.split()) or _("Foto zur Meldung")
    return plain if len(plain) <= ALT_LIMIT else f"{plain[: ALT_LIMIT - 1].rstrip()}…"


def _submit(request: Request, form: ReportForm, sent: Mapping[str, Any]) -> HttpResponse:
    values, language = form.cleaned_data, request.viewer.language
    times = int(city.setting("reports.per_hour", PER_HOUR))
    proof = accounts.check_visitor(request, "reports.submit", times=times)
    if proof != "proved":  # a flood changes addresses within its network; whose browser has worked is not held up by it
        most = int(city.setting("reports.per_hour_network", PER_HOUR_NETWORK))
        accounts.limit(request, "reports.network", times=most, per=HOUR, subject=accounts.network_of(request))
    image_id = _image_id(str(sent.get("photo_ticket", "")))
    by_hand = values.get("channel") or ""
    anonymous = by_hand or not request.viewer.is_signed_in
    report = actions.submit_report(
        actor=request.actor.via(Channel(by_hand)) if by_hand else request.actor,
        data=actions.ReportData(
            words=values["words"],
            category=values["category"],
            place=values["place"].text,
            point=values["place"].point,
            detail=values["detail"],
            answers=asking.unpacked(sent),
            asset=str(sent.get("asset", "")),
        ),
        contact=form.contact(language) if anonymous else None,
        image_id=image_id,
        recording_id=spoken.kept(sent),
        language=language,
        proven=proof == "proved",
        at=request.at,
    )
    return redirect(f"{private_url(report)}&neu=1")


def _image_id(ticket: str) -> Any:
    """None for a picture that is attached already: the form was sent a second time. What is too old is left out."""
    try:
        return media.kept_image(ticket).pk if ticket else None
    except Invalid:
        return None


def _danger(request: Request, form: ReportForm, sent: Mapping[str, Any], found: str) -> HttpResponse:
    """Stops before anything is sent: whoever is in danger needs the telephone, not a form."""
    context = {
        "form": form,
        "found": found,
        "carried": [(name, value) for name, value in carried(sent, 0) if name != "calm"],
        "crumbs": crumbs((_("Schaden melden"), "")),
    }
    return render(request, "reports/danger.html", context)


def _show(
    request: Request,
    step: int,
    sent: Mapping[str, Any],
    offered: Sequence[Category],
    form: ReportForm | None = None,
    *,
    elsewhere: Category | None = None,
    problem: ReportForm | None = None,
) -> HttpResponse:
    """The page of a step: as it was sent, or as it begins with what is known."""
    language = request.viewer.language
    proposals = kinds.proposals(str(sent.get("words", "")), offered) if step == KIND else []
    if form is None:
        initial = brought(sent, step)
        if step == KIND and not initial.get("category") and proposals:
            initial["category"] = proposals[0].slug
        form = _made(request, step, offered, initial=initial)
        form.made = Form(sent).once  # one key for all steps, so that a report sent twice counts once
    names = {one.slug: one.name(language) for one in offered}
    context: dict[str, Any] = {
        "step": step,
        "simple": simple.language(request),
        "steps": [str(label) for label in STEPS],
        "carried": carried(sent, step),
        "photo": _kept(sent) if step == WHAT else None,
        "notes": photo.carried(sent) if step == WHAT else [],
        "offer": photo.offer(sent) if step == WHERE else None,
        "about": sent.get("place", "") if step == WHAT and sent.get("asset") else "",
        "recording_ticket": sent.get("recording_ticket", "") if step == WHAT else "",
        "photo_ticket": sent.get("photo_ticket", "") if step == WHAT else "",
        "proposals": [(names[one.slug], one.because) for one in proposals],
        "learned": any(one.learned for one in proposals),
        "elsewhere": word(elsewhere.elsewhere, language) if elsewhere else "",
        "elsewhere_name": elsewhere.name(language) if elsewhere else "",
        "problems": [text for _id, text in problem.problems] if problem is not None and problem is not form else [],
        "crumbs": crumbs((_("Schaden melden"), "")),
    }
    if step == SEND:
        context |= {"near": _near(request, sent), **_before_sending(request, sent, offered)}
    return render_form(request, "reports/new.html", form, context)


def _kept(sent: Mapping[str, Any]) -> Any:
    """The picture that was sent before, for its sender; "waiting" until the worker has drawn it."""
    try:
        image = media.kept_image(str(sent.get("photo_ticket", "")))
    except Invalid:
        return None
    return "waiting" if media.waits(image) else media.preview_of(image)


def _near(request: Request, sent: Mapping[str, Any]) -> list[Row]:
    """What of this kind is reported there already."""
    said = where(sent)
    meant = said.place or places.likely(said.text)
    chosen = kinds.by_slug(str(sent.get("category", "")))
    if meant is None or chosen is None:
        return []
    found = reports.near(meant.point, request.at, category=chosen.pk)
    metres = {one.report.pk: one.metres for one in found}
    return rows_of([one.report for one in found], request.viewer.language, metres)


def _before_sending(request: Request, sent: Mapping[str, Any], offered: Sequence[Category]) -> dict[str, Any]:
    language = request.viewer.language
    chosen = _chosen(sent, offered)
    said = where(sent)
    public = chosen is None or chosen.publishes
    return {
        "summary": [
            (_("Was"), str(sent.get("words", ""))),
            (_("Wo"), ", ".join(part for part in (said.text, str(sent.get("detail", ""))) if part)),
            (_("Art"), chosen.name(language) if chosen else ""),
            *(asking.summary(chosen, sent, language) if chosen else ()),
            (_("Foto"), _("ist dabei") if sent.get("photo_ticket") else ""),
            (_("Aufnahme"), _("ist dabei") if sent.get("recording_ticket") else ""),
        ],
        "danger": word(chosen.danger, language) if chosen else "",
        "reader": office_name(_office(chosen, said, sent, request.at), language) if chosen else "",
        "public": _("Ihre Worte, der Ort und das Foto, sobald jemand sie geprüft hat") if public else _("nichts"),
        "private": _("E-Mail-Adresse und Telefonnummer"),
        "check_until": discussion.due(request.at),
    }


def _office(kind: Category, said: places.Said, sent: Mapping[str, Any], at: datetime) -> str:
    """Which office would get it now."""
    about = assets.by_code(str(sent.get("asset", "")))
    owner = about.owner if about else ""
    words, answers = str(sent.get("words", "")), asking.unpacked(sent)
    return routing.office_of(kind, said.district, said.point, words, at, owner=owner, answers=answers)
