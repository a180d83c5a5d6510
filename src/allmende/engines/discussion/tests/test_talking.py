"""Order and selection of a thread, mentions, and what a comment said before."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.accounts import builders as accounts
from allmende.core.actor import Viewer
from allmende.core.errors import NotAllowed, NotFound
from allmende.engines.discussion import actions, builders
from allmende.engines.discussion.models import Comment
from allmende.engines.discussion.queries import mentions, threads
from allmende.engines.discussion.tests.conftest import NOW
from allmende.engines.notify.models import Notice

VISITOR = Viewer()


def texts(ref, **asked):
    found, after = [], ""
    while True:
        page = threads.thread(ref, VISITOR, NOW, after=after, limit=2, **asked)
        found += [view.text for view in threads.walk(page.comments)]
        after = page.next
        if not after:
            return found


def test_newest_first_keeps_answers_below_what_they_answer_over_all_pages(room, db):
    ref = room.bed(state="published")
    first, second = (builders.comment(ref, f"K{n}", written_at=NOW + timedelta(minutes=n)) for n in (1, 2))
    builders.comment(ref, "K1 Antwort", parent=first, written_at=NOW + timedelta(minutes=9))
    builders.comment(ref, "K1 noch eine", parent=first, written_at=NOW + timedelta(minutes=10))
    builders.comment(ref, "K2 Antwort", parent=second, written_at=NOW + timedelta(minutes=8))
    builders.comment(ref, "K3", written_at=NOW + timedelta(minutes=3))
    assert texts(ref) == ["K1", "K1 Antwort", "K1 noch eine", "K2", "K2 Antwort", "K3"]
    assert texts(ref, order="neu") == ["K3", "K2", "K2 Antwort", "K1", "K1 Antwort", "K1 noch eine"]
    assert texts(ref, order="unsinn") == texts(ref)


def test_one_stance_or_only_the_city(room, db):
    ref = room.bed(state="published")
    builders.comment(ref, "gut", stance="pro")
    builders.comment(ref, "schlecht", stance="contra")
    builders.comment(ref, "amtlich", is_official=True, department="umwelt")
    assert texts(ref, only="pro") == ["gut"]
    assert texts(ref, only="contra") == ["schlecht"]
    assert texts(ref, only="stadt") == ["amtlich"]
    page = Client().get(f"/diskussion/garden/bed/{ref.id}/?nur=neutral&reihe=neu").content.decode()
    assert "Davon gibt es hier keine" in page
    got = Client().get(f"/api/v1/discussion/comments/{ref}", {"only": "city", "order": "newest"}).json()
    assert [row["text"] for row in got["comments"]] == ["amtlich"]


def test_order_costs_no_further_query(room, db):
    ref = room.bed(state="published")
    for n in range(30):
        builders.comment(ref, f"K{n}")
    for asked in ({}, {"order": "neu"}, {"only": "pro"}):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            threads.thread(ref, VISITOR, NOW, **asked)
        assert len(queries) == (2 if "only" in asked else 1)  # none of this kind: all are counted alone


def test_who_is_mentioned_is_told_once_and_stands_in_bold(room, db, deliver):
    ref = room.bed(state="published")
    anna = accounts.person(display_name="Linde 1", created_at=NOW - timedelta(days=9))
    berta = accounts.person(display_name="Linde 12", created_at=NOW - timedelta(days=9))
    for person in (anna, berta):
        actions.add_comment(actor=accounts.actor(person), ref=ref, body=f"Ich bin {person.display_name}.", at=NOW)
    carl = accounts.actor(accounts.person(created_at=NOW - timedelta(days=9)))
    made = actions.add_comment(actor=carl, ref=ref, body="@Linde 12, <b>was</b> meinen Sie? mail@linde 1", at=NOW)
    assert made.mentions == ["Linde 12"]
    deliver()
    told = Notice.objects.filter(object_id=made.pk)
    assert [row.person_id for row in told if "spricht Sie an" in row.subject("de")] == [berta.pk]
    page = Client().get(f"/diskussion/kommentar/{made.pk}/").content.decode()
    assert "<b>@Linde 12</b>, &lt;b&gt;was&lt;/b&gt;" in page


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=12), max_size=4))
def test_marking_never_lets_markup_through(text, names):
    shown = mentions.marked(text + "".join(f"@{name} " for name in names), sorted(names, key=len, reverse=True))
    assert "<" not in shown.replace("<b>", "").replace("</b>", "")


@pytest.fixture
def changed(room, db):
    """A comment whose public words were changed once."""
    person = accounts.person(created_at=NOW - timedelta(days=9))
    actor = accounts.actor(person)
    made = actions.add_comment(actor=actor, ref=room.bed(state="published"), body="Vorher gesagt.", at=NOW)
    actions.edit_comment(actor=actor, comment_id=made.pk, body="Jetzt gesagt.", at=NOW + timedelta(minutes=5))
    return made, person


def test_what_it_said_before_can_be_read_until_its_author_removes_it(changed):
    made, person = changed
    url = f"/diskussion/kommentar/{made.pk}/fassungen/"
    assert url in Client().get(f"/diskussion/kommentar/{made.pk}/").content.decode()
    page = Client().get(url).content.decode()
    assert "Vorher gesagt." in page
    assert "entfernen" not in page
    with pytest.raises(NotAllowed):
        actions.blank_version(actor=accounts.actor(accounts.person()), comment_id=made.pk, number=1, at=NOW)
    with pytest.raises(NotFound):
        actions.blank_version(actor=accounts.actor(person), comment_id=made.pk, number=2, at=NOW)
    mine = accounts.login(Client(), person)
    assert "Fassung 1 entfernen" in mine.get(url).content.decode()
    assert mine.post(f"{url}1/entfernen/")["Location"].endswith(url)
    page = Client().get(url).content.decode()
    assert "Vorher gesagt." not in page
    assert "Diese Fassung wurde entfernt." in page


def test_words_that_never_were_public_do_not_stand_in_the_history(room, resident):
    ref = room.bed(state="published")
    made = actions.add_comment(actor=resident, ref=ref, body="Geheimes Wort.", proved=False, at=NOW)
    actions.edit_comment(actor=resident, comment_id=made.pk, body="Besseres Wort.", at=NOW)
    moderator = accounts.actor(accounts.moderator())
    case = moderator_case(made)
    actions.decide_case(actor=moderator, case_id=case.pk, decision="released", at=NOW)
    assert Comment.objects.get().state == "published"
    page = Client().get(f"/diskussion/kommentar/{made.pk}/fassungen/").content.decode()
    assert "Besseres Wort." in page
    assert "Geheimes Wort." not in page
    actions.withdraw_comment(actor=resident, comment_id=made.pk, at=NOW)
    assert Client().get(f"/diskussion/kommentar/{made.pk}/fassungen/").status_code == 404


def moderator_case(made):
    from allmende.engines.discussion.interface import case_of

    return case_of(made.this)
