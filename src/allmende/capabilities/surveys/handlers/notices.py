"""What followers of a survey are told, in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from allmende.accounts.models import RoleGrant
from allmende.capabilities.surveys import queries
from allmende.capabilities.surveys.events import RawDataHeldBack, ResultsPublished, SurveyClosed, SurveyOpened
from allmende.core.actor import Role
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref


def _word(texts: Mapping[str, Any], language: str) -> str:
    return str(texts.get(language) or texts.get("de", ""))


def _followed(event: Stored) -> Iterable[Ref]:
    return (event.ref,)


def opened(event: Stored, language: str) -> NoticeText | None:
    survey = queries.survey(event.ref.id)
    if survey is None or survey.closes_at is None:
        return None
    title = _word(survey.title, language)
    day = formats.date_format(timezone.localtime(survey.closes_at), "DATE_FORMAT")
    return NoticeText(
        _("Jetzt offen: %(title)s") % {"title": title},
        _("Sie können antworten bis %(day)s. Es dauert etwa %(n)s Minuten.") % {"day": day, "n": survey.minutes},
        survey.ref,
    )


def closed(event: Stored, language: str) -> NoticeText | None:
    survey = queries.survey(event.ref.id)
    if survey is None:
        return None
    return NoticeText(
        _("Beendet: %(title)s") % {"title": _word(survey.title, language)},
        _("%(n)s Antworten sind da. Sie werden ausgewertet, die Ergebnisse stehen danach auf der Seite der Umfrage.")
        % {"n": survey.answered},
        survey.ref,
    )


def published(event: Stored, language: str) -> NoticeText | None:
    survey = queries.survey(event.ref.id)
    if survey is None:
        return None
    return NoticeText(
        _("Ergebnisse: %(title)s") % {"title": _word(survey.title, language)},
        _("Was %(n)s Menschen geantwortet haben, können Sie jetzt lesen.") % {"n": survey.answered},
        survey.ref,
    )


def office(event: Stored) -> Iterable[UUID]:
    """The people of the office that answers for a survey, and the editors."""
    survey = queries.survey(event.ref.id)
    if survey is None:
        return ()
    mine = Q(role=Role.EDITOR, scope__in=["", "surveys"])
    if survey.department:
        mine |= Q(role=Role.CLERK, scope=f"department:{survey.department}")
    return list(RoleGrant.objects.filter(mine).values_list("person_id", flat=True).distinct())


def held_back(event: Stored, language: str) -> NoticeText | None:
    survey = queries.survey(event.ref.id)
    if survey is None or survey.raw_held_at is None or survey.raw_until is None:
        return None
    day = formats.date_format(survey.raw_until, "DATE_FORMAT")
    return NoticeText(
        _("Noch nicht gelöscht: %(title)s") % {"title": _word(survey.title, language)},
        _(
            "Die einzelnen Antworten sollten am %(day)s gelöscht werden. Die Ergebnisse sind noch nicht gespeichert, "
            "deshalb warten wir. Bitte sehen Sie unter „Auswertung“ nach, woran es liegt."
        )
        % {"day": day},
        survey.ref,
    )


RULES = (
    NoticeRule(SurveyOpened.name, opened, followed=_followed),
    NoticeRule(SurveyClosed.name, closed, followed=_followed),
    NoticeRule(ResultsPublished.name, published, followed=_followed),
    NoticeRule(RawDataHeldBack.name, held_back, people=office),
)
