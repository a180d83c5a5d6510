"""Reports that were spoken or signed."""

from django.db import models

from allmende.capabilities.reports.models.reports import Report
from allmende.core.refs import Ref


class Recording(models.Model):
    """A voice note or a video in sign language that came with a report; the file is a medium of `ref`.

    It is for the offices and its sender until somebody has written down what is said, and has released it.
    """

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True, related_name="recording")
    transcript = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="de")
    transcribed_at = models.DateTimeField(null=True, blank=True)
    is_public = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_public=False) | ~models.Q(transcript=""), name="reports_recording_written_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}"

    @property
    def ref(self) -> Ref:
        return Ref("reports", "recording", self.report_id)
