"""Every change of a conversation: making, opening, voting, writing statements, merging, closing, drawing the map."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import SystemRandom
from uuid import UUID, uuid4

from django.db import connection
from django.utils.translation import gettext as _

from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.actions.opinion_map import take_out
from allmende.capabilities.surveys.events import (
    ConversationClosed,
    ConversationOpened,
    ConversationSaved,
    OpinionGiven,
    OpinionMapCompleted,
    StatementAdded,
    StatementDecided,
)
from allmende.capabilities.surveys.models import (
    CONTRACT_FIELDS,
    STATEMENT_LIMIT,
    Conversation,
    DrawnMap,
    Statement,
    Voice,
)
from allmende.capabilities.surveys.queries import opinion as reading
from allmende.capabilities.surveys.queries.drawing import Drawing
from allmende.capabilities.surveys.rules.opinion import access
from allmende.capabilities.surveys.workflow.opinion import Checked, Said, Talk, TalkPhase, Who
from allmende.core import audit, city, events, statements
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel, Viewer
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound
from allmende.core.models import IdempotencyKey
from allmende.core.refs import Ref
from allmende.engines.ballots.interface import voting
from allmende.engines.discussion import interface as discussion

type Texts = Mapping[str, str]
TITLE_LIMIT, SUMMARY_LIMIT, ANSWER_LIMIT = 160, 600, 600
LEAST_TO_BEGIN = 5
"""Statements that whoever asks puts in, so that the first people have something to say something to."""
CHOICES = (1, 0, -1)


@dataclass(frozen=True)
class ConversationData:
    """What an editor says of a conversation. `statements` are the first ones, a line each; later they are added."""

    title: Texts
    summary: Texts
    contract: Mapping[str, Texts]
    department: str
    opens_at: datetime | None
    closes_at: datetime | None
    who: str = Who.EVERYBODY.value
    checked: str = Checked.BEFORE.value
    gives_votes: bool = False
    language: str = "de"
    statements: tuple[str, ...] = ()
    is_example: bool = False
    is_simulated: bool = False
    english: tuple[str, ...] = field(default=())


def tidy(text: str) -> str:
    """A statement on one line, without signs that nobody sees."""
    return " ".join(discussion.tidy(text).split())


def _check(data: ConversationData) -> None:
    wrong: dict[str, str] = {}
    if not data.title.get("de", "").strip():
        wrong["title"] = _("Bitte sagen Sie in einem Satz, worum es geht.")
    elif any(len(text) > TITLE_LIMIT for text in data.title.values()):
        wrong["title"] = _("Bitte kürzen Sie die Frage auf %(n)s Zeichen.") % {"n": TITLE_LIMIT}
    if any(len(text) > SUMMARY_LIMIT for text in data.summary.values()):
        wrong["summary"] = _("Bitte kürzen Sie den Text auf %(n)s Zeichen.") % {"n": SUMMARY_LIMIT}
    for name in CONTRACT_FIELDS:
        if len(data.contract.get(name, {}).get("de", "")) > ANSWER_LIMIT:
            wrong[name] = _("Bitte kürzen Sie den Text auf %(n)s Zeichen.") % {"n": ANSWER_LIMIT}
    if data.opens_at and data.closes_at and data.opens_at >= data.closes_at:
        wrong["closes_at"] = _("Das Ende muss nach dem Anfang liegen.")
    if data.department and city.current().department(data.department) is None:
        wrong["department"] = _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")
    if any(len(text) > STATEMENT_LIMIT for text in data.statements):
        wrong["statements"] = _("Eine Aussage darf höchstens %(n)s Zeichen haben.") % {"n": STATEMENT_LIMIT}
    if wrong:
        raise Invalid(fields=wrong)


@action
def save_conversation(
    *, actor: Actor, data: ConversationData, conversation_id: UUID | None = None, at: datetime
) -> Conversation:
    """Makes a draft, or changes one. Once open nothing of it changes. Raises Invalid with fields, Conflict."""
    rules.require_may_edit(actor.viewer)
    data = replace(data, statements=tuple(filter(None, map(tidy, data.statements))))
    _check(data)
    if conversation_id is None:
        made = Conversation(created_by=actor.key, created_at=at)
    else:
        made = lock(Conversation.objects.all(), pk=conversation_id)
        if made.state != Talk.DRAFT:
            raise Conflict(_("Das ist schon offen und wird nicht mehr geändert."))
    made.title, made.summary = dict(data.title), dict(data.summary)
    made.contract = {name: dict(data.contract.get(name, {})) for name in CONTRACT_FIELDS}
    made.department, made.language = data.department, data.language
    made.opens_at, made.closes_at = data.opens_at, data.closes_at
    made.who, made.checked, made.gives_votes = Who(data.who).value, Checked(data.checked).value, data.gives_votes
    made.is_example, made.is_simulated = data.is_example, data.is_simulated
    made.save()
    made.refresh_from_db(fields=["number"])
    Statement.objects.filter(conversation=made).delete()
    day = at.astimezone(city.current().zone).date()
    Statement.objects.bulk_create(
        Statement(
            conversation=made,
            number=number,
            text=text,
            language=data.language,
            state=Said.SHOWN.value,
            by_city=True,
            channel=actor.channel.value,
            day=day,
        )
        for number, text in enumerate(dict.fromkeys(data.statements), 1)
    )
    audit.record(actor, "surveys.save_conversation", made.ref, fields=["title", "summary", "contract", "statements"])
    events.publish(actor, ConversationSaved(ref=made.ref))
    return made


@action
def open_conversation(*, actor: Actor, conversation_id: UUID, at: datetime) -> Conversation:
    """A second editor has checked it; it opens on its day. Raises Invalid with what is missing."""
    found = lock(Conversation.objects.all(), pk=conversation_id)
    rules.require_may_edit(actor.viewer)
    if found.state != Talk.DRAFT:
        raise Conflict(_("Das ist schon geöffnet."))
    if not access.may_open(found, actor):
        raise NotAllowed(_("Bitte lassen Sie eine zweite Person prüfen und öffnen."))
    missing = [name for name in CONTRACT_FIELDS if not found.contract.get(name, {}).get("de", "").strip()]
    if missing:
        raise Invalid(_("Es fehlen noch Angaben dazu, was offen ist, wer entscheidet und was das Ergebnis ändert."))
    if found.opens_at is None or found.closes_at is None or found.closes_at <= at:
        raise Invalid(_("Bitte legen Sie fest, von wann bis wann man mitmachen kann."))
    if Statement.objects.filter(conversation=found, state=Said.SHOWN).count() < LEAST_TO_BEGIN:
        raise Invalid(_("Bitte geben Sie mindestens %(n)s Aussagen vor.") % {"n": LEAST_TO_BEGIN})
    found.state, found.key = Talk.OPEN.value, secrets.token_bytes(32)
    found.save()
    audit.record(actor, "surveys.open_conversation", found.ref, fields=["state"])
    events.publish(actor, ConversationOpened(ref=found.ref))
    return found


def nameless(actor: Actor) -> Actor:
    """The channel stays, the person, the request and whoever it was for do not."""
    return replace(actor, viewer=Viewer(language=actor.language), key=None, on_behalf_of=None, request_id="")


@action
def give_opinion(
    *, actor: Actor, conversation_id: UUID, number: int, choice: int, token: str = "", at: datetime
) -> Voice:
    """Says agree, disagree or pass to a statement, or something else than before: the last answer counts.

    One statement writes it, so two tabs at once lose nothing. Audit and event say that somebody said something.
    """
    found = statements.instance(
        Conversation, "SELECT {columns} FROM surveys_conversation t WHERE id = %s FOR SHARE", [conversation_id]
    )
    if found is None:
        raise NotFound
    access.require_running(found, at)
    known = found.who == Who.VERIFIED and voting.is_verified(actor.viewer)
    access.require_welcome(found, actor.viewer, is_verified=known)
    if choice not in CHOICES:
        raise Invalid(fields={"choice": _("Bitte wählen Sie eine der drei Antworten.")})
    if not Statement.objects.filter(conversation=found, number=number, state=Said.SHOWN).exists():
        raise Conflict(_("Diese Aussage ist nicht mehr da. Hier kommt die nächste."))
    own = reading.own_mark(found, actor.viewer, token)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO surveys_voice AS held (id, conversation_id, mark, choices, casts) VALUES (%s, %s, %s, %s, 1)"
            " ON CONFLICT (conversation_id, mark)"
            " DO UPDATE SET choices = held.choices || EXCLUDED.choices, casts = held.casts + 1"
            " RETURNING id, choices, casts",
            [uuid4(), found.pk, own, json.dumps({str(number): choice})],
        )
        pk, choices, casts = cursor.fetchone()
    nobody = nameless(actor)
    this = Ref("surveys", "voices", found.pk)
    audit.record(nobody, "surveys.give_opinion", this, fields=["choices"])
    events.publish(nobody, OpinionGiven(ref=this))
    choices = json.loads(choices) if isinstance(choices, str) else choices
    return Voice(pk=pk, conversation=found, mark=own, choices=choices, casts=casts)


@action
def add_statement(
    *,
    actor: Actor,
    conversation_id: UUID,
    text: str,
    token: str = "",
    language: str = "",
    proven: bool = True,
    at: datetime,
) -> Statement:
    """Somebody says it in their own words. Whoever checks it sees no name; guests have none.

    It does not count as an answer of its author: it would tie the name to the votes. Raises Invalid, Conflict for what
    somebody said already in the same words.
    """
    found = lock(Conversation.objects.all(), pk=conversation_id)
    access.require_running(found, at)
    known = found.who == Who.VERIFIED and voting.is_verified(actor.viewer)
    access.require_welcome(found, actor.viewer, is_verified=known)
    if not rules.may_edit(actor.viewer):
        access.identity(found, actor.viewer, token)
    text = tidy(text)
    if not text:
        raise Invalid(fields={"text": _("Bitte schreiben Sie einen Satz.")})
    if len(text) > STATEMENT_LIMIT:
        raise Invalid(fields={"text": _("Bitte kürzen Sie den Satz auf %(n)s Zeichen.") % {"n": STATEMENT_LIMIT}})
    if Statement.objects.filter(conversation=found, text__iexact=text).exclude(state=Said.REFUSED).exists():
        raise Invalid(fields={"text": _("Das hat schon jemand gesagt. Sie können dieser Aussage zustimmen.")})
    words = city.setting("discussion.words", default=[]) or []
    suspicious = bool(discussion.first_finding(text, words=words, links_allowed=0, recent=0, repeated=False))
    shown = access.starts_shown(found, actor, proven=proven, suspicious=suspicious)
    made = Statement.objects.create(
        conversation=found,
        number=reading.next_number(found),
        text=text,
        language=language or actor.language,
        state=(Said.SHOWN if shown else Said.WAITING).value,
        by_city=rules.may_edit(actor.viewer),
        author_id=actor.person_id,
        channel=actor.channel.value,
        day=at.astimezone(city.current().zone).date(),
    )
    if not (shown and made.by_city):
        cause = "no_proof" if not proven else "heuristic" if suspicious else "new"
        discussion.open_case(actor, made.ref, scope=rules.SCOPE, cause=cause, at=at)
    audit.record(actor, "surveys.add_statement", made.ref, fields=["text"])
    events.publish(actor, StatementAdded(ref=made.ref, conversation=found.ref))
    return made


def _decided(object_id: UUID) -> tuple[Statement, Conversation]:
    """The statement and its conversation, locked in that order's opposite: conversation first, as everywhere."""
    row = Statement.objects.filter(pk=object_id).only("conversation_id").first()
    if row is None:
        raise NotFound
    talk = lock(Conversation.objects.all(), pk=row.conversation_id)
    return lock(Statement.objects.all(), pk=object_id), talk


def _require_may_decide(statement: Statement, viewer: Viewer) -> None:
    access.require_may_moderate(viewer)
    if statement.author_id is not None and statement.author_id == viewer.person_id:
        raise NotAllowed(_("Über die eigene Aussage entscheidet jemand anders."))


@action
def release_statement(*, actor: Actor, object_id: UUID, reason: str = "", at: datetime) -> Statement:
    """A moderator takes the statement in: people are asked about it from now on."""
    found, _talk = _decided(object_id)
    _require_may_decide(found, actor.viewer)
    found.state, found.refused_for = Said.SHOWN.value, ""
    found.save()
    discussion.close_case(actor, found.ref, decision="released", reason=reason, at=at)
    audit.record(actor, "surveys.release_statement", found.ref, fields=["state"], reason=reason)
    events.publish(actor, StatementDecided(ref=found.ref, state=found.state))
    return found


@action
def refuse_statement(*, actor: Actor, object_id: UUID, reason: str, rule: str = "", at: datetime) -> Statement:
    """A moderator does not take the statement in, or takes it out again; its votes have no say any more."""
    found, _talk = _decided(object_id)
    _require_may_decide(found, actor.viewer)
    if not reason.strip():
        raise Invalid(fields={"reason": _("Bitte sagen Sie, warum diese Aussage nicht erscheint.")})
    found.state, found.refused_for, found.merged_into = Said.REFUSED.value, reason[:500], None
    found.save()
    take_out(found.conversation_id, found.number)
    discussion.close_case(actor, found.ref, decision="refused", reason=reason, rule=rule, at=at)
    audit.record(actor, "surveys.refuse_statement", found.ref, fields=["state"], reason=rule)
    events.publish(actor, StatementDecided(ref=found.ref, state=found.state))
    return found


@action
def hold_statement(*, actor: Actor, object_id: UUID, reason: str = "", at: datetime) -> Statement:
    """Back into checking: nobody is asked about it until somebody decides anew."""
    found, _talk = _decided(object_id)
    _require_may_decide(found, actor.viewer)
    found.state = Said.WAITING.value
    found.save()
    take_out(found.conversation_id, found.number)
    discussion.hold_case(actor, found.ref, at=at, scope=rules.SCOPE)
    audit.record(actor, "surveys.hold_statement", found.ref, fields=["state"], reason=reason)
    events.publish(actor, StatementDecided(ref=found.ref, state=found.state))
    return found


@action
def blank_name(*, actor: Actor, object_id: UUID, name: str, reason: str = "", at: datetime) -> Statement:  # noqa: ARG001 - the queue passes it
    """Replaces a third person's name by „[Name entfernt]“ (practice.md 7)."""
    found, _talk = _decided(object_id)
    _require_may_decide(found, actor.viewer)
    text = discussion.without_name(found.text, name, found.language)
    if text == found.text:
        raise Invalid(fields={"name": _("Dieser Name steht nicht im Text. Bitte schreiben Sie ihn genau so wie dort.")})
    found.text = text
    found.save()
    audit.record(actor, "surveys.blank_name", found.ref, fields=["text"], reason=reason)
    events.publish(actor, StatementDecided(ref=found.ref, state=found.state))
    return found


@action
def merge_statement(*, actor: Actor, statement_id: UUID, into: int, at: datetime) -> Statement:
    """Puts a double together with the statement that says the same.

    Who answered only the double has then answered the other one; who answered both keeps the answer to the other.
    Raises Invalid for a statement that is not shown, itself, or in another conversation.
    """
    found, talk = _decided(statement_id)
    access.require_may_moderate(actor.viewer)
    if talk.state == Talk.CLOSED:
        raise Closed(_("Das ist beendet und wird nicht mehr geändert."))
    target = Statement.objects.filter(conversation=talk, number=into, state=Said.SHOWN).exclude(pk=found.pk).first()
    if target is None:
        raise Invalid(fields={"into": _("Bitte wählen Sie eine andere Aussage, die zu sehen ist.")})
    old, new = str(found.number), str(target.number)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE surveys_voice SET choices = choices || jsonb_build_object(%s::text, choices -> %s::text),"
            " casts = casts + 1"
            " WHERE conversation_id = %s AND jsonb_exists(choices, %s) AND NOT jsonb_exists(choices, %s)",
            [new, old, talk.pk, old, new],
        )
    found.state, found.merged_into = Said.MERGED.value, target
    found.save()
    take_out(talk.pk, found.number)
    discussion.close_case(actor, found.ref, decision="withdrawn", reason="", at=at)
    audit.record(actor, "surveys.merge_statement", found.ref, fields=["state", "merged_into"])
    events.publish(actor, StatementDecided(ref=found.ref, state=found.state))
    return found


@action
def close_conversation(*, actor: Actor, conversation_id: UUID, at: datetime) -> Conversation:
    """By the clock, or by an editor after the end. In one transaction the key goes, and with it what led to anybody.

    All voices are written anew under new random ids, so that nothing of the old rows, nor their order, is left.
    """
    found = lock(Conversation.objects.all(), pk=conversation_id)
    if actor.channel != Channel.SYSTEM:
        rules.require_may_edit(actor.viewer)
    if found.state == Talk.CLOSED:
        return found
    if found.phase(at) is not TalkPhase.ENDED:
        raise Closed(_("Das läuft noch."))
    held = list(Voice.objects.filter(conversation=found).values_list("id", "choices", "casts"))
    SystemRandom().shuffle(held)
    IdempotencyKey.objects.filter(
        result_model="surveys.voice", result_id__in=[str(one) for one, _choices, _casts in held]
    ).delete()
    Voice.objects.filter(conversation=found).delete()
    Voice.objects.bulk_create(
        (Voice(conversation=found, choices=choices, casts=casts) for _one, choices, casts in held), batch_size=5000
    )
    found.state, found.key, found.closed_at = Talk.CLOSED.value, None, at
    found.save()
    audit.record(actor, "surveys.close_conversation", found.ref, fields=["state"])
    events.publish(actor, ConversationClosed(ref=found.ref))
    return found


@action
def keep_map(*, actor: Actor, conversation_id: UUID, drawing: Drawing, at: datetime) -> DrawnMap:
    """Keeps a map that was drawn (`queries.drawing.draw`), and how each statement stands for choosing what is next.

    A last map is never replaced. Only the platform itself.
    """
    if actor.channel not in {Channel.SYSTEM, Channel.SEED}:
        raise NotAllowed
    found = lock(Conversation.objects.all(), pk=conversation_id)
    before = DrawnMap.objects.filter(conversation=found).first()
    if before is not None and before.is_final:
        return before
    final = found.state == Talk.CLOSED
    kept, _made = DrawnMap.objects.update_or_create(
        conversation=found,
        defaults={
            "result": drawing.result,
            "axes": drawing.axes,
            "casts": drawing.casts,
            "is_final": final,
            "drawn_at": at,
        },
    )
    rows = list(Statement.objects.filter(conversation=found, number__in=list(drawing.standings)))
    for row in rows:
        row.agrees, row.disagrees, row.passes, row.extremity = drawing.standings[row.number]
    Statement.objects.bulk_update(rows, ["agrees", "disagrees", "passes", "extremity"], batch_size=500)
    audit.record(actor, "surveys.keep_map", found.ref, fields=["drawn_map"])
    if final:
        events.publish(actor, OpinionMapCompleted(ref=found.ref))
    return kept
