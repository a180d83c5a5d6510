"""Reports that another system had before: which of its reports each of ours is."""

from django.db import models

from allmende.capabilities.reports.models.reports import Report


class Brought(models.Model):
    """One report of an old system, so that reading its file again brings nothing twice."""

    report = models.OneToOneField(Report, primary_key=True, on_delete=models.CASCADE, related_name="brought")
    source = models.SlugField(max_length=40)
    """Name of the old system."""
    foreign_id = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "foreign_id"], name="reports_brought_once")]

    def __str__(self) -> str:
        return f"{self.source}: {self.foreign_id}"
