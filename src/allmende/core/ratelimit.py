"""Limits on how often, counted in the database so that all processes agree, keyed by hashes that live one day."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from allmende.core import statements
from allmende.core.errors import TooMany


def take(scope: str, subject: str, *, limit: int, per: timedelta, at: datetime) -> None:
    """Counts one use of `scope` by `subject` (an address, a person's key); raises TooMany above `limit` within `per`.

    Call it before the action and outside of its transaction: a refused attempt counts too.
    """
    seconds = int(per.total_seconds())
    window = datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)
    salt = f"{settings.SECRET_KEY}:{at:%Y-%m-%d}".encode()
    key = hmac.digest(salt, f"{scope}:{subject}".encode(), hashlib.sha256)
    ((count,),) = statements.rows(
        'INSERT INTO core_ratelimit (scope, key, "window", count) VALUES (%s, %s, %s, 1)'
        ' ON CONFLICT (scope, key, "window") DO UPDATE SET count = core_ratelimit.count + 1 RETURNING count',
        [scope, key, window],
    )
    if count > limit:
        retry_at = window + per
        minutes = max(1, round((retry_at - at).total_seconds() / 60))
        raise TooMany(
            _("Das war jetzt sehr oft. In %(minutes)s Minuten geht es weiter.") % {"minutes": minutes},
            retry_at=retry_at,
        )
