"""What a kind of fault asks besides, and the answers that come with a report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.models import Answered, Asking, Category
from allmende.capabilities.reports.queries import asking as queries
from allmende.capabilities.reports.rules.asking import (
    CHOOSES,
    KINDS,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    PUBLISHABLE,
    QuestionData,
    written,
)
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import SYSTEM, Actor, Channel
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.discussion.interface import line
from allmende.engines.questions import interface as questions

LABEL_LIMIT = 160
OPTION_LIMIT = 80


@action
def save_questions(
    *,
    actor: Actor,
    category_id: UUID,
    asked: Sequence[QuestionData],
    seen: UUID | None = None,
    at: datetime,
) -> Category:
    """What a category asks from now on, in this order; none asks nothing. Answers that were given stay readable.

    `seen` is the version that the clerk had before them: when somebody else was quicker, Conflict is raised. Raises
    NotFound, Invalid with fields.
    """
    if actor.channel not in {Channel.SYSTEM, Channel.SEED}:
        rules.require_desk(actor.viewer)
    try:
        category = lock(Category.objects.all(), pk=category_id)
    except Category.DoesNotExist:
        raise NotFound from None
    before = Asking.objects.filter(pk=category.pk).first()
    if seen is not None and (before is None or before.version_id != seen):
        raise Conflict(_("Inzwischen hat jemand anderes die Fragen geändert. Bitte laden Sie die Seite neu."))
    if len(asked) > MOST_QUESTIONS:
        raise Invalid(_("Bitte stellen Sie höchstens %(n)s Fragen: Melden soll schnell gehen.") % {"n": MOST_QUESTIONS})
    if not asked:
        Asking.objects.filter(pk=category.pk).delete()
        audit.record(actor, "reports.save_questions", Ref("reports", "category", category.pk), fields=["questions"])
        return category
    data = written([_checked(one) for one in asked])
    names = [one["name"] for one in data["sections"][0]["questions"]]
    public = [name for name, one in zip(names, asked, strict=True) if one.public and one.kind in PUBLISHABLE]
    builder = SYSTEM  # the desk builds these few questions without being an editor of surveys
    version = questions.add_questionnaire(actor=builder, capability=rules.SCOPE, definition=data, at=at)
    questions.freeze(actor=builder, version_id=version.pk, at=at)
    Asking.objects.update_or_create(category=category, defaults={"version_id": version.pk, "public": public})
    audit.record(actor, "reports.save_questions", Ref("reports", "category", category.pk), fields=["questions"])
    return category


def _checked(one: QuestionData) -> QuestionData:
    """Raises Invalid with fields."""
    if one.kind not in KINDS:
        raise Invalid(fields={"kind": _("Bitte wählen Sie, wie geantwortet wird.")})
    labels = line(one.labels, "label", LABEL_LIMIT)
    options = [line(option, "options", OPTION_LIMIT) for option in one.options if option.get("de", "").strip()]
    if one.kind not in CHOOSES:
        return replace(one, labels=labels, options=(), option_names=())
    german = [option["de"] for option in options]
    if not 2 <= len(german) <= MOST_OPTIONS or len(set(german)) != len(german):  # noqa: PLR2004 - a choice
        message = _("Bitte nennen Sie zwei bis %(n)s verschiedene Antworten, eine in jeder Zeile.")
        raise Invalid(fields={"options": message % {"n": MOST_OPTIONS}})
    return replace(one, labels=labels, options=options)


def sound_answers(
    category: Category, answers: Mapping[str, Any] | None, *, language: str, at: datetime
) -> Answered | None:
    """What was answered, as it will be kept beside its report; None where nothing was asked or said.

    Raises Invalid, naming each question that is missing or wrong.
    """
    found = queries.asked(category.pk) if answers is not None else None
    if found is None or answers is None:
        return None
    checked = questions.check(found.definition, answers, at=at, language=language)
    if checked.faults:
        name, message = next(iter(checked.faults.items()))
        label = questions.say(found.definition.by_name[name].label, language)[0]
        raise Invalid(f"{label}: {message}", fields={f"answers.{key}": text for key, text in checked.faults.items()})
    kept = {name: _plain(value) for name, value in checked.values.items() if value not in (None, "", [])}
    return Answered(version_id=found.version_id, answers=kept) if kept else None


def _plain(value: Any) -> Any:
    """As JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
