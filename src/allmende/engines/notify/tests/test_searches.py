"""Whoever saved a search hears of what is new and fits: each thing once, nothing old, nothing hidden."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.interface import viewer_of
from allmende.core import manifest
from allmende.core.actor import SYSTEM, Actor, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.models import Event
from allmende.engines.notify import actions, queries
from allmende.engines.notify.actions import searching
from allmende.engines.notify.models import Notice, SavedSearch, SearchHit, Watch
from allmende.engines.search.builders import drop_thing, example_room, put_thing
from allmende.engines.search.interface import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _things() -> Iterator[None]:
    with example_room():
        yield


@pytest.fixture
def someone() -> Actor:
    return people.actor(people.person())


def save(actor: Actor, words: str = "Radweg", kind: str = "", district: str = "") -> SavedSearch:
    return actions.save_search(
        actor=actor, words=words, found_kind=kind, district=district, language="de", at=timezone.now()
    )


def look() -> None:
    """As the job does, a moment later."""
    while actions.watch_searches(actor=SYSTEM, at=timezone.now() + timedelta(seconds=1)):
        pass


def said(actor: Actor) -> list[str]:
    return list(Notice.objects.filter(person_id=actor.person_id).order_by("id").values_list("subjects__de", flat=True))


def test_what_is_new_and_fits_is_told_once(someone, deliver):
    look()
    put_thing("Alter Radweg")
    save(someone)
    new = put_thing("Neuer Radweg am Fluss")
    put_thing("Bank am Fluss")
    for _time in range(3):
        look()
        deliver()
    assert said(someone) == ["Neu zu Ihrer Suche „Radweg“"]
    assert Notice.objects.get().bodies["de"] == "„Neuer Radweg am Fluss“"
    assert Notice.objects.get().subjects["en"].startswith("New for your search ")
    put_thing("Neuer Radweg am Fluss, jetzt breiter", id_=new.id)
    look()
    deliver()
    assert len(said(someone)) == 1


def test_what_comes_to_fit_later_is_told_then(someone, deliver):
    look()
    save(someone, "Uferbefestigung")
    paper = put_thing("Vorlage 12")
    look()
    put_thing("Vorlage 12", id_=paper.id, bodies={"de": "Kosten der Uferbefestigung"})  # its PDF was read
    look()
    deliver()
    assert said(someone) == ["Neu zu Ihrer Suche „Uferbefestigung“"]


def test_what_is_found_at_once_is_one_notice_and_names_the_first(someone, deliver):
    look()
    save(someone)
    for number in range(8):
        put_thing(f"Radweg {number}")
    look()
    deliver()
    assert said(someone) == ["8 Treffer sind neu zu Ihrer Suche „Radweg“"]
    assert Notice.objects.get().bodies["de"].splitlines()[-1] == "und 3 weitere"


def test_a_long_list_of_changes_is_looked_through_in_parts(someone, monkeypatch):
    monkeypatch.setattr(searching, "AT_ONCE", 3)
    look()
    save(someone)
    for number in range(10):
        put_thing(f"Radweg {number}")
    look()
    assert SearchHit.objects.count() == 10
    assert Watch.objects.get().after == ""


@pytest.mark.parametrize("hidden", [{"visibility": "hidden"}, {"visibility": "role:clerk:department:umwelt"}])
def test_of_what_not_everybody_may_see_nobody_hears_staff_neither(hidden, deliver):
    clerk = people.actor(people.clerk("umwelt"))
    look()
    save(clerk)
    put_thing("Geheimer Radweg", **hidden)
    look()
    deliver()
    assert said(clerk) == []
    assert not SearchHit.objects.exists()


def test_what_is_embargoed_is_not_told_before_everybody_may_see_it(someone):
    look()
    save(someone)
    thing = put_thing("Radweg", visible_from=timezone.now() + timedelta(hours=1))
    look()
    assert not SearchHit.objects.exists()
    put_thing("Radweg", id_=thing.id)
    look()
    assert SearchHit.objects.count() == 1


def test_what_is_gone_before_it_is_told_is_not_told(someone, deliver):
    look()
    save(someone)
    thing = put_thing("Radweg")
    look()
    drop_thing(thing)
    deliver()
    assert said(someone) == []


def test_a_district_or_a_kind_alone_is_a_search_too(someone, deliver):
    look()
    save(someone, "", kind="thing", district="lusan")
    put_thing("Bank", district="lusan")
    put_thing("Baum", district="zwoetzen")
    look()
    deliver()
    assert said(someone) == ["Neu zu Ihrer Suche Dinge · Lusan"]


def test_a_search_is_kept_once_and_only_for_something_that_there_is(someone):
    assert save(someone) == save(someone, " Radweg ")
    for wrong in ({"words": "  "}, {"kind": "nothing"}, {"district": "anderswo"}):
        with pytest.raises(Invalid):
            save(someone, **{"words": "", **wrong})
    with pytest.raises(NotSignedIn):
        save(Actor())


def test_nobody_keeps_more_searches_than_fit_on_a_page(someone, monkeypatch):
    monkeypatch.setattr(searching, "MOST", 2)
    save(someone, "eins")
    save(someone, "zwei")
    with pytest.raises(Conflict):
        save(someone, "drei")
    assert save(someone, "zwei")


def test_a_search_is_its_owners_alone(someone, client):
    mine = save(someone)
    other = people.person()
    assert not manifest.may_see(mine.ref, viewer_of(other.pk, "de"), timezone.now())
    assert not manifest.may_see(mine.ref, Viewer(), timezone.now())
    with pytest.raises(NotFound):
        actions.remove_search(actor=people.actor(other), search_id=mine.pk)
    people.login(client, other)
    client.post("/mitteilungen/suchen/loeschen/", {"id": str(mine.pk)})
    assert SavedSearch.objects.filter(pk=mine.pk).exists()
    assert "Radweg" not in client.get("/mitteilungen/suchen/").content.decode()


def test_only_the_clock_looks_for_hits(someone):
    with pytest.raises(NotAllowed):
        actions.watch_searches(actor=someone, at=timezone.now())


def test_a_resident_saves_the_search_that_was_just_made_and_ends_it_again(client):
    put_thing("Radweg am Fluss")
    shown = client.get("/suche/?q=Radweg").content.decode()
    assert 'href="/mitteilungen/suchen/neu/?q=Radweg"' in shown
    visitor = client.get("/mitteilungen/suchen/neu/?q=Radweg").content.decode()
    assert "Anmelden und speichern" in visitor
    assert client.post("/mitteilungen/suchen/neu/", {"q": "Radweg"}).status_code in {302, 401, 403}
    assert not SavedSearch.objects.exists()
    someone = people.person()
    people.login(client, someone)
    page = client.get("/mitteilungen/suchen/neu/?q=Radweg&stadtteil=lusan").content.decode()
    assert 'value="Radweg"' in page
    assert client.post("/mitteilungen/suchen/neu/", {"q": "Radweg", "stadtteil": "lusan"}).status_code == 302
    found = SavedSearch.objects.get(person=someone)
    assert "„Radweg“ · Lusan" in client.get("/mitteilungen/suchen/").content.decode()
    assert queries.path_of(found.ref, "en").startswith("/en/suche/?q=Radweg")
    client.post("/mitteilungen/suchen/loeschen/", {"id": str(found.pk)})
    assert not SavedSearch.objects.exists()
    assert queries.path_of(found.ref, "de") == "/mitteilungen/suchen/"


def test_nothing_to_look_for_is_said_at_the_form(client):
    people.login(client, people.person())
    answer = client.post("/mitteilungen/suchen/neu/", {"q": " "})
    assert answer.status_code == 422
    assert "Bitte geben Sie ein Wort ein" in answer.content.decode()


def careless(search: SavedSearch, read: threading.Barrier, turns: list[int]) -> None:
    """Without the lock on how far the index was looked through."""
    entry = Entry.objects.get()
    known = search.hits.filter(object_id=entry.object_id).exists()
    read.wait()
    if not known:
        turns.append(1)


def test_six_workers_at_once_tell_once_and_without_the_lock_they_would_not(someone):
    look()
    search = save(someone)
    put_thing("Radweg")
    read, turns = threading.Barrier(6), []

    def together(job) -> None:
        def run() -> None:
            try:
                job()
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _worker in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    together(lambda: careless(search, read, turns))
    assert len(turns) == 6
    together(look)
    assert Event.objects.filter(name="notify.search_found").count() == 1
    assert SearchHit.objects.count() == 1


def test_erasure_and_export_know_saved_searches(someone):
    save(someone)
    kinds = {row.kind: row for row in manifest.registry()["notify"].personal_data}
    assert [row["words"] for row in kinds["searches"].export(someone.person_id)] == ["Radweg"]
    kinds["searches"].erase(someone.person_id, _keep_texts=False)
    assert not SavedSearch.objects.exists()


def test_programs_save_see_and_forget_the_searches_of_their_person():
    somebody, other = people.person(), people.person()
    client, stranger = people.login(Client(), somebody), people.login(Client(), other)
    root = "/api/v1/notify/searches"
    asked = {"words": "  Radweg "}
    made = client.post(root, asked, content_type="application/json").json()
    assert (made["words"], made["kind"]) == ("Radweg", "")
    assert "Radweg" in made["url"]
    assert client.post(root, asked, content_type="application/json").json()["id"] == made["id"]
    assert [row["id"] for row in client.get(root).json()["items"]] == [made["id"]]
    assert stranger.get(root).json() == {"items": []}
    assert stranger.delete(f"{root}/{made['id']}").status_code == 404
    assert Client().get(root).status_code == 401
    refused = client.post(root, {"kind": "nichts"}, content_type="application/json")
    assert refused.status_code == 422
    assert "kind" in json.dumps(refused.json())
    assert client.delete(f"{root}/{made['id']}").json() == {"items": []}
    assert client.delete(f"{root}/{made['id']}").status_code == 404
    assert not SavedSearch.objects.exists()
