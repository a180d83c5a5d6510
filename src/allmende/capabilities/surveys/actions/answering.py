"""An answer comes in: checked, counted once, kept apart from whoever sent it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import SystemRandom
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.capabilities.surveys import queries, rules
from allmende.capabilities.surveys.models import Invitation, Response, Survey, WaitingResponse
from allmende.capabilities.surveys.rules import answering
from allmende.capabilities.surveys.workflow import Access
from allmende.core import audit, statements
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel, Viewer
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.refs import Ref
from allmende.engines.media import interface as media
from allmende.engines.questions import interface as questions

COLUMNS = "survey_id, version_id, answers, channel, language, day, seconds_taken, consent_edition, is_proven"
"""Of an answer, but its id, which is drawn anew whenever it is written."""

WAIT = f"INSERT INTO surveys_waitingresponse (id, {COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"  # noqa: S608
USE = """
UPDATE surveys_invitation SET used = true, sealed = NULL WHERE survey_id = %s AND mark = %s AND NOT used RETURNING 1
"""
"""Both written out, as every answer pays for them (`statements`)."""


class Full(Closed):
    """Enough people have answered; nothing of this answer was kept."""

    code = "quota-full"


@dataclass(frozen=True)
class Sent:
    """What somebody sends. `code` is that of a letter; `resident` the person whose residence is confirmed."""

    answers: Mapping[str, Any]
    language: str = "de"
    code: str = ""
    resident: UUID | None = None
    on_card: tuple[str, date] | None = None
    """Of a paper from somebody without an account: name and day of birth; only their keyed hash is kept."""
    began_at: datetime | None = None
    sitting_id: UUID | None = None
    """Answers in progress that are sent: taken from there, with when they were begun."""
    is_proven: bool = True
    consents: bool = False
    """Agrees to the consent text that holds now, where there is one."""


def nameless(actor: Actor) -> Actor:
    """Channel and the sender's key for this request stay; the person, the request and whoever it was for do not."""
    return replace(actor.plain(), viewer=Viewer(language=actor.language), key=None, on_behalf_of=None, request_id="")


@action
def submit_response(*, actor: Actor, survey_id: UUID, sent: Sent, at: datetime) -> Survey:
    """Takes an answer. Returns the survey and not the answer: what is kept for repeated requests leads to no answer.

    Call it with `nameless(actor)`; for papers with the clerk, who is then audited for having entered one. Raises
    Closed outside of the time, Full at a quota, NotAllowed or Conflict for a code, Invalid with faults by question.
    """
    on_paper = actor.channel == Channel.PAPER
    if on_paper:
        rules.require_may_enter(actor.viewer)
    survey = _shared(survey_id)
    if sent.sitting_id is not None:
        sitting = questions.take_sitting(sent.sitting_id, at=at)
        if sitting.ref != survey.ref or sitting.version_id != survey.version_id:
            raise NotFound
        sent = replace(sent, answers=sitting.answers, began_at=sitting.opened_at)
    answering.require_takes_answers(survey, at, on_paper=on_paper, began_at=sent.began_at)
    edition = queries.consent_edition(survey, at)
    if edition and not sent.consents:
        raise Invalid(fields={"consents": _("Ohne Ihr Einverständnis dürfen wir Ihre Antworten nicht auswerten.")})
    checked = queries.checked(survey.version_id, sent.answers, at)
    if checked.faults:
        raise Invalid(fields=dict(checked.faults))
    _take_place(survey, sent, on_paper=on_paper)
    _fill_quotas(survey, checked.values)
    _keep_files(survey, checked.values)
    seconds = None if on_paper else answering.seconds_between(sent.began_at, at)
    values = (survey.pk, survey.version_id, json.dumps(checked.values), actor.channel.value, sent.language[:8])
    statements.run(WAIT, (uuid4(), *values, timezone.localtime(at).date(), seconds, edition, sent.is_proven))
    audit.record(actor if on_paper else nameless(actor), "surveys.submit_response", survey.ref, fields=["answered"])
    return survey


def _keep_files(survey: Survey, values: Mapping[str, Any]) -> None:
    """Uploads stay with the survey's answers, which only editors may see; not with one answer."""
    for medium_id in questions.file_ids(queries.definition_of(survey.version_id), values):
        media.attach(medium_id, Ref("surveys", "answers", survey.pk))


def _take_place(survey: Survey, sent: Sent, *, on_paper: bool) -> None:
    """One answer per code, one per resident: in one statement, so that of two at once one comes too late."""
    if survey.access == Access.CODE:
        use_code(survey, sent.code)
    elif survey.access == Access.VERIFIED:
        if sent.resident is not None:
            _mark_resident(survey, answering.resident_mark(_key(survey), sent.resident), on_paper=on_paper)
        elif on_paper and sent.on_card is not None:
            _mark_resident(survey, answering.paper_mark(_key(survey), *sent.on_card), on_paper=True)
        elif on_paper:
            raise Invalid(fields={"name": _("Bitte geben Sie an, wer geantwortet hat. Gespeichert wird das nicht.")})
        else:
            raise NotSignedIn(_("Hier antworten Menschen, deren Wohnort bestätigt ist. Bitte melden Sie sich an."))


def use_code(survey: Survey, code: str) -> None:
    """Marks the code as used; forgets the address it was sent to. Raises NotAllowed, or Conflict when it was used."""
    own = answering.code_mark(_key(survey), code)
    if statements.rows(USE, [survey.pk, own]):
        return
    if Invitation.objects.filter(survey=survey, mark=own).exists():
        raise Conflict(_("Mit diesem Code ist schon geantwortet worden. Jeder Code zählt einmal."))
    raise NotAllowed(_("Diesen Code gibt es nicht. Bitte prüfen Sie ihn noch einmal."))


def _mark_resident(survey: Survey, own: bytes, *, on_paper: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO surveys_residentmark (id, survey_id, mark) VALUES (gen_random_uuid(), %s, %s)"
            " ON CONFLICT (survey_id, mark) DO NOTHING",
            [survey.pk, own],
        )
        if cursor.rowcount:
            return
    if on_paper:
        raise Conflict(_("Dieser Mensch hat schon geantwortet. Der Bogen zählt nicht noch einmal."))
    raise Conflict(_("Sie haben schon geantwortet. Jeder Mensch zählt einmal."))


def _fill_quotas(survey: Survey, answers: Mapping[str, Any]) -> None:
    """Counts the answer in all quotas that it belongs to, or in none. Raises Full."""
    places = answering.quota_places(survey, answers)
    if not places:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE surveys_quotacount SET count = count + 1 WHERE survey_id = %s AND place = ANY(%s) AND count < most",
            [survey.pk, places],
        )
        if cursor.rowcount < len(places):
            raise Full(_("Von Menschen wie Ihnen haben wir genug Antworten. Ihre Antworten wurden nicht gespeichert."))


def _key(survey: Survey) -> bytes:
    if survey.key is None:
        raise Closed(_("Die Umfrage ist beendet."))
    return bytes(survey.key)


def _shared(survey_id: UUID) -> Survey:
    """The survey, held open for this transaction: others may answer at the same time, closing waits for them."""
    found = statements.instance(Survey, "SELECT {columns} FROM surveys_survey t WHERE id = %s FOR SHARE", [survey_id])
    if found is None:
        raise NotFound
    return found


@action
def mix_responses(*, actor: Actor, survey_id: UUID, at: datetime) -> int:  # noqa: ARG001 - every action knows the time
    """Writes waiting answers anew, in random order and under new ids, when there are enough to hide among.

    All of them get the number of this one transaction, so nothing written along with an answer when it came (a used
    code, a resident's mark, the audit) tells which is which. Returns how many were mixed.
    """
    survey = _shared(survey_id)
    if WaitingResponse.objects.filter(survey=survey).count() < answering.FEWEST_TO_MIX:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH came AS (DELETE FROM surveys_waitingresponse WHERE survey_id = %s RETURNING {COLUMNS})"  # noqa: S608
            f" INSERT INTO surveys_response (id, {COLUMNS})"
            f" SELECT gen_random_uuid(), {COLUMNS} FROM came ORDER BY gen_random_uuid()",
            [survey.pk],
        )
        mixed = int(cursor.rowcount)
    audit.record(actor, "surveys.mix_responses", survey.ref, fields=["responses"])
    return mixed


def rewrite_all(survey: Survey) -> int:
    """At the close: all answers are written anew once more, so that no small batch of the last hour stands out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH came AS (DELETE FROM surveys_waitingresponse WHERE survey_id = %s RETURNING {COLUMNS}),"  # noqa: S608
            f" were AS (DELETE FROM surveys_response WHERE survey_id = %s RETURNING {COLUMNS})"
            f" INSERT INTO surveys_response (id, {COLUMNS}) SELECT gen_random_uuid(), {COLUMNS}"
            f" FROM (SELECT {COLUMNS} FROM came UNION ALL SELECT {COLUMNS} FROM were) AS everything"
            " ORDER BY gen_random_uuid()",
            [survey.pk, survey.pk],
        )
        return int(cursor.rowcount)


@dataclass(frozen=True)
class Batched:
    """One answer of a batch: from paper that somebody else has typed in, or made up for a demonstration."""

    answers: Mapping[str, Any]
    day: date
    language: str = "de"
    seconds_taken: int | None = None


@action
def import_responses(*, actor: Actor, survey_id: UUID, batch: list[Batched], channel: Channel, at: datetime) -> Survey:
    """Takes many answers at once: each is checked like any other, and all are written in random order.

    For surveys that everybody may answer: codes and residents are checked one by one. Raises Invalid that names the
    first row that does not fit; then nothing is taken.
    """
    rules.require_may_edit(actor.viewer)
    survey = _shared(survey_id)
    answering.require_takes_answers(survey, at, on_paper=True, began_at=None)
    if survey.access != Access.OPEN:
        raise NotAllowed(_("Antworten mit Code oder mit bestätigtem Wohnort werden einzeln eingegeben."))
    edition = queries.consent_edition(survey, at)
    rows = []
    for number, one in enumerate(batch, 1):
        checked = queries.checked(survey.version_id, one.answers, at)
        if checked.faults:
            name, said = next(iter(checked.faults.items()))
            where = {"number": number, "name": name, "said": said}
            raise Invalid(_("Antwort %(number)s, Frage %(name)s: %(said)s") % where)
        _fill_quotas(survey, checked.values)
        rows.append(
            Response(
                survey=survey, version_id=survey.version_id, answers=dict(checked.values), channel=channel.value,
                language=one.language, day=one.day, seconds_taken=one.seconds_taken, consent_edition=edition,
            )
        )  # fmt: skip
    SystemRandom().shuffle(rows)
    Response.objects.bulk_create(rows, batch_size=2000)
    audit.record(actor, "surveys.import_responses", survey.ref, fields=["answered"])
    return survey
