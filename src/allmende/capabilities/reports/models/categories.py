"""What can be reported, and which office sees to it where."""

from uuid import UUID

from django.conf import settings
from django.db import models

from allmende.core.ids import uuid7


class Category(models.Model):
    """A kind of fault in the words of residents. Texts per language code.

    `slug` is its code for programs (Open311 `service_code`) and never changes. `keywords` are the beginnings or parts
    of words by which it is proposed, in any language. `elsewhere` says who is responsible when it is not the city: then
    nothing is sent. `danger` says what to do first. `retention_days` count from the end of a report's work.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    names = models.JSONField(default=dict)
    hints = models.JSONField(default=dict)
    """What belongs to it, in a few words."""
    keywords = models.JSONField(default=list)
    department = models.SlugField(max_length=60)
    """Where no row of the routing table says otherwise."""
    elsewhere = models.JSONField(default=dict)
    danger = models.JSONField(default=dict)
    target_days = models.PositiveSmallIntegerField(default=10)
    """Working days within which it is to be done."""
    retention_days = models.PositiveIntegerField(default=730)
    deletion_days = models.PositiveIntegerField(default=3650)
    """After so many days of the same count only the number is left of what was emptied by then."""
    publishes = models.BooleanField(default=True)
    """Whether reports of this kind may become public at all."""
    order = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["order", "slug"]

    def __str__(self) -> str:
        return str(self.names.get("de", self.slug))

    def name(self, language: str) -> str:
        return str(self.names.get(language) or self.names.get("de") or self.slug)

    def is_entrusted_to(self, person_id: UUID | None) -> bool:
        """Whether somebody of an office sees to this kind: whoever has no duties sees to every kind."""
        if person_id is None:
            return False
        theirs = set(Duty.objects.filter(person_id=person_id).values_list("category_id", flat=True))
        return not theirs or self.pk in theirs


class Route(models.Model):
    """One cell of the routing table: in this district, reports of this category are that office's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="routes")
    district = models.SlugField(max_length=60)
    department = models.SlugField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "district"], name="reports_route_once")]

    def __str__(self) -> str:
        return f"{self.district}: {self.department}"


class Duty(models.Model):
    """Within their office, this person sees to reports of this kind only, and of the others that they have rows for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="duties")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "category"], name="reports_duty_once")]

    def __str__(self) -> str:
        return f"{self.person_id}"
