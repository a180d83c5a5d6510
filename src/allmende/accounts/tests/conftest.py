"""What the tests of accounts share."""

import pytest

from allmende.accounts import mail, tasks
from allmende.accounts.models import OutgoingMail


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Passwords are hashed slowly on purpose; here they only have to be hashed."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def outbox(settings, tmp_path):
    """An outbox of the test's own; `outbox()` sends what waits and returns all letters, the newest first."""
    settings.EMAIL_OUTBOX = tmp_path
    settings.MAILERS = {
        "default": {"BACKEND": "allmende.accounts.mail.OutboxBackend", "OPTIONS": {"file_path": str(tmp_path)}}
    }

    def send_all() -> list[mail.Letter]:
        for row in OutgoingMail.objects.order_by("pk"):
            tasks.send_mail(mail_id=str(row.pk))
        return mail.outbox()

    return send_all
