"""The name of somebody who erases their account, taken out of what groups wrote down (GDPR Art. 17).

Drafts of minutes hold names: behind the bar of a decision, and in what was said. The minutes themselves stay, and so
does every task, as the whole group's.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

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


type Without = Callable[[str, str, str], str]


def _without(text: str, name: str, language: str) -> str:
    return discussion.without_name(text, name, language)


def _item(item: Mapping[str, Any], name: str, language: str, without: Without = _without) -> dict[str, Any]:
    """A point of the agenda without the name; of an edition the decisions are rows with a text."""
    found = dict(item)
    for key in WRITTEN:
        value = found.get(key)
        if isinstance(value, str):
            found[key] = without(value, name, language)
        elif value:
            found[key] = [{**row, "text": without(row["text"], name, language)} for row in value]
    return found


def _fit(row: Model, **texts: str) -> list[str]:
    """The texts as long as their columns hold: what stands for a short name is longer than the name."""
    return [text[: getattr(row._meta.get_field(name), "max_length", None)] for name, text in texts.items()]


def erase_named(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """Takes the person's display name out of drafts, decisions and tasks; call it before their memberships go.

    A name of one word may be a word like any other („Linde“). Drafts lose it nevertheless, and each place where it says
    who does something; what is published keeps it only where an article shows that no person is meant.
    """
    name = _name(person_id)
    if not name:
        return
    public = discussion.without_name_of_person
    meetings = _meetings(person_id)
    for minutes in Minutes.objects.select_for_update().filter(meeting__in=meetings).order_by("pk"):
        items = [_item(item, name, minutes.language) for item in minutes.items]
        (later,) = _fit(minutes, heard_later=_without(minutes.heard_later, name, minutes.language))
        if (items, later) != (minutes.items, minutes.heard_later):
            minutes.items, minutes.heard_later, minutes.revision = items, later, minutes.revision + 1
            minutes.save(update_fields=["items", "heard_later", "revision"])
        _published(minutes.editions.all(), name, minutes.language)
    for row in Decision.objects.filter(meeting__in=meetings).select_related("meeting__minutes"):
        language = row.meeting.minutes.language
        line, text = _fit(row, line=_without(row.line, name, language), text=public(row.text, name, language))
        if (line, text) != (row.line, row.text):
            Decision.objects.filter(pk=row.pk).update(line=line, text=text)
    for task in Task.objects.filter(group__in=Meeting.objects.filter(pk__in=meetings).values("group")):
        text, result = _fit(
            task, text=public(task.text, name, task.language), result=public(task.result, name, task.language)
        )
        if (text, result) != (task.text, task.result):
            Task.objects.filter(pk=task.pk).update(text=text, result=result)


def _published(editions: QuerySet[MinutesEdition], name: str, language: str) -> None:
    public = discussion.without_name_of_person
    for edition in editions:
        items = [_item(item, name, language, public) for item in edition.items]
        later, correction = _fit(
            edition,
            heard_later=public(edition.heard_later, name, language),
            correction=public(edition.correction, name, language),
        )
        if (items, later, correction) != (edition.items, edition.heard_later, edition.correction):
            MinutesEdition.objects.filter(pk=edition.pk).update(items=items, heard_later=later, correction=correction)
