"""Codes for letters and e-mails: in clear for a moment, kept as keyed hashes; reminders to whom has not used theirs."""

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from cryptography.fernet import Fernet
from django.db.models import Max
from django.utils.translation import gettext as _

from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.actions.running import _locked
from allmende.capabilities.surveys.models import Invitation, Survey
from allmende.capabilities.surveys.rules import answering
from allmende.capabilities.surveys.workflow import Access, Phase
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict

MOST_IN_A_RUN = 5000


@dataclass(frozen=True)
class Reminder:
    """Whom to remind: address and code, for the mail that is sent now and for nothing else."""

    address: str
    code: str


def new_code() -> str:
    return "".join(secrets.choice(answering.LETTERS) for _place in range(answering.CODE_LENGTH))


def _box(key: bytes) -> Fernet:
    """Encrypts addresses under a key of their own, made of the survey's: gone with it at the close."""
    return Fernet(base64.urlsafe_b64encode(sha256(b"addresses:" + key).digest()))


def _require_codes(survey: Survey, at: datetime) -> bytes:
    if survey.access != Access.CODE or survey.key is None or survey.phase(at) not in {Phase.COMING, Phase.RUNNING}:
        raise Conflict(_("Für diese Umfrage können jetzt keine Codes erzeugt werden."))
    return bytes(survey.key)


@action
def make_codes(*, actor: Actor, survey_id: UUID, number: int, at: datetime) -> list[str]:
    """A print run of letters. The codes exist in clear only here and now; kept are their keyed hashes."""
    survey = _locked(survey_id)
    rules.require_may_edit(actor.viewer)
    key = _require_codes(survey, at)
    if not 1 <= number <= MOST_IN_A_RUN:
        raise Conflict(_("Ein Lauf hat 1 bis %(n)s Codes.") % {"n": MOST_IN_A_RUN})
    run = _next_run(survey)
    codes = [new_code() for _each in range(number)]
    Invitation.objects.bulk_create(
        Invitation(survey=survey, mark=answering.code_mark(key, code), run=run) for code in codes
    )
    audit.record(actor, "surveys.make_codes", survey.ref, fields=["invitations"])
    return codes


@action
def invite_by_mail(*, actor: Actor, survey_id: UUID, addresses: Sequence[str], at: datetime) -> list[Reminder]:
    """One code per address. Both are kept together, encrypted, until the code is used or the survey ends."""
    survey = _locked(survey_id)
    rules.require_may_edit(actor.viewer)
    key = _require_codes(survey, at)
    box, run = _box(key), _next_run(survey)
    made = [Reminder(address, new_code()) for address in dict.fromkeys(addresses)]
    Invitation.objects.bulk_create(
        Invitation(
            survey=survey, mark=answering.code_mark(key, one.code), run=run,
            sealed=box.encrypt(json.dumps([one.address, one.code]).encode()),
        )
        for one in made
    )  # fmt: skip
    audit.record(actor, "surveys.invite_by_mail", survey.ref, fields=["invitations"])
    return made


@action
def remind_by_mail(*, actor: Actor, survey_id: UUID, at: datetime) -> list[Reminder]:
    """Addresses whose code is unused, for the mails that the caller sends at once. Nobody is shown the list: pages say
    how many there were. Whoever has answered has no address here any more.
    """
    survey = _locked(survey_id)
    rules.require_may_edit(actor.viewer)
    key = _require_codes(survey, at)
    box = _box(key)
    rows = Invitation.objects.filter(survey=survey, used=False, sealed__isnull=False, by_post=False)
    sealed = rows.values_list("sealed", flat=True)
    found = [Reminder(*json.loads(box.decrypt(bytes(one)))) for one in sealed if one is not None]
    secrets.SystemRandom().shuffle(found)
    audit.record(actor, "surveys.remind_by_mail", survey.ref, fields=["reminded"])
    return found


def _next_run(survey: Survey) -> int:
    return (Invitation.objects.filter(survey=survey).aggregate(last=Max("run"))["last"] or 0) + 1
