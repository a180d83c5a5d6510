"""Leaving: nothing of a person stays, twice is once, a restored backup is cleaned again."""

import os
import shutil
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from allmende.accounts import actions, builders, interface, retention
from allmende.accounts.models import Membership, Organisation, Person, PersonKey, RoleGrant, Session
from allmende.core import erasure
from allmende.core.actor import SYSTEM, Actor, Role
from allmende.core.errors import Conflict, NotAllowed, NotSignedIn
from allmende.core.models import AuditEntry, Erasure, Event

NOW = timezone.now()


@pytest.fixture(autouse=True)
def _own_list(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


def found_anywhere(*texts: str) -> list[str]:
    """Tables that hold one of the texts in any column, sessions unpacked."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                "SELECT wanted FROM unnest(%s::text[]) AS wanted"
                f" WHERE EXISTS (SELECT FROM \"{table}\" AS t WHERE t::text ILIKE '%%' || wanted || '%%')",
                [list(texts)],
            )
            found += [f"{table}: {text}" for (text,) in cursor.fetchall()]
    for row in Session.objects.all():
        held = str(PlainStore().decode(row.session_data))
        found += [f"session: {text}" for text in texts if text in held]
    return found


def found_in_files(root: Path, *texts: str) -> list[str]:
    """Files of the city, of whatever kind, that hold one of the texts in their names or bytes."""
    return [
        f"{path.name}: {text}"
        for path in root.rglob("*")
        for text in texts
        if text in str(path.relative_to(root)) or (path.is_file() and text.encode() in path.read_bytes())
    ]


def someone_with_a_past() -> Person:
    person = builders.person(
        email="anna.gehen@example.org",
        display_name="Wanderfalke 7",
        telephone="0365 4711",
        password="vier wörter hier so",
    )
    Person.objects.filter(pk=person.pk).update(postal_address="Irrgarten 3")
    builders.login(Client(), person)
    Client().post("/konto/anmelden/passwort/", {"login": person.email, "password": "vier wörter hier so"})
    RoleGrant.objects.create(person=person, role=Role.MODERATOR, scope="participation")
    Membership.objects.create(person=person, organisation=Organisation.objects.create(name="Verein"))
    actions.create_token(
        actor=builders.actor(person), label="Wanderfalkenseite", scopes=["accounts:read"],
        expires_at=NOW + timedelta(days=9), at=NOW,
    )  # fmt: skip
    return person


TRACES = ("anna.gehen@example.org", "Wanderfalke", "0365 4711", "Irrgarten")


@pytest.mark.parametrize("keep_texts", [True, False])
def test_erasure_leaves_nothing_personal_in_any_table(db, keep_texts):
    person = someone_with_a_past()
    key = PersonKey.objects.get(person=person).key
    assert len(found_anywhere(*TRACES)) >= 4
    actions.erase_person(actor=builders.actor(person), person_id=person.pk, keep_texts=keep_texts)
    assert found_anywhere(*TRACES) == []
    left = {row.split(":")[0] for row in found_anywhere(str(person.pk))}
    ids_that_lead_to_nobody = {"core_erasure", "core_auditentry", "core_event", "procrastinate_jobs"}
    assert left <= ids_that_lead_to_nobody
    assert not PersonKey.objects.filter(key=key).exists()
    assert AuditEntry.objects.filter(action="accounts.erase_person", actor_key=key).count() == 1
    assert Event.objects.filter(name="accounts.person_erased").count() == 1


def test_mail_in_the_outbox_goes_too(db, outbox, django_capture_on_commit_callbacks):
    person = builders.person(email="anna.gehen@example.org")
    interface.mail(person.pk, "Hallo", "Wanderfalke", message_id="one")
    Client().post("/konto/anmelden/", {"email": person.email})
    assert len(outbox()) == 2
    Client().post("/konto/anmelden/", {"email": person.email})
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_person(actor=SYSTEM, person_id=person.pk, keep_texts=False)
    assert outbox() == []


def test_i_leave_by_myself_after_showing_that_it_is_me(client, db, outbox):
    person = builders.person(email="anna.gehen@example.org", password="vier wörter hier so")
    client.force_login(person)
    answer = client.get("/konto/loeschen/")
    assert answer["Location"].startswith("/konto/bestaetigen/")
    assert client.post(answer["Location"], {"password": "falsch falsch"}).status_code == 422
    answer = client.post(answer["Location"], {"password": "vier wörter hier so"})
    assert answer["Location"] == "/konto/loeschen/"
    assert client.post("/konto/loeschen/", {"keep_texts": "keep"}).status_code == 422
    answer = client.post("/konto/loeschen/", {"keep_texts": "keep", "sure": "on"})
    assert answer["Location"] == "/konto/geloescht/"
    assert client.get("/konto/geloescht/").status_code == 200
    assert client.get("/konto/").status_code == 401
    assert not Person.objects.exists()


def test_without_a_password_a_fresh_code_shows_it(client, db, outbox):
    import re

    person = builders.person(email="anna.gehen@example.org")
    client.force_login(person)
    assert client.get("/konto/loeschen/")["Location"].startswith("/konto/neuer-code/?next=")
    answer = client.post("/konto/neuer-code/")
    code = re.search(r"\d{4}-\d{4}", outbox()[0].body).group()
    answer = client.post(answer["Location"], {"code": code})
    assert answer["Location"] == "/konto/loeschen/"
    assert client.get("/konto/loeschen/").status_code == 200


def test_nobody_erases_another_and_the_last_administrator_hands_over_first(db):
    person, other, boss = builders.person(), builders.moderator(), builders.administrator()
    with pytest.raises(NotAllowed):
        actions.erase_person(actor=builders.actor(other), person_id=person.pk, keep_texts=True)
    with pytest.raises(NotSignedIn):
        actions.erase_person(actor=Actor(), person_id=person.pk, keep_texts=True)
    with pytest.raises(Conflict):
        actions.erase_person(actor=builders.actor(boss), person_id=boss.pk, keep_texts=True)
    actions.erase_person(actor=builders.actor(boss), person_id=person.pk, keep_texts=True)
    assert set(Person.objects.all()) == {other, boss}


def test_erasing_twice_does_nothing_more(db):
    person = builders.person()
    for _ in range(2):
        interface.erase_person(person.pk, keep_texts=True)
    assert Erasure.objects.count() == 1


def test_a_restored_backup_is_cleaned_again_with_the_same_choice(db):
    people = {choice: builders.person() for choice in (True, False)}
    for choice, person in people.items():
        interface.erase_person(person.pk, choice)
    # the backup is older: the people are back, the list in the database knows nothing
    for person in people.values():
        person.save(force_insert=True)
    Erasure.objects.all().delete()
    seen = {}

    def erase(person_id, keep_texts):
        seen[person_id] = keep_texts
        interface.erase_person(person_id, keep_texts)

    assert erasure.replay(erase) == 2
    assert seen == {person.pk: choice for choice, person in people.items()}
    assert not Person.objects.exists()
    assert Erasure.objects.count() == 2


def test_a_list_cut_short_by_a_crash_is_still_read(db):
    person = builders.person()
    erasure.remember(person.pk, keep_texts=True)
    with erasure.list_path().open("a") as file:
        file.write(str(person.pk)[:20])
    assert erasure.listed() == {person.pk: True}


def test_the_operator_erases_by_address(db):
    person = builders.person(email="anna.gehen@example.org")
    said = StringIO()
    call_command("erase", "Anna.Gehen@example.org", stdout=said)
    assert str(person.pk) in said.getvalue()
    assert not Person.objects.exists()
    assert erasure.listed() == {person.pk: False}


@pytest.mark.django_db(transaction=True)
def test_erasing_four_times_at_once_erases_once_and_hurts_nobody():
    person, bystander = someone_with_a_past(), builders.person()
    actor = builders.actor(person)
    barrier, results = threading.Barrier(4), []

    def run() -> None:
        try:
            barrier.wait(timeout=60)
            actions.erase_person(actor=actor, person_id=person.pk, keep_texts=True)
            results.append("done")
        except Exception as error:  # noqa: BLE001 - whatever it was belongs into the result
            results.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["done"] * 4
    assert list(Person.objects.all()) == [bystander]
    assert found_anywhere(*TRACES) == []


def test_retention_deletes_what_is_past_its_time_and_a_dry_run_only_counts(db):
    old = NOW - timedelta(days=800)
    unproven = builders.person(is_guest=True, created_at=NOW - timedelta(days=8))
    waiting = builders.person(is_guest=True, created_at=NOW - timedelta(days=6))
    claimed = builders.person(is_guest=True, created_at=old, claimed_at=NOW - timedelta(days=8))
    guest = builders.guest(contact_kind="telephone", telephone="0365 4711", created_at=old)
    fresh = builders.guest(contact_kind="telephone", telephone="0365 4712")
    account = builders.person(created_at=old, telephone="0365 4713")
    Session.objects.create(session_key="x" * 32, session_data="", expire_date=NOW - timedelta(days=1))
    dry = retention.run(at=NOW, dry_run=True)
    assert Person.objects.count() == 6
    assert (dry["accounts.person"], dry["accounts.session"]) == (3, 1)
    said = StringIO()
    call_command("retention", stdout=said)
    assert "accounts.person: 3" in said.getvalue()
    assert not Person.objects.filter(pk=unproven.pk).exists()
    assert Person.objects.filter(pk__in=[waiting.pk, account.pk], email__isnull=False).count() == 2
    claimed.refresh_from_db()
    assert (claimed.email, claimed.is_guest) == (None, True)
    guest.refresh_from_db()
    assert (guest.telephone, guest.contact_kind) == ("", "none")
    fresh.refresh_from_db()
    assert fresh.telephone == "0365 4712"
    assert not Session.objects.exists()


def test_an_unfinished_sign_in_is_forgotten_within_an_hour(client, db):
    client.post("/konto/anmelden/", {"email": "anna.gehen@example.org"})
    row = Session.objects.get()
    assert row.person is None
    assert row.expire_date < timezone.now() + timedelta(hours=1, seconds=5)


def test_everyone_of_a_full_city_can_take_their_data_and_leave(full_city, deliver, tmp_path, outbox):
    """Every room's export and erasure, on the examples of the city pack; every second one takes their words along."""
    from allmende.accounts.views.own import export_zip

    shutil.copytree(Path(os.environ["ALLMENDE_HOME"]) / settings.CITY_ID / "media", settings.MEDIA_ROOT)
    people = list(Person.objects.order_by("email"))
    for number, person in enumerate(people):
        assert len(export_zip(person.pk, NOW)) > 500
        interface.erase_person(person.pk, keep_texts=number % 2 == 0)
    deliver()
    assert not Person.objects.exists()
    assert found_anywhere("@example.org") == []
    assert found_in_files(tmp_path, "@example.org") == []
    left = {row.split(":")[0] for row in found_anywhere(*[str(person.pk) for person in people])}
    assert left <= {"core_erasure", "core_auditentry", "core_event", "procrastinate_jobs"}
