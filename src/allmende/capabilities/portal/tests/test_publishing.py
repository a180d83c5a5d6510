"""Draft, checked, released: by two people, to the minute, everywhere; the editor publishes nothing by itself."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import publishing, writing
from allmende.capabilities.portal.builders import pages as builders
from allmende.capabilities.portal.handlers.pages import hold_scheduled
from allmende.capabilities.portal.models import ElectionPeriod, NewsPage, Post
from allmende.capabilities.portal.queries import pages as queries
from allmende.capabilities.portal.tasks.pages import bring_pages
from allmende.core.actor import SYSTEM, Grant, Role, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed
from allmende.core.models import AuditEntry, Event
from allmende.engines.media.interface import images_of
from allmende.engines.search.interface import find

VISITOR = Viewer()
NOON = timezone.now().replace(second=0, microsecond=0)


def get(path: str, **headers: str):
    return Client(headers={"host": "localhost", **headers}).get(path)


def path_of(page) -> str:
    return queries.public_path(page)


def test_nobody_checks_their_own_text_without_a_reason(db):
    writer, other = builders.editor(), builders.editor()
    page = builders.draft(writer=writer)
    with pytest.raises(Invalid) as refused:
        publishing.check_page(actor=writer, page_id=page.pk, at=NOON)
    assert "reason" in refused.value.fields
    with pytest.raises(Conflict):
        publishing.release_page(actor=other, page_id=page.pk, at=NOON)
    publishing.check_page(actor=writer, page_id=page.pk, at=NOON, reason="Ich bin heute allein.")
    assert AuditEntry.objects.get(action="portal.check_page").reason == "Ich bin heute allein."
    assert publishing.release_page(actor=writer, page_id=page.pk, at=NOON).state == "released"
    assert Event.objects.filter(name="portal.page_released").count() >= 1


def test_one_word_more_has_to_be_checked_again(db):
    page = builders.released()
    page.title = "Anders"
    writing.change_page(actor=builders.editor(), page=page)
    with pytest.raises(Conflict):
        publishing.release_page(actor=builders.editor(), page_id=page.pk, at=NOON)
    assert b"Anders" not in get(path_of(page)).content


def test_steps_can_be_given_apart(db):
    page = builders.draft()
    checker = people.actor(people.with_role(Role.EDITOR, "portal:check"))
    releaser = people.actor(people.with_role(Role.EDITOR, "portal:release"))
    with pytest.raises(NotAllowed):
        publishing.check_page(actor=releaser, page_id=page.pk, at=NOON)
    publishing.check_page(actor=checker, page_id=page.pk, at=NOON)
    with pytest.raises(NotAllowed):
        publishing.release_page(actor=checker, page_id=page.pk, at=NOON)
    assert publishing.release_page(actor=releaser, page_id=page.pk, at=NOON).state == "released"
    for stranger in (people.person(), people.moderator(), people.clerk()):
        with pytest.raises(NotAllowed):
            publishing.withdraw_page(actor=people.actor(stranger), page_id=page.pk, at=NOON)


def test_wagtail_alone_publishes_nothing(db):
    page = builders.draft()
    revision = page.get_latest_revision()
    with pytest.raises(PermissionDenied):
        revision.publish()
    with pytest.raises(PermissionDenied):
        page.copy(update_attrs={"slug": "kopie", "live": True}, copy_revisions=False, keep_live=True)
    page.refresh_from_db()
    assert not page.live
    assert get(path_of(page)).status_code == 404


# Embargo, to the minute


@pytest.fixture
def later(db):
    """A page that appears in two hours, with a picture, everything delivered."""
    at = timezone.now() + timedelta(hours=2)
    shown = builders.picture()
    page = builders.released(title="Brückenfest", summary="Sperrfrist", go_live_at=at, picture=shown)
    return page, at, shown


def test_embargo_of_the_page_and_its_lists(later):
    page, at, _picture = later
    for language in ("de", "en"):
        viewer = Viewer(language=language)
        for moment, seen in ((at - timedelta(seconds=1), False), (at, True)):
            assert (queries.page_at(path_of(page).lstrip("/"), viewer, moment) is not None) is seen
            teasers = queries.latest("news", viewer, moment, limit=10)
            assert (page.pk in [row.page.pk for row in teasers]) is seen
    assert get(path_of(page)).status_code == 404
    assert b"fest" not in get("/aktuelles/").content


def test_embargo_of_the_search(later, deliver):
    page, at, _picture = later
    deliver()
    found = [row.object_id for row in find("Brückenfest", VISITOR, at - timedelta(seconds=1), language="de").entries]
    assert found == []
    found = [row.object_id for row in find("Brückenfest", VISITOR, at, language="de").entries]
    assert found == [page.translation_key]


def test_embargo_of_the_pictures(later):
    page, at, picture = later
    assert not queries.may_see_picture(picture.key, VISITOR, at - timedelta(seconds=1))
    assert queries.may_see_picture(picture.key, VISITOR, at)
    assert "/medien-privat/" in images_of([picture.ref])[picture.ref][0].src
    bring_pages(at)
    assert Post.objects.get(page_id=page.pk).announced_at == at
    assert Event.objects.filter(name="portal.page_appeared", object_id=page.translation_key).count() == 1
    assert bring_pages(at) == 0
    publishing.withdraw_page(actor=builders.editor(), page_id=page.pk, at=at)
    assert not queries.may_see_picture(picture.key, VISITOR, at)


def test_embargo_of_programs_and_feeds(later, deliver):
    page, _at, _picture = later
    deliver()
    api, feed, rss = "/api/v1/portal/pages/news", "/feeds/aktuelles.atom", "/feeds/aktuelles.rss"
    for path in (api, feed, rss):
        answer = get(path)
        assert answer.status_code == 200
        assert page.slug not in answer.content.decode()
    assert get(f"{api}/{page.translation_key}").status_code == 404
    Post.objects.filter(page_id=page.pk).update(visible_from=timezone.now())
    for path in (api, feed, rss, f"{api}/{page.translation_key}"):
        assert page.slug in get(path).content.decode(), path


def test_embargo_of_the_page_cache(db):
    """A list says until when it may be kept: not beyond the next embargo."""
    at = timezone.now() + timedelta(minutes=10)
    builders.released(go_live_at=at)
    response = get("/aktuelles/")
    assert response["X-Allmende-Cache"] == "public"
    assert response["X-Allmende-Until"] <= at.isoformat()
    assert "portal_post" in response["X-Allmende-Tables"]
    soon = timezone.now() + timedelta(minutes=5)
    page = builders.released(expire_at=soon)
    assert get(path_of(page))["X-Allmende-Until"] <= soon.isoformat()


def test_a_new_version_takes_over_at_its_time(db):
    page = builders.released(title="Alt")
    at = timezone.now() + timedelta(hours=1)
    page.title, page.go_live_at = "Neu", at
    writing.change_page(actor=builders.editor(), page=page)
    builders.release(page)
    assert b"Alt" in get(path_of(page)).content
    assert bring_pages(at - timedelta(seconds=1)) == 0
    bring_pages(at)
    assert b"Neu" in get(path_of(page)).content


def test_a_page_ends(db):
    end = timezone.now() + timedelta(hours=1)
    page = builders.released(expire_at=end)
    assert queries.page_at(path_of(page).lstrip("/"), VISITOR, end - timedelta(seconds=1))
    assert queries.page_at(path_of(page).lstrip("/"), VISITOR, end) is None
    bring_pages(end)
    assert Post.objects.get(page_id=page.pk).state == "withdrawn"


def test_before_an_election_what_is_planned_waits_for_a_new_release(db):
    at = timezone.now() + timedelta(days=2)
    page = builders.released(go_live_at=at)
    ElectionPeriod.objects.create(
        title={"de": "Wahl"}, starts_at=at - timedelta(days=1), ends_at=at + timedelta(days=9), reason="Zurückhaltung"
    )
    assert hold_scheduled() == 1
    assert hold_scheduled() == 0
    post = Post.objects.get(page_id=page.pk)
    assert (post.state, post.hold_reason) == ("held", "Zurückhaltung")
    bring_pages(at)
    assert queries.page_at(path_of(page).lstrip("/"), VISITOR, at) is None
    publishing.release_page(actor=builders.editor(), page_id=page.pk, at=at)
    assert queries.page_at(path_of(page).lstrip("/"), VISITOR, at)


def test_the_clock_alone_may_not_withdraw(db):
    page = builders.released()
    with pytest.raises(NotAllowed):
        publishing.withdraw_page(actor=people.actor(people.person()), page_id=page.pk, at=NOON)
    with pytest.raises(NotAllowed):
        publishing.bring_page(actor=builders.editor(), page_id=page.pk, at=NOON)
    assert publishing.bring_page(actor=SYSTEM, page_id=page.pk, at=NOON) is None


def test_a_picture_ends_with_its_licence(db):
    today = timezone.localdate()
    shown = builders.picture(expires_on=today + timedelta(days=1))
    page = builders.released(picture=shown)
    assert b"<figure>" in get(path_of(page)).content
    shown.expires_on = today
    shown.save()
    assert b"<figure>" not in get(path_of(page)).content
    assert not queries.may_see_picture(shown.key, VISITOR, timezone.now())


def test_what_is_not_translated_says_so(db):
    page = builders.released(title="Nur deutsch")
    answer = get("/en" + path_of(page)).content.decode()
    assert 'id="not-translated"' in answer
    assert 'lang="de"' in answer
    builders.translated(page, title="In English")
    answer = get("/en" + path_of(page)).content.decode()
    assert 'id="not-translated"' not in answer
    assert "In English" in answer
    assert "Nur deutsch" in get(path_of(page)).content.decode()


def test_an_editor_previews_as_anybody_at_any_time(db):
    at = timezone.now() + timedelta(days=3)
    page = builders.released(title="Später", go_live_at=at)
    client = Client(headers={"host": "localhost"})
    people.login(client, people.editor())
    early = client.get(f"/verwaltung/redaktion/{page.pk}/vorschau/", {"als": "visitor"})
    assert "Hier ist nichts zu sehen" in early.content.decode()
    moment = timezone.localtime(at + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")
    late = client.get(f"/verwaltung/redaktion/{page.pk}/vorschau/", {"als": "visitor", "am": moment})
    assert "Später" in late.content.decode()
    assert get(f"/verwaltung/redaktion/{page.pk}/vorschau/").status_code in {302, 401, 403}


def test_a_grant_for_another_room_opens_nothing(db):
    assert not queries.may_edit(Viewer(grants=frozenset({Grant(Role.EDITOR, "participation")})))
    assert NewsPage.kind == "news"
