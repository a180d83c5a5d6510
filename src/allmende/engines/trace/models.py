"""Edges between things of any rooms."""

from datetime import timedelta

from django.db import models

from allmende.core import city
from allmende.core.actor import Role
from allmende.core.ids import uuid7
from allmende.core.refs import Ref
from allmende.core.texts import Text

LONGEST_REASON = 500
LATER = timedelta(days=1)
"""A link made more than this after the date that it names says so."""


class Edge(models.Model):
    """`source` led to `target`. Retracted when it was wrong, never deleted, so that nobody can rewrite the past.

    Who made it is kept as a pseudonym (erasure cuts it off) and shown as role and office, not as a name.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source_capability = models.CharField(max_length=40)
    source_kind = models.CharField(max_length=40)
    source_id = models.UUIDField()
    target_capability = models.CharField(max_length=40)
    target_kind = models.CharField(max_length=40)
    target_id = models.UUIDField()
    reason = models.CharField(max_length=LONGEST_REASON)
    language = models.CharField(max_length=8, default="de")
    """Of the reason: that of the page on which it was written."""
    happened_at = models.DateTimeField()
    """When the one led to the other."""
    created_at = models.DateTimeField()
    """When it was written down; may be much later."""
    actor_key = models.UUIDField(null=True, blank=True)
    role = models.CharField(max_length=20, blank=True)
    """As what they acted; empty: no office decided this, it followed from a step."""
    scope = models.CharField(max_length=80, blank=True)
    retracted_at = models.DateTimeField(null=True, blank=True)
    retracted_by = models.UUIDField(null=True, blank=True)
    retract_reason = models.CharField(max_length=LONGEST_REASON, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="trace_edge_once",
                fields=[
                    "source_id", "source_kind", "source_capability", "target_id", "target_kind", "target_capability",
                ],
                condition=models.Q(retracted_at__isnull=True),
            ),
            models.CheckConstraint(
                name="trace_edge_between_two",
                condition=~models.Q(
                    source_id=models.F("target_id"),
                    source_kind=models.F("target_kind"),
                    source_capability=models.F("target_capability"),
                ),
            ),
            models.CheckConstraint(name="trace_edge_has_reason", condition=~models.Q(reason="")),
            models.CheckConstraint(
                name="trace_edge_retracted_with_reason",
                condition=models.Q(retracted_at__isnull=True, retract_reason="")
                | (models.Q(retracted_at__isnull=False) & ~models.Q(retract_reason="")),
            ),
        ]  # fmt: skip
        indexes = [
            # forwards the unique constraint's index serves; backwards this one
            models.Index(fields=["target_id"], name="trace_edge_back", condition=models.Q(retracted_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"

    @property
    def source(self) -> Ref:
        return Ref(self.source_capability, self.source_kind, self.source_id)

    @property
    def target(self) -> Ref:
        return Ref(self.target_capability, self.target_kind, self.target_id)

    @property
    def was_linked_later(self) -> bool:
        return self.created_at - self.happened_at > LATER

    def by(self, language: str) -> Text:
        """Office or role of whoever made it; empty when it followed from a step by itself."""
        department = self.scope.removeprefix("department:") if self.scope.startswith("department:") else ""
        office = city.current().department(department) if department else None
        if office is not None:
            return office.name(language)
        return Role(self.role).label if self.role in set(Role) else ""
