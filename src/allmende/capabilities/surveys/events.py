"""What happened here. A single answer is no event: it names nobody and is told to nobody."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent
from allmende.core.refs import Ref


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


@dataclass(frozen=True, kw_only=True)
class RawDataHeldBack(DomainEvent):
    """The single answers should have been deleted, but their results are not kept yet: the office has to see to it."""

    name: ClassVar[str] = "surveys.raw_data_held_back"


# Opinion maps. That somebody voted on a statement is an event of nobody: its `ref` is of a kind that no page has.


@dataclass(frozen=True, kw_only=True)
class ConversationSaved(DomainEvent):
    """A conversation was made, changed or imported. `ref` is the conversation, here and below."""

    name: ClassVar[str] = "surveys.conversation_saved"


@dataclass(frozen=True, kw_only=True)
class ConversationOpened(DomainEvent):
    """Checked by a second person; public, and open from its day on."""

    name: ClassVar[str] = "surveys.conversation_opened"


@dataclass(frozen=True, kw_only=True)
class ConversationClosed(DomainEvent):
    """Nobody can vote any more; the key is gone and the votes are mixed."""

    name: ClassVar[str] = "surveys.conversation_closed"


@dataclass(frozen=True, kw_only=True)
class OpinionMapCompleted(DomainEvent):
    """The last map of a closed conversation is drawn."""

    name: ClassVar[str] = "surveys.opinion_map_completed"


@dataclass(frozen=True, kw_only=True)
class OpinionGiven(DomainEvent):
    """Somebody said something to a statement."""

    name: ClassVar[str] = "surveys.opinion_given"


@dataclass(frozen=True, kw_only=True)
class StatementAdded(DomainEvent):
    """Somebody wrote a statement. `ref` is the statement."""

    name: ClassVar[str] = "surveys.statement_added"
    conversation: Ref


@dataclass(frozen=True, kw_only=True)
class StatementDecided(DomainEvent):
    """The moderators took it in, or did not, or put it together with another one. `ref` is the statement."""

    name: ClassVar[str] = "surveys.statement_decided"
    state: str


@dataclass(frozen=True, kw_only=True)
class ResultsWanted(DomainEvent):
    """Results are to be computed, for the first time or anew. `ref` is the survey."""

    name: ClassVar[str] = "surveys.results_wanted"


@dataclass(frozen=True, kw_only=True)
class ResultsPrepared(DomainEvent):
    """Tables and charts lie ready for the editors to look through."""

    name: ClassVar[str] = "surveys.results_prepared"


@dataclass(frozen=True, kw_only=True)
class FindingJudged(DomainEvent):
    """An editor held a finding back or let it be shown. `ref` is the survey."""

    name: ClassVar[str] = "surveys.finding_judged"


@dataclass(frozen=True, kw_only=True)
class FindingPublished(DomainEvent):
    """A finding can be read and cited, or what is said of it has changed. `ref` is the finding."""

    name: ClassVar[str] = "surveys.finding_published"
