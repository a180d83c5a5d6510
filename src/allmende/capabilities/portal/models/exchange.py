"""What the portal takes from the city's official website by feed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

TITLE_LIMIT = 300
SUMMARY_LIMIT = 1200


class FeedSource(models.Model):
    """An address that the city has entered; read every few minutes, less often while it fails."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    url = models.CharField(max_length=500, unique=True)
    title = models.CharField(max_length=120)
    """How its items are signed: „Amtliche Website der Stadt“."""
    language = models.CharField(max_length=8, default="de")
    is_active = models.BooleanField(default=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=40, blank=True)
    """Why the last reading failed, as a word of `rules.exchange.PROBLEMS`; empty when it went well."""
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_check_at"], name="portal_source_due", condition=Q(is_active=True)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> Ref:
        return Ref("portal", "feed_source", self.pk)


class FeedItem(models.Model):
    """One thing from the official website: title, a short text without markup, and the link to the whole.

    `withdrawn_at`: it is no longer there; it is shown no more, and found no more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("portal_feed_item_number"))
    source = models.ForeignKey(FeedSource, on_delete=models.CASCADE, related_name="items")
    guid = models.CharField(max_length=500)
    title = models.CharField(max_length=TITLE_LIMIT)
    summary = models.TextField(blank=True)
    link = models.CharField(max_length=1000)
    language = models.CharField(max_length=8, default="de")
    published_at = models.DateTimeField()
    first_seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "guid"], name="portal_feed_item_once"),
            models.CheckConstraint(
                name="portal_feed_item_link",
                condition=Q(link__startswith="https://") | Q(link__startswith="http://"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["link"], name="portal_feed_item_link_idx"),
            models.Index(
                fields=["-published_at", "-id"], name="portal_feed_item_newest", condition=Q(withdrawn_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> Ref:
        return Ref("portal", "website", self.pk)
