"""What is asked of a kind of fault, and what was answered: as data for rules and programs, in words for people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allmende.capabilities.reports.models import Answered, Asking, Category, Report
from allmende.capabilities.reports.rules import asking as rules
from allmende.capabilities.reports.rules.asking import Attribute, QuestionData
from allmende.capabilities.reports.rules.routing import Answer
from allmende.engines.questions import interface as questions
from allmende.engines.questions.interface import answering


@dataclass(frozen=True)
class Asked:
    """The questions of one category as they stand now."""

    version_id: UUID
    definition: questions.Definition
    public: Sequence[str]


def asked(category_id: UUID) -> Asked | None:
    """None for a category that asks nothing."""
    row = Asking.objects.filter(pk=category_id).first()
    if row is None:
        return None
    definition = questions.definition(row.version_id)
    return Asked(row.version_id, definition, row.public) if definition.questions else None


def written(category_id: UUID) -> list[QuestionData]:
    """As the desk changes them."""
    found = asked(category_id)
    return rules.read(found.definition, found.public) if found else []


def attributes(language: str, slugs: Collection[str] | None = None) -> Mapping[str, Sequence[Attribute]]:
    """Slug of a category → what Open311 calls its attributes; of all active categories, or of these. Two queries.

    A category that asks nothing is not among them: `metadata` is false for it.
    """
    rows = Asking.objects.select_related("category").filter(category__is_active=True)
    if slugs is not None:
        rows = rows.filter(category__slug__in=list(slugs))
    found = list(rows)
    definitions = questions.definitions([one.version_id for one in found])
    made = {
        one.category.slug: rules.attributes(definitions[one.version_id], one.public, language)
        for one in found
        if one.version_id in definitions
    }
    return {slug: rows for slug, rows in made.items() if rows}


def choices(language: str = "de") -> dict[Answer, str]:
    """What can be chosen in answers, for rules that route by it: „Wie viel ist es? – Viel“. Two queries."""
    asked_now = attributes(language)
    return {
        (slug, one.code, code): f"{one.description} – {label}"
        for slug, rows in asked_now.items()
        for one in rows
        for code, label in one.values
    }


def answers_of(report_ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
    """Report → its answers by code: texts, whole numbers, ISO dates, codes of options or lists of them. One query."""
    rows = Answered.objects.filter(pk__in=list(report_ids)).values_list("report_id", "answers")
    return {report_id: dict(answers) for report_id, answers in rows}


def public_answers(kinds: Mapping[UUID, UUID], language: str) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
    """Report → its answers that everybody may read, as Open311 tells of them. `kinds`: report → its category."""
    rows = list(Answered.objects.filter(pk__in=list(kinds)))
    public = (
        dict(Asking.objects.filter(pk__in=set(kinds.values())).values_list("category_id", "public")) if rows else {}
    )
    definitions = questions.definitions([one.version_id for one in rows])
    return {
        one.pk: rules.in_answer(definitions[one.version_id], one.answers, public.get(kinds[one.pk], ()), language)
        for one in rows
        if one.version_id in definitions
    }


@dataclass(frozen=True)
class Said:
    """One answer in words."""

    label: str
    text: str
    public: bool


def said(report: Report, language: str, *, only_public: bool = False) -> list[Said]:
    """What was answered, in the order in which it was asked."""
    row = Answered.objects.filter(pk=report.pk).first()
    if row is None:
        return []
    public = Asking.objects.filter(pk=report.category_id).values_list("public", flat=True).first() or []
    found = in_words(questions.definition(row.version_id), row.answers, language, public)
    return [one for one in found if one.public or not only_public]


def in_words(
    definition: questions.Definition, answers: Mapping[str, Any], language: str, public: Collection[str] = ()
) -> list[Said]:
    return [
        Said(questions.say(one.label, language)[0], answering.describe(one, answers, language), one.name in public)
        for one in definition.questions
        if answers.get(one.name) not in (None, "", [])
    ]


def categories_with_questions() -> Mapping[UUID, int]:
    """Category → how many questions it asks, for the desk's table."""
    rows = list(Asking.objects.all())
    definitions = questions.definitions([one.version_id for one in rows])
    return {one.pk: len(definitions[one.version_id].questions) for one in rows if one.version_id in definitions}


def of_slug(slug: str) -> Category | None:
    return Category.objects.filter(slug=slug).first() if slug and "\0" not in slug else None
