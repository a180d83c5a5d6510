"""What the editor keeps by itself never comes after what somebody has saved, however slow the server is."""

import threading
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from wagtail.admin.views.pages.edit import EditView

from allmende.accounts import builders as people
from allmende.capabilities.portal.builders import pages as builders
from allmende.capabilities.portal.models import NewsPage
from allmende.capabilities.portal.tests.test_editor import client_of, page_form
from allmende.capabilities.portal.views import editor


@pytest.fixture
def slow_autosave(monkeypatch):
    """What is kept by itself passes all checks, then waits until the person has saved, or for as long as it may."""
    checked, saved = threading.Event(), threading.Event()
    save = EditView.save_action

    def late(view):
        if view.expects_json_response:
            checked.set()
            saved.wait(3)
        return save(view)

    monkeypatch.setattr(EditView, "save_action", late)
    return checked, saved


def moment_after_both(slow_autosave):
    """Somebody types, and sets the moment while that is still being kept; the latest version's moment."""
    checked, saved = slow_autosave
    page = builders.draft(title="Entwurf", text="Ein Text")
    client, path = client_of(people.editor()), f"/redaktion/pages/{page.pk}/edit/"
    typed = page_form(client, path, summary="Getippt")
    moment = timezone.localtime(timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)

    def keep() -> None:
        try:
            client.post(path, typed, headers={"accept": "application/json"})
        finally:
            connection.close()

    keeping = threading.Thread(target=keep)
    keeping.start()
    assert checked.wait(60)
    answer = client.post(path, {**typed, "go_live_at": f"{moment:%d.%m.%Y %H:%M}"})
    saved.set()
    keeping.join()
    assert answer.status_code == 302
    return moment, NewsPage.objects.get(pk=page.pk).get_latest_revision_as_object().go_live_at


@pytest.mark.django_db(transaction=True)
def test_a_moment_that_was_set_is_not_lost_to_what_was_typed_before(slow_autosave):
    moment, latest = moment_after_both(slow_autosave)
    assert latest == moment


@pytest.mark.django_db(transaction=True)
def test_without_taking_turns_it_would_be_lost(slow_autosave, monkeypatch):
    monkeypatch.setattr(editor, "in_turn", lambda _page: nullcontext())
    _moment, latest = moment_after_both(slow_autosave)
    assert latest is None
