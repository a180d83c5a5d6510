"""What somebody said as a guest becomes part of their account's voice: one person, one answer to each statement."""

import json
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection
from django.utils.translation import gettext as _

from allmende.capabilities.surveys.actions.opinion import nameless
from allmende.capabilities.surveys.events import OpinionGiven
from allmende.capabilities.surveys.models import Conversation
from allmende.capabilities.surveys.queries import opinion as reading
from allmende.capabilities.surveys.rules.opinion import access
from allmende.capabilities.surveys.workflow.opinion import Who
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import NotFound, NotSignedIn
from allmende.core.models import IdempotencyKey
from allmende.core.refs import Ref
from allmende.engines.ballots.interface import voting


@action
def join_voices(*, actor: Actor, conversation_id: UUID, token: str, at: datetime) -> Conversation:
    """The guest's voice goes, its answers move to the account's. Where both answered a statement the guest's counts:
    it is what was said last on this device, before signing in. A repeat finds no guest's voice and changes nothing.

    Raises NotSignedIn for a guest, NotFound for a token that is not ours, Closed outside of the time.
    """
    rows = Conversation.objects.raw("SELECT * FROM surveys_conversation WHERE id = %s FOR SHARE", [conversation_id])
    found = next(iter(rows), None)
    if found is None or found.key is None:
        raise NotFound
    access.require_running(found, at)
    known = found.who == Who.VERIFIED and voting.is_verified(actor.viewer)
    access.require_welcome(found, actor.viewer, is_verified=known)
    if not actor.viewer.is_signed_in:
        raise NotSignedIn(_("Zum Mitmachen melden Sie sich bitte an."))
    guest = access.mark(bytes(found.key), access.guest_identity(found, token))
    own = reading.own_mark(found, actor.viewer, access.ACCOUNT)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM surveys_voice WHERE conversation_id = %s AND mark = %s RETURNING id, choices, casts",
            [found.pk, guest],
        )
        moved = cursor.fetchone()
        if moved is None:
            return found
        gone, choices, casts = moved
        cursor.execute(
            "INSERT INTO surveys_voice AS held (id, conversation_id, mark, choices, casts) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (conversation_id, mark)"
            " DO UPDATE SET choices = held.choices || EXCLUDED.choices, casts = held.casts + EXCLUDED.casts",
            [uuid4(), found.pk, own, choices if isinstance(choices, str) else json.dumps(choices), casts],
        )
    IdempotencyKey.objects.filter(result_model="surveys.voice", result_id=str(gone)).delete()
    nobody = nameless(actor)
    this = Ref("surveys", "voices", found.pk)
    audit.record(nobody, "surveys.join_voices", this, fields=["choices"])
    events.publish(nobody, OpinionGiven(ref=this))
    return found
