"""Reporting as a resident does it: four pages, no script, no account."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from allmende.accounts import builders as people
from allmende.accounts.models import Person
from allmende.capabilities.reports import actions, builders, seeds
from allmende.capabilities.reports.models import Category, Report
from allmende.core import city
from allmende.core.actor import Actor, Role
from allmende.core.errors import Invalid, NotAllowed
from allmende.engines.media import builders as pictures
from allmende.engines.media.models import Medium

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds():
    seeds.first_start(city.pack())


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


LAMP = {"words": "Die Laterne vor der Tür ist aus.", "place": "Hinter dem Haus am Bach", "category": "licht"}
NEW = "/meldungen/neu/"


def send(client, step, **fields):
    return client.post(NEW, {"step": str(step), "go": "next", **fields})


def test_four_pages_lead_to_a_number_and_a_private_link(visitor):
    first = visitor.get(NEW).content.decode()
    assert 'href="tel:112"' in first
    second = send(visitor, 1, words=LAMP["words"])
    assert "Wo ist es?" in second.content.decode()
    third = send(visitor, 2, words=LAMP["words"], place=LAMP["place"]).content.decode()
    assert "Unser Vorschlag: <b>Straßenbeleuchtung</b>, weil Sie „Laterne“ schreiben." in third
    fourth = send(visitor, 3, **LAMP).content.decode()
    assert "Stimmt alles?" in fourth
    assert "Hinter dem Haus am Bach" in fourth
    sent = send(visitor, 4, **LAMP)
    assert sent.status_code == 302
    thanks = visitor.get(sent["Location"])
    report = Report.objects.get()
    assert "Danke, Ihre Meldung ist da" in thanks.content.decode()
    assert report.token in thanks.content.decode()
    assert thanks["Cache-Control"] == "private, no-store"
    assert (report.state, report.is_public, report.reporter) == ("received", False, None)


def test_every_step_carries_what_the_steps_before_brought(visitor):
    fourth = send(visitor, 3, **LAMP, detail="Lampe 12").content.decode()
    for name, value in {**LAMP, "detail": "Lampe 12"}.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in fourth
    back = visitor.post(NEW, {"step": "4", "go": "back", **LAMP}).content.decode()
    assert 'value="licht"' in back
    assert "checked" in back


def test_a_step_without_those_before_it_leads_back_there(visitor):
    answer = send(visitor, 4, category="licht", place="Am Bach")
    assert answer.status_code == 422
    assert "<title>Fehler:" in answer.content.decode()
    assert "Was ist los?" in answer.content.decode()
    assert Report.objects.count() == 0


def test_words_of_danger_stop_before_anything_is_sent(visitor):
    words = "Es riecht stark nach Gas, ein Kind ist verletzt."
    stop = send(visitor, 1, words=words).content.decode()
    assert "Ist gerade jemand in Gefahr?" in stop
    assert 'href="tel:112"' in stop
    assert "weil Sie „verletzt“ schreiben" in stop
    assert "Wo ist es?" in send(visitor, 1, words=words, calm="1").content.decode()


def test_what_is_not_the_citys_task_says_who_is_responsible(visitor):
    answer = send(visitor, 3, **{**LAMP, "category": "strom"}).content.decode()
    assert "Dafür ist nicht die Stadt zuständig" in answer
    assert "Netzbetreiber" in answer
    with pytest.raises(Invalid):
        builders.report(kind=Category.objects.get(slug="strom"))


def test_the_same_form_sent_twice_is_one_report(visitor):
    fields = {**LAMP, "_once": "a" * 32, "email": "ines@example.org"}
    first, second = send(visitor, 4, **fields), send(visitor, 4, **fields)
    assert first["Location"] == second["Location"]
    assert Report.objects.count() == 1
    assert Person.objects.filter(contact_email="ines@example.org").count() == 1


def test_contact_is_one_of_two_and_may_be_none(visitor):
    assert send(visitor, 4, **LAMP, telephone="0365 12345").status_code == 302
    reporter = Report.objects.get().reporter
    assert reporter is not None
    assert (reporter.contact_kind, reporter.telephone) == ("telephone", "0365 12345")
    wrong = send(visitor, 4, **LAMP, email="ines@")
    assert wrong.status_code == 422
    assert "vollständige E-Mail-Adresse" in wrong.content.decode()


def test_whoever_has_an_account_is_asked_for_no_contact():
    client = Client(headers={"host": "localhost"})
    person = people.person()
    client.force_login(person)
    assert 'name="email"' not in send(client, 3, **LAMP).content.decode()
    assert send(client, 4, **LAMP).status_code == 302
    assert Report.objects.get().reporter == person
    assert "Meine Meldungen" in client.get(reverse("reports:mine")).content.decode()


def photo(width=80, height=60, **options):
    return SimpleUploadedFile("bild.jpg", pictures.jpeg(width, height, **options), "image/jpeg")


def test_a_photo_travels_drawn_anew_and_holds_no_position(visitor):
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (50.0, 52.0, 0.0), 3: "E", 4: (12.0, 5.0, 0.0)}
    exif[0x010F] = "Kamera"
    answer = visitor.post(NEW, {"step": "1", "go": "next", "words": LAMP["words"], "photo": photo(exif=exif)})
    ticket = answer.content.decode().split('name="photo_ticket" value="')[1].split('"')[0]
    assert (
        "Ihr Foto ist dabei"
        in visitor.post(NEW, {"step": "2", "go": "back", **LAMP, "photo_ticket": ticket}).content.decode()
    )
    assert send(visitor, 4, **LAMP, photo_ticket=ticket).status_code == 302
    medium = Medium.objects.get()
    assert medium.ref == Report.objects.get().ref
    assert medium.state == Medium.State.PRIVATE
    for file in medium.files.all():
        from allmende.engines.media.actions import files

        with Image.open(io.BytesIO(files.near(file.path).read_bytes())) as kept:
            assert not kept.getexif()


@pytest.mark.parametrize("content", [b"GIF89a broken", b"\xff\xd8\xff\xe0 broken", b"<svg onload=alert(1)>"])
def test_what_is_no_picture_is_refused_kindly_and_words_stay(visitor, content):
    bad = SimpleUploadedFile("bild.jpg", content, "image/jpeg")
    answer = visitor.post(NEW, {"step": "1", "go": "next", "words": LAMP["words"], "photo": bad})
    assert answer.status_code == 422
    assert LAMP["words"] in answer.content.decode()
    assert Medium.objects.count() == 0


def test_a_place_outside_the_city_is_refused_and_words_alone_are_enough(visitor):
    with pytest.raises(Invalid) as refused:
        builders.report(point=(13.4, 52.5))
    assert "place" in refused.value.fields
    far = send(visitor, 2, words=LAMP["words"], place="Berlin", place_at="p:13.4,52.5", place_for="Berlin")
    assert far.status_code == 422
    assert "liegt nicht in unserer Stadt" in far.content.decode()
    assert builders.report(place="Hinter dem Haus am Bach").point is None


def test_without_script_words_are_searched_on_the_page_itself(visitor):
    answer = visitor.post(NEW, {"step": "2", "words": LAMP["words"], "place": "Nirgendwo", "place_search": "1"})
    assert answer.status_code == 200
    assert "kennen wir keinen Ort" in answer.content.decode()


def test_what_came_by_telephone_is_entered_by_clerks_only():
    from allmende.core.actor import Channel

    actor = builders.clerk().via(Channel.TELEPHONE)
    contact = {"contact_kind": "telephone", "telephone": "0365 1"}
    report = builders.report(by=actor, contact=contact)
    assert (report.channel, report.entered_by_id) == ("telephone", actor.person_id)
    with pytest.raises(NotAllowed):
        builders.report(by=people.actor(people.person()).via(Channel.TELEPHONE))


def test_too_many_from_one_place_are_told_when_it_goes_on(visitor, monkeypatch):
    from allmende.core.models import Setting

    Setting.objects.create(key="reports.per_hour", value=1)
    city.forget()
    assert send(visitor, 4, **LAMP).status_code == 302
    late = send(visitor, 4, **LAMP)
    assert late.status_code == 422
    assert "geht es weiter" in late.content.decode()


def test_the_examples_of_a_city_stand_in_every_state(deliver):
    from allmende.accounts import seeds as accounts

    accounts.seed(city.pack())
    seeds.seed(city.pack())
    deliver()
    assert Report.objects.count() >= 15
    assert not Report.objects.exclude(is_example=True).exists()
    assert set(Report.objects.values_list("state", flat=True)) >= {
        "received", "checked", "in_work", "planned", "waiting", "done", "not_ours", "forwarded"
    }  # fmt: skip


def test_an_action_takes_no_report_without_place_or_words():
    kind = builders.category()
    for fields in ({"place": " "}, {"words": " \n"}):
        with pytest.raises(Invalid):
            builders.report(kind=kind, **fields)
    with pytest.raises(Invalid):
        actions.submit_report(
            actor=Actor(), data=actions.ReportData(words="x", category="gibt-es-nicht", place="y"), at=timezone.now()
        )


def test_a_clerk_enters_what_was_said_on_the_telephone_on_the_same_pages():
    client = Client(headers={"host": "localhost"})
    clerk = people.with_role(Role.CLERK, "reports")
    client.force_login(clerk)
    assert 'name="channel"' in send(client, 3, **LAMP).content.decode()
    assert send(client, 4, **LAMP, channel="telephone", telephone="0365 77").status_code == 302
    report = Report.objects.get()
    assert report.reporter is not None
    assert (report.channel, report.entered_by, report.reporter.telephone) == ("telephone", clerk, "0365 77")
    assert send(client, 4, **LAMP, channel="telepathy").status_code == 422
