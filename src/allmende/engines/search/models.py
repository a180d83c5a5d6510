"""The rows of the public index, and who may see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.safestring import SafeString

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.ids import uuid7
from allmende.core.models import RefFields
from allmende.core.refs import Ref

PUBLIC = "public"
HIDDEN = "hidden"


FOR_FINDING = ("bodies",)
"""Columns that no page shows; pages read many entries, so these stay in the database."""


def seen_by(viewer: Viewer, at: datetime) -> models.Q:
    """What this viewer may find at this time, for entries and for the rows by which they are found alike."""
    return allowed(viewer) & out_by(at)


def allowed(viewer: Viewer) -> models.Q:
    """What is public or for one of the viewer's roles, whatever the time."""
    seen = models.Q(visibility=PUBLIC)
    for grant in viewer.grants:
        if grant.scope:
            seen |= models.Q(visibility=f"role:{grant.role.value}:{grant.scope}")
        else:
            seen |= models.Q(visibility__startswith=f"role:{grant.role.value}:")
    return seen


def out_by(at: datetime) -> models.Q:
    """What no embargo holds back at this time, whoever looks."""
    return models.Q(visible_from__isnull=True) | models.Q(visible_from__lte=at)


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads of the index; everything that a person sees begins with `visible_to`."""

    def of(self, ref: Ref) -> "EntryQuerySet":
        """The entry of one thing."""
        return self.filter(capability=ref.capability, kind=ref.kind, object_id=ref.id)

    def visible_to(self, viewer: Viewer, at: datetime) -> "EntryQuerySet":
        """What this viewer may find at this time: no tombstones, nothing before its minute, only their own roles'."""
        return self.filter(seen_by(viewer, at), removed_at__isnull=True).defer(*FOR_FINDING)

    def located(self) -> "EntryQuerySet":
        """What has a position, for the map."""
        return self.filter(longitude__isnull=False)


class Entry(RefFields):
    """One thing as the city shows it. Written by `actions.index_now` only, from the room's own state.

    A tombstone (`removed_at`) and a hidden entry keep no words: what nobody may find is not copied either.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    titles = models.JSONField(default=dict, blank=True)
    summaries = models.JSONField(default=dict, blank=True)
    bodies = models.JSONField(default=dict, blank=True)
    """Found by, never shown."""
    language = models.CharField(max_length=8, default="de")
    url = models.CharField(max_length=300)
    """Path without language prefix."""
    state = models.CharField(max_length=40)
    state_labels = models.JSONField(default=dict, blank=True)
    reached = models.BooleanField(default=True)
    next_step = models.JSONField(default=dict, blank=True)
    office = models.JSONField(default=dict, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    happened_at = models.DateTimeField()
    open_until = models.DateTimeField(null=True, blank=True)
    visibility = models.CharField(max_length=80, default=PUBLIC)
    visible_from = models.DateTimeField(null=True, blank=True)
    district = models.CharField(max_length=80, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    figures = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    """When everybody could see it for the first time; empty for what never was public, so that no feed betrays it."""
    removed_at = models.DateTimeField(null=True, blank=True)
    within = models.CharField(max_length=120, blank=True)
    """Reference of what the thing is a part of (the topic store of an idea), for searching inside of it."""
    counted = models.BooleanField(default=False, editable=False)
    """Whether the words of this entry are in `Word`: only those that everybody may read ever are."""

    # Written by a trigger of the table whatever is sent (migration 0001), so that nothing can be forgotten.
    modified = models.DateTimeField(auto_now=True)
    """The database's clock at write, not at the start of the transaction: what `core.feeds.safe_until` builds on."""
    fed_at = models.DateTimeField(null=True, editable=False)
    """Since when feeds show the entry as it is: what is embargoed until noon is news at noon, not when written."""
    objects = EntryQuerySet.as_manager()

    # Set by `queries.find` on what it returns.
    snippet: SafeString
    headline: SafeString

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["capability", "kind", "object_id"], name="search_entry_once"),
            models.CheckConstraint(
                name="search_entry_visibility",
                condition=models.Q(visibility__in=[PUBLIC, HIDDEN]) | models.Q(visibility__startswith="role:"),
            ),
            models.CheckConstraint(
                name="search_entry_unseen_keeps_no_words",
                condition=models.Q(titles={}, summaries={}, bodies={})
                | (models.Q(removed_at__isnull=True) & ~models.Q(visibility=HIDDEN)),
            ),
            models.CheckConstraint(
                name="search_entry_position",
                condition=models.Q(longitude__isnull=True, latitude__isnull=True)
                | models.Q(
                    longitude__isnull=False,
                    latitude__isnull=False,
                    longitude__range=(-180, 180),
                    latitude__range=(-90, 90),
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-happened_at", "-id"], name="search_entry_latest", condition=models.Q(removed_at__isnull=True)
            ),
            models.Index(fields=["fed_at", "id"], name="search_entry_fed"),
            models.Index(fields=["object_id"], name="search_entry_object"),
            models.Index(
                fields=["visible_from", "id"],
                name="search_entry_uncounted",
                condition=models.Q(counted=False, removed_at__isnull=True, visibility=PUBLIC),
            ),
            models.Index(
                fields=["visible_from"], name="search_entry_embargo", condition=models.Q(visible_from__isnull=False)
            ),
            models.Index(
                fields=["open_until", "id"], name="search_entry_open", condition=models.Q(open_until__isnull=False)
            ),
            models.Index(fields=["due"], name="search_entry_due", condition=models.Q(due__isnull=False)),
            models.Index(
                fields=["capability", "kind", "longitude", "latitude"],
                include=["id", "district", "visibility", "visible_from"],
                name="search_entry_map",
                condition=models.Q(longitude__isnull=False, removed_at__isnull=True),
            ),  # what the map counts, without reading the words
        ]

    def __str__(self) -> str:
        return str(self.ref)

    def title(self, language: str) -> str:
        """The title in the language asked for, else in German, else as the author wrote it."""
        return in_language(self.titles, language)

    def title_language(self, language: str) -> str:
        """In which language `title(language)` really is, for the `lang` attribute."""
        if len(self.titles) == 1:
            return self.language
        return language if self.titles.get(language) else settings.LANGUAGE_CODE

    def summary(self, language: str) -> str:
        return in_language(self.summaries, language)

    def summary_language(self, language: str) -> str:
        """In which language `summary(language)` really is: one may be translated where the title is, or not."""
        if len(self.summaries) == 1:
            return self.language if self.language in self.summaries else next(iter(self.summaries))
        return language if self.summaries.get(language) else settings.LANGUAGE_CODE

    def state_label(self, language: str) -> str:
        return in_language(self.state_labels, language)

    def next_step_text(self, language: str) -> str:
        return in_language(self.next_step, language)

    def next_step_language(self, language: str) -> str:
        """In which language `next_step_text(language)` really is."""
        return language if self.next_step.get(language) or not self.next_step else settings.LANGUAGE_CODE

    def office_name(self, language: str) -> str:
        return in_language(self.office, language)

    def path(self, language: str) -> str:
        """Address of the thing's page in this language."""
        return self.url if language == settings.LANGUAGE_CODE else f"/{language}{self.url}"

    @property
    def permanent_path(self) -> str:
        return permanent_path(self.ref)

    @property
    def kind_label(self) -> str:
        """What kind of thing it is, in the language of the page."""
        kind = manifest.index_kinds().get((self.capability, self.kind))
        return str(kind.label) if kind else self.kind


class FindingQuerySet(models.QuerySet["Finding"]):
    """Reads by words."""

    def visible_to(self, viewer: Viewer, at: datetime) -> "FindingQuerySet":
        """As `EntryQuerySet.visible_to`; hidden entries and tombstones have no row here at all."""
        return self.filter(seen_by(viewer, at))


class Finding(RefFields):
    """By what an entry is found: its words as stored vectors, and the narrow columns that a search sifts by.

    Apart from `Entry`, so that a word that stands in half of all documents costs 200 bytes for each of them and not
    two thousand. A trigger of `search_entry` copies the columns in the same statement; `actions` write the vectors.
    """

    entry = models.OneToOneField(Entry, models.CASCADE, primary_key=True, related_name="finding")
    visibility = models.CharField(max_length=80)
    visible_from = models.DateTimeField(null=True)
    happened_at = models.DateTimeField()
    state = models.CharField(max_length=40)
    district = models.CharField(max_length=80, blank=True)
    within = models.CharField(max_length=120, blank=True)
    facet = models.BigIntegerField(editable=False)
    """One number for capability, kind, state, district and visibility together, generated by the database."""
    title = SearchVectorField()
    """Words of the title and the parts of its compounds."""
    words = SearchVectorField()
    """All words. Weights: A title, B summary and parts of the title's compounds, C body, D parts of other compounds."""

    objects = FindingQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="search_finding_words", gin_pending_list_limit=4096),
            GinIndex(fields=["title"], name="search_finding_title", gin_pending_list_limit=256),
            models.Index(fields=["-happened_at", "-entry"], name="search_finding_latest"),
            models.Index(fields=["object_id"], name="search_finding_object"),
            models.Index(fields=["within"], name="search_finding_within", condition=~models.Q(within="")),
        ]

    def __str__(self) -> str:
        return str(self.ref)


class Word(models.Model):
    """A word that stands in something public: what compounds are taken apart by, and what slips are measured against.

    Never learned from what is hidden, embargoed or for staff, and gone with the last thing that held it; so nothing
    that is computed from these rows can tell more than the public texts do.
    """

    word = models.CharField(max_length=40, primary_key=True)
    """Lower case, without accents, ß as ss (`words.folded`)."""
    key = models.CharField(max_length=40, db_index=True)
    """Further folded: ae, oe, ue as a, o, u (`words.key`), so that every way to write an umlaut meets."""
    shown = models.CharField(max_length=40)
    """As somebody wrote it first."""
    count = models.PositiveIntegerField()
    """In how many entries it stands."""
    noun = models.BooleanField(default=False)
    """Was written with a capital letter."""
    parts = models.CharField(max_length=120, blank=True)
    """What it is made of, by single spaces; empty when it is no compound."""

    class Meta:
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_trigrams")]

    def __str__(self) -> str:
        return self.word


class Rebuild(models.Model):
    """One time that the index was computed anew, and how far it is."""

    class Step(models.TextChoices):
        WAITING = "waiting"
        THINGS = "things"
        WORDS = "words"
        VECTORS = "vectors"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    step = models.CharField(max_length=10, choices=Step, default=Step.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    """When it last said how far it is; long ago means that it died."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="search_rebuild_done", condition=models.Q(done__lte=models.F("total"))),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.done}/{self.total}"


def in_language(texts: Mapping[str, Any], language: str) -> str:
    return str(texts.get(language) or texts.get(settings.LANGUAGE_CODE) or next(iter(texts.values()), ""))


def permanent_path(ref: Ref) -> str:
    """The address that stays when the thing's own address changes."""
    return f"/r/{ref}"


class Cell(models.Model):
    """How many entries lie in one square of a grid, kept so that a map of half a million counts a thousand rows.

    Written by triggers of `search_entry` alone: each change adds a row with what it added or took away, so that nobody
    waits for anybody; `actions.fold_cells` sums them up. Entries under an embargo are not among it. `first` and
    `second` are the ids of all of them, halved and combined by exclusive or: where one is left, they are its id.
    """

    level = models.SmallIntegerField()
    capability = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    visibility = models.CharField(max_length=80)
    district = models.CharField(max_length=80)
    column = models.IntegerField()
    line = models.IntegerField()
    count = models.IntegerField()
    longitudes = models.FloatField()
    """Sum of the degrees."""
    latitudes = models.FloatField()
    first = models.BigIntegerField()
    second = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["level", "capability", "kind", "column", "line"], name="search_cell_map"),
        ]

    def __str__(self) -> str:
        return f"{self.level}: {self.column}, {self.line}"
