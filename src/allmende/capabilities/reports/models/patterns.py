"""Patterns: many reports of one kind that say more than each by itself, put before the city as an impulse."""

from django.db import models

from allmende.capabilities.reports.models.categories import Category
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

WORDS_LIMIT = 2000


class Pattern(models.Model):
    """„23 Meldungen: Straße und Gehweg, Lusan“, with what an office says about it. Public from the start.

    Which reports led to it says the Trace; `count` is how many there were when it was drawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("reports_pattern_number"))
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    district = models.SlugField(max_length=60, blank=True)
    department = models.SlugField(max_length=60)
    words = models.TextField()
    language = models.CharField(max_length=2, default="de")
    since = models.DateTimeField()
    until = models.DateTimeField()
    count = models.PositiveIntegerField()
    is_example = models.BooleanField(default=False)

    class Meta:
        ordering = ["-until"]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def ref(self) -> Ref:
        return Ref("reports", "pattern", self.pk)
