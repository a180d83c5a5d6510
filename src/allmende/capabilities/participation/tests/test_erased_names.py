"""Whoever erases their account is named in no minutes any more: not in drafts, not behind a decision, not in tasks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.interface import erase_person
from allmende.capabilities.participation import actions, builders, queries
from allmende.capabilities.participation.actions import personal_data
from allmende.capabilities.participation.models import Decision, Minutes, MinutesEdition, Task
from allmende.core.errors import Conflict

NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture
def group(db):
    return builders.group()


def join(group, name, function="member"):
    person = people.person(display_name=name)
    editor = people.actor(people.editor())
    actions.appoint_member(actor=editor, group_id=group.pk, person_id=person.pk, function=function, at=NOW - 20 * DAY)
    return people.actor(person)


def written(chair, group, name, *, published):
    meeting = builders.meeting(group, at=NOW - 9 * DAY)
    item = {
        "title": f"Bericht von {name}",
        "said": f"{name} hat gezählt. Die Linde am Markt ist krank.",
        "weighed": f"{name}s Vorschlag ist der günstigste.",
        "decisions": f"Angebot einholen | {name} | {NOW + 30 * DAY:%d.%m.%Y}\nBank bauen",
    }
    revision = getattr(queries.minutes_of(meeting.pk), "revision", 0)
    actions.save_minutes(actor=chair, meeting_id=meeting.pk, items=[item], revision=revision, at=NOW)
    if published:
        actions.submit_minutes(actor=chair, meeting_id=meeting.pk, at=NOW)
        actions.publish_minutes(actor=chair, meeting_id=meeting.pk, at=NOW)
    return meeting


def held(*models):
    return repr([list(model.objects.values()) for model in models])


def test_the_name_goes_from_drafts_decisions_editions_and_tasks(group):
    chair, gone = join(group, "Vorsitz", "chair"), join(group, "Ahorn 12")
    written(chair, group, "Ahorn 12", published=False)
    meeting = written(chair, group, "Ahorn 12", published=True)
    assert "Ahorn 12" in held(Minutes, Decision, MinutesEdition)
    assert Task.objects.get(person_id=gone.person_id)
    erase_person(gone.person_id, keep_texts=True)
    assert "Ahorn" not in held(Minutes, MinutesEdition, Decision, Task)
    assert held(Minutes, Decision).count("Angebot einholen | [Name entfernt] |") == 3
    assert Task.objects.get().person is None
    # What stood stays: a correction by the chair makes no new decision of the line without its name.
    before = Decision.objects.filter(meeting=meeting).count()
    minutes = queries.minutes_of(meeting.pk)
    actions.save_minutes(actor=chair, meeting_id=meeting.pk, items=minutes.items, revision=minutes.revision, at=NOW)
    actions.submit_minutes(actor=chair, meeting_id=meeting.pk, at=NOW)
    actions.publish_minutes(actor=chair, meeting_id=meeting.pk, correction="Ein Wort.", at=NOW)
    assert Decision.objects.filter(meeting=meeting, withdrawn_at=None).count() == before


def test_a_form_opened_before_the_erasure_does_not_bring_the_name_back(group):
    chair, gone = join(group, "Vorsitz", "chair"), join(group, "Ahorn 12")
    meeting = written(chair, group, "Ahorn 12", published=False)
    opened = queries.minutes_of(meeting.pk)
    erase_person(gone.person_id, keep_texts=False)
    with pytest.raises(Conflict):
        actions.save_minutes(actor=chair, meeting_id=meeting.pk, items=opened.items, revision=opened.revision, at=NOW)
    assert "Ahorn" not in held(Minutes)


def test_a_name_that_is_a_word_stays_a_word_in_what_is_published(group):
    chair, gone = join(group, "Vorsitz", "chair"), join(group, "Linde")
    written(chair, group, "Linde", published=True)
    written(chair, group, "Linde", published=False)
    erase_person(gone.person_id, keep_texts=True)
    assert "| Linde |" not in held(Minutes, Decision)
    assert "Linde hat gezählt" not in held(Minutes, MinutesEdition)
    assert "Lindes Vorschlag" not in held(MinutesEdition)
    assert "Bericht von Linde" not in held(MinutesEdition)
    assert "Die Linde am Markt ist krank" in held(MinutesEdition)


def test_another_group_is_left_alone_and_erasing_twice_does_no_harm(group):
    gone, other = join(group, "Ahorn 12"), builders.group()
    theirs = join(other, "Vorsitz", "chair")
    meeting = builders.meeting(other, at=NOW - 9 * DAY)
    item = {"title": "Garten", "said": "Ahorn 12 Meter hoch.", "weighed": "", "decisions": ""}
    actions.save_minutes(actor=theirs, meeting_id=meeting.pk, items=[item], revision=0, at=NOW)
    erase_person(gone.person_id, keep_texts=True)
    erase_person(gone.person_id, keep_texts=True)
    assert "Ahorn 12 Meter hoch" in held(Minutes)


def test_the_export_tells_which_decisions_name_the_person(group):
    chair, named = join(group, "Vorsitz", "chair"), join(group, "Ahorn 12")
    written(chair, group, "Ahorn 12", published=False)
    rows = list(personal_data.export_named(named.person_id))
    assert [row["decision"].partition(" |")[0] for row in rows] == ["Angebot einholen"]
    assert list(personal_data.export_named(chair.person_id)) == []
