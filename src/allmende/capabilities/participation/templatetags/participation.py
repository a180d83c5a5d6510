"""Cards and options written by hand: the list of ideas is measured, and a template's loop takes ten times as long."""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from allmende.capabilities.participation.queries import Card
from allmende.core.texts import Text

register = template.Library()


@register.simple_tag
def idea_cards(cards: Iterable[Card], *, in_store: bool = False) -> SafeString:
    """Ideas as items of `<ul class="cards">`, in the markup of ui/parts/card.html. `in_store`: without its name."""
    one, many = escape(_("unterstützt das")), escape(_("unterstützen das"))
    rows = []
    for card in cards:
        language, title, url = escape(card.language), escape(card.title), escape(card.url)
        tag = f" tag--{card.tag}" if card.tag else ""
        district = f' <span class="tag tag--quiet">{escape(card.district)}</span>' if card.district else ""
        meta = [escape(card.author)]
        if card.supports is not None:
            meta.append(f"<b>{card.supports}</b> {one if card.supports == 1 else many}")
        if card.comments:
            meta.append(f"<b>{card.comments}</b> {escape(card.comments_word)}")
        if not in_store:
            meta.append(escape(card.store))
        rows.append(
            '<li><article class="kern-card"><div class="kern-card__container"><p class="tags">'
            f'<span class="tag{tag}">{escape(card.state_label)}</span>{district}</p>\n'
            f'<h3 lang="{language}" dir="auto"><a href="{url}">{title}</a></h3>\n'
            f'<p lang="{language}" dir="auto">{escape(card.text)}</p>\n'
            f'<ul class="meta" role="list"><li>{"</li><li>".join(meta)}</li></ul></div></article></li>'
        )
    return mark_safe("\n".join(rows))  # noqa: S308 - every word of people and city went through escape()


@register.simple_tag
def select_options(options: Iterable[tuple[str, Text, bool]]) -> SafeString:
    """`<option>` elements of (value, words, chosen)."""
    return mark_safe(  # noqa: S308 - as above
        "".join(
            f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(str(words))}</option>'
            for value, words, chosen in options
        )
    )
