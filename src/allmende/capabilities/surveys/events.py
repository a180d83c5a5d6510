"""What happened here. A single answer is no event: it names nobody and is told to nobody."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class SurveySaved(DomainEvent):
    """A survey was made or changed. `ref` is the survey."""

    name: ClassVar[str] = "surveys.survey_saved"


@dataclass(frozen=True, kw_only=True)
class SurveyAnnounced(DomainEvent):
    """Checked by a second person; public from now on."""

    name: ClassVar[str] = "surveys.survey_announced"


@dataclass(frozen=True, kw_only=True)
class SurveyOpened(DomainEvent):
    """From now on people can answer."""

    name: ClassVar[str] = "surveys.survey_opened"


@dataclass(frozen=True, kw_only=True)
class SurveyClosed(DomainEvent):
    """All answers are in, mixed and complete; codes and keys are gone. What is computed from them begins here."""

    name: ClassVar[str] = "surveys.survey_closed"


@dataclass(frozen=True, kw_only=True)
class ResultsPublished(DomainEvent):
    """Everybody can read the results."""

    name: ClassVar[str] = "surveys.results_published"


@dataclass(frozen=True, kw_only=True)
class RawDataDeleted(DomainEvent):
    """The single answers are gone; the results stay."""

    name: ClassVar[str] = "surveys.raw_data_deleted"
