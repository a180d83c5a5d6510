"""What handing in an entry has beside handing in an idea (`views.submit` does both)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allmende.capabilities.participation import queries
from allmende.capabilities.participation.forms.contest import EntryForm, opened_token
from allmende.capabilities.participation.models import Contest, TopicStore
from allmende.capabilities.participation.views.contest.pages import deadline
from allmende.capabilities.participation.views.pages import remap
from allmende.core.errors import Invalid
from allmende.core.http import Request
from allmende.engines.media import interface as media


def contest_of(store: TopicStore) -> Contest | None:
    """The contest that a store is; one query, none for any other store."""
    return queries.contest_of(store.pk) if store.kind == TopicStore.Kind.CONTEST else None


def keep_files(request: Request, form: EntryForm) -> list[UUID]:
    """Keeps the entry's files, private; before the action. Raises Invalid beside the form's own fields."""
    kept = []
    for field, file, name, summary in form.sent_files():
        said = media.Words(title=name[:200], summary=summary, language=request.viewer.language)
        title = "concept" if field == "concept" else f"{field}_name"
        try:
            medium = media.take_document(file, words=said, actor=request.actor, at=request.at, field=field)
        except Invalid as error:
            raise remap(error, {"summary": f"{field}_summary", "title": title}) from error
        kept.append(medium.pk)
    return kept


def form_context(request: Request, form: EntryForm, contest: Contest, at: datetime) -> dict[str, Any]:
    """The deadline, and when this form was opened: what it brings back, if it has been sent before."""
    closes = contest.store.closes_at
    sent = str(form.data.get("opened", "")) if form.is_bound else ""
    return {
        "contest": contest,
        "deadline": deadline(closes, request.viewer.language),
        "grace": contest.grace_minutes,
        "opened": sent or opened_token(at),
    }
