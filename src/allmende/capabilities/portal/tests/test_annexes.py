"""PDF files of official notices: by the one door, described, sealed with the notice, gone when its text must go."""

import hashlib
import io
from datetime import timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import notices as actions
from allmende.capabilities.portal.builders import notices as builders
from allmende.capabilities.portal.models import NoticeAnnex
from allmende.capabilities.portal.queries.notices import may_see_annex
from allmende.core.actor import Viewer

WORDS = {"title": "Plan der Innenstadt", "summary": "Der Plan zeigt acht Straßen."}


def pdf() -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(target)
    return target.getvalue()


def client_of(person=None) -> Client:
    client = Client(headers={"host": "localhost"})
    return people.login(client, person) if person is not None else client


@pytest.fixture
def clerk(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return client_of(people.clerk("umwelt"))


def send(client: Client, notice, content: bytes, **words: str):
    path = f"/verwaltung/bekanntmachungen/{notice.pk}/anlage/"
    return client.post(path, {**WORDS, **words, "file": SimpleUploadedFile("plan.pdf", content, "application/pdf")})


def provide(notice, **given):
    at = timezone.now()
    actions.check_notice(actor=people.actor(people.clerk("umwelt")), notice_id=notice.pk, at=at)
    return actions.provide_notice(actor=people.actor(people.editor()), notice_id=notice.pk, at=at, **given)


def test_an_annex_is_shown_with_name_size_and_what_is_in_it(clerk):
    notice, content = builders.draft(), pdf()
    assert send(clerk, notice, content).status_code == 302
    assert "Plan der Innenstadt" in clerk.get(f"/verwaltung/bekanntmachungen/{notice.pk}/").content.decode()
    annex = NoticeAnnex.objects.get()
    assert not may_see_annex(annex.pk, Viewer(), timezone.now()), "nobody reads it before the notice stands"
    stands = provide(notice)
    page = client_of().get(f"/bekanntmachungen/{stands.year}/{stands.number}/").content.decode()
    assert "Der Plan zeigt acht Straßen." in page
    assert "PDF öffnen" in page
    assert "Byte" in page
    address = page.partition('href="/medien-privat/')[2].partition('"')[0]
    answer = client_of().get(f"/medien-privat/{address}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert hashlib.sha256(content).hexdigest() in stands.sealed
    told = client_of().get(f"/api/v1/portal/notices/{stands.year}/{stands.number}").json()
    assert told["annexes"][0]["sha256"] == annex.sha256


def test_an_annex_needs_its_description_and_has_to_be_a_pdf(clerk):
    notice = builders.draft()
    answer = send(clerk, notice, pdf(), summary="")
    assert answer.status_code == 422
    assert "Was ist darin zu sehen" in answer.content.decode()
    assert send(clerk, notice, b"<html></html>").status_code == 422
    assert not NoticeAnnex.objects.exists()


def test_whoever_adds_an_annex_sends_the_notice_back_to_be_checked(clerk):
    notice = builders.checked()
    send(clerk, notice, pdf())
    notice.refresh_from_db()
    assert notice.state == "draft"


def test_others_add_nothing(clerk):
    notice = builders.draft()
    assert send(client_of(people.clerk("kultur")), notice, pdf()).status_code in {403, 404}
    assert send(client_of(), notice, pdf()).status_code in {302, 401, 403, 404}
    assert not NoticeAnnex.objects.exists()


def test_what_stands_keeps_its_annexes(clerk):
    notice = builders.draft()
    send(clerk, notice, pdf())
    annex = NoticeAnnex.objects.get()
    provide(notice)
    path = f"/verwaltung/bekanntmachungen/{notice.pk}/anlage/{annex.pk}/entfernen/"
    assert clerk.post(path).status_code == 409
    assert send(clerk, notice, pdf()).status_code == 409
    for change in ("DELETE FROM portal_noticeannex", "UPDATE portal_noticeannex SET title = 'Anders'"):
        with connection.cursor() as cursor, pytest.raises(DatabaseError, match="stand with it"), transaction.atomic():
            cursor.execute(change)


def test_an_annex_can_be_taken_away_from_a_draft(clerk):
    notice = builders.draft()
    send(clerk, notice, pdf())
    annex = NoticeAnnex.objects.get()
    path = f"/verwaltung/bekanntmachungen/{notice.pk}/anlage/{annex.pk}/entfernen/"
    assert "Plan der Innenstadt" in clerk.get(path).content.decode()
    assert clerk.post(path).status_code == 302
    assert not NoticeAnnex.objects.exists()


def test_with_the_text_its_annexes_go_to_the_minute(clerk):
    until = timezone.now() + timedelta(days=2)
    notice = builders.draft(online_until=until)
    send(clerk, notice, pdf())
    provide(notice)
    annex = NoticeAnnex.objects.get()
    assert may_see_annex(annex.pk, Viewer(), until - timedelta(seconds=1))
    assert not may_see_annex(annex.pk, Viewer(), until)
