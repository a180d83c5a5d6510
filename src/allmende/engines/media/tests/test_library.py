"""Editors keep videos and PDF files; large ones come in pieces; pages show them with all that makes them usable."""

import io
import re
import resource
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from PIL import Image as Pillow

from allmende.accounts import builders as people
from allmende.core.actor import Actor, Grant, Role, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed
from allmende.core.ids import uuid7
from allmende.engines.media import actions, interface, queries, tasks
from allmende.engines.media.actions import files, films, incoming
from allmende.engines.media.builders import jpeg, mp4, some_ref, webm
from allmende.engines.media.models import File, Medium
from allmende.engines.media.tests.test_documents import pdf
from allmende.ui.forms.kept import uploads

committed = pytest.mark.django_db(transaction=True)
WORDS = interface.Words("Rückblick", "Eine Woche Themenabende.", "de")
FILM = webm([Pillow.new("RGB", (64, 48), colour) for colour in ("red", "blue")])
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nGrüß Gott\n".encode()
EDITOR = Actor(viewer=Viewer(None, frozenset({Grant(Role.EDITOR)})))
FIELDS = {"title": "Rückblick", "language": "de", "summary": "Was zu sehen ist."}


@pytest.fixture
def editor(db) -> Client:
    client = Client()
    client.force_login(people.administrator())
    return client


def player(view) -> str:
    return re.sub(r"\s+", " ", render_to_string("media/parts/player.html", {"video": view}))


@committed
def test_a_video_of_one_s_own_plays_with_captions_transcript_and_sign_language(tmp_path):
    ref = some_ref()
    video = interface.take_video(io.BytesIO(FILM), words=WORDS, library=True)
    actions.add_captions(actor=EDITOR, medium_id=video.pk, language="de", content=VTT)
    (tmp_path / "sign").write_bytes(mp4())
    actions.add_sign_language(
        actor=EDITOR, medium_id=video.pk, path=tmp_path / "sign", film=films.take_film(tmp_path / "sign"), scan="clean"
    )
    actions.set_poster(actor=EDITOR, medium_id=video.pk, picture=interface.draw(jpeg(800, 450)), alt="Ein Saal")
    with transaction.atomic():
        interface.attach(video.pk, ref)
        interface.release(ref)
    tasks.render(str(video.pk))
    (view,) = interface.videos_of([ref])[ref]
    page = player(view)
    assert page.count("<video controls") == 2
    assert "autoplay" not in page
    assert 'kind="captions"' in page
    assert 'srclang="de" label="Deutsch" default' in page
    assert "muted playsinline" in page
    assert "Grüß Gott" in page  # the captions have become the transcript
    assert 'download="ruckblick.webm"' in page
    for address in re.findall(r'(?:src|href|poster)="(/medien[^"]+)"', page):
        assert files.locate("public", address.removeprefix("/medien/")).is_file(), address
    assert view.poster.avif
    assert interface.video(video.pk) == view
    with transaction.atomic():
        interface.withdraw(ref)
    assert not list(files.walk("public"))


@committed
def test_new_captions_take_the_place_of_the_old_ones(tmp_path):
    video = interface.take_video(io.BytesIO(FILM), words=WORDS, library=True)
    for content in (VTT, VTT.replace(b"Gr", b"gr"), VTT.replace(b"Gr", b"gr")):
        actions.add_captions(actor=EDITOR, medium_id=video.pk, language="de", content=content)
    rows = list(File.objects.filter(medium=video, role="captions"))
    assert len(rows) == 1
    lying = {path for path, _ in files.walk("private")}
    assert lying == {row.path for row in video.files.all()}


def test_a_linked_video_is_a_picture_a_name_and_a_link(db):
    video = actions.keep_link(
        actor=Actor(), link="https://www.videos.example/watch?v=1", words=WORDS, at=timezone.now(), library=True
    )
    page = player(queries.video_view(video, []))
    assert "Video bei videos.example ansehen" in page
    assert not re.search(r"<(iframe|video|img|embed|object)", page)
    assert page.count("https://") == 1  # the link itself
    for wrong in (
        "http://videos.example/1",
        "javascript:alert(1)",
        "https://user:word@videos.example/",
        "https://local",
    ):
        with pytest.raises(Invalid) as refused:
            actions.keep_link(actor=Actor(), link=wrong, words=WORDS, at=timezone.now())
        assert list(refused.value.fields) == ["link"]


@committed
def test_a_pdf_is_offered_below_its_summary_and_never_without(editor):
    ref = some_ref()
    with pytest.raises(Invalid) as refused:
        interface.take_document(pdf(), words=interface.Words("Bericht", " "))
    assert list(refused.value.fields) == ["summary"]
    document = interface.take_document(pdf(), words=interface.Words("Bericht", "Drei Ziele."), library=True)
    with transaction.atomic():
        interface.attach(document.pk, ref)
    (view,) = interface.documents_of([ref])[ref]
    assert Client().get(view.file.url).status_code == 404
    answer = editor.get(view.file.url)
    assert answer["Content-Disposition"] == 'attachment; filename="bericht.pdf"'
    with transaction.atomic():
        interface.release(ref)
    (view,) = interface.documents_of([ref])[ref]
    page = render_to_string("media/parts/document.html", {"document": view})
    assert page.index("Drei Ziele.") < page.index("/medien/")
    assert 'download="bericht.pdf"' in page


@committed
def test_an_expired_video_comes_back_when_its_time_is_extended():
    ref, now = some_ref(), timezone.now()
    video = interface.take_video(io.BytesIO(FILM), words=WORDS, library=True, rights=interface.Rights(expires_at=now))
    with transaction.atomic():
        interface.attach(video.pk, ref)
        interface.release(ref)
    assert interface.videos_of([ref]) == {}
    assert interface.video(video.pk) is None
    actions.describe(
        actor=EDITOR, medium_id=video.pk, words=WORDS, rights=interface.Rights(expires_at=now + timedelta(days=1))
    )
    assert interface.videos_of([ref], now)[ref][0].film.url.startswith("/medien/")


def test_only_editors_change_the_library(db):
    video = interface.take_video(io.BytesIO(FILM), words=WORDS, library=True)
    for work in (
        lambda: actions.add_captions(actor=Actor(), medium_id=video.pk, language="de", content=VTT),
        lambda: actions.describe(actor=Actor(), medium_id=video.pk, words=WORDS, rights=interface.Rights()),
        lambda: actions.remove_medium(actor=Actor(), medium_id=video.pk),
    ):
        with pytest.raises(NotAllowed):
            work()
    interface.attach(video.pk, some_ref())
    with pytest.raises(NotAllowed, match="noch auf einer Seite"):
        actions.remove_medium(actor=EDITOR, medium_id=video.pk)
    interface.detach(video.pk, at=timezone.now())
    assert actions.expire_unattached(at=timezone.now() + timedelta(days=3)) == 0  # the library keeps it
    actions.remove_medium(actor=EDITOR, medium_id=video.pk)
    assert not Medium.objects.exists()


# Large files


def test_a_large_file_comes_in_pieces_without_being_held_in_memory(db, monkeypatch):
    monkeypatch.setattr(incoming, "RESERVE", 0)
    person = uuid7()
    size, head = 200 * 1024 * 1024, mp4(mdat=0)[:-8]
    mdat = size - len(head)
    whole = head + mdat.to_bytes(4, "big") + b"mdat"
    ticket = incoming.begin(size, person)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sent = incoming.append(ticket, person, 0, io.BytesIO(whole))
    piece = bytes(incoming.PIECE)
    while sent < size:
        sent = incoming.append(ticket, person, sent, io.BytesIO(piece[: size - sent]))
    path = incoming.finished(ticket, person)
    video = interface.take_video(path, words=WORDS)
    assert not path.exists()
    assert video.files.get().size == size
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024  # kilobytes
    actions.discard([video.pk])


def test_a_broken_connection_goes_on_where_it_was(db):
    person = uuid7()
    ticket = incoming.begin(10, person)
    assert incoming.append(ticket, person, 0, io.BytesIO(b"12345")) == 5
    with pytest.raises(Conflict):
        incoming.append(ticket, person, 0, io.BytesIO(b"12345"))
    assert incoming.received(ticket, person) == 5
    with pytest.raises(Invalid, match="noch nicht vollständig"):
        incoming.finished(ticket, person)
    with pytest.raises(Invalid, match="angekündigt"):
        incoming.append(ticket, person, 5, io.BytesIO(b"678901"))
    assert incoming.append(ticket, person, 5, io.BytesIO(b"67890")) == 10
    assert incoming.finished(ticket, person).read_bytes() == b"1234567890"
    for other in (uuid7(), None):
        with pytest.raises(Invalid, match="abgelaufen"):
            incoming.received(ticket, other)
    for size in (0, -1, films.limit() + 1):
        with pytest.raises(Invalid, match="größer"):
            incoming.begin(size, person)


def test_the_page_takes_pieces_from_editors_only(editor):
    begun = editor.post("/verwaltung/medien/hochladen/", {"size": str(len(FILM))}).json()
    half = len(FILM) // 2

    def part(client: Client, offset: int, content: bytes):
        return client.post(
            "/verwaltung/medien/hochladen/teil/",
            content,
            content_type="application/octet-stream",
            headers={"upload-ticket": begun["ticket"], "upload-offset": str(offset)},
        )

    assert part(editor, 0, FILM[:half]).json() == {"received": half}
    again = part(editor, 0, FILM[:half])
    assert (again.status_code, again.json()) == (409, {"received": half})
    assert part(Client(), half, FILM[half:]).status_code in {302, 401, 403}
    assert part(editor, half, FILM[half:]).json() == {"received": len(FILM)}
    answer = editor.post("/verwaltung/medien/neu/", {**FIELDS, "upload": begun["ticket"]})
    assert answer.status_code == 302, answer.content.decode()
    video = Medium.objects.get()
    assert (video.media_type, video.library, video.seconds) == ("video", True, 1.0)
    assert not [path for path in uploads().iterdir() if path.name in begun["ticket"]]


def test_without_a_script_the_form_itself_carries_the_file(editor):
    sent = {**FIELDS, "file": SimpleUploadedFile("bericht.mp4", pdf(), "video/mp4")}
    answer = editor.post("/verwaltung/medien/neu/", sent)
    assert answer.status_code == 302, answer.content.decode()
    document = Medium.objects.get()
    assert document.media_type == "document"  # by its bytes
    page = editor.get(answer["Location"]).content.decode()
    assert "Was zu sehen ist." in page
    assert "PDF herunterladen" in page
    refused = editor.post("/verwaltung/medien/neu/", {**FIELDS, "file": SimpleUploadedFile("a.mp4", b"<html>")})
    assert refused.status_code == 422
    assert "kein Video" in refused.content.decode()
    missing = editor.post("/verwaltung/medien/neu/", FIELDS)
    assert "Bitte wählen Sie bei „Datei“ eine Datei aus." in missing.content.decode()


def test_an_editor_gives_a_video_all_it_needs(editor):
    video = interface.take_video(io.BytesIO(FILM), words=WORDS, library=True)
    base = f"/verwaltung/medien/{video.pk}/"
    page = editor.get(base).content.decode()
    assert "Untertitel, die Mitschrift, die Fassung in Gebärdensprache, ein Vorschaubild." in page
    bad = SimpleUploadedFile("a.vtt", "WEBVTT\n\n00:09.000 --> 00:01.000\nü".encode())
    refused = editor.post(base + "untertitel/", {"language": "de", "file": bad})
    assert refused.status_code == 422
    assert "bevor sie beginnt" in refused.content.decode()
    for address, sent in (
        ("untertitel/", {"language": "de", "file": SimpleUploadedFile("a.vtt", VTT)}),
        ("gebaerden/", {"file": SimpleUploadedFile("a.webm", FILM)}),
        ("vorschaubild/", {"file": SimpleUploadedFile("a.jpg", jpeg(640, 360)), "alt": "Ein Saal"}),
    ):
        answer = editor.post(base + address, sent)
        assert answer.status_code == 302, answer.content.decode()
    page = editor.get(base).content.decode()
    assert "Es fehlt noch" not in page
    assert "Grüß Gott" in page
    changed = editor.post(base + "bearbeiten/", {**FIELDS, "title": "Neu", "expires_on": "2030-12-31"})
    assert changed.status_code == 302
    video.refresh_from_db()
    assert video.title == "Neu"
    assert video.expires_at.isoformat() == "2030-12-31T23:00:00+00:00"  # the day's end in the city
    assert "31.12.2030" in editor.get(base).content.decode()
    assert editor.post(base + "loeschen/").status_code == 302
    assert not Medium.objects.exists()


def test_the_list_takes_few_queries_however_long_it_is(editor, django_assert_max_num_queries):
    for number in range(25):
        actions.keep_link(
            actor=Actor(),
            link="https://videos.example/1",
            words=interface.Words(f"Abend {number}", "x"),
            at=timezone.now(),
            library=True,
        )
    with django_assert_max_num_queries(15):
        page = editor.get("/verwaltung/medien/").content.decode()
    assert page.count("Abend") == 20
    older = re.search(r'href="(\?vor=[^"]+)"', page)[1]
    assert editor.get("/verwaltung/medien/" + older).content.decode().count("Abend") == 5
    assert "Nichts passt" in editor.get("/verwaltung/medien/?q=gibtesnicht").content.decode()
    assert editor.get("/verwaltung/medien/?vor=unsinn").status_code == 200
