"""What can go wrong within the rules of the house. One place turns each into a form message, a page or a problem.

Every message is a sentence for a resident, says what to do, and is translated where it is raised.
"""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from allmende.core.texts import Text


class DomainError(Exception):
    """Base. `status` is the HTTP status, `code` a stable word for programs (RFC 9457 `type`)."""

    status = 400
    code = "error"
    default: Text = _("Das hat nicht geklappt.")

    def __init__(self, message: Text = "") -> None:
        self.message = message or self.default
        super().__init__(str(self.message))


class Invalid(DomainError):
    """What was sent does not fit. `fields` maps a form field's name to the sentence beside it."""

    status = 422
    code = "invalid"
    default = _("Bitte prüfen Sie Ihre Angaben.")

    def __init__(self, message: Text = "", *, fields: Mapping[str, Text] | None = None) -> None:
        self.fields = dict(fields or {})
        super().__init__(message or next(iter(self.fields.values()), ""))


class NotSignedIn(DomainError):
    """Signing in would help."""

    status = 401
    code = "not-signed-in"
    default = _("Bitte melden Sie sich zuerst an.")


class NotAllowed(DomainError):
    """The person is known and may not."""

    status = 403
    code = "not-allowed"
    default = _("Dafür haben Sie keine Berechtigung.")


class NotFound(DomainError):
    """There is nothing, or nothing that this viewer may know of."""

    status = 404
    code = "not-found"
    default = _("Das haben wir nicht gefunden.")


class Gone(DomainError):
    """It was there for everybody to see, and is deleted."""

    status = 410
    code = "gone"
    default = _("Das gibt es nicht mehr.")


class Conflict(DomainError):
    """Someone was quicker, or the same key came with other content."""

    status = 409
    code = "conflict"
    default = _("Inzwischen hat sich etwas geändert. Bitte laden Sie die Seite neu.")


class Closed(DomainError):
    """The period for this is over or has not begun."""

    status = 409
    code = "closed"
    default = _("Das ist zurzeit nicht geöffnet.")


class TooMany(DomainError):
    """A rate limit; names the time from which it works again."""

    status = 429
    code = "too-many"
    default = _("Das waren sehr viele Anfragen. Bitte warten Sie einen Augenblick.")

    def __init__(self, message: Text = "", *, retry_at: datetime | None = None) -> None:
        self.retry_at = retry_at
        super().__init__(message)
