"""Reading versions and answers in progress."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField

from allmende.core.errors import NotFound
from allmende.core.refs import Ref
from allmende.engines.questions.models import Sitting, Version
from allmende.engines.questions.rules import access
from allmende.engines.questions.rules.definition import Definition
from allmende.engines.questions.rules.reading import definition_from_json

NAMES: ArrayField[list[str], list[str]] = ArrayField(TextField())


def version(version_id: UUID) -> Version:
    """Raises NotFound."""
    found = Version.objects.filter(pk=version_id).first()
    if found is None:
        raise NotFound
    return found


def versions(questionnaire_id: UUID) -> list[Version]:
    """All versions, oldest first: an answer to a question that a newer one dropped stays readable with its own."""
    return list(Version.objects.filter(questionnaire_id=questionnaire_id))


def latest(questionnaire_id: UUID) -> Version:
    """The version that is worked on, or the last frozen one. Raises NotFound."""
    found = Version.objects.filter(questionnaire_id=questionnaire_id).order_by("-number").first()
    if found is None:
        raise NotFound
    return found


def definition(version_id: UUID) -> Definition:
    """The definition of a version; of a frozen one it is read once per process. Raises NotFound."""
    found = _frozen(version_id)
    return found if found is not None else definition_from_json(version(version_id).definition)


class _OpenError(Exception):
    """Not frozen: nothing to remember."""


@lru_cache(maxsize=64)
def _remembered(version_id: UUID) -> Definition:
    found = Version.objects.filter(pk=version_id, frozen_at__isnull=False).values_list("definition", flat=True).first()
    if found is None:
        raise _OpenError
    return definition_from_json(found)


def _frozen(version_id: UUID) -> Definition | None:
    try:
        return _remembered(version_id)
    except _OpenError:
        return None


def definitions(version_ids: Collection[UUID]) -> dict[UUID, Definition]:
    """Several definitions in one query."""
    found = Version.objects.filter(pk__in=set(version_ids)).values_list("id", "definition")
    return {id_: definition_from_json(data) for id_, data in found}


def resume_sitting(code: str, *, at: datetime) -> Sitting | None:
    """Answers in progress by their code, as somebody types it; None for no such code, or one whose time is over."""
    if len(access.tidy(code)) != access.LENGTH:
        return None
    return Sitting.objects.filter(mark=access.mark(code), expires_on__gt=at.date()).first()


def newest_versions(capability: str) -> list[Version]:
    """Of each questionnaire of a room the newest version, the latest work first: for whoever chooses one."""
    rows = Version.objects.filter(questionnaire__capability=capability).order_by("questionnaire_id", "-number")
    return sorted(rows.distinct("questionnaire_id"), key=lambda one: one.saved_at, reverse=True)


def answered_names(ref: Ref) -> Iterator[list[str]]:
    """For each sitting on a thing, the names of what was answered so far: how far people got, not what they said."""
    rows = Sitting.objects.filter(capability=ref.capability, kind=ref.kind, object_id=ref.id)
    names = Func("answers", template="ARRAY(SELECT jsonb_object_keys(%(expressions)s))", output_field=NAMES)
    return rows.values_list(names, flat=True).iterator()
