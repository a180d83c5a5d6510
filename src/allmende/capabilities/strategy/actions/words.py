"""Texts as they are kept."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from allmende.core.errors import Invalid
from allmende.engines.discussion import interface as discussion

type Texts = Mapping[str, str]


def line(texts: Texts, field: str, limit: int) -> dict[str, str]:
    """One line per language. Raises Invalid with the field when German is missing or a line is too long."""
    return _kept({code: " ".join(discussion.tidy(text).split()) for code, text in texts.items()}, field, limit)


def prose(texts: Texts, field: str, limit: int) -> dict[str, str]:
    """As `line`, with its line breaks."""
    return _kept({code: discussion.tidy(text).strip() for code, text in texts.items()}, field, limit)


def _kept(texts: dict[str, str], field: str, limit: int) -> dict[str, str]:
    found = {code: text for code, text in texts.items() if text}
    if "de" not in found:
        raise Invalid(fields={field: _("Bitte füllen Sie dieses Feld auf Deutsch aus.")})
    if any(len(text) > limit for text in found.values()):
        raise Invalid(fields={field: _("Bitte kürzen Sie den Text auf %(n)s Zeichen.") % {"n": limit}})
    return found


def sentence(text: str, field: str, limit: int) -> str:
    """A reason that people read, on one line. Raises Invalid with the field."""
    kept = " ".join(discussion.tidy(text).split())
    if not kept:
        raise Invalid(fields={field: _("Bitte schreiben Sie in einem Satz, warum.")})
    if len(kept) > limit:
        raise Invalid(fields={field: _("Bitte kürzen Sie die Begründung auf %(n)s Zeichen.") % {"n": limit}})
    return kept
