"""Official notices for programs: what stands, with wording and hash."""

from datetime import date, datetime
from typing import Annotated, cast

from django.conf import settings
from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from allmende.capabilities.portal.models.notices import Notice
from allmende.capabilities.portal.queries import notices as queries
from allmende.capabilities.portal.rules import notices as rules
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request

router = Router(tags=["notices"])


class AnnexOut(Schema):
    """A PDF that belongs to a notice; its hash stands in the sealed wording."""

    title: str
    summary: str
    bytes: int
    sha256: str
    url: str = Field(description="Empty while the file is still looked at.")


class NoticeOut(Schema):
    """An official notice. `sealed` is the wording to which `sha256` belongs, in UTF-8."""

    id: str
    number: str = Field(description="Number and year, as `12/2026`.")
    title: str
    text: str = Field(description="Markdown; empty when a law no longer lets it be shown.")
    summary: dict[str, str]
    legal_basis: str
    department: str
    signed_by: str
    paper_place: str
    provided_at: datetime
    day_of_provision: date = Field(description="The day that counts as the day of publication (ThürBekVO § 6(3)).")
    corrects: str = Field(description="Number of the notice that this one puts right, or empty.")
    sealed: str
    sha256: str
    annexes: list[AnnexOut]
    is_example: bool
    url: str


class NoticesOut(Schema):
    """A part of the list; give `next` as `after` to go on."""

    total: int
    notices: list[NoticeOut]
    next: str


def _notice(row: Notice, at: datetime, annexes: list[queries.Annex]) -> NoticeOut:
    assert row.provided_at is not None
    shown = rules.text_is_shown(row, at)
    return NoticeOut(
        id=str(row.pk),
        number=row.label,
        title=row.title,
        text=row.text if shown else "",
        summary=row.summary,
        legal_basis=row.legal_basis,
        department=row.department,
        signed_by=row.signed_by,
        paper_place=row.paper_place,
        provided_at=row.provided_at,
        day_of_provision=row.provided_at.astimezone(city.current().zone).date(),
        corrects=row.corrects.label if row.corrects else "",
        sealed=row.sealed if shown else "",
        sha256=row.content_hash,
        annexes=[
            AnnexOut(
                title=one.row.title,
                summary=one.row.summary,
                bytes=one.row.size,
                sha256=one.row.sha256,
                url=f"{settings.PUBLIC_URL}{one.view.file.url}" if one.view else "",
            )
            for one in (annexes if shown else ())
        ],
        is_example=row.is_example,
        url=f"{settings.PUBLIC_URL}/bekanntmachungen/{row.year}/{row.number}/",
    )


@router.get("", response=NoticesOut, summary="Official notices")
def list_notices(
    request: HttpRequest,
    year: Annotated[int, Field(ge=1990, le=2200)] | None = None,
    text: Annotated[str, Field(max_length=120)] = "",
    after: Annotated[str, Field(max_length=120)] = "",
    limit: Annotated[int, Field(ge=1, le=100)] = 20,
) -> NoticesOut:
    """What stands now, the newest first."""
    at = cast("Request", request).at
    part = queries.listed(at, year=year, words=text.replace("\x00", ""), after=after, limit=limit)
    annexes = queries.annexes_of(part.notices)
    rows = [_notice(row, at, annexes[row.pk]) for row in part.notices]
    return NoticesOut(total=part.total, notices=rows, next=part.next)


@router.get("{year}/{number}", response=NoticeOut, summary="One official notice")
def get_notice(
    request: HttpRequest, year: Path[Annotated[int, Field(ge=1, le=9998)]], number: Path[Annotated[int, Field(ge=1)]]
) -> NoticeOut:
    """With its sealed wording. 404 before its instant of provision, whoever asks."""
    asked = cast("Request", request)
    page = queries.by_number(year, number, asked.viewer, asked.at)
    if not rules.stands(page.notice, asked.at):
        raise NotFound
    return _notice(page.notice, asked.at, page.annexes)
