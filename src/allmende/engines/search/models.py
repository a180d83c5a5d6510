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


FOR_FINDING = ("bodies", "german", "english", "plain")
"""Columns that no page shows; pages read many entries, so these stay in the database."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads of the index; everything that a person sees begins with `visible_to`."""

    def of(self, ref: Ref) -> "EntryQuerySet":
        """The entry of one thing."""
        return self.filter(capability=ref.capability, kind=ref.kind, object_id=ref.id)

    def visible_to(self, viewer: Viewer, at: datetime) -> "EntryQuerySet":
        """What this viewer may find at this time: no tombstones, nothing before its minute, only their own roles'."""
        seen = models.Q(visibility=PUBLIC)
        for grant in viewer.grants:
            if grant.scope:
                seen |= models.Q(visibility=f"role:{grant.role.value}:{grant.scope}")
            else:
                seen |= models.Q(visibility__startswith=f"role:{grant.role.value}:")
        embargo_over = models.Q(visible_from__isnull=True) | models.Q(visible_from__lte=at)
        return self.filter(seen, embargo_over, removed_at__isnull=True).defer(*FOR_FINDING)

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

    # Written by a trigger of the table whatever is sent (migration 0001), so that nothing can be forgotten.
    modified = models.DateTimeField(auto_now=True)
    """The database's clock at write, not at the start of the transaction: what `core.feeds.safe_until` builds on."""
    fed_at = models.DateTimeField(null=True, editable=False)
    """Since when feeds show the entry as it is: what is embargoed until noon is news at noon, not when written."""
    german = SearchVectorField(null=True, editable=False)
    """Words of every language but English: people find each other's words through either page."""
    english = SearchVectorField(null=True, editable=False)
    plain = models.TextField(default="", editable=False)
    """Titles without case and accents, for parts of words and slips of the pen."""

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
            GinIndex(fields=["german"], name="search_entry_german"),
            GinIndex(fields=["english"], name="search_entry_english"),
            GinIndex(fields=["plain"], opclasses=["gin_trgm_ops"], name="search_entry_plain"),
            models.Index(
                fields=["-happened_at", "-id"], name="search_entry_latest", condition=models.Q(removed_at__isnull=True)
            ),
            models.Index(fields=["fed_at", "id"], name="search_entry_fed"),
            models.Index(fields=["object_id"], name="search_entry_object"),
            models.Index(
                fields=["visible_from"], name="search_entry_embargo", condition=models.Q(visible_from__isnull=False)
            ),
            models.Index(
                fields=["open_until", "id"], name="search_entry_open", condition=models.Q(open_until__isnull=False)
            ),
            models.Index(fields=["due"], name="search_entry_due", condition=models.Q(due__isnull=False)),
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


def in_language(texts: Mapping[str, Any], language: str) -> str:
    return str(texts.get(language) or texts.get(settings.LANGUAGE_CODE) or next(iter(texts.values()), ""))


def permanent_path(ref: Ref) -> str:
    """The address that stays when the thing's own address changes."""
    return f"/r/{ref}"
