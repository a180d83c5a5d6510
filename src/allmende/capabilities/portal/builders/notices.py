"""Official notices and periods of restraint for tests, made as the actions make them."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import elections, notices
from allmende.capabilities.portal.models.elections import ElectionPeriod
from allmende.capabilities.portal.models.notices import Notice

_numbers = itertools.count(1)


def draft(*, at: datetime | None = None, **fields: Any) -> Notice:
    """A complete draft of the environment office, written by an editor."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "title": f"Auslegung eines Bebauungsplans {number}",
        "text": "## Ort\n\nDer Plan liegt im Amt aus.",
        "department": "umwelt",
        "legal_basis": "§ 3 Abs. 2 BauGB",
        "signed_by": "Leitung des Amtes",
        "paper_place": "Im Amt, täglich von 9 bis 16 Uhr",
        **fields,
    }
    actor = people.actor(people.editor())
    return notices.write_notice(actor=actor, data=notices.NoticeData(**values), at=at or timezone.now())


def checked(*, at: datetime | None = None, **fields: Any) -> Notice:
    """A draft that a clerk of its office has checked."""
    at = at or timezone.now()
    made = draft(at=at, **fields)
    clerk = people.actor(people.clerk(made.department))
    return notices.check_notice(actor=clerk, notice_id=made.pk, at=at)


def provided(*, at: datetime | None = None, not_before: datetime | None = None, **fields: Any) -> Notice:
    """A notice that stands since `at`, or from `not_before` on."""
    at = at or timezone.now() - timedelta(minutes=1)
    made = checked(at=at, **fields)
    editor = people.actor(people.editor())
    return notices.provide_notice(actor=editor, notice_id=made.pk, not_before=not_before, at=at)


def period(starts_at: datetime, ends_at: datetime, **fields: Any) -> ElectionPeriod:
    """A period of restraint."""
    values: dict[str, Any] = {"title": {"de": "Stadtratswahl"}, "reason": "Sechs Wochen vor der Wahl", **fields}
    actor = people.actor(people.editor())
    return elections.save_period(actor=actor, starts_at=starts_at, ends_at=ends_at, **values)
