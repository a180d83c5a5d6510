"""The team's forms: a pilot's facts, its steps, its milestones, what it answers to."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from allmende.capabilities.pilots import actions, rules
from allmende.capabilities.pilots.forms.portfolio import (
    MilestoneForm,
    OriginsForm,
    PilotForm,
    StepForm,
    initial_of,
    ticked,
)
from allmende.capabilities.pilots.models import Pilot
from allmende.capabilities.pilots.queries import origins, portfolio
from allmende.capabilities.pilots.rules.criteria import DEFAULT, criteria
from allmende.capabilities.pilots.views.pages import crumbs
from allmende.capabilities.pilots.workflow import STEPS, State
from allmende.core import city
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.engines.places import interface as places
from allmende.ui.forms.bilingual import both
from allmende.ui.pages import Said, ours, remap, said
from allmende.ui.views import render_form

FORM = "pilots/form.html"


def _here(pilot: Pilot, language: str) -> tuple[str, str]:
    return str(said(pilot.title, language)), reverse("pilots:pilot", args=[pilot.number])


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def pilot_edit(request: Request, number: int | None = None) -> HttpResponse:
    """A pilot's facts: new without a number."""
    language = request.viewer.language
    found = portfolio.by_number(number, request.viewer) if number is not None else None
    if found is None:
        rules.require_may_edit(request.viewer)
    else:
        rules.require_may_maintain(request.viewer, found)
    asked = criteria(city.setting("pilots.criteria", list(DEFAULT)))
    images = media.images_of([found.ref]).get(found.ref, []) if found else []
    initial: dict[str, Any] = {}
    if found is not None:
        where = places.said(found.place, (found.longitude, found.latitude))
        initial = {**initial_of(found, asked), "place": where}
    form = PilotForm(
        request.POST or None, request.FILES or None, initial=initial, criteria=asked, images=images, language=language
    )
    if not places.search_step(form) and form.is_bound and form.is_valid():
        with form.attempt():
            saved = actions.save_pilot(
                actor=request.actor,
                pilot_id=found.pk if found else None,
                data=form.facts(asked),
                image_id=_image(request, form),
                without_images=[UUID(one) for one in form.cleaned_data.get("without", [])],
                at=request.at,
            )
            messages.success(request, _("Gespeichert."))
            return redirect("pilots:pilot", number=saved.number)
    title = _("Piloten ändern") if found else _("Piloten anlegen")
    here = _here(found, language) if found else None
    context = {
        "title": title, "submit": _("Speichern"), "files": True,
        "cancel_url": here[1] if here else reverse("pilots:overview"),
        "crumbs": crumbs(*([here] if here else []), (title, "")),
    }  # fmt: skip
    return render_form(request, FORM, form, context)


def _image(request: Request, form: PilotForm) -> UUID | None:
    """Keeps the picture that came with it, private; before the action. Raises Invalid beside the form's fields."""
    values = form.cleaned_data
    if not values.get("image"):
        return None
    image = media.take_image(values["image"], alt=values["image_alt"], actor=request.actor, at=request.at)
    return image.pk


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, number: int, verb: str) -> HttpResponse:
    """A step of the workflow, with the reason that everybody reads where there is one."""
    rules.require_may_edit(request.viewer)
    found = portfolio.by_number(number, request.viewer)
    taken = STEPS.get(verb)
    if taken is None:
        raise NotFound
    if State(found.state) not in taken.sources:
        raise Conflict(_("Der Pilot ist inzwischen einen Schritt weiter. Bitte laden Sie die Seite neu."))
    language = request.viewer.language
    form = StepForm(request.POST if request.method == "POST" else None, ask=str(taken.ask))
    if form.is_bound and form.is_valid():
        with form.attempt():
            reason = {language: form.cleaned_data.get("reason", "")}
            actions.move_pilot(actor=request.actor, pilot_id=found.pk, verb=verb, reason=reason, at=request.at)
            messages.success(request, _("Gespeichert. Wer dem Piloten folgt, bekommt Bescheid."))
            return redirect("pilots:pilot", number=number)
    here = _here(found, language)
    context = {
        "title": str(taken.label),
        "question": _("„%(title)s“: Alle, die dem Piloten folgen oder etwas dazu beigetragen haben, bekommen Bescheid.")
        % {"title": here[0]},
        "action": str(taken.label), "cancel_url": here[1], "danger": verb in {"stop", "decline"},
        "crumbs": crumbs(here, (str(taken.label), "")),
    }  # fmt: skip
    return render_form(request, "ui/confirm.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def milestone_edit(request: Request, number: int, place: int | None = None) -> HttpResponse:
    """A milestone: new without a place."""
    language = request.viewer.language
    pilot = portfolio.by_number(number, request.viewer)
    rules.require_may_maintain(request.viewer, pilot)
    found = portfolio.milestone(pilot, place) if place is not None else None
    initial: dict[str, Any] = {}
    if found is not None:
        initial = {
            "title": found.title.get("de", ""), "title_en": found.title.get("en", ""),
            "planned_on": found.planned_on, "reached_on": found.reached_on,
        }  # fmt: skip
    is_planning = pilot.state in {State.DRAFT, State.PROPOSED}
    form = MilestoneForm(request.POST or None, initial=initial, removable=found is not None and is_planning)
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            actions.save_milestone(
                actor=request.actor,
                pilot_id=pilot.pk,
                place=place,
                title=both(values, "title"),
                planned_on=values["planned_on"],
                reached_on=values["reached_on"],
                reason={language: values["reason"], "de": values["reason"]} if values["reason"] else None,
                remove=values.get("remove", False),
                at=request.at,
            )
            messages.success(request, _("Gespeichert."))
            return redirect("pilots:pilot", number=number)
    title = _("Meilenstein ändern") if found else _("Meilenstein anlegen")
    here = _here(pilot, language)
    context = {
        "title": title, "lead": here[0], "submit": _("Speichern"), "cancel_url": here[1],
        "crumbs": crumbs(here, (title, "")),
    }  # fmt: skip
    return render_form(request, FORM, form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def origins_edit(request: Request, number: int) -> HttpResponse:
    """What led to the pilot: tick what does, with the reason; take out what does not."""
    at, language = request.at, request.viewer.language
    pilot = portfolio.by_number(number, request.viewer)
    rules.require_may_maintain(request.viewer, pilot)
    words = " ".join(request.GET.get("q", "").replace("\x00", " ").split())
    form = OriginsForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            done = _tie(request, pilot, form)
            messages.success(request, done)
            return redirect("pilots:origins", number=number)
    there = origins.origins_of([pilot.pk], request.viewer, at).get(pilot.pk, [])
    chosen = {str(ref) for name in ("origins", "out") for ref in ticked(form, name)} if form.is_bound else set()
    known = {one.ref for one in there}
    here = _here(pilot, language)
    context = {
        "pilot": pilot,
        "title": said(pilot.title, language),
        "words": words,
        "there": [
            {
                "ref": str(one.ref),
                "id": f"out-{one.edge_id}",
                "kind": one.shown.kind_label if one.shown else "",
                "title": Said(one.shown.title(language), one.shown.title_language(language)) if one.shown else None,
                "reason": Said(one.reason, one.reason_language),
                "ticked": str(one.ref) in chosen,
            }
            for one in there
        ],
        "rows": [
            {
                "ref": str(row.ref),
                "id": f"origin-{row.object_id}",
                "kind": row.kind_label,
                "title": Said(row.title(language), row.title_language(language)),
                "ticked": str(row.ref) in chosen,
            }
            for row in origins.search(words, at)
            if row.ref not in known
        ],
        "crumbs": crumbs(here, (_("Worauf der Pilot antwortet"), "")),
    }
    return render_form(request, "pilots/origins.html", form, context)


def _tie(request: Request, pilot: Pilot, form: OriginsForm) -> str:
    """Adds what was ticked, or takes out; returns what was done, in words."""
    adding, reason = not ticked(form, "out"), form.cleaned_data["reason"]
    refs = ticked(form, "origins" if adding else "out")
    change = actions.add_origins if adding else actions.take_out
    try:
        change(actor=request.actor, pilot_id=pilot.pk, refs=refs, reason=reason, at=request.at)
    except Invalid as error:
        raise remap(error, {"origins": "reason"}) from error
    if adding:
        return ngettext("%(n)s Eintrag ist verknüpft.", "%(n)s Einträge sind verknüpft.", len(refs)) % {"n": len(refs)}
    return ngettext("%(n)s Eintrag ist herausgenommen.", "%(n)s Einträge sind herausgenommen.", len(refs)) % {
        "n": len(refs)
    }
