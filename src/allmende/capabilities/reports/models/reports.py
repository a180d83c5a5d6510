"""Reports, each step that was taken, and who reported the same."""

import secrets
from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils import timezone

from allmende.capabilities.reports.models.categories import Category
from allmende.capabilities.reports.workflow import HIDDEN, STATES, State
from allmende.core.actor import Channel
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

WORDS_LIMIT = 4000
"""As long as a description in Open311 GeoReport v2 may be."""
DETAIL_LIMIT = 200
TOKEN_BYTES = 18


TOMBSTONE = Q(
    is_public=False, words="", public_words="", place="", detail="", longitude=None, reporter=None, entered_by=None,
    anonymised_at__isnull=False, closed_at__isnull=False,
)  # fmt: skip
"""What holds of a report that was deleted."""


def new_token() -> str:
    """What stands in the private link: whoever holds it is the reporter."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class ReportQuerySet(models.QuerySet["Report"]):
    """Writes the clock time into `modified`, also where many are changed at once."""

    def update(self, **values: Any) -> int:
        return super().update(**{"modified": Now(), **values})


class Report(models.Model):
    """Something in public space that is not in order.

    `words` are the reporter's; `public_words` what the city publishes of them, the same unless somebody took private
    matters out. `reporter` is empty for whoever left no contact: then the private link (`token`) is all there is.
    `resume` is where it stood before a question or before it was merged into `main`. `modified` is clock time at write.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("reports_report_number"))
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="reports")
    words = models.TextField(blank=True)
    public_words = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="de")
    place = models.CharField(max_length=200, blank=True)
    detail = models.CharField(max_length=DETAIL_LIMIT, blank=True)
    """Where exactly: „neben der Bank“."""
    district = models.SlugField(max_length=60, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    state = models.CharField(max_length=12, default=State.RECEIVED)
    state_at = models.DateTimeField()
    resume = models.CharField(max_length=12, blank=True)
    department = models.SlugField(max_length=60)
    due_at = models.DateTimeField(null=True, blank=True)
    """Until when it is to be done, by the category's target."""
    is_public = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    is_barred = models.BooleanField(default=False)
    """Taken down by the moderators, or held until they decide: only their queue makes it public again."""
    shows_image = models.BooleanField(default=False)
    """Whether its pictures are public too: somebody has looked for faces and number plates."""
    closed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    """When the reporter said that it is done indeed."""
    main = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="duplicates")
    join_count = models.PositiveIntegerField(default=0)
    channel = models.CharField(max_length=12, default=Channel.WEB)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_proven = models.BooleanField(default=True)
    """False when no browser has worked for it: staff look twice."""
    is_example = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    anonymised_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, editable=False)
    """Then this row is a tombstone: number, kind, office, and whether it was public once."""
    modified = models.DateTimeField(db_default=Now(), editable=False)
    shown_since = models.DateTimeField(null=True, editable=False)
    """Since when everybody may read it, this time; clock time at write. Programs are told its steps by it."""

    objects: ClassVar[ReportQuerySet] = ReportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(F("published_at").desc(), F("id").desc(), condition=Q(is_public=True), name="reports_newest"),
            models.Index(fields=["longitude", "latitude"], condition=Q(is_public=True), name="reports_near"),
            models.Index(fields=["department", "state", "-received_at"], name="reports_inbox"),
            models.Index(fields=["modified", "id"], name="reports_modified"),
            models.Index(
                F("received_at").desc(), F("id").desc(), condition=Q(is_public=True), name="reports_public_received"
            ),
            models.Index(fields=["shown_since"], condition=Q(shown_since__isnull=False), name="reports_shown"),
            GistIndex(Func(F("longitude"), F("latitude"), function="point"), F("closed_at"), name="reports_around"),
            GistIndex(Func(F("longitude"), F("latitude"), function="point"), F("received_at"), name="reports_same"),
            models.Index(F("received_at").desc(), F("id").desc(), condition=Q(closed_at=None), name="reports_open"),
            models.Index(fields=["due_at", "id"], condition=Q(closed_at=None), name="reports_open_due"),
            models.Index(F("received_at").desc(), F("id").desc(), name="reports_received"),
            models.Index(fields=["due_at", "id"], name="reports_due"),
            models.Index(F("category"), F("received_at").desc(), F("id").desc(), name="reports_kind"),
            models.Index(fields=["reporter"], condition=Q(reporter__isnull=False), name="reports_reporter"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[one.value for one in STATES]), name="reports_state"),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="reports_point",
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(published_at__isnull=False), name="reports_published_once"
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | ~Q(state__in=["received", *(one.value for one in HIDDEN)]),
                name="reports_private_until_checked",
            ),
            models.CheckConstraint(condition=Q(is_public=False) | Q(is_barred=False), name="reports_barred_is_private"),
            models.CheckConstraint(condition=~Q(main=F("id")), name="reports_not_its_own_duplicate"),
            models.CheckConstraint(condition=Q(deleted_at=None) | TOMBSTONE, name="reports_tombstone_is_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Writes the clock time into `modified`, whatever else is written, and into `shown_since` once it is public."""
        self.modified = Now()
        if not self.is_public:
            self.shown_since = None
        elif self.shown_since is None:
            self.shown_since = Now()
        fields: Iterable[str] | None = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "modified", "shown_since"}
        super().save(*args, **kwargs)

    @property
    def ref(self) -> Ref:
        return Ref("reports", "report", self.pk)

    @property
    def point(self) -> tuple[float, float] | None:
        return None if self.longitude is None or self.latitude is None else (self.longitude, self.latitude)

    def title(self, language: str) -> str:
        """„Straßenlaterne, Markt 3 (Nr. 117)“: no two have the same."""
        number = f"No. {self.number}" if language == "en" else f"Nr. {self.number}"
        parts = [self.category.name(language), self.place]
        return f"{', '.join(part for part in parts if part)} ({number})"


class Update(models.Model):
    """One line of a report's history, in its state after the deed. Never changed; erasure blanks what a reporter wrote.

    `words` are for whoever is concerned (for everybody, when `is_public`), `note` is the offices' own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="updates")
    verb = models.CharField(max_length=12)
    """A step of the workflow, or "receive", "note", "edit"."""
    state = models.CharField(max_length=12)
    words = models.TextField(blank=True)
    note = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="de")
    department = models.SlugField(max_length=60, blank=True)
    """The office that took the step; empty for the reporter's own."""
    is_public = models.BooleanField(default=True)
    at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    """Clock time at write; `at` is when it happened, which may be days before."""

    class Meta:
        indexes = [
            models.Index(fields=["report", "at", "id"], name="reports_update_order"),
            models.Index(fields=["written_at", "id"], name="reports_update_written"),
        ]

    def __str__(self) -> str:
        return self.verb


class Join(models.Model):
    """Somebody has the same fault before their eyes: counted, never listed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="joins")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "person"], name="reports_join_once")]

    def __str__(self) -> str:
        return f"{self.report_id}"
