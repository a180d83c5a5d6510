"""What happens near me: areas with their reports, to follow with a weekly mail or in a feed reader."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import actions, rules
from allmende.capabilities.reports.forms.areas import AreaForm
from allmende.capabilities.reports.models import Area
from allmende.capabilities.reports.queries import areas
from allmende.capabilities.reports.views.pages import crumbs, rows_of
from allmende.capabilities.reports.views.reading import add_items
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.engines.places import interface as places
from allmende.ui.pages import district_name, ours, until
from allmende.ui.views import render_form


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: Request) -> HttpResponse:
    """Which area; for whoever is signed in, those that they follow."""
    form = AreaForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not places.search_step(form) and form.is_valid():
        values = form.cleaned_data
        with form.attempt():
            accounts.limit(request, "reports.areas", times=30, per=rules.HOUR)
            found = actions.name_area(
                actor=request.actor.without_key(),
                district=values["district"],
                point=values["place"].point,
                radius=values["radius"] or 0,
                at=request.at,
            )
            return redirect("reports:area", area_id=found.pk)
    mine = _followed(request)
    context = {
        "mine": [(name_of(one), reverse("reports:area", args=[one.pk])) for one in mine],
        "crumbs": crumbs((_("In Ihrer Nähe"), "")),
    }
    return render_form(request, "reports/areas.html", form, context)


def _followed(request: Request) -> list[Area]:
    if request.viewer.person_id is None:
        return []
    rows = notify.Follow.objects.active().filter(person_id=request.viewer.person_id, capability="reports", kind="area")
    return areas.by_ids(list(rows.values_list("object_id", flat=True)[:100]))


def name_of(area: Area) -> str:
    """„Stadtmitte“, „500 Meter um Markt 3“."""
    if area.middle is None:
        return district_name(area.district)
    there = places.place_at(*area.middle)
    metres = formats.number_format(area.radius)
    return _("%(n)s Meter um: %(place)s") % {"n": metres, "place": there.text if there else "?"}


def _found(area_id: UUID) -> Area:
    found = areas.by_id(area_id)
    if found is None:
        raise NotFound
    return found


@ours
@require_safe
def area(request: Request, area_id: UUID) -> HttpResponse:
    """Its public reports, newest first, with the ways to hear of new ones."""
    found = _found(area_id)
    title = name_of(found)
    rows, after = areas.reports_in(found, after=request.GET.get("after", ""))
    context = {
        "title": title,
        "rows": rows_of(rows, request.viewer.language),
        "after": after,
        "feed_url": reverse("reports:area_feed", args=[area_id]),
        "follow": notify.follow_box(request, found.ref, about=title),
        "crumbs": crumbs((_("In Ihrer Nähe"), reverse("reports:areas")), (title, "")),
        "example": any(one.is_example for one in rows),
    }
    return until(render(request, "reports/area.html", context), at=request.at)


@ours
@require_safe
def feed(request: Request, area_id: UUID) -> HttpResponse:
    """The same for feed readers."""
    found, language = _found(area_id), request.viewer.language
    document = Rss201rev2Feed(
        title=_("Schäden und Gefahren: %(area)s") % {"area": name_of(found)},
        link=settings.PUBLIC_URL + reverse("reports:area", args=[area_id]),
        description=_("Was gemeldet ist und was daraus wird."),
        language=language,
        feed_url=settings.PUBLIC_URL + reverse("reports:area_feed", args=[area_id]),
    )
    add_items(document, areas.reports_in(found, limit=areas.FEED)[0], language)
    return HttpResponse(document.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")
