"""Mail: to the server that EMAIL_URL names, else into files."""

from django.core.mail.backends.filebased import EmailBackend as FileBackend


class OutboxBackend(FileBackend):
    """Writes each message to a file of the outbox."""
