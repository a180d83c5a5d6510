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
    """Does what the worker does every minute, at this instant or another, and returns the outbox, newest first."""
    from django.utils import timezone

    from allmende.accounts.mail import outbox
    from allmende.engines.notify import actions

    def run(at=None):
        now = at or timezone.now()
        actions.collect(now)
        actions.send_due(now)
        return outbox()

    return run
