"""Videos of the library on the editors' pages: seen with the page and not before, of other hosts only a link."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import publishing
from allmende.capabilities.portal.builders import pages as builders
from allmende.capabilities.portal.models import Post, SectionPage, VideoPage
from allmende.capabilities.portal.models.blocks import films_to_choose
from allmende.capabilities.portal.queries.pages import may_see_film, public_path
from allmende.capabilities.portal.tasks.pages import bring_pages
from allmende.core.actor import Viewer
from allmende.engines.media import interface as media
from allmende.engines.media.actions import keep_link
from allmende.engines.media.builders import mp4

WORDS = media.Words("Ein Abend am Steg", "Viele Fragen, drei Antworten.", "de", "Guten Abend.")


@pytest.fixture
def film(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return media.take_video(io.BytesIO(mp4()), words=WORDS, actor=builders.editor(), library=True)


def get(page) -> str:
    return Client(headers={"host": "localhost"}).get(public_path(page)).content.decode()


def test_a_video_of_the_library_stands_in_a_page(film):
    assert films_to_choose()[0][0] == str(film.pk)
    page = builders.released(body=[("film", {"film": str(film.pk)})])
    shown = get(page)
    assert "<video controls" in shown
    assert "Viele Fragen, drei Antworten." in shown
    assert "Mitschrift lesen" in shown
    assert may_see_film(film.pk, Viewer(), timezone.now())
    publishing.withdraw_page(actor=builders.editor(), page_id=page.pk, at=timezone.now())
    assert not may_see_film(film.pk, Viewer(), timezone.now())
    assert media.video(film.pk).film.url.startswith("/medien-privat/")


def test_nobody_sees_it_before_the_embargo_ends(film):
    soon = timezone.now() + timedelta(days=1)
    page = builders.draft(body=[("film", {"film": str(film.pk)})], go_live_at=soon)
    builders.release(page)
    assert not may_see_film(film.pk, Viewer(), timezone.now())
    assert may_see_film(film.pk, Viewer(), soon)
    assert media.video(film.pk).film.url.startswith("/medien-privat/")
    Post.objects.filter(page_id=page.pk).update(visible_from=timezone.now() - timedelta(minutes=1))
    bring_pages(timezone.now())
    assert may_see_film(film.pk, Viewer(), timezone.now())


@pytest.mark.usefixtures("db")
def test_of_another_host_nothing_is_loaded():
    link = "https://video.example.org/w/abend"
    kept = keep_link(actor=people.actor(people.editor()), link=link, words=WORDS, at=timezone.now(), library=True)
    shown = get(builders.released(body=[("film", {"film": str(kept.pk)})]))
    assert f'href="{link}"' in shown
    assert "<video" not in shown
    assert "<iframe" not in shown
    assert f'src="{link}' not in shown


def test_a_video_page_plays_our_own(film):
    builders.section()
    videos = SectionPage.objects.get(slug="videos", locale__language_code="de")
    page = builders.released(kind=VideoPage, parent=videos, media_id=film.pk, transcript="<p>Guten Abend.</p>")
    assert "<video controls" in get(page)
