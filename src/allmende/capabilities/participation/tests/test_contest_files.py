"""An entry's files: several, each with a name and what stands in it, bounded, kept through errors."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import typst
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, tasks
from allmende.capabilities.participation.actions.contest.entries import MOST_FILES
from allmende.capabilities.participation.forms import contest as forms
from allmende.capabilities.participation.models import Idea, TopicStore
from allmende.core.errors import Invalid
from allmende.core.ids import uuid7
from allmende.engines.media import interface as media

NOW = timezone.now()
DAY = timedelta(days=1)
NEW = "/mitmachen/ideen/neu/"


@pytest.fixture
def store(db):
    project = actions.create_project(
        actor=people.actor(people.editor()),
        group_id=builders.group().pk,
        blueprint="contest",
        data=actions.ProjectData(title={"de": "Wettbewerb"}, contract=builders.CONTRACT),
        opens_at=NOW - 5 * DAY,
        closes_at=NOW + DAY,
        at=NOW - 6 * DAY,
    )
    return TopicStore.objects.get(module__project=project)


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


def pdf(name) -> BytesIO:
    source = f'#set document(title: "{name}")\n#set text(lang: "de")\n= {name}\nEin Rad.'
    file = BytesIO(typst.compile(source.encode(), pdf_standards=["ua-1"]))
    file.name = f"{name}.pdf"
    return file


def words(store, **more):
    return {
        "store": store.number, "title": "Ein Rad für alle", "body": "Zum Leihen.", "district": "", "place": "",
        "contact_kind": "number", "entrant": "everybody", "_once": uuid4().hex, **more,
    }  # fmt: skip


def test_several_files_stand_on_the_entrys_page_as_a_list_with_their_names(store, visitor):
    assert "Weitere Dateien (freiwillig)" in visitor.get(f"{NEW}?speicher={store.number}").content.decode()
    wrong = visitor.post(
        NEW,
        words(store, concept=pdf("konzept"), concept_summary="Das Ganze.", file_2=pdf("plan"), file_2_name="Der Plan"),
    )
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert 'id="id_file_2_summary_error"' in page
    kept = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("concept_kept", "file_2_kept")}
    sent = words(
        store, **kept, concept_summary="Das Ganze.", file_2_name="Der Plan", file_2_summary="Wo das Rad steht.",
        file_4=pdf("kosten"), file_4_name="Die Kosten", file_4_summary="Was das Rad kostet.",
    )  # fmt: skip
    assert visitor.post(NEW, sent).status_code == 302
    idea = Idea.objects.get()
    actions.release_idea(actor=people.actor(people.moderator("participation")), object_id=idea.pk, at=NOW)
    TopicStore.objects.filter(pk=store.pk).update(closes_at=timezone.now())
    tasks.note_periods(timezone.now())
    page = visitor.get(f"/mitmachen/ideen/{idea.number}/").content.decode()
    names = re.findall(r'<h3 id="document-[^>]*>([^<]+)<', page)
    assert names == ["Ein Rad für alle", "Der Plan", "Die Kosten"]
    assert '<h2 id="files">' in page
    assert len(set(re.findall(r'href="([^"]+)" download', page))) == 3
    for said in ("Das Ganze.", "Wo das Rad steht.", "Was das Rad kostet."):
        assert said in page


def test_there_are_no_more_than_four_and_together_they_have_a_bound(store, visitor, monkeypatch):
    with pytest.raises(Invalid):
        builders.idea(store, entry=actions.EntryData("everybody", [uuid7() for _ in range(MOST_FILES + 1)]))
    assert not Idea.objects.exists()
    monkeypatch.setattr(forms, "ALL_SIZES", 1000)
    answer = visitor.post(NEW, words(store, concept=pdf("konzept"), concept_summary="Das Ganze."))
    assert answer.status_code == 422
    assert "Alle Dateien zusammen sind größer" in answer.content.decode()
    assert not Idea.objects.exists()


def test_what_is_no_pdf_is_refused_at_its_own_field(store, visitor):
    text = BytesIO(b"<script>alert(1)</script>")
    text.name = "plan.pdf"
    answer = visitor.post(NEW, words(store, file_3=text, file_3_name="Der Plan", file_3_summary="Wo das Rad steht."))
    assert answer.status_code == 422
    assert 'id="id_file_3_error"' in answer.content.decode()
    assert not Idea.objects.exists()


def test_the_files_of_an_entry_go_with_its_words(store, visitor):
    sent = words(store, file_2=pdf("plan"), file_2_name="Der Plan", file_2_summary="Wo.")
    visitor.post(NEW, sent)
    idea = Idea.objects.get()
    assert [one.title for one in media.documents_of([idea.ref])[idea.ref]] == ["Der Plan"]
    actions.withdraw_idea(actor=people.actor(idea.author), idea_id=idea.pk, reason="", at=timezone.now())
    from allmende.capabilities.participation.actions import personal_data

    personal_data.expire_ideas(timezone.now() + timedelta(days=184))
    assert media.documents_of([idea.ref]).get(idea.ref, []) == []


def test_pages_of_entries_with_many_files_stay_within_their_queries(store, visitor):
    numbers = {}
    for count in (1, 4):
        files = {f"file_{n}": pdf(f"plan{count}{n}") for n in range(2, count + 1)}
        named = {f"file_{n}_{what}": f"{what} {n}" for n in range(2, count + 1) for what in ("name", "summary")}
        title = f"Rad Nummer {count}"
        sent = words(store, title=title, concept=pdf(f"konzept{count}"), concept_summary="Das Ganze.", **files, **named)
        assert visitor.post(NEW, sent).status_code == 302
        idea = Idea.objects.get(versions__title=title)
        actions.release_idea(actor=people.actor(people.moderator("participation")), object_id=idea.pk, at=NOW)
        numbers[count] = idea.number
    TopicStore.objects.filter(pk=store.pk).update(closes_at=timezone.now())
    tasks.note_periods(timezone.now())
    asked = {}
    for count, number in numbers.items():
        with CaptureQueriesContext(connection) as found:
            page = visitor.get(f"/mitmachen/ideen/{number}/").content.decode()
        assert page.count(" download") == count
        asked[count] = len(found)
    assert asked[4] <= asked[1] <= 15
    with CaptureQueriesContext(connection) as found:
        assert visitor.get(f"/mitmachen/wettbewerbe/{store.number}/").status_code == 200
    assert len(found) <= 15
