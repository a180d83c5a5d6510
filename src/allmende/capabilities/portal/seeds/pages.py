"""The trees of both languages, for every city; the editors' demo content from the city pack, through the actions."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from allmende.accounts.interface import actor_for, demo_person
from allmende.capabilities.portal.actions import publishing, writing
from allmende.capabilities.portal.models import (
    FreePage,
    NewsPage,
    PortalRoot,
    Post,
    ProgrammePage,
    ProjectPage,
    SectionPage,
    VersionPage,
    VideoPage,
    VoicePage,
)
from allmende.capabilities.portal.models.pages import EditorialPage, locale
from allmende.core.actor import SYSTEM, Actor, Channel
from allmende.core.city import CityPack


def first_start(pack: CityPack) -> None:
    """The lists exist from the beginning, empty; tolerates repeats."""
    del pack
    at = timezone.now()
    writing.plant_trees(actor=SYSTEM, at=at)
    lists = Post.objects.filter(
        kind__in=("section", "programme"), state=Post.State.DRAFT, checked_revision__isnull=False
    )
    for page_id in lists.values_list("page_id", flat=True):
        publishing.release_page(actor=SYSTEM, page_id=page_id, at=at)


def content_of(pack: CityPack) -> dict[str, Any]:
    """`pages.toml` of the pack, or nothing."""
    path = pack.folder / "pages.toml"
    return tomllib.loads(path.read_text()) if path.is_file() else {}


def seed(pack: CityPack) -> None:
    """What the pack's `pages.toml` holds, written by one editor, checked and released by another."""
    content = content_of(pack)
    if not content or Post.objects.exclude(kind__in=("section", "programme")).exists():
        return
    writer, checker = _demo("editor"), _demo("administrator")
    root = PortalRoot.objects.get(slug="portal")
    if programme := content.get("programme"):
        page = ProgrammePage.objects.get(slug="programm", locale=root.locale)
        for code in ("de", "en"):
            _rewrite(writer, checker, page if code == "de" else _english(page), programme, code)
        for row in content.get("projects", []):
            _write(writer, checker, page.pk, ProjectPage, row)
    for slug, kind, rows in (
        ("aktuelles", NewsPage, "news"),
        ("stimmen", VoicePage, "voices"),
        ("videos", VideoPage, "videos"),
    ):
        section = SectionPage.objects.get(slug=slug, locale=root.locale)
        for row in content.get(rows, []):
            _write(writer, checker, section.pk, kind, row)
    for row in content.get("pages", []):
        _write(writer, checker, root.pk, FreePage, row)


def _demo(name: str) -> Actor:
    found = demo_person(name)
    assert found is not None, f"the demonstration has no {name}"
    return actor_for(found, Channel.SEED)


def _write(
    writer: Actor, checker: Actor, parent_id: int, kind: type[EditorialPage], row: Mapping[str, Any]
) -> EditorialPage:
    """A page with its English version and, if the pack has one, in plain language; released on the row's day."""
    at = _moment(row)
    page = writing.write_page(actor=writer, parent_id=parent_id, page=_page(kind, row, "de"))
    _release(checker, page, at)
    if "en" in row["title"]:
        english = writing.write_translation(actor=writer, original=page, page=_page(kind, row, "en"))
        _release(checker, english, at)
    for version in row.get("versions", []):
        one = _page(VersionPage, {**version, "slug": version["form"]}, "de")
        _release(checker, writing.write_page(actor=writer, parent_id=page.pk, page=one), at)
    return page


def _english(page: EditorialPage) -> EditorialPage:
    found: EditorialPage = page.get_translation(locale("en")).specific
    return found


def _rewrite(writer: Actor, checker: Actor, page: EditorialPage, row: Mapping[str, Any], language: str) -> None:
    """A page that every city has from the beginning gets the words of this one."""
    new = _page(type(page), {**row, "slug": page.slug}, language)
    page.title, page.summary, page.body = new.title, new.summary, new.body
    if isinstance(page, ProgrammePage) and isinstance(new, ProgrammePage):
        page.stages = new.stages
    writing.change_page(actor=writer, page=page)
    _release(checker, page, _moment(row))


def _release(checker: Actor, page: EditorialPage, at: datetime) -> None:
    publishing.check_page(actor=checker, page_id=page.pk, at=at)
    publishing.release_page(actor=checker, page_id=page.pk, at=at)


PER_LANGUAGE = ("title", "summary", "quote", "role", "next_step", "transcript")
AS_IT_IS = ("stage", "progress", "office", "due_on", "minutes", "recorded_on", "address", "form", "author")
REVIEW = ("reviewing_group", "reviewed_on")


def _page(kind: type[EditorialPage], row: Mapping[str, Any], language: str) -> EditorialPage:
    names = {field.name for field in kind._meta.get_fields()}
    values: dict[str, Any] = {name: _in(row[name], language) for name in PER_LANGUAGE if name in row and name in names}
    values |= {name: row[name] for name in (*AS_IT_IS, *REVIEW) if name in row and name in names}
    if "transcript" in values:
        values["transcript"] = _paragraphs(values["transcript"])
    page = kind(slug=row["slug"], **values)
    page.body = _blocks(row.get("body", []), language)
    if isinstance(page, ProgrammePage):
        page.stages = [("stage", _stage(stage, language)) for stage in row.get("stages", [])]
    if isinstance(page, ProjectPage):
        if "due_in_days" in row:
            page.due_on = timezone.localdate() + timedelta(days=row["due_in_days"])
        page.milestones = [("milestone", _milestone(step, language)) for step in row.get("milestones", [])]
        page.links = [("link", _card(card, language)) for card in row.get("links", [])]
    if isinstance(page, VideoPage):
        page.chapters = [
            ("chapter", {"minutes": c["minutes"], "seconds": c.get("seconds", 0), "title": _in(c["title"], language)})
            for c in row.get("chapters", [])
        ]
    if row.get("correction"):
        correction = row["correction"]
        page.corrections = [("correction", {"date": correction["date"], "text": _in(correction["text"], language)})]
    return page


def _in(texts: Any, language: str) -> str:
    return str(texts.get(language) or texts["de"]) if isinstance(texts, Mapping) else str(texts)


def _paragraphs(text: str) -> str:
    from django.utils.html import escape

    return "".join(f"<p>{escape(part.strip())}</p>" for part in text.split("\n\n") if part.strip())


def _blocks(rows: list[Mapping[str, Any]], language: str) -> list[tuple[str, Any]]:
    """Blocks of the body: each row has one key, which is the block's name."""
    from wagtail.rich_text import RichText

    made: list[tuple[str, Any]] = []
    for row in rows:
        if "heading" in row:
            made.append(("heading", {"text": _in(row["heading"], language), "level": "2"}))
        elif "quote" in row:
            made.append(("quote", {"text": _in(row["quote"], language), "who": _in(row["who"], language)}))
        elif "list" in row:
            items = [RichText(_paragraphs(_in(item, language))) for item in row["list"]]
            made.append(("bullets", {"numbered": row.get("numbered", False), "items": items}))
        elif "cards" in row:
            cards = [_card(card, language) for card in row["cards"]]
            made.append(("cards", {"heading": _in(row["title"], language), "cards": cards}))
        else:
            made.append(("text", RichText(_paragraphs(_in(row["text"], language)))))
    return made


def _card(card: Mapping[str, Any], language: str) -> dict[str, Any]:
    address = card["address"]
    prefix = f"/{language}" if language != "de" and address.startswith("/") else ""
    return {
        "title": _in(card["title"], language),
        "text": _in(card.get("text", ""), language),
        "page": None,
        "address": prefix + address,
    }


def _milestone(step: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {"date": step["date"], "text": _in(step["text"], language), "reached": step.get("reached", False)}


def _stage(stage: Mapping[str, Any], language: str) -> dict[str, Any]:
    from wagtail.rich_text import RichText

    return {
        "name": _in(stage["name"], language),
        "first_year": stage["first_year"],
        "last_year": stage["last_year"],
        "text": RichText(_paragraphs(_in(stage["text"], language))),
        "milestones": [_milestone(step, language) for step in stage.get("milestones", [])],
    }


def _moment(row: Mapping[str, Any]) -> datetime:
    """When the page appeared: so many days before today, at nine in the morning."""
    day = timezone.localtime() - timedelta(days=row.get("days_ago", 0))
    return min(day.replace(hour=9, minute=0, second=0, microsecond=0), timezone.now())
