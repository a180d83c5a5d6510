import pytest

from allmende.engines.notify.builders import telling_room


@pytest.fixture(autouse=True)
def _example_room(settings, tmp_path):
    """Every test has the example room, and an outbox of its own."""
    folder = tmp_path / "outbox"
    settings.EMAIL_OUTBOX = folder
    settings.MAILERS = {
        "default": {"BACKEND": "allmende.accounts.mail.OutboxBackend", "OPTIONS": {"file_path": str(folder)}}
    }
    with telling_room():
        yield


@pytest.fixture
def send_mail():
    """Runs the waiting mail jobs in this process and returns what is in the outbox, newest first."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    from allmende.accounts.mail import outbox
    from allmende.engines.notify import tasks

    def run():
        for job in ProcrastinateJob.objects.filter(task_name=tasks.send_notice.name).order_by("id"):
            tasks.send_notice(**job.args)
        return outbox()

    return run
