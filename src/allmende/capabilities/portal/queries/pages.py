"""The editors' pages as somebody sees them at some time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.models import Page, ReferenceIndex

from allmende.capabilities.portal.models import Attachment, NewsPage, Picture, Post, ProjectPage
from allmende.capabilities.portal.models.files import shown_documents, shown_films, shown_pictures
from allmende.capabilities.portal.models.pages import ROOT_SLUG, EditorialPage, Form, VersionPage
from allmende.capabilities.portal.rules.pages import may_edit
from allmende.core.actor import Viewer
from allmende.engines.media.interface import DocumentView, ImageView, VideoView

PER_PAGE = 12


@dataclass(frozen=True)
class Shown:
    """A page to be shown: its text in `language`, which may be German although English was asked for."""

    page: EditorialPage
    post: Post
    language: str
    translated: bool
    """Whether there is a text in the language that was asked for."""
    parent: "Post | None" = None
    pictures: dict[int, ImageView] = field(default_factory=dict)
    """By key of the picture; those whose licence has ended are missing."""
    documents: dict[int, DocumentView] = field(default_factory=dict)
    """By key of the file."""
    films: dict[str, VideoView] = field(default_factory=dict)
    """By key of the video in the library."""
    versions: Sequence["Version"] = ()


@dataclass(frozen=True)
class Version:
    """A way to the same content in plain or sign language."""

    form: Form
    path: str
    is_behind: bool


@dataclass(frozen=True)
class Teaser:
    """A page in a list."""

    post: Post
    page: EditorialPage
    path: str
    language: str
    picture: ImageView | None = None


def public_path(page: Page) -> str:
    """Path without language prefix; both languages have the same."""
    return "/" + str(page.url_path).split("/", 2)[2]


def local(path: str, language: str) -> str:
    """The path as it stands in an address of that language."""
    return path if language == settings.LANGUAGE_CODE else f"/{language}{path}"


def page_at(path: str, viewer: Viewer, at: datetime, *, draft: bool = False) -> Shown | None:
    """The page under an address of the portal, without language prefix and first slash; None when nobody may see it.

    With `draft` an editor sees what waits to be checked. At most 7 queries.
    """
    wanted = f"/{ROOT_SLUG}/{path}"
    posts = Post.objects.filter(
        key__in=Post.objects.filter(page__url_path=wanted).values("key"),
    ).select_related("page")
    by_language = {post.language: post for post in posts}
    drafts = draft and may_edit(viewer)
    allowed = {code: post for code, post in by_language.items() if drafts or post.is_visible(at)}
    post = allowed.get(viewer.language) or allowed.get(settings.LANGUAGE_CODE)
    if post is None:
        return None
    page = post.page.get_latest_revision_as_object() if drafts and post.page.latest_revision_id else as_it_is(post, at)
    if isinstance(page, VersionPage) and not drafts:
        above = Post.objects.visible(at).filter(page__url_path=parent_path(wanted)).exists()
        if not above:
            return None
    return Shown(
        page=page,
        post=post,
        language=post.language,
        translated=post.language == viewer.language,
        pictures=shown_pictures(page.pictures(), timezone.localdate(at)),
        documents=shown_documents(page.files()),
        films=shown_films(page.films(), at, draft=drafts),
        versions=versions_of(post, at),
    )


def as_it_is(post: Post, at: datetime) -> EditorialPage:
    """The page's words at that instant: a released new version counts from its moment on, whatever the worker does."""
    page: EditorialPage = post.page.specific
    if post.next_from is not None and post.next_from <= at:
        found = page.revisions.filter(pk=post.next_revision).first()
        return found.as_object() if found is not None else page
    return page


def parent_path(url_path: str) -> str:
    return url_path.rstrip("/").rpartition("/")[0] + "/"


def post_above(post: Post) -> Post | None:
    """The row of the page above: a list, a programme, or the original of a version."""
    return Post.objects.filter(page=post.page.get_parent()).select_related("page").first()


def versions_of(post: Post, at: datetime) -> list[Version]:
    """The page in plain and in sign language, as far as they are released."""
    found = (
        VersionPage.objects.child_of(post.page)
        .filter(post__in=Post.objects.visible(at))
        .select_related("post")
        .order_by("form")
    )
    return [
        Version(
            form=Form(page.form),
            path=public_path(page),
            is_behind=is_behind(page, post),
        )
        for page in found
    ]


def is_behind(version: VersionPage, original: Post) -> bool:
    """Whether the original changed since the version was made."""
    return (
        original.released_at is not None
        and version.source_seen_at is not None
        and version.source_seen_at < original.released_at
    )


def children(
    shown: Shown, viewer: Viewer, at: datetime, *, after: tuple[datetime, UUID] | None = None, limit: int = PER_PAGE
) -> tuple[list[Teaser], Post | None]:
    """The pages below a section or programme, newest first, and the last row when there are more. Keyset: date, id."""
    german = shown.page.original.pk if shown.page.original else shown.page.pk
    tree = Page.objects.get(pk=german) if german != shown.page.pk else shown.page
    return _teasers(Q(page__in=Page.objects.child_of(tree)), viewer, at, after=after, limit=limit)


def latest(kind: str, viewer: Viewer, at: datetime, *, limit: int) -> list[Teaser]:
    """The newest pages of a kind. At most 4 queries."""
    return _teasers(Q(kind=kind), viewer, at, after=None, limit=limit)[0]


def news_about(page: EditorialPage, viewer: Viewer, at: datetime, *, limit: int = 3) -> list[Teaser]:
    """The newest news that belong to a project or programme. At most 4 queries."""
    original = page.original or page
    return _teasers(Q(page__in=NewsPage.objects.filter(about_id=original.pk)), viewer, at, after=None, limit=limit)[0]


def what_it_is_about(page: NewsPage, viewer: Viewer, at: datetime) -> tuple[str, str, str] | None:
    """Title, its language and path of the project or programme that a piece of news belongs to, if it may be seen."""
    if page.about_id is None:
        return None
    key = Post.objects.filter(page_id=page.about_id).values("key")
    posts = {post.language: post for post in Post.objects.visible(at).filter(key__in=key).select_related("page")}
    german = posts.get(settings.LANGUAGE_CODE)
    if german is None:
        return None
    post = posts.get(viewer.language, german)
    return post.page.title, post.language, local(public_path(german.page), viewer.language)


def _teasers(
    where: Q, viewer: Viewer, at: datetime, *, after: tuple[datetime, UUID] | None, limit: int
) -> tuple[list[Teaser], Post | None]:
    found = (
        Post.objects.visible(at)
        .filter(where, language=settings.LANGUAGE_CODE)
        .exclude(kind="version")
        .order_by("-visible_from", "-id")
    )
    if after is not None:
        found = found.filter(Q(visible_from__lt=after[0]) | Q(visible_from=after[0], id__lt=after[1]))
    german = list(found.select_related("page")[: limit + 1])
    more = german[limit - 1] if len(german) > limit else None
    german = german[:limit]
    other = {}
    if viewer.language != settings.LANGUAGE_CODE:
        keys = [post.key for post in german]
        translated = Post.objects.visible(at).filter(language=viewer.language, key__in=keys).select_related("page")
        other = {post.key: post for post in translated}
    posts = [other.get(post.key, post) for post in german]
    pages = {page.pk: page for page in Page.objects.filter(pk__in=[post.page_id for post in posts]).specific()}
    pictures = shown_pictures(
        [
            picture
            for page in pages.values()
            if (picture := getattr(page, "picture", None) or getattr(page, "poster", None))
        ],
        timezone.localdate(at),
    )
    return [
        Teaser(
            post=post,
            page=page,
            path=local(public_path(first.page), viewer.language),
            language=post.language,
            picture=pictures.get(getattr(page, "picture_id", None) or getattr(page, "poster_id", None) or 0),
        )
        for first, post in zip(german, posts, strict=True)
        if (page := pages.get(post.page_id)) is not None
    ], more


def next_change(posts: Iterable[Post], at: datetime) -> datetime | None:
    """When one of these pages next looks different although nobody writes: embargo, end, new version."""
    moments = [m for post in posts for m in (post.visible_from, post.visible_until, post.next_from) if m and m > at]
    return min(moments, default=None)


def next_appearance(at: datetime) -> datetime | None:
    """When the next page appears or ends anywhere in the portal; for lists. One query."""
    rows = Post.objects.filter(state=Post.State.RELEASED).filter(Q(visible_from__gt=at) | Q(visible_until__gt=at))
    moments = [m for row in rows.values_list("visible_from", "visible_until")[:500] for m in row if m and m > at]
    return min(moments, default=None)


def may_see_picture(key: UUID, viewer: Viewer, at: datetime) -> bool:
    """Editors see every picture; everybody else those on a page that they may see now (embargo), within the licence."""
    if may_edit(viewer):
        return True
    picture = Picture.objects.filter(key=key).first()
    if picture is None or not picture.may_be_shown(timezone.localdate(at)):
        return False
    return _stands_on_a_page(picture, at)


def may_see_document(key: UUID, viewer: Viewer, at: datetime) -> bool:
    """As `may_see_picture`, for files to download."""
    if may_edit(viewer):
        return True
    document = Attachment.objects.filter(key=key).first()
    return document is not None and _stands_on_a_page(document, at)


def may_see_film(key: UUID, viewer: Viewer, at: datetime) -> bool:
    """As `may_see_picture`, for videos of the library that stand on pages."""
    if may_edit(viewer):
        return True
    if Post.objects.visible(at).filter(films__contains=[key]).exists():
        return True
    return any(key in page.films() for page in _taking_over(at))


def _stands_on_a_page(thing: Any, at: datetime) -> bool:
    """Whether everybody sees a page with the picture or file at that instant, also within one just taking over."""
    if Post.objects.visible(at).filter(page_id__in=pages_with(thing)).exists():
        return True
    return any(thing in (*page.pictures(), *page.files()) for page in _taking_over(at))


def _taking_over(at: datetime) -> list[EditorialPage]:
    """New versions whose moment has come and which the worker has yet to write."""
    rows = Post.objects.visible(at).filter(next_from__lte=at).select_related("page")
    return [as_it_is(post, at) for post in rows]


def pages_with(thing: Any) -> list[int]:
    """Keys of the pages that use a picture or a file in what was released; Wagtail keeps the register."""
    rows = ReferenceIndex.get_references_to(thing).values_list("object_id", flat=True)
    return [int(pk) for pk in rows]


def visible_posts(kinds: Iterable[str], at: datetime) -> Any:
    """For feeds and programs: everything of these kinds that everybody may see, with its page."""
    return Post.objects.visible(at).filter(kind__in=list(kinds)).select_related("page").order_by("-visible_from", "-id")


def waiting(at: datetime) -> list[Post]:
    """What the editors have to do: versions to be checked or released, held posts, embargoes. At most 1 query."""
    from django.db.models import F

    open_ones = (
        Q(checked_revision=None)
        | ~Q(checked_revision=F("page__latest_revision_id"))
        | ~Q(released_revision=F("page__latest_revision_id"))
        | Q(state=Post.State.HELD)
        | Q(visible_from__gt=at)
        | Q(next_from__gt=at)
    )
    return list(Post.objects.filter(open_ones).select_related("page", "written_by", "checked_by").order_by("-id")[:200])


def planned(at: datetime) -> list[Post]:
    """Released pages that nobody sees yet, and visible ones with a new version to come."""
    return list(
        Post.objects.filter(state=Post.State.RELEASED)
        .filter(Q(visible_from__gt=at) | Q(next_from__gt=at))
        .order_by("id")
    )


def example(kind: str, at: datetime) -> str:
    """Address, without the first slash, of a page of that kind that everybody sees; for the access matrix."""
    post = (
        Post.objects.visible(at)
        .filter(kind=kind, language=settings.LANGUAGE_CODE)
        .select_related("page")
        .order_by("-visible_from", "-id")
        .first()
    )
    return public_path(post.page).lstrip("/") if post else ""


def may_see_page(key: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate for what others hang on a page."""
    return may_edit(viewer) or Post.objects.visible(at).filter(key=key).exists()


@dataclass(frozen=True)
class Text:
    """A page's words in one language."""

    title: str
    summary: str
    text: str
    path: str


@dataclass(frozen=True)
class Whole:
    """A page with all its languages, for programs and feeds."""

    post: Post
    texts: dict[str, Text]
    details: dict[str, str] = field(default_factory=dict)


def whole_pages(
    kind: str, at: datetime, *, after: str = "", key: UUID | None = None, limit: int = 20
) -> tuple[list[Whole], str]:
    """Visible pages of a kind with their words, newest first, and where it goes on. At most 5 queries."""
    found = Post.objects.visible(at).filter(kind=kind, language=settings.LANGUAGE_CODE)
    if key is not None:
        found = found.filter(key=key)
    place = place_of(after)
    if place is not None:
        found = found.filter(Q(visible_from__lt=place[0]) | Q(visible_from=place[0], id__lt=place[1]))
    german = list(found.select_related("page").order_by("-visible_from", "-id")[: limit + 1])
    following = place_after(german[limit - 1]) if len(german) > limit else ""
    german = german[:limit]
    others = Post.objects.visible(at).filter(key__in=[post.key for post in german]).select_related("page")
    posts = [*german, *others.exclude(language=settings.LANGUAGE_CODE)]
    pages = {page.pk: page for page in Page.objects.filter(pk__in=[post.page_id for post in posts]).specific()}
    return [
        Whole(
            post,
            {
                other.language: _text(pages[other.page_id], local(public_path(post.page), other.language))
                for other in posts
                if other.key == post.key and other.page_id in pages
            },
            _details(pages[post.page_id]),
        )
        for post in german
        if post.page_id in pages
    ], following


def _text(page: EditorialPage, path: str) -> Text:
    return Text(page.title, page.summary, " ".join(strip_tags(page.text()).split()), path)


def _details(page: EditorialPage) -> dict[str, str]:
    if not isinstance(page, ProjectPage):
        return {}
    found = {
        "stage": page.stage,
        "state": page.progress,
        "next_step": page.next_step,
        "office": page.office,
        "due": page.due_on.isoformat() if page.due_on else "",
    }
    return {name: value for name, value in found.items() if value}


def place_after(post: Post) -> str:
    """Where a list goes on, as it stands in an address."""
    return f"{post.visible_from:%Y%m%dT%H%M%S.%f}_{post.pk}"


def place_of(text: str) -> tuple[datetime, UUID] | None:
    """The place; None for whatever is no such place, which begins at the top."""
    moment, _sign, key = text.partition("_")
    try:
        return datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), UUID(key)
    except ValueError:
        return None
