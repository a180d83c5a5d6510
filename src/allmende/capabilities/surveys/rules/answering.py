"""Who may answer: the keyed hashes that stand for codes and residents, and the times between which an answer counts."""

import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.workflow import Phase
from allmende.core.errors import Closed, NotFound

LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
"""Of codes: nothing that is mistaken for something else."""
CODE_LENGTH = 12
"""26¹² codes: guessing one of 100,000 at 40 tries an hour takes longer than the sun will shine."""
FEWEST_TO_MIX = 10
"""An answer is written among so many others, or waits until there are so many, at the latest until the close."""
HALF_A_MINUTE = 30
LONGEST = 4 * 3600
"""Seconds above which the time taken says only that somebody took a break."""


def tidy(code: str) -> str:
    """A code as it was printed, however it was typed."""
    return "".join(one for one in code if one.isalnum()).upper()[:40]


def grouped(code: str) -> str:
    """ACDE-FGHJ-KLMN: as letters show it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def mark(key: bytes, who: str) -> bytes:
    """HMAC-SHA-256. Without the key, which is destroyed at the close, nobody can compute it again."""
    return hmac.digest(key, who.encode(), sha256)


def code_mark(key: bytes, code: str) -> bytes:
    return mark(key, f"code:{tidy(code)}")


def resident_mark(key: bytes, person_id: UUID) -> bytes:
    return mark(key, f"person:{person_id}")


def paper_mark(key: bytes, name: str, born: date) -> bytes:
    """Of somebody without an account who answers on paper: name and day of birth as the clerk reads them on the
    identity card, however they are spaced and written. Neither is kept.
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).casefold()
    return mark(key, f"paper:{''.join(one for one in plain if one.isalnum())}:{born.isoformat()}")


def require_takes_answers(survey: Survey, at: datetime, *, on_paper: bool, began_at: datetime | None) -> None:
    """Raises Closed with what the person should know. Who began in time may send until the grace is over; papers that
    came in time may be entered until the survey is closed for good.
    """
    phase = survey.phase(at)
    if phase is Phase.HIDDEN:
        raise NotFound
    if phase is Phase.COMING:
        raise Closed(_("Die Umfrage hat noch nicht begonnen."))
    if phase is Phase.RUNNING:
        return
    if phase is Phase.GRACE:
        assert survey.closes_at is not None  # by constraint
        assert survey.grace_until is not None
        if on_paper or (began_at is not None and began_at < survey.closes_at and at < survey.grace_until):
            return
    raise Closed(
        _("Die Umfrage ist beendet. Ihre Antworten konnten nicht mehr gezählt werden. Ihr Text steht noch hier.")
    )


def seconds_between(began_at: datetime | None, at: datetime) -> int | None:
    """Rounded to half minutes, so that no answer is known by its seconds; None where it says nothing."""
    if began_at is None:
        return None
    seconds = (at - began_at).total_seconds()
    if not 0 <= seconds <= LONGEST:
        return None
    return max(HALF_A_MINUTE, round(seconds / HALF_A_MINUTE) * HALF_A_MINUTE)


def quota_places(survey: Survey, answers: Mapping[str, Any]) -> list[int]:
    """Which quotas an answer fills: 0 the whole survey's, from 1 on those of single options."""
    places = [0] if survey.quota is not None else []
    for place, one in enumerate(survey.quotas, 1):
        given = answers.get(one["question"])
        if given == one["option"] or (isinstance(given, list) and one["option"] in given):
            places.append(place)
    return places


def full_places(survey: Survey, counts: Mapping[int, int], answers: Mapping[str, Any]) -> Sequence[int]:
    """Those of them that are full already."""
    most = {0: survey.quota, **{place: one["most"] for place, one in enumerate(survey.quotas, 1)}}
    return [
        place
        for place in quota_places(survey, answers)
        if (limit := most[place]) is not None and counts.get(place, 0) >= limit
    ]
