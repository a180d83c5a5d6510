"""Saved searches: kept by people, looked at when the public index has something new."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.core import audit, city
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.events import publish
from allmende.core.ids import uuid7
from allmende.core.manifest import index_kinds
from allmende.core.refs import Ref
from allmende.engines.notify.events import SearchFound
from allmende.engines.notify.models import SavedSearch, SearchHit, Watch
from allmende.engines.search import interface as index
from allmende.engines.search.interface import Entry

MOST = 50
"""Searches that a person keeps."""
AT_ONCE = 200
"""Changes of the index that are looked through in one transaction."""


@action
def save_search(
    *, actor: Actor, words: str, found_kind: str, district: str, language: str, at: datetime
) -> SavedSearch:
    """Keeps a search: from now on its owner hears of what is new and fits. The same one twice is one.

    Raises NotSignedIn, Invalid where nothing is asked for, Conflict when there are too many.
    """
    if actor.person_id is None:
        raise NotSignedIn(_("Bitte melden Sie sich an. Dann können Sie die Suche speichern."))
    words = index.clean(words)[:200].strip()
    if found_kind not in {"", *(kind for _room, kind in index_kinds())}:
        raise Invalid(fields={"art": _("Diese Art kennen wir nicht.")})
    if district not in {"", *city.current().districts}:
        raise Invalid(fields={"stadtteil": _("Diesen Stadtteil kennen wir nicht.")})
    if not (words or found_kind or district):
        raise Invalid(fields={"q": _("Bitte geben Sie ein Wort ein, oder wählen Sie eine Art oder einen Stadtteil.")})
    wanted = {"words": words, "found_kind": found_kind, "district": district}
    mine = SavedSearch.objects.filter(person_id=actor.person_id)
    found = mine.filter(**wanted).first()
    if found is not None:
        return found
    if mine.count() >= MOST:
        raise Conflict(_("Sie haben schon %(n)s Suchen gespeichert. Bitte löschen Sie erst eine.") % {"n": MOST})
    fresh = SavedSearch(person_id=actor.person_id, **wanted, language=language, created_at=at)
    SavedSearch.objects.bulk_create([fresh], ignore_conflicts=True)
    found = mine.get(**wanted)
    audit.record(actor, "notify.save_search", found.ref, fields=["search"])
    return found


@action
def remove_search(*, actor: Actor, search_id: UUID) -> None:
    """Forgets a search of the actor's own. Raises NotFound for anybody else's."""
    if actor.person_id is None:
        raise NotSignedIn
    try:
        found = lock(SavedSearch.objects.filter(person_id=actor.person_id), pk=search_id)
    except SavedSearch.DoesNotExist:
        raise NotFound(_("Diese Suche gibt es nicht mehr.")) from None
    ref = found.ref
    found.delete()
    audit.record(actor, "notify.remove_search", ref, fields=["search"])


@action
def watch_searches(*, actor: Actor, at: datetime) -> bool:
    """Looks through what became public or changed since the last time; whether there is more to look through.

    What was found, the events that tell of it and „how far“ are written together, so a crash repeats and loses nothing.
    Only what everybody may see is ever found, and only what was published after the search was saved.
    """
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    Watch.objects.bulk_create([Watch(pk=1, until=at)], ignore_conflicts=True)
    watch = lock(Watch.objects.all(), pk=1)
    changes = index.changes(at, since=watch.until, after=watch.after, limit=AT_ONCE)
    entries = {row.pk: row for row in changes.rows if row.pk not in changes.gone}
    for ref in _find(actor, entries, at) if entries else ():
        audit.record(actor, "notify.watch_searches", ref, fields=["hits"])
    watch.until, watch.after = changes.until or watch.until, changes.next
    watch.save(update_fields=["until", "after"])
    return changes.until is None


def _find(actor: Actor, entries: dict[UUID, Entry], at: datetime) -> list[Ref]:
    """The searches to which something is new. Each different one is looked for once, however many have saved it."""
    told: list[Ref] = []
    alike: dict[tuple[str, str, str, str], list[SavedSearch]] = defaultdict(list)
    for one in SavedSearch.objects.order_by("id"):
        alike[one.words, one.found_kind, one.district, one.language].append(one)
    for (words, kind, district, language), searches in alike.items():
        found = index.fitting_among(entries, words, Viewer(), at, kind=kind, district=district, language=language)
        rows = [entries[key] for key in sorted(found)]
        told += [one.ref for one in searches if rows and _note(actor, one, rows)]
    return told


def _note(actor: Actor, search: SavedSearch, found: Iterable[Entry]) -> bool:
    """Keeps what is new to this search, and says so; whether there was something."""
    fresh = [row for row in found if row.published_at is not None and row.published_at > search.created_at]
    known = set(search.hits.filter(object_id__in=[row.object_id for row in fresh]).values_list("object_id", flat=True))
    fresh = [row for row in fresh if row.object_id not in known]
    if not fresh:
        return False
    turn = uuid7()
    SearchHit.objects.bulk_create(
        SearchHit(search=search, round=turn, capability=row.capability, kind=row.kind, object_id=row.object_id)
        for row in fresh
    )
    publish(actor, SearchFound(ref=search.ref, round=turn))
    return True
