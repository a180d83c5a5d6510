"""What followers of a survey are told, in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from allmende.capabilities.surveys import queries
from allmende.capabilities.surveys.events import ResultsPublished, SurveyClosed, SurveyOpened
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


RULES = (
    NoticeRule(SurveyOpened.name, opened, followed=_followed),
    NoticeRule(SurveyClosed.name, closed, followed=_followed),
    NoticeRule(ResultsPublished.name, published, followed=_followed),
)
