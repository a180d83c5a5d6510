"""Reports that were written on a device and sent when it had a network again."""

from django.db import models

from allmende.capabilities.reports.models.reports import Report


class Draft(models.Model):
    """The device's own number of a draft, and the report that it became: the same draft never becomes two.

    The number is made on the device (UUID version 4). Whoever knows it is told the private link, as whoever holds the
    link itself is the reporter.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    report = models.OneToOneField(Report, null=True, on_delete=models.CASCADE, related_name="draft")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.id}"
