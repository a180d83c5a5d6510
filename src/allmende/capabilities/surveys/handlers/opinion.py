"""What moderators read of a statement, and what its author and the followers of a conversation are told."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.surveys.models import Statement
from allmende.capabilities.surveys.queries import opinion as reading
from allmende.capabilities.surveys.rules import SCOPE
from allmende.capabilities.surveys.workflow.opinion import Said
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText, Preview
from allmende.core.refs import Ref


def previews(ids: Collection[UUID]) -> Mapping[UUID, Preview]:
    """For many at once: one query. Nobody's name: statements stand for themselves."""
    rows = Statement.objects.select_related("conversation").filter(pk__in=list(ids))
    return {
        row.pk: Preview(
            title=str(row.conversation),
            body=row.text,
            language=row.language,
            author="",
            author_person_id=row.author_id,
            url=f"/umfragen/meinungen/{row.conversation.number}/",
            scope=SCOPE,
        )
        for row in rows
    }


def preview(statement_id: UUID) -> Preview | None:
    return previews([statement_id]).get(statement_id)


def _author(event: Stored) -> Iterable[UUID]:
    row = Statement.objects.filter(pk=event.ref.id).only("author_id").first()
    return () if row is None or row.author_id is None else (row.author_id,)


def _conversation(event: Stored) -> Iterable[Ref]:
    return (event.ref,)


def decided(event: Stored, _language: str) -> NoticeText | None:
    """To the author: taken in, put together with another one, or not taken in and why."""
    row = Statement.objects.select_related("conversation").filter(pk=event.ref.id).first()
    if row is None or row.state != event.payload.get("state"):
        return None
    said = {
        Said.SHOWN.value: _("Andere können jetzt zustimmen oder nicht."),
        Said.MERGED.value: _("Jemand hatte schon dasselbe gesagt. Wir haben beide zusammengelegt."),
        Said.REFUSED.value: _("Wir haben sie nicht aufgenommen. Der Grund: %(reason)s") % {"reason": row.refused_for},
    }.get(row.state)
    if said is None:
        return None
    body = f"„{row.text}“ {said}"
    return NoticeText(_("Ihre Aussage ist geprüft"), body, row.conversation.ref)


def completed(event: Stored, language: str) -> NoticeText | None:
    """To followers: the last map is there."""
    found = reading.conversation(event.ref.id)
    if found is None:
        return None
    title = str(found.title.get(language) or found.title.get("de", ""))
    return NoticeText(
        _("Meinungskarte fertig: %(title)s") % {"title": title[:80]},
        _("Jetzt steht fest, worin sich alle Gruppen einig sind und worin nicht."),
        found.ref,
    )


RULES = (
    NoticeRule("surveys.statement_decided", decided, people=_author),
    NoticeRule("surveys.opinion_map_completed", completed, followed=_conversation),
)
