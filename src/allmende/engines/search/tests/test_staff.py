"""Those who keep the index see how it stands, have it built anew, and see how far that is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.core.models import Setting
from allmende.engines.search import actions
from allmende.engines.search.builders import drop_thing, put_thing
from allmende.engines.search.models import Entry, Rebuild

PATH = "/verwaltung/suche/"


@pytest.fixture
def keeper(db, client):
    client.defaults["HTTP_HOST"] = "localhost"
    return people.login(client, people.administrator())


def rebuild_row(step, done, total, *, moved=timedelta(), ended=False):
    at = timezone.now()
    return Rebuild.objects.create(
        step=step, done=done, total=total, begun_at=at - moved, moved_at=at - moved, ended_at=at if ended else None
    )


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("waiting", "Der Aufbau beginnt gleich."),
        ("things", "Schritt 1 von 3: 3.120 von 14.004 Einträgen gelesen"),
        ("words", "Schritt 2 von 3: Wörter von 3.120 von 14.004 Einträgen gezählt"),
        ("vectors", "Schritt 3 von 3: 3.120 von 14.004 Einträgen neu geschrieben"),
    ],
)
def test_a_running_rebuild_says_how_far_it_is_in_real_units_and_asks_again(keeper, step, said):
    rebuild_row(step, 3120, 14004)
    page = keeper.get(PATH)
    text = page.content.decode()
    assert said in text
    assert "<progress" in text
    assert 'value="3120"' in text
    assert 'max="14004"' in text
    assert page["Refresh"] == "5"
    assert 'method="post"' not in text.partition("Neu aufbauen")[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("step", "said"), [("done", "14.004 Einträge neu aufgebaut"), ("failed", "Abgebrochen nach 14.004 von 14.004")]
)
def test_what_has_ended_stands_in_the_list_and_another_may_begin(keeper, step, said):
    rebuild_row(step, 14004, 14004, ended=True)
    page = keeper.get(PATH)
    assert said in page.content.decode()
    assert "Such-Index neu aufbauen" in page.content.decode()
    assert "Refresh" not in page


def test_a_rebuild_that_fell_silent_does_not_block_the_next(keeper):
    rebuild_row("vectors", 1, 9, moved=timedelta(minutes=6))
    assert "Refresh" not in keeper.get(PATH)


def test_staff_start_one_the_worker_does_it_and_the_index_is_right_again(keeper, deliver, monkeypatch):
    kept, gone = put_thing("Laterne"), put_thing("Weg")
    drop_thing(gone, index=False)
    Entry.objects.of(kept).update(titles={"de": "falsch"})
    start = actions.start_rebuild.__wrapped__  # without the outermost transaction that a test has already
    monkeypatch.setattr(actions, "start_rebuild", start)
    assert keeper.post(PATH).status_code == 302
    second = keeper.post(PATH, follow=True)
    assert "wird gerade schon neu aufgebaut" in second.content.decode()
    assert Rebuild.objects.count() == 1
    assert "Der Aufbau beginnt gleich." in keeper.get(PATH).content.decode()
    deliver()
    row = Rebuild.objects.get()
    assert (row.step, row.ended_at is not None) == ("done", True)
    assert row.done == row.total > 0
    assert Entry.objects.of(kept).get().titles == {"de": "Laterne"}
    assert Entry.objects.of(gone).get().removed_at is not None
    assert "neu aufgebaut" in keeper.get(PATH).content.decode()


def test_the_numbers_are_those_of_the_index(keeper):
    for title in ("Straßenlaterne", "Laterne", "Straße"):
        put_thing(title)
    text = " ".join(keeper.get(PATH).content.decode().split())
    for label, number in (("Einträge, die man findet", 3), ("Bekannte Wörter", 3), ("davon zusammengesetzt", 1)):
        assert f"<dt>{label}</dt><dd>{number}</dd>" in text


def test_only_administrators_come_here(db, client):
    client.defaults["HTTP_HOST"] = "localhost"
    for someone in (people.person(), people.moderator("participation"), people.editor()):
        people.login(client, someone)
        assert client.get(PATH).status_code == 403
        assert client.post(PATH).status_code == 403
    assert not Rebuild.objects.exists()
    assert not Setting.objects.filter(key="search.synonyms").exists()
