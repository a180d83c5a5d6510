"""How the editors' pages appear in the public index: one entry for all languages of a page."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.html import strip_tags

from allmende.capabilities.portal.models import Post, ProjectPage
from allmende.capabilities.portal.models.pages import EditorialPage, ProjectState
from allmende.capabilities.portal.queries.pages import public_path
from allmende.core import city
from allmende.core.manifest import EntryData

KINDS = ("news", "page", "programme", "project", "section", "voice", "video")
STATES = {
    "news": {"de": "Nachricht", "en": "News"},
    "page": {"de": "Seite", "en": "Page"},
    "programme": {"de": "Programm", "en": "Programme"},
    "section": {"de": "Übersicht", "en": "List"},
    "voice": {"de": "Stimme", "en": "Voice"},
    "video": {"de": "Video", "en": "Video"},
}
PROGRESS = {
    ProjectState.PLANNED: {"de": "geplant", "en": "planned"},
    ProjectState.RUNNING: {"de": "läuft", "en": "running"},
    ProjectState.PAUSED: {"de": "ruht", "en": "paused"},
    ProjectState.DONE: {"de": "abgeschlossen", "en": "done"},
    ProjectState.STOPPED: {"de": "beendet", "en": "stopped"},
}


def entry_of(kind: str) -> Callable[[UUID], EntryData | None]:
    def entry(key: UUID) -> EntryData | None:
        return _entry(kind, key)

    return entry


def ids_of(kind: str) -> Callable[[], Iterable[UUID]]:
    def ids() -> Iterable[UUID]:
        found = Post.objects.filter(kind=kind, language=settings.LANGUAGE_CODE).order_by("id")
        return found.values_list("key", flat=True).iterator()

    return ids


def url_of(kind: str) -> Callable[[UUID], str | None]:
    def url(key: UUID) -> str | None:
        post = Post.objects.filter(kind=kind, key=key, language=settings.LANGUAGE_CODE).select_related("page").first()
        return public_path(post.page) if post else None

    return url


def _entry(kind: str, key: UUID) -> EntryData | None:
    """Embargoed until the German text appears; a translation joins when it may be seen itself."""
    posts = {post.language: post for post in Post.objects.filter(kind=kind, key=key).select_related("page")}
    german = posts.get(settings.LANGUAGE_CODE)
    if german is None:
        return None
    released = german.state == Post.State.RELEASED
    at = max(timezone.now(), german.visible_from) if released and german.visible_from else timezone.now()
    pages: dict[str, EditorialPage] = {
        code: post.page.specific for code, post in posts.items() if post is german or post.is_visible(at)
    }
    page = pages[settings.LANGUAGE_CODE]
    project = page if isinstance(page, ProjectPage) else None
    office = city.current().department(project.office) if project and project.office else None
    steps = {code: found.next_step for code, found in pages.items() if isinstance(found, ProjectPage)}
    return EntryData(
        ref=german.ref,
        titles={code: found.title for code, found in pages.items()},
        summaries={code: found.summary for code, found in pages.items()},
        bodies={code: strip_tags(found.text()) for code, found in pages.items()},
        url=public_path(page),
        state=project.progress if project else german.state,
        state_labels=PROGRESS[ProjectState(project.progress)] if project else STATES[kind],
        happened_at=german.visible_from
        or german.page.first_published_at
        or german.page.latest_revision_created_at
        or at,
        visibility="public" if released else "hidden",
        visible_from=german.visible_from,
        next_step={code: text for code, text in steps.items() if text},
        office=dict(office.names) if office else {},
        due=_end_of(project.due_on) if project and project.due_on else None,
    )


def _end_of(day: date) -> datetime:
    """The date of a next step ends with its day (half-open)."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=city.current().zone)
