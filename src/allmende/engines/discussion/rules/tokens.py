"""Signed links for guests, who cannot sign in: to reasons and objections, and to a comment of their own."""

from datetime import timedelta
from uuid import UUID

from django.core import signing

from allmende.engines.discussion.workflow import OBJECTION

SALT = "allmende.discussion.reasons"
OWN = "allmende.discussion.own"
AN_HOUR = timedelta(hours=1)


def token_for(case_id: UUID) -> str:
    """Signed with its time; holds nothing but the case's id."""
    return signing.dumps(case_id.hex, salt=SALT)


def opens(token: str, case_id: UUID) -> bool:
    """Whether the token is ours, of this case, and not older than the time for objections."""
    if not token:
        return False
    try:
        return bool(signing.loads(token, salt=SALT, max_age=OBJECTION) == case_id.hex)
    except signing.BadSignature:
        return False


def own_token(comment_id: UUID) -> str:
    """For whoever showed number and code of a comment: an hour to change it or take it back."""
    return signing.dumps(comment_id.hex, salt=OWN)


def owns(token: str, comment_id: UUID) -> bool:
    """Whether the token is ours, of this comment, and not older than an hour."""
    if not token:
        return False
    try:
        return bool(signing.loads(token, salt=OWN, max_age=AN_HOUR) == comment_id.hex)
    except signing.BadSignature:
        return False
