"""What follows from the editors' pages: planned ones wait before elections, followers hear once of what appeared."""

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.capabilities.portal.actions import publishing
from allmende.capabilities.portal.models import NewsPage, Post, ProjectPage, VersionPage
from allmende.capabilities.portal.queries import pages as queries
from allmende.capabilities.portal.queries.elections import hold_at
from allmende.capabilities.portal.queries.pages import planned
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref


def hold_planned(event: Stored) -> None:
    """Holds every embargoed page and every planned version whose moment a period now holds; tolerates repeats."""
    del event
    hold_scheduled()


def hold_scheduled() -> int:
    """Looks at everything that is planned; returns how many pages were held. For the election calendar."""
    at = timezone.now()
    held = 0
    for post in planned(at):
        moment = post.next_from or post.visible_from
        found = hold_at(moment, renewed_at=post.released_at) if moment else None
        if found is not None:
            publishing.hold_page(actor=SYSTEM, page_id=post.page_id, reason=found.reason, at=at)
            held += 1
    return held


# Who hears of what


def _seen(event: Stored) -> Post | None:
    """The German page, if it can be read now; its translations are no news of their own."""
    if event.payload["language"] != settings.LANGUAGE_CODE:
        return None
    found = Post.objects.filter(key=event.ref.id, language=settings.LANGUAGE_CODE).select_related("page").first()
    return found if found is not None and found.is_visible(timezone.now()) else None


def _in(post: Post, language: str) -> Post:
    """The page in the reader's language where there is one to read."""
    found = Post.objects.visible(timezone.now()).filter(key=post.key, language=language).select_related("page").first()
    return found or post


SUBJECTS = {
    "news": lambda: _("Neue Nachricht: %(title)s"),
    "project": lambda: _("Neues Projekt: %(title)s"),
    "voice": lambda: _("Neue Stimme: %(title)s"),
    "video": lambda: _("Neues Video: %(title)s"),
    "page": lambda: _("Neue Seite: %(title)s"),
    "version": lambda: _("Jetzt auch so zu lesen: %(title)s"),
}


def appeared(event: Stored, language: str) -> NoticeText | None:
    """Told when everybody can read it, so never before an embargo ends, and only the first time."""
    post = _seen(event)
    if post is None or post.kind not in SUBJECTS:
        return None
    page = _in(post, language).page.specific
    subject = SUBJECTS[post.kind]()
    ref = post.ref
    if isinstance(page, VersionPage):
        above = queries.post_above(post)
        if above is None:
            return None
        ref = above.ref
        title = f"{_in(above, language).page.title} ({page.get_form_display()})"
    else:
        title = page.title
    return NoticeText(subject % {"title": title}, page.summary, ref)


def moved_on(event: Stored, language: str) -> NoticeText | None:
    """A correction, or a project's new state, next step or milestones."""
    post = _seen(event)
    if post is None:
        return None
    page = _in(post, language).page.specific
    if event.payload["correction"] and page.corrections:
        newest = max((row.value for row in page.corrections), key=lambda row: row["date"])
        return NoticeText(_("Berichtigt: %(title)s") % {"title": page.title}, newest["text"], post.ref)
    lines = [page.summary]
    if isinstance(page, ProjectPage):
        lines = [_("Stand: %(state)s") % {"state": page.get_progress_display()}]
        if page.next_step:
            lines.append(_("Nächster Schritt: %(step)s") % {"step": page.next_step})
    return NoticeText(_("Neuer Stand: %(title)s") % {"title": page.title}, "\n".join(lines), post.ref)


def itself(event: Stored) -> Iterable[Ref]:
    return (event.ref,)


def where_it_stands(event: Stored) -> Iterable[Ref]:
    """The list or programme that it appeared in, and the project that it is about with the programme above."""
    post = _seen(event)
    if post is None:
        return ()
    found = [queries.post_above(post)]
    page = post.page.specific
    if isinstance(page, NewsPage) and page.about_id:
        about = Post.objects.filter(page=page.about_id).select_related("page").first()
        found += [about, queries.post_above(about) if about and about.kind == "project" else None]
    return tuple(row.ref for row in found if row is not None)


RULES = (
    NoticeRule("portal.page_appeared", appeared, followed=where_it_stands),
    NoticeRule("portal.page_moved_on", moved_on, followed=itself),
)
