"""Conversations as their pages show them, what comes next for a voice, and the votes as the map needs them."""

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Max, Sum

from allmende.capabilities.surveys.models import Conversation, DrawnMap, Statement, Voice
from allmende.capabilities.surveys.rules import may_edit
from allmende.capabilities.surveys.rules.opinion import access, order
from allmende.capabilities.surveys.rules.opinion.mapping import least_votes
from allmende.capabilities.surveys.workflow.opinion import Said, Talk, TalkPhase
from allmende.core import statements
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound

if TYPE_CHECKING:
    from allmende.capabilities.surveys.rules.opinion.votes import Votes

MOST = 50
EVERY = timedelta(minutes=10)
"""A map is drawn anew at most this often …"""
MORE = 10
"""… and only when at least this many answers came or changed, so that nobody's answer shows in the difference."""
PAGE = 50
REMEMBERED = 10

# What every answer pays for is written out (`statements`).
CHOICES = "SELECT choices FROM surveys_voice WHERE conversation_id = %s AND mark = %s"
STANDINGS = """
SELECT number, agrees, disagrees, passes, extremity FROM surveys_statement
WHERE conversation_id = %s AND state = %s ORDER BY number
"""
TEXTS = "SELECT {columns} FROM surveys_statement t WHERE conversation_id = %s AND state = %s AND number = ANY(%s)"
AXES = """
SELECT axes -> 'centres',
  (SELECT jsonb_object_agg(number, lies -> number) FROM unnest(%s::text[]) AS number WHERE lies ? number)
FROM surveys_drawnmap, LATERAL (SELECT axes -> 'statements' OFFSET 0) AS along (lies) WHERE conversation_id = %s
"""
"""Of the map only what places one voice: the groups' middles, and where the statements lie that it has answered."""


def conversation(conversation_id: UUID) -> Conversation | None:
    """The row, whoever asks; for index, notices and gates."""
    return Conversation.objects.filter(pk=conversation_id).first()


def conversation_by_number(number: int, viewer: Viewer) -> Conversation:
    """One query. Raises NotFound for what is not there and what this viewer may not know of."""
    found = Conversation.objects.filter(number=number).first() if 0 < number < 2**63 else None
    return access.require_may_see(found, viewer)


def may_see_conversation(conversation_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of this kind."""
    found = conversation(conversation_id)
    return found is not None and (found.state != Talk.DRAFT or may_edit(viewer))


def may_see_statement(statement_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of statements: shown ones with their conversation; others are the moderators'."""
    found = Statement.objects.filter(pk=statement_id).first()
    if found is None or not may_see_conversation(found.conversation_id, viewer, at):
        return False
    return found.state == Said.SHOWN or access.may_moderate(viewer)


def is_own_statement(statement_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """Whether the viewer wrote it, so that nobody decides on their own."""
    return viewer.person_id is not None and Statement.objects.filter(pk=statement_id, author=viewer.person_id).exists()


@dataclass(frozen=True)
class ConversationList:
    running: Sequence[Conversation]
    coming: Sequence[Conversation]
    ended: Sequence[Conversation]
    drafts: Sequence[Conversation]


def conversations_on(viewer: Viewer, at: datetime) -> ConversationList:
    """One query, or two for editors."""
    public = list(Conversation.objects.exclude(state=Talk.DRAFT).order_by("-created_at", "-number")[: 3 * MOST])
    drafts = Conversation.objects.filter(state=Talk.DRAFT).order_by("-number")[:MOST]
    return ConversationList(
        [one for one in public if one.phase(at) is TalkPhase.RUNNING],
        [one for one in public if one.phase(at) is TalkPhase.COMING],
        [one for one in public if one.phase(at) is TalkPhase.ENDED],
        list(drafts) if may_edit(viewer) else [],
    )


# What comes next


@dataclass(frozen=True)
class Sitting:
    """What a voice sees: the statement that is next (None: all answered), how far it is, what it said last."""

    statement: Statement | None
    said: int | None
    """What the voice said to that statement before."""
    answered: int
    all: int
    last: Sequence[tuple[Statement, int]]
    near: int | None
    """The group the voice stands nearest to; None while it has said too little or there are none."""
    until_placed: int
    """Answers that are missing until the voice is placed on the map."""


def own_mark(conversation: Conversation, viewer: Viewer, token: str) -> bytes:
    """The keyed hash of who asks. Raises what `access.identity` raises."""
    who = access.identity(conversation, viewer, token)
    if conversation.key is None:
        raise NotFound
    return access.mark(bytes(conversation.key), who)


def has_answered_as_guest(conversation: Conversation, token: str) -> bool:
    """Whether this guest's way in has answers of its own. Raises what `access.guest_identity` raises."""
    who = access.guest_identity(conversation, token)
    if conversation.key is None:
        return False
    own = access.mark(bytes(conversation.key), who)
    return Voice.objects.filter(conversation=conversation, mark=own).exists()


def sitting(conversation: Conversation, own: bytes, *, asked: int | None = None) -> Sitting:
    """Three or four queries, however many statements and people. `asked` is a statement to answer again."""
    held = statements.rows(CHOICES, [conversation.pk, own])
    choices: dict[str, int] = json.loads(held[0][0]) if held else {}
    rows = statements.rows(STANDINGS, [conversation.pk, Said.SHOWN.value])
    open_ = [row for row in rows if str(row[0]) not in choices]
    number = asked if asked is not None and any(row[0] == asked for row in rows) else None
    if number is None:
        draw = access.draw(own, len(choices))
        place = order.choose([order.Standing(*row[1:]) for row in open_], draw)
        number = None if place is None else open_[place][0]
    known = {row[0] for row in rows}
    answered = [int(one) for one in choices if int(one) in known]
    wanted = [*answered[-REMEMBERED:], *([number] if number is not None else [])]
    found = statements.instances(Statement, TEXTS, [conversation.pk, Said.SHOWN.value, wanted]) if wanted else []
    texts = {one.number: one for one in found}
    missing = max(0, least_votes(len(rows)) - len(choices))
    return Sitting(
        statement=texts.get(number) if number is not None else None,
        said=choices.get(str(number)),
        answered=len(answered),
        all=len(rows),
        last=[(texts[one], choices[str(one)]) for one in reversed(answered[-REMEMBERED:]) if one in texts],
        near=None if missing else _near(conversation, choices),
        until_placed=missing,
    )


def _near(conversation: Conversation, choices: Mapping[str, int]) -> int | None:
    found = statements.rows(AXES, [list(choices), conversation.pk])
    if not found or not found[0][0]:
        return None
    centres, lying = found[0]
    return nearest_group({"centres": json.loads(centres), "statements": json.loads(lying or "{}")}, choices)


def nearest_group(axes: Mapping[str, Any], choices: Mapping[str, int]) -> int | None:
    """The group whose middle is next to these answers, without drawing anew; None where there are no groups."""
    centres = axes.get("centres")
    if not centres:
        return None
    rows = axes["statements"]
    x = y = 0.0
    for number, choice in choices.items():
        if number in rows:
            mean, along, across = rows[number]
            x, y = x + (choice - mean) * along, y + (choice - mean) * across
    away = [(x - centre[0]) ** 2 + (y - centre[1]) ** 2 for centre in centres]
    return away.index(min(away))


# The map


def drawn_map(conversation: Conversation) -> DrawnMap | None:
    return DrawnMap.objects.filter(conversation=conversation).defer("axes").first()


def texts_of(conversation: Conversation, numbers: Sequence[int]) -> dict[int, Statement]:
    """Statements by number; one query."""
    return {one.number: one for one in Statement.objects.filter(conversation=conversation, number__in=numbers)}


def shown_statements(conversation: Conversation, after: int = -1, most: int = PAGE) -> list[Statement]:
    """A page of statements that take part, in the order of their numbers; one more than fits tells that there are."""
    rows = Statement.objects.filter(conversation=conversation, state=Said.SHOWN, number__gt=after)
    return list(rows.order_by("number")[: most + 1])


def all_statements(conversation: Conversation, after: int = -1, state: str = "", most: int = PAGE) -> list[Statement]:
    """As moderators see them."""
    rows = Statement.objects.filter(conversation=conversation, number__gt=after)
    if state:
        rows = rows.filter(state=state)
    return list(rows.select_related("merged_into").order_by("number")[: most + 1])


def statement_counts(conversation: Conversation) -> dict[str, int]:
    """How many statements there are in each state."""
    rows = Statement.objects.filter(conversation=conversation).values_list("state").annotate(n=Count("id"))
    return {str(state): n for state, n in rows.order_by()}


def next_number(conversation: Conversation) -> int:
    """For a new statement, while the conversation's row is locked."""
    last = Statement.objects.filter(conversation=conversation).aggregate(last=Max("number"))["last"]
    return 1 if last is None else last + 1


def casts(conversation: Conversation) -> tuple[int, int]:
    """(voices, answers and changes of answers)."""
    found = Voice.objects.filter(conversation=conversation).aggregate(voices=Count("id"), casts=Sum("casts"))
    return int(found["voices"]), int(found["casts"] or 0)


def to_close(at: datetime) -> list[UUID]:
    """Conversations whose time is over."""
    return list(Conversation.objects.filter(state=Talk.OPEN, closes_at__lte=at).values_list("id", flat=True))


def to_draw(at: datetime) -> list[UUID]:
    """Conversations whose map is behind: closed without a last map, or open with enough new answers.

    A map from which a statement was taken out does not wait its time; nor for answers, where none came since.
    """
    closed = Conversation.objects.filter(state=Talk.CLOSED, votes_deleted_at=None)
    found = list(closed.exclude(drawn_map__is_final=True).values_list("id", flat=True))
    for one in Conversation.objects.filter(state=Talk.OPEN, opens_at__lte=at).select_related("drawn_map"):
        before = getattr(one, "drawn_map", None)
        smaller = before is not None and bool(before.result.get("without"))
        if before is not None and not smaller and at - before.drawn_at < EVERY:
            continue
        _voices, now = casts(one)
        new = now - (before.casts if before is not None else 0)
        if new >= MORE or (smaller and new == 0):
            found.append(one.pk)
    return found


def voices(conversation: Conversation) -> Iterator[tuple[UUID, dict[str, int]]]:
    """Every voice with its answers, in the order of their random ids."""
    rows = Voice.objects.filter(conversation=conversation).order_by("id").values_list("id", "choices")
    yield from rows.iterator(2000)


def votes_of(conversation: Conversation) -> "tuple[Votes, list[int]]":
    """The votes in columns, ordered by voice, and the statements' numbers in the order of their places."""
    import numpy as np

    from allmende.capabilities.surveys.rules.opinion.votes import Votes

    rows = list(Statement.objects.filter(conversation=conversation).order_by("number").values_list("number", "state"))
    place = {str(number): at for at, (number, _state) in enumerate(rows)}
    people, statements, choices = array("i"), array("i"), array("b")
    number = 0
    for _voice, said in voices(conversation):
        known = [(place[key], choice) for key, choice in said.items() if key in place]
        if not known:
            continue
        people.extend([number] * len(known))
        statements.extend([one[0] for one in known])
        choices.extend([one[1] for one in known])
        number += 1
    counts = np.array([state == Said.SHOWN for _number, state in rows], dtype=bool)
    found = Votes(
        np.frombuffer(people, dtype=np.int32) if people else np.zeros(0, np.int32),
        np.frombuffer(statements, dtype=np.int32) if statements else np.zeros(0, np.int32),
        np.frombuffer(choices, dtype=np.int8) if choices else np.zeros(0, np.int8),
        number,
        len(rows),
        counts,
    )
    return found, [one for one, _state in rows]


def example(**conditions: Any) -> int | None:
    """The number of a conversation for the walk through all pages."""
    found = Conversation.objects.filter(**conditions).order_by("number").first()
    return None if found is None else found.number


def example_token(number: int) -> str:
    """A guest's way into an open conversation, for the walk through all pages."""
    return access.new_token(Conversation.objects.get(number=number))
