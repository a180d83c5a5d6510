"""The thing that comments hang on, as the public index knows it; and comments as moderators preview them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from allmende.accounts.interface import group_scope
from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.manifest import Preview
from allmende.core.refs import Ref
from allmende.engines.discussion.models import Comment
from allmende.engines.search import interface as search


@dataclass(frozen=True)
class Thing:
    """What something is called and where it stands, as far as this viewer may know."""

    ref: Ref
    title: str
    url: str
    language: str
    kind: str

    @property
    def crumb(self) -> tuple[str, str]:
        """The thing's place in the breadcrumb, with the language of its title."""
        return format_html('<span lang="{}">{}</span>', self.language, self.title), self.url


def thing(ref: Ref, viewer: Viewer, at: datetime) -> Thing:
    """By the index, else by the room's own address; the kind's name stands for a title that nobody may read."""
    language = (get_language() or "de")[:2]
    kind = manifest.index_kinds().get((ref.capability, ref.kind))
    label = str(kind.label) if kind else _moderated_label(ref)
    entry = search.entry(ref, viewer, at)
    if entry is not None:
        return Thing(ref, entry.title(language), entry.path(language), entry.title_language(language), label)
    path = kind.url(ref.id) if kind else _moderated_path(ref)
    return Thing(ref, label, in_language(path or "", language), language, label)


def _moderated_label(ref: Ref) -> str:
    kind = manifest.moderated_kinds().get((ref.capability, ref.kind))
    return str(kind.label) if kind else _("Beitrag")


def _moderated_path(ref: Ref) -> str:
    """Where a thing stands that has no entry of its own, as a statement on its opinion map."""
    kind = manifest.moderated_kinds().get((ref.capability, ref.kind))
    found = kind.preview(ref.id) if kind else None
    return found.url if found else ""


def in_language(path: str, language: str) -> str:
    """A path without language prefix as a page of that language."""
    return f"/{language}{path}" if path and language != "de" else path


def comment_path(comment_id: UUID) -> str:
    """The comment's own page, without language prefix."""
    with override("de"):
        return reverse("discussion:comment", kwargs={"comment_id": comment_id})


def preview(comment_id: UUID) -> Preview | None:
    return previews([comment_id]).get(comment_id)


def previews(ids: Collection[UUID]) -> Mapping[UUID, Preview]:
    """Comments as a moderator reads them before deciding: one query."""
    rows = Comment.objects.filter(pk__in=list(ids)).select_related("current")
    return {
        row.id: Preview(
            title="",
            body=row.body,
            language=row.language,
            author=row.public_name or _("Ohne Namen"),
            author_person_id=row.author_id,
            url=comment_path(row.id),
            scope=row.capability,
            group_scopes=_groups_behind(row),
        )
        for row in rows
    }


def _groups_behind(row: Comment) -> tuple[str, ...]:
    """Whose post it is beside the author's: the office's that answers, or the group's in whose name it stands."""
    office = (f"department:{row.department}",) if row.is_official else ()
    return office if row.organisation_id is None else (*office, group_scope(row.organisation_id))


def may_see_comment(comment_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """Whoever sees the thing and finds the comment in its thread."""
    row = Comment.objects.filter(pk=comment_id).visible_to(viewer).first()
    return row is not None and manifest.may_see(row.ref, viewer, at)
