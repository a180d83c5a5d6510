"""What opinion maps hold about a person: export, erasure, retention (GDPR Art. 15, 17, 20).

`erase` and `expire` run inside the transaction of whoever calls them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.surveys.events import StatementDecided
from allmende.capabilities.surveys.models import Conversation, Statement, Voice
from allmende.capabilities.surveys.queries import opinion as reading
from allmende.capabilities.surveys.rules.opinion import access
from allmende.capabilities.surveys.workflow.opinion import Said, Talk
from allmende.core import events
from allmende.core.actor import SYSTEM, Viewer
from allmende.core.manifest import PersonalData

type Rows = Iterable[Mapping[str, Any]]
VOTES_FOR = timedelta(days=365)
"""How long after the close the single votes stay where they did not become open data; the map stays."""
REMOVED = "[Text entfernt]"


def _voices(person_id: UUID) -> Iterable[tuple[Conversation, Voice]]:
    """The person's voices in conversations that are still open; later nobody can tell which is whose."""
    viewer = Viewer(person_id=person_id)
    for one in Conversation.objects.filter(state=Talk.OPEN):
        voice = Voice.objects.filter(conversation=one, mark=reading.own_mark(one, viewer, access.ACCOUNT)).first()
        if voice is not None:
            yield one, voice


def export_opinions(person_id: UUID) -> Rows:
    for one, voice in _voices(person_id):
        texts = reading.texts_of(one, [int(number) for number in voice.choices])
        said = [
            {"statement": texts[int(number)].text, "choice": choice}
            for number, choice in voice.choices.items()
            if int(number) in texts
        ]
        yield {"conversation": str(one), "answers": said}


def erase_opinions(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - called so by erasure
    Voice.objects.filter(pk__in=[voice.pk for _one, voice in _voices(person_id)]).delete()


def expire_opinions(at: datetime) -> int:
    """Single votes of conversations that ended long ago; those that became open data, as was said, stay."""
    old = Conversation.objects.filter(
        state=Talk.CLOSED, gives_votes=False, votes_deleted_at=None, closed_at__lt=at - VOTES_FOR
    )
    ids = list(old.values_list("pk", flat=True))
    gone, _rows = Voice.objects.filter(conversation__in=ids).delete()
    Conversation.objects.filter(pk__in=ids).update(votes_deleted_at=at)
    return gone


def export_statements(person_id: UUID) -> Rows:
    for row in Statement.objects.filter(author=person_id).select_related("conversation"):
        yield {"conversation": str(row.conversation), "text": row.text, "state": row.state, "day": row.day.isoformat()}


def erase_statements(person_id: UUID, keep_texts: bool) -> None:  # noqa: FBT001 - called so by erasure
    """Without their author, or without their words too; then nobody is asked about them any more."""
    rows = list(Statement.objects.filter(author=person_id).select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        row.author = None
        if not keep_texts:
            row.text, row.refused_for, row.merged_into = REMOVED, "", None
            row.state = Said.REFUSED.value
        row.save()
        if not keep_texts:
            events.publish(SYSTEM, StatementDecided(ref=row.ref, state=row.state))


PERSONAL_DATA = (
    PersonalData(
        "opinion", _("Antworten auf einer Meinungskarte"),
        _("damit jeder Mensch einmal zählt und sich bis zum Ende umentscheiden kann"), VOTES_FOR,
        export_opinions, erase_opinions, expire_opinions,
    ),
    PersonalData(
        "statement", _("Aussagen auf einer Meinungskarte"), _("damit andere dazu etwas sagen können"), None,
        export_statements, erase_statements,
    ),
)  # fmt: skip
