"""The published rules and hours, as every page and every refusal reads them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from allmende.core import city
from allmende.engines.discussion.models import Rule
from allmende.engines.discussion.rules.defaults import DEFAULT_RULES
from allmende.engines.discussion.rules.hours import WEEKDAY_NAMES, Hours, published

LANGUAGES = ("de", "en")


def default_rules(at: datetime) -> list[Rule]:
    """The rules that a city starts with, in every language; not saved."""
    found = []
    for position, (key, texts) in enumerate(DEFAULT_RULES.items(), start=1):
        columns: dict[str, dict[str, str]] = {"short": {}, "long": {}, "letter": {}}
        for language in LANGUAGES:
            with override(language):
                for column, text in zip(columns.values(), texts, strict=True):
                    column[language] = str(text)
        found.append(Rule(key=key, position=position, valid_from=at, **columns))
    return found


def rules_in_force(at: datetime) -> list[Rule]:
    """The city's rules in their order; those it starts with as long as it has none."""
    rows = list(Rule.objects.filter(retired_at=None))
    return rows or default_rules(at)


def rule_keys() -> set[str]:
    """Keys that a refusal may name."""
    return set(Rule.objects.filter(retired_at=None).values_list("key", flat=True)) or set(DEFAULT_RULES)


@dataclass(frozen=True)
class RuleText:
    """A rule in one language, in German where that language is missing."""

    key: str
    short: str
    long: str
    letter: str
    retired: bool = False


def in_words(rule: Rule, language: str = "") -> RuleText:
    language = language or (get_language() or "de")[:2]
    short, long, letter = (
        texts.get(language) or texts.get("de") or "" for texts in (rule.short, rule.long, rule.letter)
    )
    return RuleText(rule.key, short or rule.key, long, letter, rule.retired_at is not None)


def rule_of(key: str, at: datetime, language: str = "") -> RuleText:
    """A rule by its key, also a retired one: decisions of earlier times name it. An unknown key stands for itself."""
    row = Rule.objects.filter(key=key).first() or next((r for r in default_rules(at) if r.key == key), None)
    return in_words(row, language) if row else RuleText(key, key, "", "")


def rule_text(key: str, at: datetime, language: str = "") -> str:
    """The short text of a rule."""
    return rule_of(key, at, language).short


@dataclass(frozen=True)
class OpenDay:
    """A weekday and its hours in words: („Montag“, „9 bis 18 Uhr“)."""

    day: str
    hours: str


def hours_in_words(hours: Hours | None = None) -> list[OpenDay]:
    """The published hours, Monday first; days without hours are left out."""
    hours = hours or published()
    found = []
    for number, spans in enumerate(hours.week):
        if spans:
            words = _(" und ").join(
                _("%(from)s bis %(to)s Uhr") % {"from": _clock(first), "to": _clock(last)} for first, last in spans
            )
            found.append(OpenDay(str(WEEKDAY_NAMES[number]), words))
    return found


def _clock(minutes: int) -> str:
    hour, rest = divmod(minutes, 60)
    return f"{hour}:{rest:02}" if rest else str(hour)


def chain_text() -> str:
    """What to do about a threat or danger to life, in the city's words; in ours as long as it has none."""
    own = str(city.setting("discussion.chain", "") or "").strip()
    return own or _(
        "1. Besteht Gefahr für ein Leben, rufen Sie sofort die 110 an. Warten Sie auf niemanden.\n"
        "2. Sagen Sie am Telefon, wo der Text steht und was er ankündigt. Lesen Sie ihn vor.\n"
        "3. Die Verwaltung des Portals sichert den Beitrag und nennt der Polizei, was sie braucht.\n"
        "4. Danach informiert sie die Leitung und hält fest, was getan wurde.\n"
        "5. Sprechen Sie mit jemandem darüber, was Sie gelesen haben."
    )
