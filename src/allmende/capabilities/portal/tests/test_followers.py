"""Whoever follows a list, a programme or a project hears once of what appears there, and never before its time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import publishing, writing
from allmende.capabilities.portal.builders import pages as builders
from allmende.capabilities.portal.models import Post, ProgrammePage, ProjectPage
from allmende.capabilities.portal.tasks.pages import bring_pages
from allmende.core.refs import Ref
from allmende.engines.notify.interface import Notice, follow

NOON = timezone.now().replace(second=0, microsecond=0)


def ref_of(page) -> Ref:
    return Post.objects.get(page_id=page.pk).ref


def reader(*pages, language: str = "de"):
    """Somebody who follows these pages."""
    person = people.person(language=language)
    for page in pages:
        follow(actor=people.actor(person), ref=ref_of(page), at=timezone.now())
    return person


def told(person) -> list[str]:
    return [row.subject(person.language) for row in Notice.objects.filter(person=person).order_by("id")]


@pytest.fixture
def programme(db):
    builders.section()
    return ProgrammePage.objects.get(locale__language_code="de")


@pytest.fixture
def project(programme):
    fields = {"next_step": "Planung prüfen", "office": "umwelt", "due_on": NOON.date()}
    return builders.released(kind=ProjectPage, parent=programme, title="Licht am Steg", **fields)


@pytest.mark.usefixtures("db")
def test_followers_of_the_news_hear_of_each_once(deliver):
    person = reader(builders.section())
    page = builders.released(title="Der Steg ist offen")
    deliver()
    assert told(person) == ["Neue Nachricht: Der Steg ist offen"]
    page.body = [("text", page.body[0].value)]
    page.summary = "Ein Komma weniger"
    writing.change_page(actor=builders.editor(), page=page)
    builders.release(page)
    builders.translated(page, title="The footbridge is open")
    deliver()
    assert len(told(person)) == 1, "neither a changed word nor a translation is news of its own"


@pytest.mark.usefixtures("db")
def test_nobody_is_told_before_an_embargo_ends(deliver):
    person = reader(builders.section())
    page = builders.draft(title="Erst morgen", go_live_at=NOON + timedelta(days=1))
    builders.release(page)
    bring_pages(timezone.now())
    deliver()
    assert told(person) == []
    Post.objects.filter(page_id=page.pk).update(visible_from=timezone.now() - timedelta(minutes=1))
    bring_pages(timezone.now())
    deliver()
    bring_pages(timezone.now())
    deliver()
    assert told(person) == ["Neue Nachricht: Erst morgen"]


@pytest.mark.usefixtures("db")
def test_what_was_withdrawn_meanwhile_is_not_told(deliver):
    person = reader(builders.section())
    page = builders.released()
    publishing.withdraw_page(actor=builders.editor(), page_id=page.pk, at=timezone.now())
    deliver()
    assert told(person) == []


def test_news_about_a_project_reach_its_followers_and_those_of_the_programme(programme, project, deliver):
    of_both, of_programme = reader(builders.section(), project), reader(programme)
    somebody_else = reader(builders.released(kind=ProjectPage, parent=programme))
    deliver()
    builders.released(title="Erste Lampe steht", about=project)
    deliver()
    assert told(of_both) == ["Neue Nachricht: Erste Lampe steht"], "once, though both ways lead to them"
    assert told(of_programme)[-1] == "Neue Nachricht: Erste Lampe steht"
    assert "Neue Nachricht: Erste Lampe steht" not in told(somebody_else)


def test_a_project_that_moves_on_tells_its_followers(project, deliver):
    person = reader(project)
    deliver()
    project.progress = "running"
    writing.change_page(actor=builders.editor(), page=project)
    builders.release(project)
    deliver()
    assert told(person) == ["Neuer Stand: Licht am Steg"]
    assert "läuft" in Notice.objects.get(person=person).body("de")
    project.corrections = [("correction", {"date": NOON.date(), "text": "Es sind zwölf Lampen."})]
    writing.change_page(actor=builders.editor(), page=project)
    builders.release(project)
    deliver()
    assert told(person)[-1] == "Berichtigt: Licht am Steg"


def test_each_reads_it_in_their_own_language(programme, deliver):
    person = reader(programme, language="en")
    page = builders.draft(kind=ProjectPage, parent=programme, title="Brücke")
    builders.translated(page, title="Bridge")
    builders.release(page)
    deliver()
    assert told(person) == ["New project: Bridge"]
