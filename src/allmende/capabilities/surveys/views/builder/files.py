"""Questionnaires in and out: XLSForm, JSON, JSON Schema, PDF."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.actions import builder as building
from allmende.capabilities.surveys.forms.builder import ImportForm
from allmende.capabilities.surveys.views.builder.parts import Built, blocks, builder_crumbs, opened
from allmende.capabilities.surveys.views.pages import ours
from allmende.core import city
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.engines.questions import interface as questions
from allmende.ui.forms import keep
from allmende.ui.views import render_form

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _read(form: ImportForm, language: str) -> questions.xlsform.Reading:
    """What the file holds: a workbook, a questionnaire of this portal, or a JSON Schema, whose titles are taken for
    words of `language`. Raises Invalid for what is neither a workbook nor JSON.
    """
    file = form.cleaned_data["file"]
    file.seek(0)
    content = file.read()
    if content[:1] in {b"{", b"["} or str(file.name).casefold().endswith(".json"):
        try:
            data = questions.parsed(content.decode("utf-8-sig"))
            if isinstance(data, dict) and questions.jsonschema.is_schema(data):
                return questions.jsonschema.read(data, language=language)
            definition = questions.definition_from_json(data)
        except UnicodeDecodeError:
            raise Invalid(_("Diese Datei ist kein lesbarer Text. JSON steht in UTF-8.")) from None
        except questions.DefinitionError as error:
            remarks = [questions.xlsform.Remark(fault.message, pointer=fault.where) for fault in error.faults]
            return questions.xlsform.Reading(None, remarks)
        return questions.xlsform.Reading(questions.definition_to_json(definition))
    return questions.xlsform.read(content, name=str(file.name).rpartition(".")[0][:120])


def _shown(reading: questions.xlsform.Reading) -> dict[str, Any]:
    """What the preview tells of a file."""
    shown: dict[str, Any] = {"faults": reading.faults, "hints": reading.hints}
    if reading.definition is not None:
        definition = questions.definition_from_json(reading.definition)
        built = Built(UUID(int=0), None, questions.definition_to_json(definition), definition)
        faults: dict[str, list[str]] = {}
        for fault in questions.faults(definition):
            faults.setdefault(_owner(built.data, fault.where), []).append(fault.message)
        shown |= {
            "title": built.title, "language": built.first, "asked": len(questions.numbers(definition)),
            "blocks": blocks(built, faults),
        }  # fmt: skip
    return shown


def _owner(data: questions.Data, where: str) -> str:
    """The name of the question or section that a JSON pointer leads to."""
    thing: Any = data
    name = ""
    for part in where.strip("/").split("/"):
        try:
            thing = thing[int(part)] if isinstance(thing, list) else thing[part]
        except (KeyError, IndexError, ValueError):
            break
        if isinstance(thing, dict) and "name" in thing and ("kind" in thing or "questions" in thing):
            name = str(thing["name"])
    return name


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire_import(request: Request) -> HttpResponse:
    """Reads a file, shows what it holds and every fault, and takes it over when it is in order."""
    rules.require_may_edit(request.viewer)
    form = ImportForm(request.POST or None, request.FILES or None)
    found: dict[str, Any] | None = None
    if form.is_bound and form.is_valid():
        with form.attempt():
            reading = _read(form, request.viewer.language)
            if request.POST.get("step") == "do" and reading.definition is not None:
                version = building.build_questionnaire(actor=request.actor, data=reading.definition, at=request.at)
                messages.success(request, _("Der Fragebogen ist eingelesen."))
                return redirect("surveys:questionnaire", questionnaire_id=version.questionnaire_id)
            found = _shown(reading)
            if not reading.faults:
                file = form.cleaned_data["file"]
                file.seek(0)
                form.kept["file"] = keep(file)
    title = _("Fragebogen einlesen")
    context = {
        "title": title, "found": found, "cancel_url": reverse("surveys:questionnaires"),
        "crumbs": builder_crumbs(None, (title, "")),
    }  # fmt: skip
    return render_form(request, "surveys/builder/import.html", form, context)


@ours
@never_cache
@require_safe
def questionnaire_file(request: Request, questionnaire_id: UUID, form: str) -> HttpResponse:
    """xlsx, json, schema or pdf, as a file with the questionnaire's name."""
    built = opened(request, questionnaire_id)
    number = built.version.number if built.version else 1
    name = slugify(built.title) or "fragebogen"
    match form:
        case "xlsx":
            content: bytes | str = questions.xlsform.write(
                built.definition, form_id=name.replace("-", "_"), version=str(number)
            )
            kind, name = XLSX, f"{name}.xlsx"
        case "json":
            content = json.dumps(built.data, ensure_ascii=False, indent=1)
            kind, name = "application/json", f"{name}.json"
        case "schema":
            schema = questions.jsonschema.schema(built.definition, language=request.viewer.language)
            content = json.dumps(schema, ensure_ascii=False, indent=1)
            kind, name = "application/schema+json", f"{name}.schema.json"
        case "pdf":
            content = questions.printed(
                built.definition, language=request.viewer.language, at=request.at,
                author=city.current().name,
            )  # fmt: skip
            kind, name = "application/pdf", f"{name}.pdf"
        case _:
            raise NotFound
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
