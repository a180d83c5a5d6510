"""The codebook of published results: DDI Codebook 2.5 for archives, and the same to read.

DDI Alliance, DDI-Codebook 2.5 (2012/2014), namespace `ddi:codebook:2_5`: study description and one `var` per question,
with its categories, counts and statistics, as far as they are published.
"""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from allmende.capabilities.surveys.models import Evaluation, Survey
from allmende.capabilities.surveys.rules.publication import FIELDS, Published
from allmende.capabilities.surveys.views import figures
from allmende.capabilities.surveys.views.pages import office_name, word
from allmende.core import city

NAMESPACE = "ddi:codebook:2_5"


def _day(value: Any) -> str:
    return formats.date_format(timezone.localtime(value), "DATE_FORMAT") if value else ""


def ddi(survey: Survey, evaluation: Evaluation, published: Sequence[Published], language: str) -> bytes:
    """The XML, in the reader's language."""
    root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", "xml:lang": language})
    study = ET.SubElement(root, "stdyDscr")
    cited = ET.SubElement(study, "citation")
    named = ET.SubElement(cited, "titlStmt")
    ET.SubElement(named, "titl").text = _plain(word(survey.title, language))
    ET.SubElement(named, "IDNo").text = str(survey.ref)
    responsible = ET.SubElement(cited, "rspStmt")
    ET.SubElement(responsible, "AuthEnty").text = _plain(word(survey.asked_by, language) or city.current().name)
    made = ET.SubElement(cited, "prodStmt")
    ET.SubElement(made, "producer").text = city.current().name
    if survey.published_at:
        spread = ET.SubElement(cited, "distStmt")
        published_on = timezone.localtime(survey.published_at).date().isoformat()
        ET.SubElement(spread, "distDate", {"date": published_on}).text = published_on
    info = ET.SubElement(study, "stdyInfo")
    ET.SubElement(info, "abstract").text = _plain(word(survey.summary, language))
    about = ET.SubElement(info, "sumDscr")
    for event, moment in (("start", survey.opens_at), ("end", survey.closes_at)):
        if moment:
            when = timezone.localtime(moment).date().isoformat()
            ET.SubElement(about, "collDate", {"event": event, "date": when}).text = when
    method = ET.SubElement(study, "method")
    collected = ET.SubElement(method, "dataColl")
    ET.SubElement(collected, "weight").text = _weight(evaluation, language)
    ET.SubElement(ET.SubElement(method, "anlyInfo"), "dataAppr").text = _rule(evaluation)
    data = ET.SubElement(root, "dataDscr")
    for one in published:
        _variable(data, one, language)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _variable(data: ET.Element, one: Published, language: str) -> None:
    form = one.table.get("form")
    named = "".join(sign if sign.isalnum() or sign in "_.-" else "_" for sign in one.variable)
    var = ET.SubElement(data, "var", {"ID": f"V{one.place}", "name": named,
                                      "intrvl": "contin" if form in {"numbers", "means"} else "discrete"})  # fmt: skip
    ET.SubElement(var, "labl").text = _plain(one.question)
    asked = ET.SubElement(var, "qstn")
    ET.SubElement(asked, "qstnLit").text = _plain(one.question)
    if one.table.get("answers") is not None:
        ET.SubElement(var, "sumStat", {"type": "vald"}).text = str(one.table["answers"])
    for kind, key in (("mean", "mean"), ("medn", "median"), ("stdev", "deviation")):
        value = (one.table.get("numbers") or {}).get(key)
        if value is not None:
            ET.SubElement(var, "sumStat", {"type": kind}).text = str(value)
    for row in one.table.get("rows", []):
        category = ET.SubElement(var, "catgry")
        ET.SubElement(category, "catValu").text = _plain("+".join(row["names"]))
        ET.SubElement(category, "labl").text = _plain(word(row["label"], language))
        if row.get("count") is not None:
            ET.SubElement(category, "catStat", {"type": "freq"}).text = str(row["count"])
        if row.get("share") is not None:
            ET.SubElement(category, "catStat", {"type": "percent"}).text = f"{100 * row['share']:.2f}"


def _plain(text: str) -> str:
    """Without signs that XML cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n" or (sign >= " " and sign not in "\ufffe\uffff"))


def _weight(evaluation: Evaluation, language: str) -> str:
    said = [f"{key}: {value}" for key, value in figures.weighting_facts(evaluation, language) if value]
    return "; ".join(said) or _("Nicht gewichtet: Jede Antwort zählt gleich.")


def _rule(evaluation: Evaluation) -> str:
    return _(
        "Hinter jeder Zahl stehen mindestens %(n)s Menschen. Seltenere Antworten sind zusammengefasst oder verborgen, "
        "und dazu so viele weitere, dass man keine davon ausrechnen kann."
    ) % {"n": evaluation.least}


def readable(survey: Survey, evaluation: Evaluation, published: Sequence[Published], language: str) -> dict[str, Any]:
    """What the PDF is drawn from."""
    facts = [
        (_("Umfrage"), word(survey.title, language)),
        (_("Wer fragt"), word(survey.asked_by, language) or city.current().name),
        (_("Amt"), office_name(survey.department, language)),
        (_("Zeitraum"), f"{_day(survey.opens_at)} – {_day(survey.closes_at)}"),
        (pgettext("surveys", "Antworten"), figures.people(evaluation.answers)),
        *figures.weighting_facts(evaluation, language),
    ]
    return {
        "heading": _("Codebuch"),
        "facts": [(key, value) for key, value in facts if value],
        "rule": _rule(evaluation),
        "columns_title": _("Spalten der Dateien"),
        "columns": [(field.name, word(field.label, language)) for field in FIELDS],
        "questions_title": pgettext("surveys", "Fragen"),
        "answer": _("Antwort"),
        "questions": [
            {
                "title": f"{one.place}. {one.question}",
                "name": one.variable,
                "sentence": figures.sentence(one.table, language),
                "rows": [
                    ["+".join(row["names"]), word(row["label"], language),
                     figures.percent(row.get("share")) or figures.number(row.get("mean")) or figures.few()]
                    for row in one.table.get("rows", [])
                ],
            }
            for one in published
        ],
        "figure": _("Anteil oder Wert"),
        "name": _("Name"),
    }  # fmt: skip
