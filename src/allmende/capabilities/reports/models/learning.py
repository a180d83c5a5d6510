"""What the city's own closed reports have taught about words, and what somebody has taken out again."""

from django.db import models

from allmende.capabilities.reports.models.categories import Category
from allmende.core.ids import uuid7

WORD_LIMIT = 80


class LearnedWord(models.Model):
    """In reports of this kind the word (folded) stands much more often than in others; `is_struck`: not used again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    word = models.CharField(max_length=WORD_LIMIT)
    written = models.CharField(max_length=WORD_LIMIT, blank=True)
    """As most people write it."""
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="learned")
    weight = models.FloatField()
    count = models.PositiveIntegerField()
    """In how many reports of the kind it stood."""
    is_struck = models.BooleanField(default=False)

    class Meta:
        ordering = ["-weight", "word"]
        constraints = [models.UniqueConstraint(fields=["word", "category"], name="reports_learned_once")]

    def __str__(self) -> str:
        return self.written or self.word


class Lesson(models.Model):
    """The last time that was learned: from how many reports, and how many of those kept back were guessed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()
    looked_at = models.PositiveIntegerField()
    tried = models.PositiveIntegerField()
    hit = models.PositiveIntegerField()
    hit_by_keys = models.PositiveIntegerField()
    is_used = models.BooleanField()
    """Learned words are proposed with only where they guess no worse than the key words alone."""

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="reports_one_lesson")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
