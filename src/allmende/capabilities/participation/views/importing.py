"""Back to work: ideas from a table, forms on paper in batches, the form to print with its code."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.actions.ideas import hand_channel
from allmende.capabilities.participation.forms.ages import PURPOSE
from allmende.capabilities.participation.forms.importing import (
    BatchForm,
    MappingForm,
    Row,
    UploadForm,
    check,
    guess,
    read,
)
from allmende.capabilities.participation.models import TopicStore
from allmende.capabilities.participation.views.pages import contract_facts, crumbs, ours, word
from allmende.capabilities.participation.workflow.ages import AGE_GROUPS
from allmende.core import city
from allmende.core.errors import DomainError, NotAllowed
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.ui import pdf
from allmende.ui.views import render_form

GUEST = {"contact_kind": "number", "under_16": False}


def _content(form: UploadForm) -> bytes:
    """All of the file, however often it was read before."""
    file = form.cleaned_data["file"]
    file.seek(0)
    content: bytes = file.read()
    return content


def _rows(form: MappingForm, store: TopicStore) -> list[Row]:
    categories = {
        str(name).casefold(): row.slug for row in store.categories.all() for name in (row.slug, *row.names.values())
    }
    districts = {name.casefold(): slug for slug, one in city.current().districts.items() for name in (slug, one.name)}
    sheet = read(_content(form))
    return check(sheet, form.columns, categories=categories, districts=districts, there=queries.words_in(store.pk))


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def import_ideas(request: Request, number: int) -> HttpResponse:
    """Three steps at one address: the file, the columns, the preview with every row that does not fit."""
    viewer, at = request.viewer, request.at
    rules.require_signed_in(viewer)
    if not rules.may_enter(viewer):
        raise NotAllowed
    store, _function = queries.store_by_number(number, viewer, at)
    title, back = word(store.title, viewer.language), reverse("participation:store", args=[number])
    context: dict[str, Any] = {
        "title": title,
        "store": store,
        "cancel_url": back,
        "crumbs": crumbs((title, back), (_("Beiträge einlesen"), "")),
    }
    initial = {"received_on": timezone.localtime(at).date()}
    form: UploadForm = UploadForm(request.POST or None, request.FILES or None, initial=initial)
    if not (form.is_bound and form.is_valid()):
        return render_form(request, "participation/import.html", form, context)
    answer: HttpResponse | None = None
    with form.attempt():
        answer = _read_in(request, form, store, context)
    return answer or render_form(request, "participation/import.html", form, context)


def _read_in(request: Request, upload: UploadForm, store: TopicStore, context: dict[str, Any]) -> HttpResponse:
    """The second and third step, and at last the deed. Raises Invalid for a file that is no table."""
    sheet = read(_content(upload))
    context["read"] = {"encoding": sheet.encoding, "rows": len(sheet.rows)}
    step = request.POST.get("step", "file")
    data = request.POST.copy()
    if step == "file":
        for name, column in guess(sheet.header).items():
            data[f"column_{name}"] = column
    form = MappingForm(data, request.FILES or None, sheet=sheet)
    valid = form.is_valid()
    if step == "file" or not valid:
        context["step"] = "columns"
        return render_form(request, "participation/import.html", form, context, status=200 if step == "file" else None)
    rows = _rows(form, store)
    good = [row for row in rows if not row.wrong]
    if step == "do" and good:
        done = _take(request, store, form, good)
        words = ngettext(
            "%(n)s Beitrag ist eingelesen und wird geprüft.",
            "%(n)s Beiträge sind eingelesen und werden geprüft.",
            done,
        )
        messages.success(request, words % {"n": done})
        return redirect(context["cancel_url"])
    context |= {"step": "preview", "good": good[:10], "count": len(good), "faulty": [row for row in rows if row.wrong]}
    return render_form(request, "participation/import.html", form, context)


def _take(request: Request, store: TopicStore, form: MappingForm, rows: list[Row]) -> int:
    """Hands the rows in one by one; what is in already is found as such by the next attempt."""
    values, zone = form.cleaned_data, city.current().zone
    actor = request.actor.without_key().via(hand_channel(values["channel"]))
    for row in rows:
        actions.submit_idea(
            actor=actor,
            store_id=store.pk,
            title=row.values["title"],
            body=row.values["body"],
            category=row.values.get("category", ""),
            district=row.values.get("district", ""),
            place=row.values.get("place", "")[:200],
            language="de",
            guest={**GUEST, "display_name": row.values.get("author", "")[:60], "language": "de"},
            received_at=rules.received_at(row.received_on or values["received_on"], store, zone),
            at=request.at,
        )
    return len(rows)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: Request) -> HttpResponse:
    """A pile of paper: what the forms share once, then row by row, all by keyboard. Errors keep every word."""
    viewer, at = request.viewer, request.at
    rules.require_signed_in(viewer)
    if not rules.may_enter(viewer):
        raise NotAllowed
    stores = [(str(row.number), word(row.title, viewer.language)) for row in queries.stores_for_entry(at)]
    initial = {
        "received_on": timezone.localtime(at).date(),
        "store": request.GET.get("speicher", ""),
        "channel": "paper",
    }
    form = BatchForm(request.POST or None, initial=initial, stores=stores)
    numbers: list[str] = []
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        store, _function = queries.store_by_number(int(values["store"]), viewer, at)
        actor = request.actor.without_key().via(hand_channel(values["channel"]))
        left = request.POST.copy()
        for place, title, body, author in form.written:
            try:
                idea = actions.submit_idea(
                    actor=actor,
                    store_id=store.pk,
                    title=title,
                    body=body,
                    language="de",
                    guest={**GUEST, "display_name": author, "language": "de"},
                    received_at=rules.received_at(values["received_on"], store, city.current().zone),
                    at=at,
                )
            except DomainError as error:
                form.add_error(f"title_{place}", str(error.message))
                continue
            receipt = notify.receipt_of(idea.ref, idea.author_id) if idea.author_id else None
            if receipt is not None:
                numbers.append(f"{title}: {receipt.number}, {receipt.code}")
            for name in ("title", "body", "author"):
                left[f"{name}_{place}"] = ""
        if not form.errors:
            form = BatchForm(
                initial={name: values[name] for name in ("store", "channel", "received_on")}, stores=stores
            )
        else:
            form.data = left  # what is in is not sent a second time
    context = {
        "title": _("Viele Beiträge erfassen"), "numbers": numbers, "crumbs": crumbs((_("Viele Beiträge erfassen"), "")),
    }  # fmt: skip
    return render_form(request, "participation/batch.html", form, context)


@ours
@require_safe
def paper_pdf(request: Request, number: int) -> HttpResponse:
    """The form for a pen as an accessible PDF, with a code that opens the collection on a telephone."""
    language = request.viewer.language
    store, _function = queries.store_by_number(number, request.viewer, request.at)
    address = request.build_absolute_uri(reverse("participation:store", args=[number]))
    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=2, xmldecl=False, svgns=True)
    title = word(store.title, language)
    until = ""
    if store.closes_at is not None:
        last = formats.date_format(timezone.localtime(store.closes_at - timedelta(seconds=1)), "DATE_FORMAT")
        until = _("Es muss ankommen bis %(day)s.") % {"day": last}
    values = {
        "heading": title,
        "number": _("Sammlung Nummer %(n)s") % {"n": store.number},
        "until": until,
        "facts": [(key, value) for key, value in contract_facts(store, language) if value],
        "code": drawn.getvalue().decode(),
        "code_alt": _("Code zum Abfotografieren: führt zu %(address)s") % {"address": address},
        "code_words": _("Lieber am Telefon oder Rechner? %(address)s") % {"address": address},
        "lines": [
            (_("Ihre Antwort in einem Satz") if store.is_question else _("Ihre Idee in einem Satz"), 2),
            (_("Genauer"), 8),
            (_("Wo in der Stadt? (freiwillig)"), 1),
            (_("Name und Adresse, Telefon oder E-Mail (freiwillig, wird nicht veröffentlicht)"), 2),
            (_("Anzeigename (freiwillig, wird veröffentlicht)"), 1),
        ],
        "categories": [word(row.names, language) for row in store.categories.all()],
        "category": _("Rubrik"),
        "ages": [str(words) for words in AGE_GROUPS.values()] if store.module.project.asks_age else [],
        "age": _("Wie alt sind Sie? (freiwillig)"),
        "age_purpose": str(PURPOSE),
        "answer": _("Wie dürfen wir antworten?"),
        "ways": [_("Brief"), _("Telefon"), _("E-Mail"), _("gar nicht")],
        "adult": _("Ich bin noch nicht 16 Jahre alt. Ein Erwachsener ist einverstanden:"),
        "adult_line": _("Name, Unterschrift und Datum des Erwachsenen"),
        "before": _("Das liest die Moderation, danach das zuständige Amt. Öffentlich werden Text, Ort und Anzeigename. "
                    "Sie bekommen eine Nummer, mit der Sie nachsehen oder nachfragen können."),
        "post": city.current().contact.get("post", ""),
        "post_title": _("Bitte einwerfen oder schicken an:"),
    }  # fmt: skip
    made = pdf.make(
        "participation/pdf/paper.typ",
        values,
        title=_("Formular: %(title)s") % {"title": title},
        language=language,
        author=city.current().name,
        at=store.created_at,
    )
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="formular-{number}.pdf"'
    return response
