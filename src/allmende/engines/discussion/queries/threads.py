"""Comments as a thread: one query, however long it is."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, IntegerField, Q, Subquery
from django.db.models.functions import Coalesce, Left
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from allmende.core import city
from allmende.core.actor import Viewer
from allmende.core.refs import Ref
from allmende.engines.discussion.models import Comment
from allmende.engines.discussion.models.comments import SEGMENT
from allmende.engines.discussion.queries.mentions import marked
from allmende.engines.discussion.rules import access
from allmende.engines.discussion.workflow import DEPTH, CommentState, Stance

PAGE = 20
SHOWN = ("current", "parent", "organisation")
"""What is loaded with a comment, so that showing it asks nothing more."""
LONGEST_PAGE = 100
OLDEST, NEWEST = "alt", "neu"
ORDERS = frozenset({OLDEST, NEWEST})
CITY = "stadt"
SHOWN_ONLY = frozenset({*Stance.values, CITY})
CURSOR = re.compile(rf"[0-9a-f]{{1,{SEGMENT * DEPTH}}}")


@dataclass
class CommentView:
    """A comment as one viewer sees it. `removed` replaces the words, `notice` stands above them."""

    id: UUID
    author: str
    when: datetime
    text: str
    language: str
    level: int
    state: str
    path: str
    stance: str = ""
    stance_key: str = ""
    office: str = ""
    """Name of the office that answers; empty for people."""
    group: str = ""
    """Kind of the group in whose name it stands, in words; empty for people."""
    group_key: str = ""
    mentions: list[str] = field(default_factory=list)
    has_history: bool = False
    """Whether earlier words that were public can be read."""
    edited: datetime | None = None
    removed: str = ""
    notice: str = ""
    answers_to: str = ""
    """Whom it answers, where its place does not show that."""
    answers_to_id: UUID | None = None
    own: bool = False
    editable: bool = False
    public: bool = True
    answers: "list[CommentView]" = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"kommentar-{self.id}"

    @property
    def ref(self) -> Ref:
        return Ref("discussion", "comment", self.id)

    @property
    def words(self) -> SafeString:
        """The text as HTML, with whom it mentions in bold."""
        return marked(self.text, self.mentions)


@dataclass
class Thread:
    """A page of comments on a thing, as a tree. `total` counts what is public; `next` continues, "" at the end."""

    ref: Ref
    comments: list[CommentView]
    total: int
    next: str = ""
    after: str = ""
    order: str = OLDEST
    only: str = ""
    """One of `SHOWN_ONLY`; empty: all."""
    is_open: bool = True
    """Whether the room takes comments now; the form page says why not."""

    @property
    def count(self) -> int:
        """How many stand on this page."""
        return sum(1 for _ in walk(self.comments))

    @property
    def list_id(self) -> str:
        return "kommentare-liste"

    def _kwargs(self) -> dict[str, object]:
        return {"capability": self.ref.capability, "kind": self.ref.kind, "object_id": self.ref.id}

    @property
    def url(self) -> str:
        """All comments on the thing, as a page of their own."""
        return reverse("discussion:thread", kwargs=self._kwargs())

    @property
    def write_url(self) -> str:
        return reverse("discussion:add", kwargs=self._kwargs())

    @property
    def more_url(self) -> str:
        return self.address(self.order, self.only, after=self.next) if self.next else ""

    def address(self, order: str, only: str = "", *, after: str = "") -> str:
        """The thread's page in an order, narrowed, from a place on."""
        asked = {"reihe": order if order != OLDEST else "", "nur": only, "nach": after}
        query = urlencode({key: value for key, value in asked.items() if value})
        return f"{self.url}?{query}" if query else self.url

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """(words, address, whether it is this one)."""
        names = ((OLDEST, _("Älteste zuerst")), (NEWEST, _("Neueste zuerst")))
        return [(label, self.address(key, self.only), key == self.order) for key, label in names]

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """(words, address, whether it is this one): what kind of comments to show."""
        names = (("", _("alle")), *((stance.value, str(stance.label)) for stance in Stance), (CITY, _("nur die Stadt")))
        return [(label, self.address(self.order, key), key == self.only) for key, label in names]


def walk(comments: Iterable[CommentView]) -> Iterable[CommentView]:
    """All comments of the tree in reading order."""
    for comment in comments:
        yield comment
        yield from walk(comment.answers)


def thread(
    ref: Ref,
    viewer: Viewer,
    at: datetime,
    *,
    after: str = "",
    limit: int = PAGE,
    order: str = OLDEST,
    only: str = "",
    is_open: bool = True,
) -> Thread:
    """One page of the thread in reading order, with how many there are in all: one query.

    The caller has asked whether the viewer may see the thing. `after` is `Thread.next` of the page before; anything
    else that is sent there starts at the beginning. `order` sorts the comments on the thing itself; answers always
    follow what they answer, oldest first. `only` shows comments of one stance, or the city's, without what they answer.
    Rooms that know whether comments are open pass it as `is_open`.
    """
    limit = max(1, min(limit, LONGEST_PAGE))
    rows = Comment.objects.on(ref).visible_to(viewer).select_related(*SHOWN)
    order, only = order if order in ORDERS else OLDEST, only if only in SHOWN_ONLY else ""
    if only:
        rows = rows.published().filter(Q(is_official=True) if only == CITY else Q(stance=only))
    after = after if CURSOR.fullmatch(after) else ""
    if order == NEWEST:
        rows = rows.annotate(root=Left("path", SEGMENT)).order_by("-root", "path")
        if after:
            rows = rows.filter(Q(root__lt=after[:SEGMENT]) | Q(root=after[:SEGMENT], path__gt=after))
    else:
        rows = rows.order_by("path")
        if after:
            rows = rows.filter(path__gt=after)
    found = list(rows.annotate(total=_total(ref))[: limit + 1])
    page = found[:limit]
    total = int(getattr(found[0], "total", 0)) if found else 0
    if not found and (after or only):  # nothing of this kind, or nothing behind this place
        total = Comment.objects.on(ref).published().count()
    views = [view_of(row, viewer, at) for row in page]
    cursor = page[-1].path if len(found) > limit else ""
    return Thread(ref, _tree(views), total, next=cursor, after=after, order=order, only=only, is_open=is_open)


def _total(ref: Ref) -> Coalesce:
    """How many comments on the thing are public; the database counts once, not for each row."""
    counted = Comment.objects.on(ref).published().order_by().values("object_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def view_of(row: Comment, viewer: Viewer, at: datetime) -> CommentView:  # noqa: ARG001 - visibility may come to hang on time
    """One comment for one viewer; asks nothing when `SHOWN` was loaded with it."""
    own = viewer.person_id is not None and viewer.person_id in {row.author_id, row.entered_by_id}
    public = row.state == CommentState.PUBLISHED
    department = city.current().department(row.department) if row.is_official else None
    office = (department.name(viewer.language) if department else _("Stadtverwaltung")) if row.is_official else ""
    shown = public or (own and row.state != CommentState.WITHDRAWN)
    parent = row.parent
    view = CommentView(
        id=row.id,
        author=_author(row, office) if shown else pgettext("Überschrift", "Kommentar"),
        when=row.written_at,
        text=row.body if shown else "",
        language=row.language,
        level=row.level,
        state=row.state,
        path=row.path,
        stance=str(row.get_stance_display()) if shown and row.stance else "",
        stance_key=row.stance if shown else "",
        office=office if shown else "",
        group=str(row.organisation.get_kind_display()) if shown and row.organisation else "",
        group_key=row.organisation.kind if shown and row.organisation else "",
        edited=row.edited_at if shown else None,
        mentions=list(row.mentions) if shown else [],
        has_history=public and row.edited_at is not None,
        own=own,
        editable=own and not row.awaits_proof and access.may_edit(row),
        public=public,
    )
    if shown and row.awaits_proof:
        view.notice = _("Das sehen nur Sie: Bitte bestätigen Sie Ihre E-Mail-Adresse. Danach geht es weiter.")
    elif not shown:
        view.removed = _GAPS[CommentState(row.state)]()
    elif not public:
        view.notice = _OWN[CommentState(row.state)]()
    if parent is not None and not row.path.startswith(parent.path):
        view.answers_to = (
            _author(parent, "") if parent.state == CommentState.PUBLISHED else pgettext("Überschrift", "Kommentar")
        )
        view.answers_to_id = parent.id
    return view


_GAPS = {
    CommentState.HELD: lambda: _("Dieser Kommentar wird gerade geprüft."),
    CommentState.REFUSED: lambda: _("Dieser Kommentar verstößt gegen unsere Regeln und ist nicht mehr zu sehen."),
    CommentState.WITHDRAWN: lambda: _("Dieser Kommentar wurde zurückgezogen."),
}
_OWN = {
    CommentState.HELD: lambda: _("Das sehen nur Sie: Ihr Kommentar wird geprüft und erscheint danach für alle."),
    CommentState.REFUSED: lambda: _("Das sehen nur Sie: Ihr Kommentar wurde nicht veröffentlicht."),
}


def _author(row: Comment, office: str) -> str:
    return office or row.public_name or _("Ohne Namen")


def _tree(views: list[CommentView]) -> list[CommentView]:
    """Hangs answers below what they answer, as far as that stands on the same page."""
    roots: list[CommentView] = []
    open_: list[CommentView] = []
    for view in views:
        while open_ and not view.path.startswith(open_[-1].path):
            open_.pop()
        (open_[-1].answers if open_ else roots).append(view)
        open_.append(view)
    return roots


def comment_counts(refs: Collection[Ref]) -> dict[Ref, int]:
    """Published comments per thing, 0 where there are none; one query."""
    counts = dict.fromkeys(refs, 0)
    if not counts:
        return {}
    wanted = Q()
    for capability, kind in {(ref.capability, ref.kind) for ref in counts}:
        ids = [ref.id for ref in counts if (ref.capability, ref.kind) == (capability, kind)]
        wanted |= Q(capability=capability, kind=kind, object_id__in=ids)
    rows = Comment.objects.published().filter(wanted).values_list("capability", "kind", "object_id")
    for capability, kind, object_id, number in rows.annotate(n=Count("id")).order_by():
        counts[Ref(capability, kind, object_id)] = number
    return counts


def around(comment: Comment, viewer: Viewer, at: datetime) -> Thread:
    """A comment with what it answers and the answers to it: what a permanent link shows. One query."""
    above = [comment.path[: SEGMENT * n] for n in range(1, comment.level)]
    rows = (
        Comment.objects.on(comment.ref)
        .visible_to(viewer)
        .filter(Q(path__in=above) | Q(path__gte=comment.path, path__lt=comment.path + "~"))
        .select_related(*SHOWN)
        .order_by("path")[:LONGEST_PAGE]
    )
    return Thread(comment.ref, _tree([view_of(row, viewer, at) for row in rows]), len(rows))
