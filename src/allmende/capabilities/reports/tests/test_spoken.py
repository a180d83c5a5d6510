"""Reports that are spoken or signed: taken without words, the offices' own until somebody has written them down."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders, interface, seeds
from allmende.capabilities.reports.actions.personal_data import erase_reports
from allmende.capabilities.reports.models import Recording, Report
from allmende.capabilities.reports.queries import recordings
from allmende.core import city
from allmende.core.actor import Role, Viewer
from allmende.core.errors import Conflict, NotFound
from allmende.engines.media import builders as films
from allmende.engines.media import interface as media
from allmende.engines.media.models import Medium

pytestmark = pytest.mark.django_db
NEW = "/meldungen/neu/"
SAID = "Die Laterne vor dem Haus ist seit gestern aus."


@pytest.fixture(autouse=True)
def kinds():
    seeds.first_start(city.pack())


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


def voice():
    """What a telephone's recorder writes: an MP4 with one track, to be heard."""
    return SimpleUploadedFile("notiz.m4a", films.mp4(heard_only=True), "audio/mp4")


def send(client, step, **fields):
    return client.post(NEW, {"step": str(step), "go": "next", **fields})


def spoken(visitor, file=None):
    page = send(visitor, 1, words="", recording=file or voice())
    assert page.status_code == 200, page.content.decode()
    ticket = page.content.decode().split('name="recording_ticket" value="')[1].split('"')[0]
    sent = send(visitor, 4, recording_ticket=ticket, place="Hinter dem Haus", category="licht")
    assert sent.status_code == 302
    return Report.objects.get()


@pytest.mark.parametrize("signed", [False, True])
def test_a_voice_note_or_a_signed_video_is_enough(visitor, signed):
    file = SimpleUploadedFile("gebaerden.mp4", films.mp4(), "video/mp4") if signed else voice()
    report = spoken(visitor, file)
    assert report.words == ""
    pair = recordings.of(report)
    assert pair is not None
    assert bool(pair[1].width) is signed
    assert interface.may_see_recording(report.pk, Viewer(), timezone.now()) is False


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0 picture", b"ID3 music", films.mp4(codec=b"hvc1")])
def test_what_no_browser_plays_is_refused_kindly(visitor, content):
    answer = send(visitor, 1, words="", recording=SimpleUploadedFile("x.mp4", content, "video/mp4"))
    assert answer.status_code == 422
    assert not Medium.objects.exists()


def test_without_words_and_without_a_recording_nothing_goes_on(visitor):
    assert send(visitor, 1, words="").status_code == 422
    assert send(visitor, 4, recording_ticket="made up", place="Am Bach", category="licht").status_code == 422
    assert not Report.objects.exists()


def transcribed(report, **options):
    options.setdefault("by", builders.desk())
    actor = options.pop("by")
    return actions.transcribe_recording(actor=actor, report_id=report.pk, transcript=SAID, at=timezone.now(), **options)


def test_what_is_written_down_becomes_the_words_and_release_is_a_decision_of_its_own(visitor):
    report = spoken(visitor)
    with pytest.raises(Conflict):
        transcribed(report, publish=True)
    with pytest.raises(Conflict):
        builders.move(report, "check", publish=True)
    report = transcribed(report)
    assert report.words == report.public_words == SAID
    report = builders.move(report, "check", publish=True)
    page = visitor.get(f"/meldungen/{report.number}/").content.decode()
    assert SAID in page
    assert "<audio" not in page
    transcribed(report, publish=True)
    assert "<audio" in visitor.get(f"/meldungen/{report.number}/").content.decode()
    assert interface.may_see_recording(report.pk, Viewer(), timezone.now())
    actions.show_report(actor=builders.desk(), report_id=report.pk, publish=False, public_words=SAID, at=timezone.now())
    assert not Recording.objects.get().is_public
    assert not interface.may_see_recording(report.pk, Viewer(), timezone.now())
    assert Medium.objects.get().state == Medium.State.PRIVATE


def test_another_office_hears_nothing_and_a_clerk_writes_on_a_page(visitor):
    report = spoken(visitor)
    other = builders.clerk("ein-anderes-amt")
    assert not interface.may_see_recording(report.pk, other.viewer, timezone.now())
    with pytest.raises(NotFound):
        transcribed(report, by=other)
    desk = Client(headers={"host": "localhost"})
    desk.force_login(people.with_role(Role.CLERK, "reports"))
    here = f"/meldungen/{report.number}/bearbeiten/mitschrift/"
    assert "<audio" in desk.get(here).content.decode()
    assert desk.post(here, {"transcript": SAID}).status_code == 302
    assert SAID in desk.get(f"/meldungen/{report.number}/bearbeiten/").content.decode()


def test_the_recording_goes_with_its_report():
    person = people.person()
    actor = people.actor(person)
    said = media.take_video(voice(), words=media.Words("Aufnahme", "Aufnahme"), actor=actor, sound=True)
    report = builders.report(by=actor, words="", recording_id=said.pk)
    erase_reports(person.pk, keep_texts=False)
    assert not Recording.objects.filter(pk=report.pk).exists()
    assert not Medium.objects.exists()
