"""What groups do, as open data: meetings, published minutes, decisions, tasks.

Who was there and who has a task is in no file: names of minutes are read when a page is, by who agrees to it then.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from allmende.capabilities.participation.models import Decision, Meeting, MinutesEdition, Task, WorkingGroup
from allmende.capabilities.participation.queries.opendata.columns import (
    DEPARTMENT,
    EDITION,
    EXAMPLE,
    LANGUAGE,
    Column,
    Scope,
    Table,
    own,
    texts,
)

_GROUP = own("group", "string", "Kürzel der Gruppe", "Short name of the group", "group.slug")
_MEETING = own("meeting", "integer", "Nummer des Treffens", "Number of the meeting", "minutes.meeting.number")


def _meetings(scope: Scope) -> QuerySet[Any]:
    return Meeting.objects.filter(group__in=scope.groups).select_related("group")


def _editions(scope: Scope) -> QuerySet[Any]:
    rows = MinutesEdition.objects.filter(minutes__meeting__group__in=scope.groups, at__lte=scope.at)
    return rows.select_related("minutes__meeting__group")


def _points(edition: MinutesEdition) -> Iterator[dict[str, Any]]:
    for place, item in enumerate(edition.items, start=1):
        yield {**item, "minutes": edition.minutes, "edition": edition.edition, "point": place}


def _decisions(scope: Scope) -> QuerySet[Any]:
    return Decision.objects.filter(meeting__group__in=scope.groups).select_related("meeting__minutes")


def _tasks(scope: Scope) -> QuerySet[Any]:
    return Task.objects.filter(group__in=scope.groups, created_at__lte=scope.at).select_related("group")


def _interests(state: str, german: str, english: str) -> Column:
    texts_ = {"de": f"{german}, durch Leerzeichen getrennt", "en": f"{english}, separated by spaces"}
    name = {"there": "interests_heard", "missing": "interests_missing"}[state]
    return Column(
        name, "string", texts_, lambda row: " ".join(key for key, said in row.interests.items() if said == state)
    )


def _count(key: str, german: str, english: str) -> Column:
    return own(f"people_{key}", "integer", german, english, f"counts.{key}")


def _who(task: Task) -> str:
    return "person" if task.person_id is not None else "office" if task.department else "group"


GROUP_TABLES = (
    Table(
        "groups",
        {"de": "Gruppen", "en": "Groups"},
        {"de": "Wer fragt, liest und zusammenfasst.", "en": "Who asks, reads and condenses."},
        (
            own("slug", "string", "Kürzel der Gruppe", "Short name of the group"),
            *texts("name", "Name", "Name", "names"),
            *texts("summary", "Worum es geht", "What it is about"),
            DEPARTMENT,
        ),
        lambda scope: WorkingGroup.objects.filter(pk__in=scope.groups),
    ),
    Table(
        "meetings",
        {"de": "Treffen von Gruppen", "en": "Meetings of groups"},
        {"de": "Geplante, vergangene und abgesagte Treffen.", "en": "Planned, past and cancelled meetings."},
        (
            own("number", "integer", "Nummer des Treffens", "Number of the meeting"),
            _GROUP,
            *texts("topic", "Thema", "Topic"),
            own("starts_at", "datetime", "Beginn", "Beginning"),
            own("ends_at", "datetime", "Ende", "End"),
            *texts("place", "Ort", "Place"),
            own("cancelled_at", "datetime", "Abgesagt", "Cancelled"),
            own("cancel_reason", "string", "Warum abgesagt", "Why it was cancelled"),
            EXAMPLE,
        ),
        _meetings,
    ),
    Table(
        "minutes",
        {"de": "Protokolle", "en": "Minutes"},
        {
            "de": "Jede veröffentlichte Fassung: wie viele da waren, welche Interessen gehört wurden. Keine Namen.",
            "en": "Each published edition: how many were there, which interests were heard. No names.",
        },
        (
            _MEETING,
            EDITION,
            own("correction", "string", "Was berichtigt ist", "What was corrected"),
            own("language", "string", "Sprache der Worte: de, en", "Language of the words: de, en", "minutes.language"),
            _count("place", "Menschen vor Ort", "People in place"),
            _count("online", "Menschen online", "People online"),
            _count("phone", "Menschen am Telefon", "People on the telephone"),
            _count("guests", "Weitere Gäste", "Further guests"),
            _count("offline", "Davon Menschen ohne Internet", "Of all these, people without the internet"),
            _interests("there", "Welche Interessen gehört wurden", "Which interests were heard"),
            _interests("missing", "Welche Interessen fehlten", "Which interests were missing"),
            own("heard_later", "string", "Wie Fehlende noch gehört werden", "How those missing are still heard"),
            own("at", "datetime", "Veröffentlicht", "Published"),
        ),
        _editions,
    ),
    Table(
        "minutes_points",
        {"de": "Punkte der Protokolle", "en": "Points of the minutes"},
        {"de": "Was gesagt und abgewogen wurde.", "en": "What was said and weighed."},
        (
            _MEETING,
            EDITION,
            own("point", "integer", "Punkt der Tagesordnung", "Point of the agenda"),
            own("title", "string", "Thema", "Topic"),
            own("said", "string", "Was gesagt wurde", "What was said"),
            own("weighed", "string", "Wie abgewogen wurde", "How it was weighed"),
        ),
        _editions,
        _points,
    ),
    Table(
        "decisions",
        {"de": "Beschlüsse von Gruppen", "en": "Decisions of groups"},
        {"de": "Beschlüsse aus veröffentlichten Protokollen.", "en": "Decisions from published minutes."},
        (
            own("id", "string", "Kennung", "Identifier"),
            own("meeting", "integer", "Nummer des Treffens", "Number of the meeting", "meeting.number"),
            Column(
                "point", "integer", {"de": "Punkt der Tagesordnung", "en": "Point of the agenda"},
                lambda row: row.item + 1,
            ),
            own("text", "string", "Was beschlossen ist", "What was decided"),
            own("about", "string", "Wozu: Art (idea, theme)", "About: kind (idea, theme)", "about_kind"),
            own("about_id", "string", "Wozu: Kennung", "About: identifier"),
            own("made_at", "datetime", "Beschlossen", "Decided"),
            own("withdrawn_at", "datetime", "Durch Berichtigung entfallen", "Gone by a correction"),
        ),
        _decisions,
    ),
    Table(
        "tasks",
        {"de": "Aufgaben von Gruppen", "en": "Tasks of groups"},
        {"de": "Was zu tun ist, was daraus wurde. Keine Namen.", "en": "What is to be done, what came out. No names."},
        (
            own("number", "integer", "Nummer der Aufgabe", "Number of the task"),
            _GROUP,
            own("decision", "string", "Kennung des Beschlusses", "Identifier of the decision", "decision_id"),
            own("text", "string", "Was zu tun ist", "What is to be done"),
            LANGUAGE,
            Column(
                "who", "string", {"de": "person, office (Amt), group (alle)", "en": "person, office, group (all)"}, _who
            ),
            DEPARTMENT,
            own("due_at", "datetime", "Bis wann", "Until when"),
            own("done_at", "datetime", "Erledigt", "Done"),
            own("result", "string", "Was herauskam", "What came out"),
            own("dropped_at", "datetime", "Gestrichen", "Dropped"),
            own("drop_reason", "string", "Warum gestrichen", "Why it was dropped"),
        ),
        _tasks,
    ),
)  # fmt: skip
