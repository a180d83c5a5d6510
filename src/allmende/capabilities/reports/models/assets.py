"""Numbered things of the city: lamp posts, benches, containers. What somebody reports can be one of them."""

from django.db import models
from django.db.models import Q

from allmende.capabilities.reports.models.categories import Category
from allmende.capabilities.reports.models.reports import Report
from allmende.core.ids import uuid7
from allmende.core.refs import Ref

NUMBER_LENGTH = 60


class AssetKind(models.Model):
    """„Laterne“: how people call such things, and as which kind of fault they are reported. Texts per language code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    names = models.JSONField(default=dict)
    keywords = models.JSONField(default=list)
    """What else people call it."""
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def name(self, language: str) -> str:
        return str(self.names.get(language) or self.names.get("de") or self.slug)


class Asset(models.Model):
    """One of them. `plain` is the number as it is compared: capitals, without blanks and leading zeros.

    `owner` says who sees to it: a department's slug, or an outside party's name. What a new file no longer names
    becomes inactive, so that reports of it keep what they are about.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.ForeignKey(AssetKind, on_delete=models.PROTECT, related_name="assets")
    number = models.CharField(max_length=NUMBER_LENGTH)
    plain = models.CharField(max_length=NUMBER_LENGTH)
    place = models.CharField(max_length=200, blank=True)
    district = models.SlugField(max_length=60, blank=True)
    longitude = models.FloatField()
    latitude = models.FloatField()
    owner = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)
    is_example = models.BooleanField(default=False)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "plain"], name="reports_asset_once"),
            models.CheckConstraint(
                condition=Q(longitude__range=(-180, 180), latitude__range=(-90, 90)), name="reports_asset_point"
            ),
        ]
        indexes = [models.Index(fields=["plain"], name="reports_asset_number")]

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> Ref:
        return Ref("reports", "asset", self.pk)

    @property
    def code(self) -> str:
        """What stands in addresses and QR codes: „laterne:4711“."""
        return f"{self.kind.slug}:{self.plain}"

    @property
    def point(self) -> tuple[float, float]:
        return (self.longitude, self.latitude)

    def title(self, language: str) -> str:
        return f"{self.kind.name(language)} {self.number}"


class AboutAsset(models.Model):
    """A report is about this asset."""

    report = models.OneToOneField(Report, primary_key=True, on_delete=models.CASCADE, related_name="about")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="reports")

    def __str__(self) -> str:
        return f"{self.asset_id}"
