"""The link in a notice by which a guest, who cannot sign in, reads the reasons and objects."""

from uuid import UUID

from django.core import signing

from allmende.engines.discussion.workflow import OBJECTION

SALT = "allmende.discussion.reasons"


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
