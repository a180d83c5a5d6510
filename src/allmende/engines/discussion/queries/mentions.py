"""Whom the words of a comment address with „@Name“: only people who have written in the same thread under that name."""

import re
from collections.abc import Iterable
from uuid import UUID

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from allmende.core.refs import Ref
from allmende.engines.discussion.models import Comment

MOST = 10
"""More people are not told by one comment."""


def _mark(name: str) -> str:
    return rf"(?<![\w@])@{re.escape(name)}(?!\w)"


def mentioned_in(ref: Ref, text: str) -> list[str]:
    """Names, the longest first, so that „@Linde 12“ is not taken for „@Linde 1“. No query without an „@“."""
    if "@" not in text:
        return []
    names = Comment.objects.on(ref).published().filter(author__isnull=False, is_official=False).exclude(public_name="")
    known = set(names.values_list("public_name", flat=True).distinct())
    found = [name for name in known if re.search(_mark(name), text, re.IGNORECASE)]
    return sorted(found, key=lambda name: (-len(name), name))[:MOST]


def people_named(comment: Comment) -> set[UUID]:
    """Who is told: whoever wrote in the thread under one of the names, but not who wrote this."""
    if not comment.mentions:
        return set()
    rows = Comment.objects.on(comment.ref).published().filter(public_name__in=comment.mentions, author__isnull=False)
    return {id_ for id_ in rows.values_list("author_id", flat=True) if id_ is not None} - {comment.author_id}


def marked(text: str, names: Iterable[str]) -> SafeString:
    """The text as HTML, its mentions in bold."""
    wanted = list(names)
    if not wanted:
        return escape(text)
    pattern = re.compile("|".join(_mark(name) for name in wanted), re.IGNORECASE)
    parts, end = [], 0
    for match in pattern.finditer(text):
        parts += [escape(text[end : match.start()]), "<b>", escape(match.group()), "</b>"]
        end = match.end()
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308 - every piece of the text went through escape()
