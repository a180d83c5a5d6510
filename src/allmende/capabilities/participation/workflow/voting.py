"""What a vote of a project offers: three ways to fill in the paper, who may vote, in words. Plain data."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from allmende.capabilities.participation.workflow import Texts
from allmende.capabilities.participation.workflow.phases import PhaseKind, Span, Who
from allmende.engines.ballots.interface import voting

WAYS: Mapping[str, Texts] = {
    "agree": {
        "de": "Zustimmen: Man kreuzt alles an, was man gut findet.",
        "en": "Agree: people tick everything they like.",
    },
    "points": {
        "de": "Punkte: Man verteilt Punkte auf das, was man gut findet.",
        "en": "Points: people share out points among what they like.",
    },
    "budget": {
        "de": "Budget: Man wählt aus, bis das Geld verplant ist.",
        "en": "Budget: people choose until the money is used up.",
    },
}
"""The three that the pages offer; rules that need an order are for programs."""

RULES: Mapping[str, Texts] = {
    "approval": {"de": "Es gewinnt, was die meisten Stimmen hat.", "en": "What has the most votes wins."},
    "score": {"de": "Es gewinnt, was die meisten Punkte hat.", "en": "What has the most points wins."},
    "knapsack": {
        "de": "Das Meistgewählte zuerst, bis das Geld verplant ist.",
        "en": "The most chosen first, until the money is used up.",
    },
    "greedy": {
        "de": "Die meisten Stimmen zuerst; was nicht mehr passt, wird übersprungen.",
        "en": "The most votes first; what does not fit any more is passed over.",
    },
    "equal-shares": {
        "de": "Gleiche Anteile: Jeder Mensch entscheidet über gleich viel Geld. So gewinnen auch Kleinere etwas.",
        "en": "Equal shares: everybody decides on the same amount of money, so that smaller groups win something too.",
    },
    "phragmen": {
        "de": "Lasten gleich verteilt (Phragmén): Was gewinnt, wird von vielen gemeinsam getragen.",
        "en": "Equal burden (Phragmén): what wins is borne by many together.",
    },
}  # fmt: skip

COMPLETIONS: Mapping[str, Texts] = {
    "add1u": {
        "de": "Anteile wachsen, dann das Meistgewünschte, das noch passt",
        "en": "Shares grow, then the most wanted that still fits",
    },
    "add1": {"de": "Anteile wachsen, der Rest bleibt übrig", "en": "Shares grow, the rest is left"},
    "utilitarian": {"de": "Das Meistgewünschte, das noch passt", "en": "The most wanted that still fits"},
    "none": {"de": "Der Rest bleibt übrig", "en": "The rest is left"},
}

GATES: Mapping[str, str] = {
    "guest": voting.Gate.GUEST.value,
    "account": voting.Gate.ACCOUNT.value,
    "verified": voting.Gate.VERIFIED.value,
    "code": voting.Gate.CODE.value,
}

GATE_WORDS: Mapping[str, Texts] = {
    "guest": {
        "de": "Alle mit einer bestätigten E-Mail-Adresse, auch ohne Konto",
        "en": "Everybody with a confirmed e-mail address, also without an account",
    },
    "account": {"de": "Alle mit Konto", "en": "Everybody with an account"},
    "verified": {"de": "Alle, deren Wohnort bestätigt ist", "en": "Everybody whose residence is confirmed"},
    "code": {"de": "Alle, die einen Brief mit Code bekommen haben", "en": "Everybody who got a letter with a code"},
}  # fmt: skip

_BY_AUDIENCE: Mapping[Who, tuple[str, ...]] = {
    Who.EVERYONE: ("guest", "account", "verified", "code"),
    Who.ACCOUNT: ("account", "verified", "code"),
    Who.VERIFIED: ("verified", "code"),
}


def gates_for(audience: Who) -> tuple[str, ...]:
    """Gates that invite no more people than the phase does, the widest first."""
    return _BY_AUDIENCE.get(audience, ())


def vote_span(spans: Iterable[Span], at: datetime) -> Span | None:
    """The phase of voting that runs or comes next."""
    coming = [span for span in spans if span.kind is PhaseKind.VOTE and span.ends_at is not None and span.ends_at > at]
    return min(coming, key=lambda span: span.starts_at, default=None)


def euros(cents: int, language: str) -> str:
    """„12.500 €“, "€12,500"; cents only where there are any."""
    text = f"{cents / 100:,.2f}" if cents % 100 else f"{cents // 100:,}"
    return f"{text.translate(str.maketrans(',.', '.,'))} €" if language == "de" else f"€{text}"
