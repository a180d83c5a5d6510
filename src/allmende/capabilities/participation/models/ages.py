"""The age group that somebody stated for a project, if they liked to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from allmende.capabilities.participation.models.projects import Project
from allmende.capabilities.participation.workflow.ages import AgeGroup
from allmende.core.ids import uuid7


class StatedAge(models.Model):
    """Read by nobody and shown nowhere but in counts of at least five people (`queries.analysis`); kept two years."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="stated_ages")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stated_ages")
    group = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="participation_age_at")]
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="participation_age_once"),
            models.CheckConstraint(
                condition=Q(group__in=[one.value for one in AgeGroup]), name="participation_age_group"
            ),
        ]
