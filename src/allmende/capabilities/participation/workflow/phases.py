"""What is open to whom in which phase: one table, asked by pages, API and menu alike.

A project holds modules (what people work with) and phases (when). Phases may run side by side; what is open is the
union of what each running phase opens. Everything here is plain data and pure functions: no row, no clock, no request.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from allmende.capabilities.participation.workflow import Texts


class ModuleKind(StrEnum):
    """What a part of a project is."""

    IDEAS = "ideas"
    QUESTION = "future_question"
    CONTEST = "contest"
    NEED = "need"
    DISCUSSION = "discussion"
    BUDGET = "budget"
    SURVEY = "survey"
    DRAFT = "draft_text"


MODULES: Mapping[ModuleKind, Texts] = {
    ModuleKind.IDEAS: {"de": "Ideen sammeln", "en": "Collecting ideas"},
    ModuleKind.QUESTION: {"de": "Zukunftsfrage", "en": "Future question"},
    ModuleKind.CONTEST: {"de": "Ideenwettbewerb", "en": "Idea contest"},
    ModuleKind.NEED: {"de": "Bedarf", "en": "Needs"},
    ModuleKind.DISCUSSION: {"de": "Diskussion", "en": "Discussion"},
    ModuleKind.BUDGET: {"de": "Bürgerhaushalt", "en": "Participatory budget"},
    ModuleKind.SURVEY: {"de": "Umfrage", "en": "Survey"},
    ModuleKind.DRAFT: {"de": "Entwurf", "en": "Draft text"},
}
COLLECTING = frozenset({ModuleKind.IDEAS, ModuleKind.QUESTION, ModuleKind.CONTEST, ModuleKind.NEED})
"""Modules that are a topic store; its own two dates are their phases COLLECT and, after it, CONDENSE."""
ELSEWHERE: Mapping[ModuleKind, frozenset[str]] = {
    ModuleKind.SURVEY: frozenset({"survey", "conversation"}),
    ModuleKind.DRAFT: frozenset({"text"}),
}
"""Modules that another room holds: kinds of the public index that can be one. Their own dates narrow the phases."""


class PhaseKind(StrEnum):
    """What happens in a phase."""

    COLLECT = "collect"
    DISCUSS = "discuss"
    CONDENSE = "condense"
    CHECK = "check"
    JUDGE = "judge"
    VOTE = "vote"
    DECIDE = "decide"


PHASES: Mapping[PhaseKind, Texts] = {
    PhaseKind.COLLECT: {"de": "Sammeln", "en": "Collecting"},
    PhaseKind.DISCUSS: {"de": "Mitreden", "en": "Discussing"},
    PhaseKind.CONDENSE: {"de": "Zusammenfassen", "en": "Condensing"},
    PhaseKind.CHECK: {"de": "Die Stadt prüft", "en": "The city checks"},
    PhaseKind.JUDGE: {"de": "Die Jury bewertet", "en": "The jury scores"},
    PhaseKind.VOTE: {"de": "Abstimmen", "en": "Voting"},
    PhaseKind.DECIDE: {"de": "Entscheiden", "en": "Deciding"},
}


class Deed(StrEnum):
    """What somebody can do with a module."""

    SUBMIT = "submit"
    EDIT = "edit"
    SUPPORT = "support"
    COMMENT = "comment"
    ANNOTATE = "annotate"
    ANSWER = "answer"
    VOTE = "vote"
    SCORE = "score"
    CONDENSE = "condense"
    REPLY = "reply"
    DECIDE = "decide"


DEEDS: Mapping[Deed, Texts] = {
    Deed.SUBMIT: {"de": "etwas einreichen", "en": "hand something in"},
    Deed.EDIT: {"de": "Eigenes ändern", "en": "change what is one's own"},
    Deed.SUPPORT: {"de": "unterstützen", "en": "support"},
    Deed.COMMENT: {"de": "kommentieren", "en": "comment"},
    Deed.ANNOTATE: {"de": "Absätze kommentieren", "en": "comment on paragraphs"},
    Deed.ANSWER: {"de": "Fragen beantworten", "en": "answer questions"},
    Deed.VOTE: {"de": "abstimmen", "en": "vote"},
    Deed.SCORE: {"de": "bewerten", "en": "score"},
    Deed.CONDENSE: {"de": "zu Themen ordnen", "en": "group into themes"},
    Deed.REPLY: {"de": "für die Stadt antworten", "en": "answer for the city"},
    Deed.DECIDE: {"de": "das Ergebnis festhalten", "en": "record the result"},
}
FOR_PEOPLE = (Deed.SUBMIT, Deed.SUPPORT, Deed.COMMENT, Deed.ANNOTATE, Deed.ANSWER, Deed.VOTE)
"""Deeds that a page invites everybody to."""


class Who(StrEnum):
    """To whom a deed is open."""

    EVERYONE = "everyone"
    ACCOUNT = "account"
    VERIFIED = "verified"
    MEMBERS = "members"
    JURY = "jury"
    OFFICE = "office"


WHO: Mapping[Who, Texts] = {
    Who.EVERYONE: {"de": "alle, auch ohne Konto", "en": "everybody, also without an account"},
    Who.ACCOUNT: {"de": "alle mit Konto", "en": "everybody with an account"},
    Who.VERIFIED: {"de": "bestätigte Einwohnerinnen und Einwohner", "en": "confirmed residents"},
    Who.MEMBERS: {"de": "Mitglieder der Gruppe und Moderation", "en": "members of the group and moderators"},
    Who.JURY: {"de": "die Jury", "en": "the jury"},
    Who.OFFICE: {"de": "das zuständige Amt und die Redaktion", "en": "the office in charge and the editors"},
}
AUDIENCES = (Who.EVERYONE, Who.ACCOUNT, Who.VERIFIED, Who.MEMBERS)
"""What a phase may narrow its invitation to."""
_WIDTH = {who: width for width, who in enumerate(AUDIENCES)}

_ALWAYS: Mapping[Deed, Who] = {Deed.CONDENSE: Who.MEMBERS, Deed.REPLY: Who.OFFICE}
_TALK: Mapping[Deed, Who] = {Deed.COMMENT: Who.EVERYONE}
_IDEAS_AFTER: Mapping[Deed, Who] = {**_ALWAYS, Deed.SUPPORT: Who.ACCOUNT, **_TALK}

TABLE: Mapping[tuple[ModuleKind, PhaseKind], Mapping[Deed, Who]] = {
    (ModuleKind.IDEAS, PhaseKind.COLLECT): {
        Deed.SUBMIT: Who.EVERYONE, Deed.EDIT: Who.ACCOUNT, Deed.SUPPORT: Who.ACCOUNT, **_TALK, **_ALWAYS,
    },
    (ModuleKind.IDEAS, PhaseKind.CONDENSE): _IDEAS_AFTER,
    (ModuleKind.IDEAS, PhaseKind.DISCUSS): _IDEAS_AFTER,
    (ModuleKind.IDEAS, PhaseKind.CHECK): _IDEAS_AFTER,
    (ModuleKind.IDEAS, PhaseKind.VOTE): {Deed.VOTE: Who.EVERYONE, **_TALK, Deed.REPLY: Who.OFFICE},
    (ModuleKind.IDEAS, PhaseKind.DECIDE): {**_TALK, Deed.REPLY: Who.OFFICE, Deed.DECIDE: Who.OFFICE},
    # Who votes is what the phase's audience says: the blueprints invite accounts, for money confirmed residents.
    # Answers about the future are read, never counted, never ranked.
    (ModuleKind.QUESTION, PhaseKind.COLLECT): {
        Deed.SUBMIT: Who.EVERYONE, Deed.EDIT: Who.ACCOUNT, **_TALK, **_ALWAYS,
    },
    (ModuleKind.QUESTION, PhaseKind.CONDENSE): {**_ALWAYS, **_TALK},
    (ModuleKind.QUESTION, PhaseKind.DISCUSS): {**_ALWAYS, **_TALK},
    # Entries of a contest are talked about, but no count stands beside them while a jury reads.
    (ModuleKind.CONTEST, PhaseKind.COLLECT): {
        Deed.SUBMIT: Who.EVERYONE, Deed.EDIT: Who.ACCOUNT, **_TALK, Deed.REPLY: Who.OFFICE,
    },
    (ModuleKind.CONTEST, PhaseKind.CONDENSE): {**_TALK, Deed.REPLY: Who.OFFICE},
    (ModuleKind.CONTEST, PhaseKind.DISCUSS): {**_TALK, Deed.REPLY: Who.OFFICE},
    (ModuleKind.CONTEST, PhaseKind.CHECK): {**_TALK, Deed.REPLY: Who.OFFICE},
    (ModuleKind.CONTEST, PhaseKind.JUDGE): {**_TALK, Deed.SCORE: Who.JURY, Deed.REPLY: Who.OFFICE},
    (ModuleKind.CONTEST, PhaseKind.VOTE): {**_TALK, Deed.VOTE: Who.EVERYONE, Deed.REPLY: Who.OFFICE},
    (ModuleKind.CONTEST, PhaseKind.DECIDE): {**_TALK, Deed.DECIDE: Who.OFFICE, Deed.REPLY: Who.OFFICE},
    # Needs are grouped and answered by the city; nobody deals with anybody beneath them, so there is no thread.
    (ModuleKind.NEED, PhaseKind.COLLECT): {
        Deed.SUBMIT: Who.EVERYONE, Deed.EDIT: Who.ACCOUNT, Deed.SUPPORT: Who.ACCOUNT, **_ALWAYS,
    },
    (ModuleKind.NEED, PhaseKind.CONDENSE): {**_ALWAYS, Deed.SUPPORT: Who.ACCOUNT},
    (ModuleKind.DISCUSSION, PhaseKind.COLLECT): _TALK,
    (ModuleKind.DISCUSSION, PhaseKind.DISCUSS): {**_TALK, Deed.REPLY: Who.OFFICE},
    (ModuleKind.DISCUSSION, PhaseKind.CONDENSE): {Deed.CONDENSE: Who.MEMBERS, Deed.REPLY: Who.OFFICE},
    (ModuleKind.BUDGET, PhaseKind.CHECK): {Deed.REPLY: Who.OFFICE},
    (ModuleKind.BUDGET, PhaseKind.VOTE): {Deed.VOTE: Who.EVERYONE},
    (ModuleKind.BUDGET, PhaseKind.DECIDE): {Deed.DECIDE: Who.OFFICE},
    (ModuleKind.SURVEY, PhaseKind.COLLECT): {Deed.ANSWER: Who.EVERYONE},
    (ModuleKind.SURVEY, PhaseKind.CONDENSE): {Deed.CONDENSE: Who.MEMBERS},
    (ModuleKind.DRAFT, PhaseKind.DISCUSS): {Deed.ANNOTATE: Who.EVERYONE, Deed.REPLY: Who.OFFICE},
    (ModuleKind.DRAFT, PhaseKind.CONDENSE): {Deed.REPLY: Who.OFFICE},
    (ModuleKind.DRAFT, PhaseKind.DECIDE): {Deed.DECIDE: Who.OFFICE},
}  # fmt: skip
"""(module, phase) → deed → to whom. A pair that is missing opens nothing."""


@dataclass(frozen=True, slots=True)
class Span:
    """A phase of one module as a value: half-open; without `ends_at` it has no end."""

    kind: PhaseKind
    starts_at: datetime
    ends_at: datetime | None
    audience: Who = Who.EVERYONE
    """Narrows what is open to everyone or to accounts; never widens."""

    def runs(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts of somebody who asks: everything the table distinguishes."""

    signed_in: bool = False
    verified: bool = False
    member: bool = False
    """Of the working group that the project belongs to, or a moderator."""
    jury: bool = False
    office: bool = False
    """Clerks of the office in charge, editors, and those who lead the group."""

    def is_among(self, who: Who) -> bool:
        match who:
            case Who.EVERYONE:
                return True
            case Who.ACCOUNT:
                return self.signed_in
            case Who.VERIFIED:
                return self.verified
            case Who.MEMBERS:
                return self.member or self.office
            case Who.JURY:
                return self.jury
            case Who.OFFICE:
                return self.office


def open_to(module: ModuleKind, spans: Iterable[Span], at: datetime) -> dict[Deed, frozenset[Who]]:
    """What is open at a time, and to whom; each running phase may open the same deed to others."""
    found: dict[Deed, set[Who]] = {}
    for span in spans:
        if span.runs(at):
            for deed, who in TABLE.get((module, span.kind), {}).items():
                found.setdefault(deed, set()).add(_narrowed(who, span.audience))
    return {deed: frozenset(whos) for deed, whos in found.items()}


def _narrowed(who: Who, audience: Who) -> Who:
    """The narrower of the two, where both speak of the public."""
    if who not in _WIDTH:
        return who
    return max(who, audience, key=_WIDTH.__getitem__)


def allowed(module: ModuleKind, spans: Iterable[Span], standing: Standing, at: datetime) -> frozenset[Deed]:
    """What this very person can do now."""
    found = open_to(module, spans, at)
    return frozenset(deed for deed, whos in found.items() if any(standing.is_among(who) for who in whos))


def running(spans: Iterable[Span], at: datetime) -> list[Span]:
    """The phases that run at a time, what ends first comes first; those without an end last."""
    now = [span for span in spans if span.runs(at)]
    return sorted(now, key=lambda span: (span.ends_at is None, span.ends_at or span.starts_at))


def next_turn(spans: Iterable[Span], at: datetime) -> datetime | None:
    """The next instant at which a phase begins or ends."""
    instants = [instant for span in spans for instant in (span.starts_at, span.ends_at) if instant and instant > at]
    return min(instants, default=None)


# Blueprints


@dataclass(frozen=True, slots=True)
class Stage:
    """A phase of a blueprint: it begins so many days after the collection ends (or with it) and lasts so long."""

    kind: PhaseKind
    days: int
    after: int = 0
    audience: Who = Who.EVERYONE


@dataclass(frozen=True, slots=True)
class Part:
    """A module of a blueprint. `with_collection`: its DISCUSS or COLLECT phase runs as long as the main period."""

    kind: ModuleKind
    names: Texts
    stages: tuple[Stage, ...] = ()
    with_collection: PhaseKind | None = None


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A sensible project that one form creates; everything can be changed afterwards."""

    names: Texts
    meaning: Texts
    parts: tuple[Part, ...]


_TALK_PART = Part(
    ModuleKind.DISCUSSION,
    {"de": "Worüber wir reden sollten", "en": "What we should talk about"},
    with_collection=PhaseKind.DISCUSS,
)
BLUEPRINTS: Mapping[str, Blueprint] = {
    "store": Blueprint(
        {"de": "Themenspeicher", "en": "Topic store"},
        {
            "de": "Ideen sammeln, zu Themen zusammenfassen, der Vollversammlung vorlegen.",
            "en": "Collect ideas, condense them into themes, present them to the plenary.",
        },
        (Part(ModuleKind.IDEAS, MODULES[ModuleKind.IDEAS]),),
    ),
    "contest": Blueprint(
        {"de": "Ideenwettbewerb", "en": "Idea contest"},
        {
            "de": "Beiträge einreichen, Jury bewertet, alle stimmen ab, der Stadtrat vergibt die Plätze.",
            "en": "Entries, scores by a jury, a public vote, placing by the council.",
        },
        (
            Part(
                ModuleKind.CONTEST,
                {"de": "Beiträge zum Wettbewerb", "en": "Contest entries"},
                (
                    Stage(PhaseKind.JUDGE, 21),
                    Stage(PhaseKind.VOTE, 14, after=21, audience=Who.ACCOUNT),
                    Stage(PhaseKind.DECIDE, 28, after=35),
                ),
            ),
        ),
    ),
    "budget": Blueprint(
        {"de": "Bürgerhaushalt", "en": "Participatory budget"},
        {
            "de": "Vorschläge sammeln, Ämter prüfen Kosten, Einwohnerinnen und Einwohner stimmen ab.",
            "en": "Collect proposals, offices check the costs, residents vote.",
        },
        (
            Part(
                ModuleKind.IDEAS,
                {"de": "Vorschläge", "en": "Proposals"},
                (Stage(PhaseKind.CHECK, 28),),
            ),
            Part(
                ModuleKind.BUDGET,
                {"de": "Abstimmung über das Geld", "en": "Vote on the money"},
                (
                    Stage(PhaseKind.VOTE, 21, after=28, audience=Who.VERIFIED),
                    Stage(PhaseKind.DECIDE, 28, after=49),
                ),
            ),
        ),
    ),
    "consultation": Blueprint(
        {"de": "Konsultation", "en": "Consultation"},
        {
            "de": "Ein Entwurf liegt vor: lesen, Absätze kommentieren, Fehlendes nennen.",
            "en": "There is a draft: read it, comment on paragraphs, name what is missing.",
        },
        (
            Part(
                ModuleKind.DRAFT,
                {"de": "Der Entwurf", "en": "The draft"},
                (Stage(PhaseKind.CONDENSE, 28), Stage(PhaseKind.DECIDE, 28, after=28)),
                with_collection=PhaseKind.DISCUSS,
            ),
            Part(ModuleKind.IDEAS, {"de": "Was im Entwurf fehlt", "en": "What the draft lacks"}),
            _TALK_PART,
        ),
    ),
    "survey": Blueprint(
        {"de": "Umfrage", "en": "Survey"},
        {
            "de": "Eine Umfrage oder Meinungskarte, dazu ein Gespräch; danach stehen die Ergebnisse da.",
            "en": "A survey or opinion map with a discussion beside it; the results follow.",
        },
        (
            Part(
                ModuleKind.SURVEY,
                {"de": "Die Umfrage", "en": "The survey"},
                (Stage(PhaseKind.CONDENSE, 28),),
                with_collection=PhaseKind.COLLECT,
            ),
            _TALK_PART,
        ),
    ),
}


def spans_of(part: Part, opens_at: datetime, closes_at: datetime) -> list[Span]:
    """The phases a blueprint gives a module, apart from those that follow from a topic store's own dates."""
    found = [Span(part.with_collection, opens_at, closes_at)] if part.with_collection is not None else []
    for stage in part.stages:
        starts = closes_at + timedelta(days=stage.after)
        found.append(Span(stage.kind, starts, starts + timedelta(days=stage.days), stage.audience))
    return found
