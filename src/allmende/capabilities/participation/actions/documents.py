"""The condensed document of a topic store: what the plenary gets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.rows import locked_store
from allmende.capabilities.participation.events import StoreCondensed
from allmende.capabilities.participation.models import Idea, StoreDocument, Theme, ThemePlace, TopicStore
from allmende.capabilities.participation.workflow import StoreState
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict
from allmende.engines.trace import interface as trace


def snapshot(store: TopicStore) -> dict[str, Any]:
    """Themes and ideas as they stand: ids, versions and counts, never words of people. Three queries."""
    columns = ("id", "version_id", "support_count")
    rows = {
        row[0]: [str(row[0]), str(row[1]), row[2] if store.counts_support else None]
        for row in Idea.objects.public().filter(store=store).order_by("number").values_list(*columns)
    }
    themes = list(Theme.objects.filter(store=store, dissolved_at=None))
    inside: dict[UUID, list[UUID]] = {theme.pk: [] for theme in themes}
    places = ThemePlace.objects.filter(theme__in=themes).order_by("idea__number")
    for theme_id, idea_id in places.values_list("theme_id", "idea_id"):
        if idea_id in rows:
            inside[theme_id].append(idea_id)
    placed = {idea for ideas in inside.values() for idea in ideas}
    return {
        "themes": [
            {
                "id": str(theme.pk),
                "title": theme.title,
                "summary": theme.summary,
                "ideas": [rows[idea] for idea in inside[theme.pk]],
            }
            for theme in themes
            if inside[theme.pk]
        ],
        "loose": [row for idea, row in rows.items() if idea not in placed],
        "waiting": Idea.objects.filter(store=store, state="submitted").count(),
    }


def publish(actor: Actor, store: TopicStore, at: datetime) -> StoreDocument:
    """The next edition; call inside an action that holds the store's lock."""
    last = StoreDocument.objects.filter(store=store).first()
    document = StoreDocument.objects.create(
        store=store, edition=last.edition + 1 if last else 1, content=snapshot(store), at=at
    )
    reason = _("Das Thema steht im zusammengefassten Ergebnis der Sammlung.")
    for row in document.content["themes"]:
        theme = Theme(pk=UUID(row["id"]))
        trace.tie(actor, theme.ref, document.ref, reason=reason, happened_at=at, at=at, quiet=True)
    events.publish(actor, StoreCondensed(ref=document.ref, store_id=store.pk, edition=document.edition))
    return document


@action
def publish_document(*, actor: Actor, store_id: UUID, at: datetime) -> StoreDocument:
    """A further edition after the store has closed; the first comes by itself on its date. Earlier ones stay."""
    store = locked_store(store_id)
    rules.require_may_condense(store, actor.viewer, at, queries.function_in(actor.viewer, store.group_id))
    if rules.store_state(store, at) != StoreState.CLOSED:
        raise Conflict(_("Das Ergebnis erscheint, wenn die Sammlung geschlossen ist."))
    document = publish(actor, store, at)
    audit.record(actor, "participation.publish_document", document.ref, fields=["edition"])
    return document
