"""Texts of the city as they are kept: per language, German first, without what no text can hold."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from allmende.core.errors import Invalid
from allmende.engines.discussion.rules.heuristics import tidy

type Texts = Mapping[str, str]

MOST_LINES = 30


def line(texts: Texts, field: str, limit: int, *, needed: bool = True) -> dict[str, str]:
    """One line per language. Raises Invalid with the field when German is missing or a line is too long."""
    return _kept({code: " ".join(tidy(text).split()) for code, text in texts.items()}, field, limit, needed)


def prose(texts: Texts, field: str, limit: int, *, needed: bool = True) -> dict[str, str]:
    """As `line`, with its line breaks."""
    return _kept({code: tidy(text).strip() for code, text in texts.items()}, field, limit, needed)


def lines(rows: Sequence[Texts], field: str, limit: int) -> list[dict[str, str]]:
    """Several lines, each as `line`. Raises Invalid."""
    if len(rows) > MOST_LINES:
        raise Invalid(fields={field: _("Bitte nennen Sie höchstens %(n)s.") % {"n": MOST_LINES}})
    return [line(one, field, limit) for one in rows]


def _kept(texts: dict[str, str], field: str, limit: int, needed: bool) -> dict[str, str]:  # noqa: FBT001 - inner
    found = {code: text for code, text in texts.items() if text}
    if "de" not in found and (needed or found):
        raise Invalid(fields={field: _("Bitte füllen Sie dieses Feld auf Deutsch aus.")})
    if any(len(text) > limit for text in found.values()):
        raise Invalid(fields={field: _("Bitte kürzen Sie den Text auf %(n)s Zeichen.") % {"n": limit}})
    return found


def sentence(text: str, field: str, limit: int) -> str:
    """A reason that people read, on one line. Raises Invalid with the field."""
    kept = " ".join(tidy(text).split())
    if not kept:
        raise Invalid(fields={field: _("Bitte schreiben Sie in einem Satz, warum.")})
    if len(kept) > limit:
        raise Invalid(fields={field: _("Bitte kürzen Sie die Begründung auf %(n)s Zeichen.") % {"n": limit}})
    return kept
