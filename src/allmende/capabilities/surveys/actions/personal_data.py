"""What the room knows of a person: that they have answered a survey for residents that is still open. Never what."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.surveys.models import ResidentMark, Survey
from allmende.capabilities.surveys.rules import answering
from allmende.capabilities.surveys.workflow import Access
from allmende.core.manifest import PersonalData


def _marks(person_id: UUID) -> list[tuple[Survey, ResidentMark]]:
    """Marks of this person, found again with the keys of the surveys that are still open."""
    found = []
    for survey in Survey.objects.filter(access=Access.VERIFIED, key__isnull=False):
        assert survey.key is not None
        own = answering.resident_mark(bytes(survey.key), person_id)
        found += [(survey, row) for row in ResidentMark.objects.filter(survey=survey, mark=own)]
    return found


def export_marks(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    return [{"survey": survey.number, "title": survey.title.get("de", "")} for survey, _row in _marks(person_id)]


def erase_marks(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - called so by erasure
    """The mark goes; which answer was the person's nobody knows, so it stays among all others."""
    ResidentMark.objects.filter(pk__in=[row.pk for _survey, row in _marks(person_id)]).delete()


PERSONAL_DATA = (
    PersonalData(
        "survey_mark",
        _("Teilnahme an laufenden Umfragen für Menschen mit bestätigtem Wohnort"),
        _("damit jeder Mensch einmal zählt; am Ende der Umfrage vernichtet"),
        None,
        export_marks,
        erase_marks,
    ),
)
