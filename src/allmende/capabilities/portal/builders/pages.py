"""Pages of the editors for tests, made through the actions."""

import itertools
from datetime import datetime
from typing import Any

from django.utils import timezone
from wagtail.rich_text import RichText

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import publishing, writing
from allmende.capabilities.portal.models import NewsPage, Picture, SectionPage
from allmende.capabilities.portal.models.pages import EditorialPage
from allmende.capabilities.portal.seeds.pages import first_start
from allmende.core.actor import Actor
from allmende.core.city import pack
from allmende.engines.media import builders as pictures

_numbers = itertools.count(1)


def section(slug: str = "aktuelles") -> SectionPage:
    """The list of that name, in German; the trees are planted when they are missing."""
    first_start(pack())
    found: SectionPage = SectionPage.objects.get(slug=slug, locale__language_code="de")
    return found


def editor(**fields: Any) -> Actor:
    return people.actor(people.editor(**fields))


def draft(
    *,
    writer: Actor | None = None,
    kind: type[EditorialPage] = NewsPage,
    parent: Any = None,
    text: str = "",
    **fields: Any,
) -> EditorialPage:
    """A draft that nobody has checked."""
    number = next(_numbers)
    fields.setdefault("title", f"Nachricht {number}")
    fields.setdefault("slug", f"nachricht-{number}")
    fields.setdefault("summary", f"Zusammenfassung {number}")
    fields.setdefault("body", [("text", RichText(f"<p>{text or 'Ein Satz.'}</p>"))])
    parent_id = (parent or section()).pk
    return writing.write_page(actor=writer or editor(), parent_id=parent_id, page=kind(**fields))


def released(*, at: datetime | None = None, **fields: Any) -> EditorialPage:
    """A page that was written by one editor, checked and released by another."""
    page = draft(**fields)
    return release(page, at=at)


def release(page: EditorialPage, *, at: datetime | None = None) -> EditorialPage:
    """Another editor checks and releases the latest version."""
    other, moment = editor(), at or timezone.now()
    publishing.check_page(actor=other, page_id=page.pk, at=moment)
    publishing.release_page(actor=other, page_id=page.pk, at=moment)
    found: EditorialPage = type(page).objects.get(pk=page.pk)
    return found


def translated(page: EditorialPage, *, at: datetime | None = None, **fields: Any) -> EditorialPage:
    """The page in English, released."""
    fields.setdefault("title", f"English {next(_numbers)}")
    fields.setdefault("summary", "English summary")
    made = writing.write_translation(actor=editor(), original=page, page=type(page)(**fields))
    return release(made, at=at)


def picture(**fields: Any) -> Picture:
    """A picture that `media` keeps, private until a page with it is seen."""
    fields.setdefault("title", "Linde")
    fields.setdefault("credit", "Stadtarchiv")
    fields.setdefault("description", "Eine Bank unter einer Linde")
    made = Picture(width=60, height=40, **fields)
    made.file.name = f"{made.key}.jpg"
    made.save()
    pictures.image_of(made.ref)
    return made
