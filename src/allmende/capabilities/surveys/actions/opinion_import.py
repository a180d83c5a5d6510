"""Conversations held elsewhere, from Polis's files; and simulated votes for examples."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection
from django.utils.translation import gettext as _

from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.events import ConversationSaved
from allmende.capabilities.surveys.models import Conversation, Statement, Voice
from allmende.capabilities.surveys.rules.opinion import polis
from allmende.capabilities.surveys.workflow.opinion import Said, Talk
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Invalid, NotAllowed


@dataclass(frozen=True)
class ImportData:
    """What the files do not say: whom to credit under which licence, in which language people wrote."""

    title: str
    source: str
    language: str = "de"
    is_example: bool = False


def _copy(conversation: Conversation, voices: Sequence[Mapping[int, int]], marks: bool = False) -> None:  # noqa: FBT001, FBT002
    """Writes many voices at once, under random ids."""
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY surveys_voice (id, conversation_id, mark, choices, casts) FROM STDIN") as rows,
    ):
        for choices in voices:
            mark = uuid4().bytes + uuid4().bytes if marks else None
            said = json.dumps({str(number): choice for number, choice in choices.items()})
            rows.write_row((uuid4(), conversation.pk, mark, said, len(choices)))


@action
def import_conversation(*, actor: Actor, read: polis.Conversation, data: ImportData, at: datetime) -> Conversation:
    """Takes in a conversation that was held elsewhere; it is over, and its votes are nobody's.

    Its map is drawn by the next job. Raises Invalid for files with faults.
    """
    if actor.channel not in {Channel.SYSTEM, Channel.SEED}:
        rules.require_may_edit(actor.viewer)
    if read.faults:
        raise Invalid(read.faults[0].message)
    if not data.source.strip():
        raise Invalid(fields={"source": _("Bitte nennen Sie, woher die Daten sind und was mit ihnen erlaubt ist.")})
    title = data.title.strip() or read.topic
    if not title:
        raise Invalid(fields={"title": _("Bitte sagen Sie in einem Satz, worum es geht.")})
    made = Conversation.objects.create(
        title={data.language: title[:160], "de": title[:160]},
        summary={data.language: read.description[:600], "de": read.description[:600]} if read.description else {},
        state=Talk.CLOSED.value,
        language=data.language,
        source=data.source.strip(),
        source_url=read.url,
        gives_votes=True,
        is_example=data.is_example,
        created_by=actor.key,
        created_at=at,
        closed_at=at,
    )
    made.refresh_from_db(fields=["number"])
    day = at.astimezone(city.current().zone).date()
    Statement.objects.bulk_create(
        (
            Statement(
                conversation=made,
                number=one.id,
                text=one.body,
                language=data.language,
                state=(Said.REFUSED if one.moderated < 0 else Said.SHOWN).value,
                channel=actor.channel.value,
                day=day,
            )
            for one in read.comments
        ),
        batch_size=1000,
    )
    said: dict[int, dict[int, int]] = {}
    for vote in read.votes:
        said.setdefault(vote.voter, {})[vote.comment] = vote.choice
    _copy(made, list(said.values()))
    audit.record(actor, "surveys.import_conversation", made.ref, fields=["statements", "votes"])
    events.publish(actor, ConversationSaved(ref=made.ref))
    return made


@action
def simulate_voices(
    *,
    actor: Actor,
    conversation_id: UUID,
    voices: Sequence[Mapping[int, int]],
    at: datetime,  # noqa: ARG001 - as every action
) -> Conversation:
    """Made-up votes for an example. Only where the conversation says so, and only as examples are filled in."""
    if actor.channel != Channel.SEED:
        raise NotAllowed
    found = lock(Conversation.objects.all(), pk=conversation_id)
    if not found.is_simulated or Voice.objects.filter(conversation=found).exists():
        raise NotAllowed
    _copy(found, voices, marks=True)
    audit.record(actor, "surveys.simulate_voices", found.ref, fields=["votes"])
    events.publish(actor, ConversationSaved(ref=found.ref))
    return found
