"""What is new since one read a text last, synopses in parts, and what publishing leads to."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.strategy import actions, builders
from allmende.capabilities.strategy.actions import personal_data
from allmende.capabilities.strategy.builders import LAMPS, TREES, said, text
from allmende.capabilities.strategy.models import Reading
from allmende.capabilities.strategy.queries import texts
from allmende.capabilities.strategy.queries.reading import since_read
from allmende.core.actor import Actor, Channel, Viewer
from allmende.core.errors import NotFound, NotSignedIn
from allmende.core.models import Event
from allmende.engines.search.interface import Entry


def client_of(person=None):
    client = Client(headers={"host": "localhost"})
    if person is not None:
        client.force_login(person)
    return client


def url(name, *args):
    return reverse(f"strategy:{name}", args=args)


def publish(editor, made, **changed):
    """A second version with these paragraphs changed."""
    for number, body in changed.items():
        actions.write_paragraph(
            actor=editor, text_id=made.pk, number=int(number[1:]), body=body, revision=1, at=timezone.now()
        )
    for verb in ("evaluate", "open"):
        actions.move_text(actor=editor, text_id=made.pk, verb=verb, at=timezone.now())


@pytest.fixture
def editor(db):
    return builders.editor()


def test_the_page_says_what_is_new_since_one_marked_it_as_read(editor):
    made, reader = text(), people.person()
    client = client_of(reader)
    here = url("text", made.number)
    assert "Bis hierher gelesen" in client.get(here).content.decode()
    marked = client.post(url("mark_read", made.number), follow=True)
    assert "ist nichts dazugekommen" in marked.content.decode()
    said(made)
    assert "1 neue Rückmeldung" in client.get(here).content.decode()
    publish(editor, made, p2=LAMPS.replace("sieben", "drei"))
    page = client.get(here).content.decode()
    assert "Zuletzt gelesen haben Sie Fassung 1." in page
    compare = f"{url('compare', made.number)}?von=1&bis=2"
    assert compare.replace("&", "&amp;") in page
    assert "drei" in client.get(compare).content.decode()
    client.post(url("mark_read", made.number))
    assert Reading.objects.get().version.number == 2
    assert "neue Rückmeldung" not in client.get(here).content.decode()


def test_of_visitors_nothing_is_remembered(db):
    made = text()
    assert "Bis hierher gelesen" not in client_of().get(url("text", made.number)).content.decode()
    assert client_of().post(url("mark_read", made.number)).status_code in {302, 401}
    with pytest.raises(NotSignedIn):
        actions.mark_read(actor=Actor(channel=Channel.WEB), text_id=made.pk, at=timezone.now())
    assert not Reading.objects.exists()
    assert since_read(made, texts.version(made, 1), Viewer()) is None


def test_a_draft_is_nothing_to_mark(editor):
    made, reader = text(opened=False), people.actor(people.person())
    with pytest.raises(NotFound):
        actions.mark_read(actor=reader, text_id=made.pk, at=timezone.now())
    with pytest.raises(NotFound):
        actions.mark_read(actor=editor, text_id=made.pk, at=timezone.now())


def test_what_one_has_read_is_given_to_one_and_goes_with_one(db):
    made, reader, other = text(), people.person(), people.person()
    for one in (reader, other):
        actions.mark_read(actor=people.actor(one), text_id=made.pk, at=timezone.now())
    assert [row["version"] for row in personal_data.export_readings(reader.pk)] == [1]
    personal_data.erase_readings(reader.pk, True)  # noqa: FBT003 - as erasure passes it
    assert [row.person_id for row in Reading.objects.all()] == [other.pk]


# The synopsis in parts


def test_a_long_synopsis_goes_on_and_every_paragraph_comes_once(editor, monkeypatch):
    monkeypatch.setattr("allmende.capabilities.strategy.views.texts.IN_A_PART", 3)
    made = text(*[f"Absatz mit der Nummer {number}." for number in range(1, 9)])
    voices = [said(made, number) for number in (1, 2, 4, 5, 7)]
    actions.answer_feedback(
        actor=editor, text_id=made.pk, feedback_ids=[one.pk for one in voices], outcome="no", reason="Passt so.",
        at=timezone.now(),
    )  # fmt: skip
    publish(editor, made, p2="Ganz neu.", p8="Auch neu.")
    here = url("synopsis", made.number, 2)
    seen, address = [], here
    while address:
        page = client_of().get(address)
        assert page.context["total"] == 5
        seen += [row.number for row in page.context["rows"]]
        address = page.context["more_url"]
    assert seen == [1, 2, 4, 5, 7, 8]
    part = client_of().get(f"{here}?after=4", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Absatz 5" in part
    assert client_of().get(f"{here}?after=x").status_code == 200
    whole = client_of().get(url("synopsis_file", made.number, 2, "html")).content.decode()
    assert all(f"Absatz {number}" in whole for number in seen)


def test_a_part_of_a_synopsis_says_the_same_as_all_of_it(editor):
    made = text(LAMPS, TREES)
    voice = said(made, 1, wording=LAMPS.replace("sieben", "drei"))
    actions.answer_feedback(
        actor=editor, text_id=made.pk, feedback_ids=[voice.pk], outcome="adopted", reason="Gut.", at=timezone.now()
    )
    publish(editor, made)
    whole = texts.synopsis(made, texts.version(made, 2))
    part = texts.synopsis_part(made, texts.version(made, 2), limit=10)
    assert part.rows == [row for row in whole if row.said or row.old]
    assert (part.said, part.next) == (1, 0)


# Publishing


def test_publishing_is_one_event_however_long_the_text_is_and_all_of_it_is_found(editor, deliver):
    made = text(*[f"Absatz mit der Nummer {number}." for number in range(1, 31)], opened=False)
    before = Event.objects.count()
    actions.move_text(actor=editor, text_id=made.pk, verb="open", at=timezone.now())
    assert Event.objects.count() - before == 2  # the version, and the step
    deliver()
    entries = Entry.objects.filter(capability="strategy", kind="paragraph", visibility="public")
    assert entries.count() == 30
    publish(editor, made, p7="Hier steht jetzt Fliederbeerensaft.")
    deliver()
    assert entries.count() == 30
    entry = Entry.objects.get(object_id=made.paragraphs.get(number=7).pk)
    assert "Fliederbeerensaft" in entry.summaries["de"]


def test_the_same_event_again_changes_nothing(editor, deliver):
    from allmende.capabilities.strategy.handlers.texts import index_paragraphs
    from allmende.core.events import Stored

    made = text()
    deliver()
    entries = Entry.objects.filter(capability="strategy", kind="paragraph")
    before = list(entries.order_by("id").values_list("id", "modified"))
    index_paragraphs(Stored.of(Event.objects.get(name="strategy.version_published")))
    assert list(entries.order_by("id").values_list("id", "modified")) == before
    assert made.paragraphs.count() == len(before)
