"""A store condenses: ideas into themes, back again, two moderators at once, a merge of 500, the document."""

import contextlib
import csv
import io
import json
import threading
import zipfile
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, queries, tasks
from allmende.capabilities.participation.actions import themes as theme_actions
from allmende.capabilities.participation.models import (
    Idea,
    IdeaVersion,
    StoreDocument,
    Theme,
    ThemePlace,
    ThemeStep,
    TopicStore,
)
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.engines.search.interface import index_now
from allmende.engines.trace.interface import Edge

NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture
def moderator(db):
    return people.actor(people.moderator("participation"))


@pytest.fixture
def store(db):
    return builders.store()


def ideas(store, count=3):
    return [builders.published(store).pk for _ in range(count)]


def group(actor, store, chosen, title="Licht", at=NOW):
    step = actions.order_ideas(actor=actor, store_id=store.pk, idea_ids=chosen, new_title={"de": title}, at=at)
    return step.target


def standing(theme):
    return set(ThemePlace.objects.filter(theme=theme).values_list("idea_id", flat=True))


def live(source):
    return Edge.objects.filter(source_id=source, retracted_at=None, target_kind="theme")


def test_ideas_are_grouped_with_an_edge_each_and_their_words_stay(moderator, store):
    chosen = ideas(store)
    words = dict(IdeaVersion.objects.values_list("pk", "body"))
    theme = group(moderator, store, chosen)
    assert standing(theme) == set(chosen)
    assert {edge.target_id for one in chosen for edge in live(one)} == {theme.pk}
    assert dict(IdeaVersion.objects.values_list("pk", "body")) == words
    with pytest.raises(Invalid):
        group(moderator, store, [])
    with pytest.raises(Invalid):
        group(moderator, store, ideas(store, 1), title=" ")
    with pytest.raises(NotFound):
        group(moderator, store, [builders.published().pk])


def everything(store):
    """All that ordering changes, but for the record of it."""
    themes = Theme.objects.filter(store=store, dissolved_at=None)
    edges = Edge.objects.filter(retracted_at=None, target_kind="theme")
    return (
        set(themes.values_list("pk", flat=True)),
        set(ThemePlace.objects.filter(theme__store=store).values_list("theme", "idea")),
        set(edges.values_list("source_id", "target_id")),
    )


@pytest.mark.parametrize("deed", ["group", "move", "split", "also", "out", "merge"])
def test_every_step_can_be_taken_back(moderator, store, deed):
    chosen = ideas(store, 4)
    first = group(moderator, store, chosen[:2])
    second = group(moderator, store, chosen[2:3], title="Wege")
    before = everything(store)
    order = {"actor": moderator, "store_id": store.pk, "at": NOW + timedelta(minutes=1)}
    step = {
        "group": lambda: actions.order_ideas(**order, idea_ids=chosen[3:], new_title={"de": "Neu"}),
        "move": lambda: actions.order_ideas(**order, idea_ids=chosen[:1], source_id=first.pk, target_id=second.pk),
        "split": lambda: actions.order_ideas(**order, idea_ids=chosen[:1], source_id=first.pk, new_title={"de": "Neu"}),
        "also": lambda: actions.order_ideas(
            **order, idea_ids=chosen[:1], source_id=first.pk, target_id=second.pk, keep=True
        ),
        "out": lambda: actions.order_ideas(**order, idea_ids=chosen[:1], source_id=first.pk),
        "merge": lambda: actions.merge_themes(**order, source_id=first.pk, target_id=second.pk),
    }[deed]()
    assert step.kind == deed
    assert everything(store) != before
    actions.undo_step(actor=moderator, step_id=step.pk, at=NOW + timedelta(minutes=2))
    assert everything(store) == before
    with pytest.raises(Conflict):
        actions.undo_step(actor=moderator, step_id=step.pk, at=NOW + timedelta(minutes=3))


def test_a_step_on_which_a_later_one_stands_is_not_taken_back_first(moderator, store):
    chosen = ideas(store)
    first, second = group(moderator, store, chosen[:2]), group(moderator, store, chosen[2:], title="Wege")
    grouped = ThemeStep.objects.get(target=first)
    merged = actions.merge_themes(
        actor=moderator, store_id=store.pk, source_id=first.pk, target_id=second.pk, at=NOW + DAY / 48
    )
    with pytest.raises(Conflict):
        actions.undo_step(actor=moderator, step_id=grouped.pk, at=NOW + DAY / 24)
    actions.undo_step(actor=moderator, step_id=merged.pk, at=NOW + DAY / 24)
    actions.undo_step(actor=moderator, step_id=grouped.pk, at=NOW + DAY / 24)
    assert not standing(first)
    assert Theme.objects.get(pk=first.pk).dissolved_at is not None


def test_who_may_order(moderator, store):
    chosen = ideas(store, 1)
    member, chair = people.person(), people.person()
    actions.join_group(actor=people.actor(member), group_id=store.group_id, at=NOW)
    assert chair is not None
    for someone in (people.person(), people.administrator(), people.clerk("stadtentwicklung")):
        with pytest.raises(NotAllowed):
            group(people.actor(someone), store, chosen)
    assert group(people.actor(member), store, chosen)
    contest = builders.store(kind="contest")
    with pytest.raises(NotAllowed):
        group(moderator, contest, ideas(contest, 1))


def _at_once(moderators, store, chosen):
    """Both send the same ideas into a theme of their own in the same instant; returns how many themes hold them."""
    barrier = threading.Barrier(2, timeout=120)
    seen = []

    def waiting(*args, **kwargs):
        found = real(*args, **kwargs)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait()
        return found

    def run(actor, title):
        try:
            group(actor, store, chosen, title=title)
        except Conflict:
            seen.append("conflict")
        finally:
            connection.close()

    real = theme_actions._chosen
    theme_actions._chosen = waiting
    try:
        threads = [threading.Thread(target=run, args=(one, f"Thema {n}")) for n, one in enumerate(moderators)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    finally:
        theme_actions._chosen = real
    return Theme.objects.filter(store=store, places__idea_id__in=chosen).distinct().count(), seen


@pytest.mark.django_db(transaction=True)
def test_two_moderators_with_the_same_ideas_at_once(monkeypatch):
    store = builders.store()
    chosen = ideas(store, 2)
    both = [people.actor(people.moderator("participation")) for _ in range(2)]
    with monkeypatch.context() as off:
        off.setattr(theme_actions, "locked_store", lambda pk: TopicStore.objects.select_related("group").get(pk=pk))
        themes, seen = _at_once(both, store, chosen)
    assert (themes, seen) == (2, []), "without the lock both succeed, so this test proves the race"
    other = builders.store()
    chosen = ideas(other, 2)
    barrier_waits = threading.Barrier
    monkeypatch.setattr(threading, "Barrier", lambda parties, timeout: barrier_waits(parties, timeout=1))
    themes, seen = _at_once(both, other, chosen)
    assert (themes, seen) == (1, ["conflict"])


def test_a_merge_of_five_hundred_is_one_step_and_one_edge(moderator, store, django_assert_max_num_queries):
    first, second = group(moderator, store, ideas(store, 1)), group(moderator, store, ideas(store, 1), title="Wege")
    pattern = Idea.objects.filter(places__theme=first).get()
    rows = [
        Idea(
            store=store, language="de", state="published", department=pattern.department, author_name=f"Gast {n}",
            received_at=NOW, submitted_at=NOW, published_at=NOW,
        )
        for n in range(500)
    ]  # fmt: skip
    Idea.objects.bulk_create(rows)
    ThemePlace.objects.bulk_create(ThemePlace(theme=first, idea=row, at=NOW) for row in rows)
    before = everything(store)
    with django_assert_max_num_queries(60):
        step = actions.merge_themes(actor=moderator, store_id=store.pk, source_id=first.pk, target_id=second.pk, at=NOW)
    assert len(standing(second)) == 502
    assert not standing(first)
    assert Edge.objects.filter(source_id=first.pk, target_id=second.pk, retracted_at=None).count() == 1
    client = Client(headers={"host": "localhost"})
    page = client.get(f"/mitmachen/themen/{first.number}/").content.decode()
    assert "aufgegangen" in page
    actions.undo_step(actor=moderator, step_id=step.pk, at=NOW + DAY)
    assert everything(store) == before


def test_the_board_works_by_plain_form(moderator, store):
    chosen = ideas(store)
    client = people.login(Client(headers={"host": "localhost"}), people.moderator("participation"))
    address = f"/mitmachen/speicher/{store.number}/ordnen/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"target": "new", "title": "Licht"}).status_code == 422
    assert client.post(address, {"target": "new", "title": "", "ideas": [str(chosen[0])]}).status_code == 422
    sent = {"target": "new", "title": "Licht", "ideas": [str(one) for one in chosen[:2]]}
    assert client.post(address, sent).status_code == 302
    theme = Theme.objects.get()
    again = client.post(address, sent)
    assert again.status_code == 422
    assert "Inzwischen hat jemand anderes hier geordnet" in again.content.decode()
    page = client.get(f"{address}?theme={theme.number}").content.decode()
    assert "Licht (2)" in page
    step = ThemeStep.objects.get()
    assert client.post(f"{address}zurueck/", {"step": str(step.pk)}).status_code == 302
    assert not standing(theme)
    assert Client(headers={"host": "localhost"}).get(address).status_code in {302, 401}


def test_the_board_suggests_what_is_alike_and_ticks_it(store):
    words = ["Mehr Licht am Uferweg", "Licht am Uferweg fehlt abends", "Brot und Kuchen in der Schule"]
    made = [builders.published(store, title=title, body=title) for title in words]
    for idea in made:
        index_now(idea.ref)
    client = people.login(Client(headers={"host": "localhost"}), people.moderator("participation"))
    address = f"/mitmachen/speicher/{store.number}/ordnen/"
    page = client.get(f"{address}?similar={made[0].number}").content.decode()
    assert "Licht am Uferweg fehlt abends" in page
    assert "Brot und Kuchen" not in page
    assert page.count(" checked") == 2
    assert client.get(f"{address}?suggest=1").status_code == 200
    chosen = client.get(f"{address}?only={made[2].number},x,0").content.decode()
    assert "Brot und Kuchen" in chosen
    assert "Uferweg fehlt" not in chosen
    assert client.get(f"{address}?similar={builders.published().number}").status_code == 404


def closed(moderator, store):
    chosen = ideas(store, 3)
    theme = group(moderator, store, chosen[:2])
    summary = {"de": "Viele wollen mehr Licht."}
    actions.save_theme(actor=moderator, theme_id=theme.pk, title={"de": "Licht"}, summary=summary, at=NOW)
    tasks.note_periods(store.closes_at)
    return chosen, theme


def test_a_store_that_closes_publishes_what_was_ordered_in_five_forms(moderator, store):
    chosen, theme = closed(moderator, store)
    document = StoreDocument.objects.get()
    assert document.edition == 1
    assert Edge.objects.filter(source_id=theme.pk, target_id=document.pk).exists()
    client = Client(headers={"host": "localhost"})
    base = f"/mitmachen/speicher/{store.number}/ergebnis"
    words = [version.title for version in IdeaVersion.objects.filter(idea_id__in=chosen)]
    page = client.get(f"{base}/").content.decode()
    rows = list(csv.DictReader(io.StringIO(client.get(f"{base}.csv").content.decode("utf-8-sig")), delimiter=";"))
    values = json.loads(client.get(f"{base}.json").content)
    paper = zipfile.ZipFile(io.BytesIO(client.get(f"{base}.docx").content))
    body = "".join(ET.fromstring(paper.read("word/document.xml")).itertext())
    for word in [*words, "Viele wollen mehr Licht."]:
        assert word in page
        assert word in body
    assert {row["idea_title"] for row in rows} == set(words) == {row["idea_title"] for row in values["ideas"]}
    assert [row["theme_title"] for row in rows].count("Licht") == 2
    for name in paper.namelist():
        ET.fromstring(paper.read(name))
    made = client.get(f"{base}.pdf")
    assert made.content.startswith(b"%PDF")
    assert b"pdfuaid" in made.content or b"/MarkInfo" in made.content
    assert client.get(f"{base}.pdf").content == made.content


def test_an_edition_stays_as_it_was_but_for_words_that_were_taken_back(moderator, store):
    chosen, theme = closed(moderator, store)
    first = StoreDocument.objects.get()
    actions.order_ideas(
        actor=moderator, store_id=store.pk, idea_ids=chosen[2:], target_id=theme.pk, at=store.closes_at + DAY
    )
    assert len(queries.condensed(first).loose) == 1
    second = actions.publish_document(actor=moderator, store_id=store.pk, at=store.closes_at + DAY)
    assert (second.edition, queries.condensed(second).loose) == (2, [])
    assert len(queries.condensed(queries.document(store.pk, 1)).loose) == 1
    IdeaVersion.objects.filter(idea_id=chosen[0]).update(title="", body="")
    Idea.objects.filter(pk=chosen[1]).update(state="refused")
    found = queries.condensed(queries.document(store.pk))
    assert found.gone == 1
    assert "" in {one.title for part in found.chapters for one in part.ideas}
    with pytest.raises(NotFound):
        queries.document(store.pk, 9)
    open_store = builders.store()
    with pytest.raises(Conflict):
        actions.publish_document(actor=moderator, store_id=open_store.pk, at=NOW)


def test_no_cell_of_the_file_is_taken_for_a_formula(moderator, store):
    builders.published(store, title="=2+3", body="@SUM(A1)")
    tasks.note_periods(store.closes_at)
    content = Client(headers={"host": "localhost"}).get(f"/mitmachen/speicher/{store.number}/ergebnis.csv").content
    row = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert row["idea_title"] == "'=2+3"
    assert row["idea_text"] == "'@SUM(A1)"


def test_the_account_of_a_project_says_state_and_reason_of_each(moderator, store):
    chosen, _theme = closed(moderator, store)
    clerk = people.actor(people.clerk("participation"))
    assert clerk is not None
    number = store.module.project.number
    page = Client(headers={"host": "localhost"}).get(f"/mitmachen/projekte/{number}/gehoert/").content.decode()
    for idea in Idea.objects.filter(pk__in=chosen).select_related("version"):
        assert idea.version.title in page
    assert "Licht" in page
    editor = people.login(Client(headers={"host": "localhost"}), people.editor())
    address = f"/mitmachen/projekte/{number}/gehoert/aendern/"
    assert editor.post(address, {"heard": "Wir haben gebaut."}).status_code == 302
    assert "Wir haben gebaut." in editor.get(f"/mitmachen/projekte/{number}/gehoert/").content.decode()


@pytest.mark.parametrize("path", ["ordnen/", "ergebnis/", ""])
def test_pages_of_a_store_ask_no_more_for_sixty_ideas_than_for_two(moderator, store, path):
    group(moderator, store, ideas(store, 1))
    tasks.note_periods(store.closes_at)
    client = people.login(Client(headers={"host": "localhost"}), people.moderator("participation"))
    address = f"/mitmachen/speicher/{store.number}/{path}"
    client.get(address)

    def asked():
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        # The copy of the settings is read anew every few seconds, whatever the page.
        return sum('"core_setting"' not in row["sql"] for row in found)

    few = asked()
    pattern = Idea.objects.filter(store=store).first()
    rows = [
        Idea(
            store=store, language="de", state="published", department=pattern.department, received_at=NOW,
            submitted_at=NOW, published_at=NOW, version=pattern.version,
        )
        for _ in range(60)
    ]  # fmt: skip
    Idea.objects.bulk_create(rows)
    assert asked() <= few <= 15
