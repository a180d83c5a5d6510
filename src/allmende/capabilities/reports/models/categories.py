"""What can be reported, and which office sees to it where."""

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
