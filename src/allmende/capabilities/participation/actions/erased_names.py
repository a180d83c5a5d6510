"""The name of somebody who erases their account, taken out of what groups wrote down (GDPR Art. 17).

Drafts of minutes hold names: behind the bar of a decision, and in what was said. The minutes themselves stay, and so
does every task, as the whole group's.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from allmende.accounts import interface as accounts
from allmende.capabilities.participation.models import Decision, Meeting, Minutes, MinutesEdition, Task
from allmende.capabilities.participation.queries.work import UNNAMED
from allmende.capabilities.participation.workflow import decisions
from allmende.engines.discussion import interface as discussion

WRITTEN = ("title", "said", "weighed", "decisions")


def _meetings(person_id: UUID) -> QuerySet[Meeting, UUID]:
    """Where the name can be written down: in groups that the person is or was in, or had a task of; where they were."""
    of_groups = Q(group__members__person_id=person_id) | Q(group__tasks__person_id=person_id)
    rows = Meeting.objects.filter(of_groups | Q(attendances__person_id=person_id))
    return rows.order_by().values_list("pk", flat=True).distinct()


def _name(person_id: UUID) -> str:
    """The name that the person goes by; empty for one that says nothing, and for whoever is gone already."""
    name = accounts.person_names([person_id]).get(person_id, "")
    return "" if name.casefold() in UNNAMED else name


def export_named(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    """The decisions in minutes that name the person."""
    name = _name(person_id)
    rows = Minutes.objects.filter(meeting__in=_meetings(person_id)) if name else Minutes.objects.none()
    for minutes in rows.select_related("meeting__group").order_by("meeting__starts_at"):
        for item in minutes.items:
            for line in decisions.lines(item["decisions"]):
                if _without(line, name, minutes.language) != line:
                    yield {"group": minutes.meeting.group.names, "at": minutes.meeting.starts_at, "decision": line}


def _without(text: str, name: str, language: str) -> str:
    return discussion.without_name(text, name, language)


def _item(item: Mapping[str, Any], name: str, language: str) -> dict[str, Any]:
    """A point of the agenda without the name; of an edition the decisions are rows with a text."""
    found = dict(item)
    for key in WRITTEN:
        value = found.get(key)
        if isinstance(value, str):
            found[key] = _without(value, name, language)
        elif value:
            found[key] = [{**row, "text": _without(row["text"], name, language)} for row in value]
    return found


def erase_named(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """Takes the person's display name out of drafts, decisions and tasks; call it before their memberships go.

    A name of one word may be a word like any other („Linde“). Drafts lose it nevertheless, and each place where it says
    who does something; what is published already loses names of two or more words.
    """
    name = _name(person_id)
    if not name:
        return
    meetings = _meetings(person_id)
    published = " " in name
    for minutes in Minutes.objects.select_for_update().filter(meeting__in=meetings).order_by("pk"):
        items = [_item(item, name, minutes.language) for item in minutes.items]
        later = _without(minutes.heard_later, name, minutes.language)
        if (items, later) != (minutes.items, minutes.heard_later):
            minutes.items, minutes.heard_later, minutes.revision = items, later, minutes.revision + 1
            minutes.save(update_fields=["items", "heard_later", "revision"])
        if published:
            _published(minutes.editions.all(), name, minutes.language)
    for row in Decision.objects.filter(meeting__in=meetings).select_related("meeting__minutes"):
        language = row.meeting.minutes.language
        line, text = _without(row.line, name, language), _without(row.text, name, language) if published else row.text
        if (line, text) != (row.line, row.text):
            Decision.objects.filter(pk=row.pk).update(line=line, text=text)
    if published:
        for task in Task.objects.filter(group__in=Meeting.objects.filter(pk__in=meetings).values("group")):
            text, result = (_without(said, name, task.language) for said in (task.text, task.result))
            if (text, result) != (task.text, task.result):
                Task.objects.filter(pk=task.pk).update(text=text, result=result)


def _published(editions: QuerySet[MinutesEdition], name: str, language: str) -> None:
    for edition in editions:
        items = [_item(item, name, language) for item in edition.items]
        if items != edition.items:
            MinutesEdition.objects.filter(pk=edition.pk).update(items=items)
