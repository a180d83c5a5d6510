"""The signed address of a seat: whoever holds it confirms the seat or gives it up, without an account."""

from uuid import UUID

from django.core import signing

from allmende.capabilities.portal.models import Registration

SALT = "portal.seat"


def seat_token(seat: Registration) -> str:
    """For addresses; holds the seat's id and nothing about the person."""
    return signing.dumps(seat.pk.hex, salt=SALT)


def seat_id_of(token: str) -> UUID | None:
    """The seat that a token stands for, or None for one that we did not make."""
    try:
        return UUID(hex=signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
