"""Tidying: files that waited for a form which never came back."""

from procrastinate.contrib.django import app

from allmende.ui import forms


@app.periodic(cron="47 * * * *")
@app.task(name="allmende.ui.tasks.tidy", queue="bulk", queueing_lock="ui.tidy")
def tidy(timestamp: int) -> None:
    """Every hour: kept uploads older than 24 hours."""
    forms.forget_old_uploads(timestamp)
