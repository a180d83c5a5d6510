"""The whole Trace of a thing, the list of all ways, and linking for staff."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import NotAllowed, NotFound, NotSignedIn
from allmende.core.http import Request
from allmende.core.manifest import Shown
from allmende.core.refs import Ref
from allmende.engines.trace import actions, queries, rules
from allmende.engines.trace.forms import FROM, LinkForm, RetractForm
from allmende.engines.trace.models import Edge
from allmende.ui.views import announce, render_form


def _shown(ref: Ref, viewer: Viewer, at: datetime) -> Shown:
    found = manifest.lookup().resolve([ref], viewer, at).get(ref)
    if found is None:
        raise NotFound
    return found


def _until(response: HttpResponse, at: datetime) -> HttpResponse:
    response["X-Allmende-Until"] = manifest.lookup().next_change(at).isoformat()
    return response


def _url(name: str, ref: Ref) -> str:
    return reverse(f"trace:{name}", kwargs={"capability": ref.capability, "kind": ref.kind, "id_": ref.id})


def _retracted(ref: Ref, request: Request) -> list[Mapping[str, Any]]:
    """Links taken back, between things that this member of staff may see."""
    language = request.viewer.language
    edges = queries.retracted_edges(ref)
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    shown = manifest.lookup().resolve(ends, request.viewer, request.at)
    return [
        {"edge": edge, "source": _title(shown[edge.source], language), "target": _title(shown[edge.target], language)}
        for edge in edges
        if edge.source in shown and edge.target in shown
    ]


def _title(thing: Shown, language: str) -> tuple[str, str]:
    """The title and the language that it is in."""
    return thing.title(language), thing.title_language(language)


PARTS: Mapping[str, queries.PartName] = {"origins": "origins", "outcomes": "outcomes", "links": "links"}

FILES = {"JSON": "trace_whole", "PROV-JSON": "trace_prov_json", "PROV-N": "trace_prov_n"}
"""How programs get the same, and the name of the address."""


@require_safe
def trace(http_request: HttpRequest, capability: str, kind: str, id_: UUID) -> HttpResponse:
    """/spur/…: both questions with all stations as a picture and as lists, and every link with its reason.

    `?part=outcomes&after=…` goes on in one of the lists.
    """
    request = cast("Request", http_request)
    ref = Ref(capability, kind, id_)
    part = PARTS.get(request.GET.get("part", ""))
    after = request.GET.get("after", "") if part else ""
    found = queries.whole_of(ref, request.viewer, request.at, part=part if after else None, after=after)
    if found.here is None:
        raise NotFound
    linker = rules.may_link(request.viewer, ref)
    arguments = {"capability": capability, "kind": kind, "id_": id_}
    context = {
        "trace": found,
        "more": {name: _more(name, getattr(found, name).next) for name in PARTS},
        "begin_url": found.url,
        "own_address": settings.PUBLIC_URL + found.url,
        "files": [
            (label, f"{reverse(f'api:{name}', kwargs=arguments)}?language={request.viewer.language}")
            for label, name in FILES.items()
        ],
        "may_link": linker,
        "link_url": _url("link", ref),
        "retracted": _retracted(ref, request) if linker else [],
        "crumbs": [(_("Alle Wege"), reverse("trace:ways")), (_("Ein Weg"), "")],
    }
    return _until(render(request, "trace/trace.html", context), request.at)


def _more(part: str, after: str) -> str:
    return f"?{urlencode({'part': part, 'after': after})}#{part}" if after else ""


@require_safe
def ways(http_request: HttpRequest) -> HttpResponse:
    """/spur/: what began something, and how far it went."""
    request = cast("Request", http_request)
    order: queries.Order = "longest" if request.GET.get("order") == "longest" else "recent"
    after = request.GET.get("after", "")
    found = queries.ways(request.viewer, request.at, order=order, after=after)
    more = urlencode({**({"order": order} if order == "longest" else {}), "after": found.next})
    context = {
        "ways": found.traces,
        "more_url": f"?{more}" if found.next else "",
        "tabs": [
            (_("Zuletzt weitergegangen"), reverse("trace:ways"), order == "recent"),
            (_("Die längsten"), "?order=longest", order == "longest"),
        ],
        "crumbs": [(_("Alle Wege"), "")],
    }
    if getattr(request, "htmx", False) and after:
        page = announce(render(request, "trace/more.html", context), _("Weitere Wege stehen darunter."))
    else:
        page = render(request, "trace/ways.html", context)
    return _until(page, request.at)


@require_http_methods(["GET", "HEAD", "POST"])
def link(http_request: HttpRequest, capability: str, kind: str, id_: UUID) -> HttpResponse:
    """/spur/…/verknuepfen/: staff look for a thing (GET) and say why it belongs here (POST)."""
    request = cast("Request", http_request)
    ref = Ref(capability, kind, id_)
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    if not rules.may_link(request.viewer, ref):
        raise NotAllowed
    here = _shown(ref, request.viewer, request.at)
    words = request.GET.get("q", "").strip()
    found = manifest.lookup().find(words, request.viewer, request.at) if words else []
    choices = [thing for thing in found if thing.ref != ref]
    form = LinkForm(choices, request.viewer.language, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            ends = ref, Ref.parse(form.cleaned_data["target"])
            source, target = reversed(ends) if form.cleaned_data["direction"] == FROM else ends
            actions.link_things(
                actor=request.actor, source=source, target=target, reason=form.cleaned_data["reason"], at=request.at
            )
            messages.success(request, _("Die Verknüpfung ist da. Wer folgt, bekommt eine Nachricht."))
            return redirect(_url("trace", ref))
    context = {
        "here_title": here.title(request.viewer.language),
        "here_language": here.title_language(request.viewer.language),
        "words": words,
        "found": choices,
        "back_url": _url("trace", ref),
        "crumbs": [(_("Alle Wege"), reverse("trace:ways")), (_("Ein Weg"), _url("trace", ref)), (_("Verknüpfen"), "")],
    }
    return render_form(request, "trace/link.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def retract(http_request: HttpRequest, edge_id: UUID) -> HttpResponse:
    """/spur/verknuepfung/…/zuruecknehmen/: staff take a link back, with a reason."""
    request = cast("Request", http_request)
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    edge = Edge.objects.filter(pk=edge_id).first()
    if edge is None:
        raise NotFound
    if not rules.may_link(request.viewer, edge.source, edge.target):
        raise NotAllowed
    shown = manifest.lookup().resolve([edge.source, edge.target], request.viewer, request.at)
    if edge.source not in shown or edge.target not in shown:
        raise NotFound
    back = _url("trace", edge.source)
    form = RetractForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.retract_edge(
                actor=request.actor, edge_id=edge_id, reason=form.cleaned_data["reason"], at=request.at
            )
            messages.success(request, _("Die Verknüpfung ist zurückgenommen. Sie bleibt im Verlauf stehen."))
            return redirect(back)
    language = request.viewer.language
    context = {
        "edge": edge,
        "source": _title(shown[edge.source], language),
        "target": _title(shown[edge.target], language),
        "back_url": back,
        "crumbs": [
            (_("Alle Wege"), reverse("trace:ways")),
            (_("Ein Weg"), back),
            (_("Zurücknehmen"), ""),
        ],
    }
    return render_form(request, "trace/retract.html", form, context)


# Examples for the access matrix


def _live_edge() -> Edge | None:
    """A link between two things that everybody may see."""
    for edge in Edge.objects.filter(retracted_at__isnull=True).order_by("-happened_at")[:50]:
        ends = {edge.source, edge.target}
        if len(manifest.lookup().resolve(ends, Viewer(), edge.created_at + timedelta(days=36500))) == len(ends):
            return edge
    return None


def thing_example() -> Mapping[str, Any] | None:
    edge = _live_edge()
    return {"capability": edge.source_capability, "kind": edge.source_kind, "id_": edge.source_id} if edge else None


def edge_example() -> Mapping[str, Any] | None:
    edge = _live_edge()
    return {"edge_id": edge.id} if edge else None
