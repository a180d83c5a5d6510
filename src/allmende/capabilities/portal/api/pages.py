"""The editors' pages for programs: what everybody may see, in all languages, the newest first."""

from datetime import datetime
from typing import Annotated, Literal, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from allmende.capabilities.portal.queries import pages as queries
from allmende.core.errors import NotFound
from allmende.core.http import Request

router = Router(tags=["pages"])
Kind = Literal["news", "page", "programme", "project", "voice", "video"]


class PageText(Schema):
    """The page in one language."""

    title: str
    summary: str
    text: str = Field(description="All words of the page, without markup.")
    url: str


class PageOut(Schema):
    """A page; `texts` has German and every released translation."""

    id: UUID
    kind: Kind
    published: datetime = Field(description="When everybody could read it first.")
    released: datetime = Field(description="When its present version was released.")
    texts: dict[str, PageText]
    details: dict[str, str] = Field(description="Of a project: stage, state, next_step, office, due; else empty.")


class PagesOut(Schema):
    """A part of the list; give `next` as `after` to go on. Empty: this was the last part."""

    pages: list[PageOut]
    next: str


def _out(row: queries.Whole) -> PageOut:
    return PageOut(
        id=row.post.key,
        kind=cast("Kind", row.post.kind),
        published=cast("datetime", row.post.visible_from),
        released=cast("datetime", row.post.released_at),
        texts={
            code: PageText(title=text.title, summary=text.summary, text=text.text, url=settings.PUBLIC_URL + text.path)
            for code, text in row.texts.items()
        },
        details=row.details,
    )


@router.get("{kind}", response=PagesOut, summary="Pages of a kind")
def list_pages(
    request: HttpRequest,
    kind: Kind,
    after: Annotated[str, Field(max_length=120, description="`next` of the part before.")] = "",
    limit: Annotated[int, Field(ge=1, le=50)] = 20,
) -> PagesOut:
    """What everybody can read now, the newest first."""
    at = cast("Request", request).at
    rows, following = queries.whole_pages(kind, at, after=after, limit=limit)
    return PagesOut(pages=[_out(row) for row in rows], next=following)


@router.get("{kind}/{id}", response=PageOut, summary="One page")
def get_page(request: HttpRequest, kind: Kind, id: Path[UUID]) -> PageOut:  # noqa: A002 - the API's word
    """404 before its embargo ends and after its end, whoever asks."""
    rows, _next = queries.whole_pages(kind, cast("Request", request).at, key=id, limit=1)
    if not rows:
        raise NotFound
    return _out(rows[0])
