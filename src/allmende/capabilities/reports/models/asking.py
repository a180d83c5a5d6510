"""What is asked besides, of one kind of fault, and what was answered."""

from django.db import models

from allmende.capabilities.reports.models.categories import Category
from allmende.capabilities.reports.models.reports import Report


class Asking(models.Model):
    """The questions of a category as they stand now; a category without a row asks nothing.

    `version_id` is a frozen version in `engines/questions`: each change makes another one, so that answers stay
    readable with the questions that they were given to. `public` names the questions whose answers everybody may read.
    """

    category = models.OneToOneField(Category, on_delete=models.CASCADE, primary_key=True, related_name="asking")
    version_id = models.UUIDField()
    public = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.category_id}"


class Answered(models.Model):
    """What a reporter answered: `answers` by the names of the questions, of the version that they were asked in."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True, related_name="answered")
    version_id = models.UUIDField()
    answers = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.report_id}"
