"""Numbered things: their page with what is reported, the desk's import, QR codes to stick on them."""

import io
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.assets import import_assets
from allmende.capabilities.reports.adapters import asset_files
from allmende.capabilities.reports.adapters.asset_files import Sheet
from allmende.capabilities.reports.forms.assets import AssetsForm
from allmende.capabilities.reports.models.assets import Asset
from allmende.capabilities.reports.queries import assets, categories
from allmende.capabilities.reports.views.pages import Crumbs, crumbs, rows_of
from allmende.core import city
from allmende.core.http import Request
from allmende.ui.pages import office_name, ours
from allmende.ui.views import render_form

SHOWN_FAULTS = 20


def report_url(asset: Asset) -> str:
    """Where somebody lands who scans the code."""
    return f"{reverse('reports:new')}?asset={asset.code}"


@ours
@require_safe
def asset(request: Request, code: str) -> HttpResponse:
    """One thing: where it is, whose it is, what is reported of it."""
    language = request.viewer.language
    found = assets.by_code_or_404(code)
    rows = rows_of(assets.public_reports(found), language)
    context = {
        "asset": found,
        "title": found.title(language),
        "facts": [
            (_("Wo"), found.place),
            (_("Wem gehört es?"), office_name(found.owner, language) or found.owner),
        ],
        "rows": rows,
        "report_url": report_url(found),
        "crumbs": crumbs((found.title(language), "")),
        "example": found.is_example,
    }
    return render(request, "reports/asset.html", context)


def _crumbs(*more: tuple[str, str]) -> Crumbs:
    here = reverse("reports:assets") if more else ""
    return crumbs((_("Eingang der Meldungen"), reverse("reports:inbox")), (_("Nummerierte Dinge"), here), *more)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: Request) -> HttpResponse:
    """What there is, and the form that takes in a file after showing what is wrong with it."""
    rules.require_desk(request.viewer)
    language = request.viewer.language
    form = AssetsForm(request.POST or None, request.FILES or None, offered=categories.active(), language=language)
    sheet: Sheet | None = None
    if form.is_bound and form.is_valid():
        with form.attempt():
            sheet = _read(form)
            if request.POST.get("go") == "take":
                kind = import_assets(actor=request.actor, kind=form.kind, rows=sheet.rows, at=request.at)
                messages.success(request, _("Eingelesen: %(n)s.") % {"n": len(sheet.rows)})
                return redirect("reports:asset_kind", slug=kind.slug)
            form.keep_files()
    context: dict[str, Any] = {
        "kinds": [
            (row.kind.name(language), reverse("reports:asset_kind", args=[row.kind.slug]), row.count)
            for row in assets.kinds()
        ],
        "sheet": sheet,
        "faults": sheet.faults[:SHOWN_FAULTS] if sheet else [],
        "crumbs": _crumbs(),
    }
    return render_form(request, "reports/assets.html", form, context)


def _read(form: AssetsForm) -> Sheet:
    file = form.cleaned_data["file"]
    file.seek(0)
    return asset_files.read(file.read(asset_files.MEGABYTES * 1024 * 1024 + 1), near=city.current().centre)


@ours
@require_safe
def kind(request: Request, slug: str) -> HttpResponse:
    """A sheet to print: for each thing its code and number, sixty on a page of the list."""
    rules.require_desk(request.viewer)
    language = request.viewer.language
    found = assets.kind_by_slug(slug)
    listed, further = assets.listed(found, after=request.GET.get("after", "")[:60].replace("\0", ""))
    context = {
        "kind": found,
        "title": found.name(language),
        "rows": [
            {
                "title": one.title(language),
                "place": one.place,
                "url": reverse("reports:asset", args=[one.code]),
                "qr": qr(settings.PUBLIC_URL + report_url(one)),
            }
            for one in listed
        ],
        "further": further,
        "crumbs": _crumbs((found.name(language), "")),
    }
    return render(request, "reports/asset_kind.html", context)


def qr(address: str) -> SafeString:
    """The QR code of an address as SVG, to stand in a page."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=2, xmldecl=False, svgns=True, scale=3)
    return mark_safe(out.getvalue().decode())  # noqa: S308 - drawn by segno of our own address
