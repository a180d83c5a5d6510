"""Letters to addresses, and reminders by letter.

Addresses are kept as those of e-mails are: encrypted under the key of the survey, forgotten with the use of the code,
gone at the close.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.actions.invitations import (
    MOST_IN_A_RUN,
    _box,
    _next_run,
    _require_codes,
    new_code,
)
from allmende.capabilities.surveys.actions.running import _locked
from allmende.capabilities.surveys.models import Invitation
from allmende.capabilities.surveys.rules import answering
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict


@dataclass(frozen=True)
class Letter:
    """One letter of a print run: the lines of the address, and the code."""

    lines: tuple[str, ...]
    code: str


@action
def write_letters(*, actor: Actor, survey_id: UUID, addresses: Sequence[Sequence[str]], at: datetime) -> list[Letter]:
    """A print run with addresses, each with a code of its own. The same address twice gets one letter."""
    survey = _locked(survey_id)
    rules.require_may_edit(actor.viewer)
    key = _require_codes(survey, at)
    if not 1 <= len(addresses) <= MOST_IN_A_RUN:
        raise Conflict(_("Ein Lauf hat 1 bis %(n)s Codes.") % {"n": MOST_IN_A_RUN})
    box, run = _box(key), _next_run(survey)
    made = [Letter(lines, new_code()) for lines in dict.fromkeys(map(tuple, addresses))]
    Invitation.objects.bulk_create(
        Invitation(
            survey=survey, mark=answering.code_mark(key, one.code), run=run, by_post=True,
            sealed=box.encrypt(json.dumps([one.lines, one.code]).encode()),
        )
        for one in made
    )  # fmt: skip
    audit.record(actor, "surveys.write_letters", survey.ref, fields=["invitations"])
    return made


@action
def remind_by_letter(*, actor: Actor, survey_id: UUID, at: datetime) -> list[Letter]:
    """Letters to all addresses whose code is unused, with the same code. Pages say how many; that they were printed is
    on record. Whoever has answered has no address here any more.
    """
    survey = _locked(survey_id)
    rules.require_may_edit(actor.viewer)
    box = _box(_require_codes(survey, at))
    rows = Invitation.objects.filter(survey=survey, used=False, sealed__isnull=False, by_post=True).order_by("pk")
    sealed = [bytes(one) for one in rows.values_list("sealed", flat=True) if one is not None]
    found = [json.loads(box.decrypt(one)) for one in sealed]
    audit.record(actor, "surveys.remind_by_letter", survey.ref)
    return [Letter(tuple(lines), code) for lines, code in found]
