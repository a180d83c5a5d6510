"""Examples of official notices, elections and reported barriers, from the city pack, through the actions."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from allmende.accounts import interface as accounts
from allmende.capabilities.portal.actions import annexes, barriers, elections, exchange, notices
from allmende.capabilities.portal.models.barriers import BarrierReport
from allmende.capabilities.portal.models.elections import ElectionPeriod
from allmende.capabilities.portal.models.exchange import FeedSource
from allmende.capabilities.portal.models.notices import Notice
from allmende.capabilities.portal.tasks.exchange import read_source
from allmende.core import city
from allmende.core.actor import Actor, Channel, Grant, Role, Viewer
from allmende.core.city import CityPack
from allmende.engines.media import interface as media
from allmende.ui import pdf


def staff(key: str, *grants: Grant) -> Actor:
    """One of the demonstration's people, acting with these roles."""
    person = accounts.demo_person(key)
    assert person is not None, "accounts are seeded first"
    return Actor(viewer=Viewer(person.pk, frozenset(grants)), key=accounts.key_of(person.pk), channel=Channel.SEED)


def seed(pack: CityPack) -> None:
    """Everything that this part shows in the demo city; what an interrupted start has brought stays as it is."""
    now = timezone.now()
    editor = staff("editor", Grant(Role.EDITOR))
    made: dict[str, UUID] = {}
    for row in [] if Notice.objects.exists() else pack.content.get("notices", []):
        made[row["key"]] = _notice(row, editor, made, now)
    for row in [] if ElectionPeriod.objects.exists() else pack.content.get("elections", []):
        elections.save_period(
            actor=editor,
            title=row["title"],
            starts_at=_day(now, row["starts"]),
            ends_at=_day(now, row["ends"]),
            reason=row["reason"],
            is_example=True,
        )
    if not BarrierReport.objects.exists():
        _barriers(pack, now)
    if FeedSource.objects.exists():
        return
    source = exchange.save_source(
        actor=editor, url="demo:website", title="Amtliche Website (Beispiel)", is_example=True, at=now
    )
    read_source(source, now)


def _day(now: datetime, offset: int, *, hour: int = 0) -> datetime:
    zone = city.current().zone
    return datetime.combine((now + timedelta(days=offset)).astimezone(zone).date(), time(hour), zone)


def _notice(row: dict[str, Any], editor: Actor, made: dict[str, UUID], now: datetime) -> UUID:
    provided = _day(now, row.get("days", 0), hour=8)
    at = min(provided, now)
    data = notices.NoticeData(
        title=row["title"],
        title_en=row.get("title_en", ""),
        text=row["text"],
        department=row["department"],
        legal_basis=row.get("legal_basis", ""),
        signed_by=row.get("signed_by", ""),
        paper_place=row.get("paper_place", ""),
        summary=row.get("summary", {}),
        corrects=made.get(row.get("corrects", "")),
        is_example=True,
    )
    found = notices.write_notice(actor=editor, data=data, at=at)
    if not made or row.get("state") == "draft":
        _annex(found, editor, at)
    if row.get("state") != "draft":
        clerk = staff("clerk", Grant(Role.CLERK, f"department:{row['department']}"))
        notices.check_notice(actor=clerk, notice_id=found.pk, at=at)
        notices.provide_notice(actor=editor, notice_id=found.pk, not_before=provided, at=at)
    return found.pk


def _annex(notice: Notice, editor: Actor, at: datetime) -> None:
    """A page as PDF beside the first notice, and beside every draft."""
    title, summary = "Beispiel: Übersicht auf einem Blatt", "Ein Blatt mit zwei Sätzen. Es zeigt, wie Anlagen aussehen."
    words = "Dieses Blatt ist ein Beispiel. In einer echten Bekanntmachung stünde hier ein Plan oder eine Karte."
    values = {
        "label": "Anlage",
        "city": city.current().name,
        "heading": title,
        "blocks": [{"kind": "paragraph", "text": words, "mark": ""}],
        "facts": [],
        "seal": {"words": "", "hash": ""},
    }
    content = pdf.make("portal/pdf/notice.typ", values, title=title, language="de", at=at.astimezone(UTC))
    kept = media.take_document(content, words=media.Words(title, summary, "de"), actor=editor, at=at, library=True)
    annexes.add_annex(
        actor=editor, notice_id=notice.pk, title=title, summary=summary, kept=kept, content=content, at=at
    )


def _barriers(pack: CityPack, now: datetime) -> None:
    """Two reports: one that waits, one that was answered."""
    resident = accounts.demo_person("resident")
    for row in pack.content.get("barriers", []):
        at = now - timedelta(days=row["days_ago"])
        guest = {"contact_kind": "number"} if row.get("guest") or resident is None else None
        actor = Actor(channel=Channel.SEED) if guest else staff("resident")
        made = barriers.report_barrier(
            actor=actor,
            **{name: row.get(name, "") for name in ("kind", "body", "page", "tools")},
            guest=guest,
            is_example=True,
            at=at,
        )
        if row.get("answer"):
            editor = staff("editor", Grant(Role.EDITOR))
            barriers.answer_barrier(actor=editor, report_id=made.pk, outcome="solved", text=row["answer"], at=now)
