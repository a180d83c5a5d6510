"""Roles: who gives which, within what; the audit and the settings that only administrators see."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from allmende.accounts import actions, builders, queries, rules
from allmende.accounts.models import PersonKey, RoleGrant
from allmende.core import audit
from allmende.core.actor import SYSTEM, Actor, Role, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.ids import uuid7
from allmende.core.models import AuditEntry, Delivery, Event, Setting
from allmende.core.refs import Ref

pytestmark = pytest.mark.central

NOW = timezone.now()
SCOPES = {rules.CITY: "", rules.CAPABILITY: "participation", rules.DEPARTMENT: "department:umwelt"}


@pytest.fixture
def boss(db):
    return builders.administrator(display_name="Amtsleitung")


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", list(SCOPES))
def test_a_role_is_given_only_within_its_kinds_of_scope(boss, role, kind, monkeypatch):
    monkeypatch.setattr(queries, "scopes_for", lambda role, _language: [(SCOPES[k], k) for k in rules.SCOPES_OF[role]])
    person = builders.person()
    given = {"actor": builders.actor(boss), "person_id": person.pk, "role": role, "scope": SCOPES[kind], "at": NOW}
    if kind in rules.SCOPES_OF[role]:
        actions.grant_role(**given)
        actions.grant_role(**given)
        assert [(g.role, g.scope) for g in queries.grants_of(person.pk)] == [(role, SCOPES[kind])]
        assert AuditEntry.objects.filter(action="accounts.grant_role").count() == 1
    else:
        with pytest.raises(Invalid):
            actions.grant_role(**given)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_of_the_whole_city_give_and_take_roles(db, role):
    actor = builders.actor(builders.with_role(role))
    person = builders.moderator()
    with pytest.raises(NotAllowed):
        actions.grant_role(actor=actor, person_id=person.pk, role=Role.EDITOR, at=NOW)
    with pytest.raises(NotAllowed):
        actions.revoke_role(actor=actor, person_id=person.pk, role=Role.MODERATOR)
    with pytest.raises(NotSignedIn):
        actions.grant_role(actor=Actor(), person_id=person.pk, role=Role.EDITOR, at=NOW)


def test_unknown_places_and_people_get_no_role(boss):
    actor, person = builders.actor(boss), builders.person()
    for scope in ("department:mond", "moon"):
        with pytest.raises(Invalid):
            actions.grant_role(actor=actor, person_id=person.pk, role=Role.CLERK, scope=scope, at=NOW)
    with pytest.raises(NotFound):
        actions.grant_role(actor=actor, person_id=uuid7(), role=Role.EDITOR, at=NOW)
    with pytest.raises(Invalid):
        actions.grant_role(actor=actor, person_id=builders.guest().pk, role=Role.EDITOR, at=NOW)


def test_a_role_taken_away_ends_at_once(boss):
    moderator = builders.moderator()
    client = builders.login(Client(), moderator)
    assert client.get("/verwaltung/").status_code == 200
    actions.revoke_role(actor=builders.actor(boss), person_id=moderator.pk, role=Role.MODERATOR, reason="Wechsel")
    assert client.get("/verwaltung/").status_code == 403
    assert "Wechsel" in AuditEntry.objects.get(action="accounts.revoke_role").reason


def test_the_last_administrator_stays(boss):
    with pytest.raises(Conflict):
        actions.revoke_role(actor=builders.actor(boss), person_id=boss.pk, role=Role.ADMINISTRATOR)
    second = builders.administrator()
    actions.revoke_role(actor=builders.actor(second), person_id=boss.pk, role=Role.ADMINISTRATOR)
    assert queries.has_administrator()


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_revoke_each_other_do_not_both_succeed():
    people = [builders.administrator(), builders.administrator()]
    actors = [builders.actor(person) for person in people]
    barrier, refused = threading.Barrier(2), []

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=60)
            actions.revoke_role(actor=actors[number], person_id=people[1 - number].pk, role=Role.ADMINISTRATOR)
        except (NotAllowed, Conflict) as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert RoleGrant.objects.filter(role=Role.ADMINISTRATOR).count() == 1


def test_roles_are_given_and_taken_on_the_page(client, boss):
    builders.login(client, boss)
    person = builders.person(email="neu@example.org", display_name="Neue Kraft")
    assert (
        client.post("/verwaltung/rollen/", {"email": "wer@example.org", "role": "editor", "scope": "*"}).status_code
        == 422
    )
    wrong = {"email": "neu@example.org", "role": "administrator", "scope": "department:umwelt"}
    assert client.post("/verwaltung/rollen/", wrong).status_code == 422
    data = {"email": "neu@example.org", "role": "clerk", "scope": "department:umwelt"}
    assert client.post("/verwaltung/rollen/", data).status_code == 302
    assert "Neue Kraft" in client.get("/verwaltung/rollen/").content.decode()
    grant = RoleGrant.objects.get(person=person)
    url = f"/verwaltung/rollen/{grant.pk}/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": "Urlaub"}).status_code == 302
    assert not RoleGrant.objects.filter(person=person).exists()
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("page", ["rollen", "system", "protokoll", "einstellungen"])
def test_only_administrators_open_the_pages_of_administration(page, db):
    url = f"/verwaltung/{page}/"
    expected = {
        None: 401,
        builders.person: 403,
        builders.moderator: 403,
        builders.clerk: 403,
        builders.administrator: 200,
    }
    for build, status in expected.items():
        client = Client() if build is None else builders.login(Client(), build())
        assert client.get(url).status_code == status, build


def test_the_staff_home_is_for_staff(db):
    expected = {
        None: 401,
        builders.person: 403,
        builders.moderator: 200,
        builders.clerk: 200,
        builders.administrator: 200,
    }
    for build, status in expected.items():
        client = Client() if build is None else builders.login(Client(), build())
        assert client.get("/verwaltung/").status_code == status, build
    page = builders.login(Client(), builders.administrator()).get("/verwaltung/").content.decode()
    assert "/verwaltung/system/" in page


def test_the_audit_names_people_as_long_as_there_are_any(client, boss):
    builders.login(client, boss)
    gone = builders.person(display_name="Bald weg")
    key = PersonKey.objects.get(person=gone).key
    audit.record(builders.actor(gone), "accounts.change_details", queries.person_ref(gone.pk), fields=["language"])
    page = client.get("/verwaltung/protokoll/").content.decode()
    assert "Bald weg" in page
    assert "accounts.change_details" in page
    actions.erase_person(actor=builders.actor(boss), person_id=gone.pk, keep_texts=True)
    page = client.get("/verwaltung/protokoll/").content.decode()
    assert "Bald weg" not in page
    assert str(key) in page


def test_the_audit_is_read_page_by_page_without_gaps(client, boss, django_assert_max_num_queries):
    builders.login(client, boss)
    for number in range(120):
        audit.record(SYSTEM, "accounts.test", Ref("accounts", "person", uuid7()), reason=f"Nr-{number:03}-")
    seen, url = [], "/verwaltung/protokoll/?action=accounts.test"
    import re

    while url:
        with django_assert_max_num_queries(10):
            page = client.get(url).content.decode()
        seen += re.findall(r"Nr-(\d{3})-", page)
        more = re.search(r'href="(\?[^"]*before=[^"]+)"', page)
        url = "/verwaltung/protokoll/" + more.group(1).replace("&amp;", "&") if more else None
    assert [int(number) for number in seen] == list(range(119, -1, -1))


@pytest.mark.parametrize("query", ["before=x", "since=gestern", "key=1", "object_id=%00", "until=2026-99-99"])
def test_nonsense_in_the_filters_is_passed_over(client, boss, query):
    builders.login(client, boss)
    assert client.get(f"/verwaltung/protokoll/?{query}").status_code == 200


def test_a_dead_delivery_is_shown_and_sent_again(client, boss):
    builders.login(client, boss)
    event = Event.objects.create(name="core.test", capability="core", kind="thing", object_id=uuid7())
    dead = Delivery.objects.create(event=event, handler="gone.handler", state=Delivery.State.DEAD, error="ValueError")
    page = client.get("/verwaltung/system/").content.decode()
    assert "gone.handler" in page
    assert "ValueError" in page
    assert client.get(f"/verwaltung/system/{dead.pk}/erneut/").status_code == 405
    assert client.post(f"/verwaltung/system/{dead.pk}/erneut/").status_code == 302
    assert client.post("/verwaltung/system/0/erneut/").status_code == 404


def test_settings_are_changed_with_an_entry_in_the_audit(client, boss, monkeypatch):
    from allmende.accounts import capability
    from allmende.core import manifest
    from allmende.core.manifest import SettingSpec

    specs = (
        SettingSpec("accounts.words", "Wörter", ["a"], kind="lines"),
        SettingSpec("accounts.many", "Wie viele", 3, kind="number"),
        SettingSpec("accounts.on", "An", default=False, kind="boolean"),
    )
    object.__setattr__(capability.manifest, "settings", specs)
    try:
        assert manifest.registry()["accounts"].settings == specs
        builders.login(client, boss)
        assert "Wie viele" in client.get("/verwaltung/einstellungen/").content.decode()
        for key, typed, stored in (("words", "x\r\n\r\n y ", ["x", "y"]), ("many", "7", 7), ("on", "on", True)):
            url = f"/verwaltung/einstellungen/accounts.{key}/"
            assert client.get(url).status_code == 200
            assert client.post(url, {"value": typed}).status_code == 302
            assert Setting.objects.get(key=f"accounts.{key}").value == stored
        assert client.post("/verwaltung/einstellungen/accounts.many/", {"value": "viele"}).status_code == 422
        assert client.get("/verwaltung/einstellungen/nichts/").status_code == 404
        assert AuditEntry.objects.filter(action="core.change_setting").count() == 3
    finally:
        object.__setattr__(capability.manifest, "settings", ())


def test_a_grant_for_one_place_opens_no_other():
    viewer = Viewer(grants=frozenset({queries.Grant(Role.MODERATOR, "participation")}))
    assert viewer.has(Role.MODERATOR, "participation")
    assert not viewer.has(Role.MODERATOR)
    assert not viewer.has(Role.MODERATOR, "portal")
    assert rules.scope_kind("department:umwelt") == rules.DEPARTMENT


def test_the_menu_of_a_page_is_ones_own(boss):
    """The frame of a page is made once for all who see the same in it: nobody gets another's."""
    shown = []
    for person in (None, boss, builders.person(), builders.moderator(), None):
        someone = builders.login(Client(), person) if person else Client()
        header = someone.get("/hilfe/").content.decode().split("</header>")[0]
        shown.append(("Verwaltung" in header, "Moderation" in header))
    visitor, administrator, resident, moderator, again = shown
    assert visitor == resident == again == (False, False)
    assert administrator[0]
    assert moderator[1]
