"""Texts, versions, paragraphs: reads. A page of a whole text asks the same number of questions however long it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum

from allmende.capabilities.strategy.models import Feedback, Paragraph, Revision, Rival, Text, Version, Wording
from allmende.capabilities.strategy.rules import may_edit
from allmende.capabilities.strategy.rules import texts as access
from allmende.capabilities.strategy.workflow.texts import Heard, State
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound


def text(text_id: UUID) -> Text | None:
    return Text.objects.select_related("field").filter(pk=text_id).first()


def text_by_number(number: int, viewer: Viewer) -> Text:
    """Raises NotFound, also for a draft that is not the viewer's."""
    return access.require_may_see(Text.objects.select_related("field").filter(number=number).first(), viewer)


def texts(viewer: Viewer) -> list[Text]:
    """What people can talk about first, drafts for the team only."""
    found = Text.objects.all() if may_edit(viewer) else Text.objects.exclude(state=State.DRAFT)
    order = [State.CONSULTATION, State.REVISING, State.COUNCIL, State.ADOPTED, State.DRAFT]
    return sorted(found, key=lambda one: (order.index(State(one.state)), -one.number))


def versions(of: Text) -> list[Version]:
    """The published ones, oldest first."""
    return list(Version.objects.filter(text=of, published_at__isnull=False))


def version(of: Text, number: int | None) -> Version:
    """A published version, the last one for None. Raises NotFound."""
    found = Version.objects.filter(text=of, published_at__isnull=False)
    chosen = found.last() if number is None else found.filter(number=number).first()
    if chosen is None:
        raise NotFound
    return chosen


def is_published(version_id: UUID) -> bool:
    return Version.objects.filter(pk=version_id, published_at__isnull=False).exists()


def written(of: Text) -> Version | None:
    """The version that is being written."""
    return Version.objects.filter(text=of, published_at=None).first()


def shown_or_written(of: Text) -> Version:
    """The last published version, for a text in preparation the one that is being written."""
    found = Version.objects.filter(text=of, published_at__isnull=False).last() or written(of)
    assert found is not None, "a text is made with its first version"
    return found


def state_of(of: Text) -> str:
    """Changes whenever somebody writes on the version that is being written, or one is published."""
    shown = written(of) or shown_or_written(of)
    row = Wording.objects.filter(version=shown).aggregate(
        count=Count("id"), revisions=Sum("revision"), places=Sum("place"), last=Max("paragraph__number")
    )
    told = "-".join(str(row[name]) for name in ("count", "revisions", "places", "last"))
    return f"{shown.number}-{shown.published_at is not None}-{told}"


def wordings(of: Version) -> list[Wording]:
    """In their order, with their paragraphs and goals."""
    return list(Wording.objects.filter(version=of).select_related("paragraph__goal__field").order_by("place"))


def wording(of: Version, number: int) -> Wording:
    """Raises NotFound."""
    found = (
        Wording.objects.filter(version=of, paragraph__number=number)
        .select_related("paragraph__goal__field", "version")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def paragraph(of: Text, number: int) -> Paragraph:
    """Raises NotFound."""
    found = Paragraph.objects.select_related("goal__field").filter(text=of, number=number).first()
    if found is None:
        raise NotFound
    return found


def paragraph_by_id(paragraph_id: UUID) -> Paragraph | None:
    return Paragraph.objects.select_related("text", "goal").filter(pk=paragraph_id).first()


def history(of: Paragraph) -> list[Wording]:
    """How the paragraph reads in the published versions, newest first."""
    rows = Wording.objects.filter(paragraph=of, version__published_at__isnull=False).select_related("version")
    return list(rows.order_by("-version__number"))


def last_words(of: Paragraph) -> Wording | None:
    """How it reads in the last published version that has it."""
    return next(iter(history(of)), None)


@dataclass(frozen=True)
class Change:
    """A paragraph that reads differently in two versions. Empty words: it is not there."""

    paragraph: Paragraph
    old: str
    new: str
    place: int


def compared(old: Version | None, new: Version) -> list[Change]:
    """What differs, in the order of the new version; what went stands where it stood. Two queries."""
    before = {row.paragraph_id: row for row in wordings(old)} if old is not None else {}
    after = wordings(new)
    here = {row.paragraph_id for row in after}
    found = [
        Change(row.paragraph, before[row.paragraph_id].body if row.paragraph_id in before else "", row.body, row.place)
        for row in after
        if row.paragraph_id not in before or before[row.paragraph_id].body != row.body
    ]
    found += [Change(row.paragraph, row.body, "", row.place) for key, row in before.items() if key not in here]
    return sorted(found, key=lambda change: (change.place, change.new == ""))


def changes(of: Text, new: Version) -> list[Change]:
    """What a version changes against the one before it."""
    before = Version.objects.filter(text=of, number__lt=new.number, published_at__isnull=False).last()
    return compared(before, new)


def unanswered(of: Text) -> int:
    """How many comments and suggestions everybody can read, or that still wait for the moderators, have no answer."""
    return Feedback.objects.filter(text=of, state__in=(Heard.SHOWN, Heard.WAITING), answer=None).count()


@dataclass(frozen=True)
class Counts:
    """What was said to a text, and how far it is answered."""

    shown: int
    answered: int
    waiting: int


def counts(of: Text) -> Counts:
    row = Feedback.objects.filter(text=of).aggregate(
        shown=Count("id", filter=Q(state=Heard.SHOWN)),
        answered=Count("id", filter=Q(state=Heard.SHOWN, answer__isnull=False)),
        waiting=Count("id", filter=Q(state=Heard.WAITING)),
    )
    return Counts(row["shown"], row["answered"], row["waiting"])


def rivals(of: Version) -> list[Rival]:
    """Words that wait to be put together."""
    rows = Rival.objects.filter(wording__version=of, settled_at=None)
    return list(rows.select_related("wording__paragraph"))


def rival(rival_id: UUID) -> Rival | None:
    return Rival.objects.select_related("wording__version__text", "wording__paragraph").filter(pk=rival_id).first()


def began_with(late: Rival) -> str:
    """The words that a late editor had before their own."""
    found = Revision.objects.filter(wording=late.wording_id, number=late.began_with).first()
    return found.body if found is not None else late.wording.body


@dataclass(frozen=True)
class Synopsis:
    """Of one paragraph and version: what was said, what changed, why."""

    paragraph: Paragraph
    old: str
    new: str
    said: Sequence[Feedback]


def _answered(of: Text, new: Version) -> QuerySet[Feedback]:
    """Everything that was answered before this version was published and after the one before."""
    before = Version.objects.filter(text=of, number__lt=new.number, published_at__isnull=False).last()
    rows = Feedback.objects.filter(text=of, state=Heard.SHOWN, answer__isnull=False)
    if new.published_at is not None:
        rows = rows.filter(answer__at__lte=new.published_at)
    if before is not None and before.published_at is not None:
        rows = rows.filter(answer__at__gt=before.published_at)
    return rows


def synopsis(of: Text, new: Version) -> list[Synopsis]:
    """Everything that was answered before this version was published and after the one before, and every change.

    A fixed number of queries however much it is. What has no answer yet is not part of it.
    """
    return _told(_answered(of, new), changes(of, new))


@dataclass(frozen=True)
class SynopsisPart:
    """Some paragraphs of a synopsis. `said`: how many voices all of it has; `next`: after which paragraph to go on (0:
    it ends here).
    """

    rows: Sequence[Synopsis]
    said: int
    next: int


def synopsis_part(of: Text, new: Version, *, after: int = 0, limit: int) -> SynopsisPart:
    """Paragraphs with a number above `after` of which something was said, or whose words changed."""
    answered, made = _answered(of, new), changes(of, new)
    numbers = {change.paragraph.number for change in made if change.old}
    numbers.update(answered.order_by().values_list("paragraph__number", flat=True).distinct())
    here = sorted(number for number in numbers if number > after)
    page = set(here[:limit])
    rows = _told(
        answered.filter(paragraph__number__in=page),
        [change for change in made if change.paragraph.number in page],
    )
    return SynopsisPart(rows, answered.count(), max(page) if len(here) > limit else 0)


def _told(answered: QuerySet[Feedback], made: Iterable[Change]) -> list[Synopsis]:
    changed = {change.paragraph.pk: change for change in made}
    paragraphs = {key: change.paragraph for key, change in changed.items()}
    said: dict[UUID, list[Feedback]] = {}
    rows = answered.select_related("answer", "paragraph", "taken_into")
    for row in rows.order_by("-supports", "number"):
        said.setdefault(row.paragraph_id, []).append(row)
        paragraphs.setdefault(row.paragraph_id, row.paragraph)
    found = [
        Synopsis(
            one,
            changed[key].old if key in changed else "",
            changed[key].new if key in changed else "",
            said.get(key, []),
        )
        for key, one in paragraphs.items()
    ]
    return sorted(found, key=lambda row: row.paragraph.number)
