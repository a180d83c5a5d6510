"""A text's paragraphs as they stand in the document, written directly: a text has hundreds of them, and a template
takes ten times as long for each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.template.defaultfilters import linebreaks_filter, linebreaksbr
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.capabilities.strategy.models import Text, Wording

HEADINGS = {"heading": "h2", "subheading": "h3"}


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph of the document. `links` lead to what was said to it, to saying something, to its goal."""

    number: int
    shape: str
    body: str
    words: SafeString
    links: SafeString


def rows_of(found: Text, wordings: Sequence[Wording], *, linked: bool, is_open: bool) -> list[Row]:
    """`linked`: it is published, so each paragraph has its page; `is_open`: people can say something to it now."""
    links = _Links(found, is_open=is_open) if linked else None
    language = escape(found.language)
    return [
        Row(
            one.paragraph.number,
            one.shape,
            one.body,
            _words(one, language),
            links.of(one) if links is not None else SafeString(),
        )
        for one in wordings
    ]


def _addresses(name: str, number: int) -> Callable[[int], str]:
    """Paragraph → its address of this name, which is resolved once: the last 0 of it stands for the paragraph."""
    before, _zero, after = reverse(name, args=[number, 0]).rpartition("0")
    return lambda paragraph: f"{before}{paragraph}{after}"


def _words(one: Wording, language: str) -> SafeString:
    if one.shape in HEADINGS:
        tag = HEADINGS[one.shape]
        return mark_safe(f'<{tag} lang="{language}">{escape(one.body)}</{tag}>')  # noqa: S308 - escaped here
    if one.shape == "item":
        return mark_safe(f'<ul lang="{language}"><li>{linebreaksbr(one.body)}</li></ul>')  # noqa: S308 - it escapes
    return mark_safe(f'<div lang="{language}">{linebreaks_filter(one.body)}</div>')  # noqa: S308 - it escapes


class _Links:
    """What leads on from each paragraph. Words are translated and escaped once; addresses and numbers need neither."""

    def __init__(self, found: Text, *, is_open: bool) -> None:
        self.here = _addresses("strategy:paragraph", found.number)
        self.say = _addresses("strategy:say", found.number) if is_open else None
        self.name, self.invitation, self.about = map(
            escape, (_("Absatz %(n)s"), _("Etwas dazu sagen"), _("zu Absatz %(n)s"))
        )

    def of(self, one: Wording) -> SafeString:
        number, said, goal = one.paragraph.number, one.paragraph.said, one.paragraph.goal
        name = self.name % {"n": number}
        count = ": " + escape(ngettext("%(n)s Rückmeldung", "%(n)s Rückmeldungen", said) % {"n": said}) if said else ""
        links = f'<a href="{self.here(number)}"><span>{name}</span>{count}</a>'
        if self.say is not None:
            about = self.about % {"n": number}
            links += f'<a class="say" href="{self.say(number)}">{self.invitation}<span class="sr"> {about}</span></a>'
        if goal is not None:
            address = reverse("strategy:goal", args=[goal.number])
            code = escape(_("Ziel %(code)s") % {"code": goal.code})
            links += f'<a href="{address}">{code}<span class="sr"> ({name})</span></a>'
        return mark_safe(links)  # noqa: S308 - every piece was escaped or is a number
