"""The event calendar: events, the series they come from, what they are about, who registered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from allmende.capabilities.portal.workflow.calendar import KINDS, LIVE, OVER, PUBLIC, Kind, Seat, State
from allmende.core.actor import Channel
from allmende.core.ids import uuid7
from allmende.core.models import RefFields
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

_PUBLIC = Q(state__in=PUBLIC)


class CalendarSeries(models.Model):
    """A rule by which events repeat (RFC 5545, subset of `rules.calendar.recurrence`), in local wall time.

    Each date is an event of its own, made when the series is saved: it has its own number, registrations and changes.
    `left_out` are ISO dates on which nothing takes place.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("portal_series_number"))
    rule = models.CharField(max_length=300)
    """RRULE value without its name, e.g. FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20210428."""
    first_day = models.DateField()
    starts = models.TimeField()
    minutes = models.PositiveIntegerField()
    left_out = models.JSONField(default=list, blank=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    @property
    def ref(self) -> Ref:
        return Ref("portal", "series", self.pk)


class CalendarEventQuerySet(models.QuerySet["CalendarEvent"]):
    def public(self, at: datetime) -> "CalendarEventQuerySet":
        """What everybody may see: announced or cancelled, and past its embargo."""
        return self.filter(_PUBLIC).filter(Q(visible_from__isnull=True) | Q(visible_from__lte=at))

    def between(self, start: datetime, end: datetime) -> "CalendarEventQuerySet":
        """What touches the half-open period."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class CalendarEvent(models.Model):
    """One date to which people can come, on the spot, online or both.

    Texts are per language. `taken` and `waiting` are written in the transaction of the registrations they count.
    `sequence` grows with every change that a calendar program must know of (RFC 5545, 3.8.7.4). `original_day` is the
    day that the series' rule gives, whatever day it was moved to; `is_changed` marks a date that no longer follows the
    series. `external_uid` is the UID under which it was read in from elsewhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("portal_event_number"))
    series = models.ForeignKey(CalendarSeries, null=True, blank=True, on_delete=models.SET_NULL, related_name="events")
    original_day = models.DateField(null=True, blank=True)
    is_changed = models.BooleanField(default=False)
    kind = models.CharField(max_length=16, default=Kind.OTHER.value)
    title = models.JSONField(default=dict)
    summary = models.JSONField(default=dict, blank=True)
    description = models.JSONField(default=dict, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    all_day = models.BooleanField(default=False)
    place = models.JSONField(default=dict, blank=True)
    address = models.CharField(max_length=200, blank=True)
    district = models.CharField(max_length=60, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    access = models.JSONField(default=list, blank=True)
    access_note = models.JSONField(default=dict, blank=True)
    online_url = models.URLField(max_length=300, blank=True)
    department = models.CharField(max_length=60)
    organiser = models.JSONField(default=dict, blank=True)
    languages = models.JSONField(default=list, blank=True)
    aids = models.JSONField(default=list, blank=True)
    """What is offered in any case."""
    aids_on_request = models.JSONField(default=list, blank=True)
    aids_until = models.DateTimeField(null=True, blank=True)
    costs = models.JSONField(default=dict, blank=True)
    link = models.URLField(max_length=300, blank=True)
    registration = models.BooleanField(default=False)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    registration_until = models.DateTimeField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12, default=State.DRAFT.value)
    visible_from = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    external_uid = models.CharField(max_length=255, blank=True)
    external_sequence = models.PositiveIntegerField(default=0)
    recording_url = models.URLField(max_length=300, blank=True)
    review = models.JSONField(default=dict, blank=True)
    """What was said, in a few sentences, for those who were not there."""
    chapters = models.JSONField(default=list, blank=True)
    """Marks in the recording: {"at": seconds, "de": …, "en": …}, in order."""
    day_reminded_at = models.DateTimeField(null=True, blank=True)
    hour_reminded_at = models.DateTimeField(null=True, blank=True)
    shown_at = models.DateTimeField(null=True, blank=True)
    """When its embargo's end was told."""
    end_noted_at = models.DateTimeField(null=True, blank=True)
    names_deleted_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    modified = models.DateTimeField(db_default=Now(), editable=False)

    objects = CalendarEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["starts_at", "id"], condition=_PUBLIC, name="portal_event_when"),
            models.Index(fields=["ends_at", "id"], condition=_PUBLIC, name="portal_event_ends"),
            models.Index(fields=["series", "starts_at"], name="portal_event_series"),
            models.Index(fields=["modified", "id"], name="portal_event_modified"),
            models.Index(fields=["starts_at"], condition=Q(state=State.DRAFT.value), name="portal_event_drafts"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="portal_event_period"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="portal_event_state"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in KINDS]), name="portal_event_kind"),
            models.CheckConstraint(condition=~_PUBLIC | Q(published_at__isnull=False), name="portal_event_published"),
            models.CheckConstraint(
                condition=~Q(state=State.CANCELLED.value) | Q(cancelled_at__isnull=False), name="portal_event_cancelled"
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gt=0), name="portal_event_capacity"
            ),
            models.UniqueConstraint(
                fields=["external_uid"], condition=~Q(external_uid=""), name="portal_event_external_once"
            ),
            models.UniqueConstraint(
                fields=["series", "original_day"], condition=Q(series__isnull=False), name="portal_event_series_once"
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Writes the clock time into `modified`, whatever else is written."""
        self.modified = Now()
        fields: Iterable[str] | None = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "modified"}
        super().save(*args, **kwargs)

    @property
    def ref(self) -> Ref:
        return Ref("portal", "event", self.pk)

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC

    @property
    def free(self) -> int | None:
        """Seats left; None where nobody counts."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    def state_at(self, at: datetime) -> str:
        """The state as people see it: what is published and has ended is over."""
        return OVER if self.state == State.PUBLISHED and self.ends_at <= at else self.state


class EventAbout(RefFields):
    """What an event is about: a store, a group, any thing of any room."""

    event = models.ForeignKey(CalendarEvent, on_delete=models.CASCADE, related_name="about")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "capability", "kind", "object_id"], name="portal_about_once")
        ]
        indexes = [models.Index(fields=["capability", "kind", "object_id"], name="portal_about_ref")]


class Registration(models.Model):
    """Somebody's seat, or place on the waiting list.

    `name` is for the list at the door; it, the person and what they asked for go some days after the event, the
    row stays to be counted. `queued_at` orders the waiting list. `keep_until` is when an unconfirmed seat goes back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(CalendarEvent, on_delete=models.CASCADE, related_name="registrations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="event_registrations"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    channel = models.CharField(max_length=12, default=Channel.WEB.value)
    language = models.CharField(max_length=2, default="de")
    name = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=8, default=Seat.SEATED.value)
    aids = models.JSONField(default=list, blank=True)
    aids_note = models.CharField(max_length=300, blank=True)
    came = models.BooleanField(null=True, blank=True)
    queued_at = models.DateTimeField()
    keep_until = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    moved_up_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["event", "queued_at", "id"], name="portal_seat_queue"),
            models.Index(fields=["keep_until"], condition=Q(state=Seat.ASKED.value), name="portal_seat_kept"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in Seat]), name="portal_seat_state"),
            models.CheckConstraint(
                condition=~Q(state=Seat.ASKED.value) | Q(keep_until__isnull=False), name="portal_seat_kept_until"
            ),
            models.UniqueConstraint(
                fields=["event", "person"],
                condition=Q(state__in=LIVE, person__isnull=False),
                name="portal_seat_once",
            ),
        ]

    @property
    def ref(self) -> Ref:
        return Ref("portal", "registration", self.pk)
