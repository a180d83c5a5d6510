"""My account: what I change, where I am signed in, which programs act for me, what I take along."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import actions, builders, tokens
from allmende.accounts.models import ApiToken, Membership, Organisation, Person, Session
from allmende.core.actor import Channel, Idempotency
from allmende.core.errors import Invalid, NotAllowed
from allmende.core.models import AuditEntry

NOW = timezone.now()


@pytest.fixture
def anna(db):
    return builders.person(email="anna@example.org", display_name="Linde 12")


@pytest.fixture
def mine(client, anna):
    return builders.login(client, anna)


def test_my_account_shows_what_is_there_and_how_to_change_it(mine, anna):
    club = Organisation.objects.create(name="Verein der Nachtwanderer")
    Membership.objects.create(organisation=club, person=anna, is_responsible=True)
    page = mine.get("/konto/").content.decode()
    for text in ("Linde 12", "anna@example.org", "Passwort festlegen", "Verein der Nachtwanderer", "verantwortlich"):
        assert text in page
    assert Client().get("/konto/").status_code == 401


def test_details_ask_only_for_what_belongs_to_the_chosen_way(mine, anna):
    data = {
        "display_name": "Erle 3",
        "language": "en",
        "contact_kind": "letter",
        "telephone": "0365 1",
        "postal_address": "",
    }
    answer = mine.post("/konto/angaben/", data)
    assert answer.status_code == 422
    assert "Anschrift" in answer.content.decode()
    answer = mine.post("/konto/angaben/", {**data, "postal_address": "Musterplatz 1\r\n07545 Gera"})
    assert answer.status_code == 302
    anna.refresh_from_db()
    assert (anna.display_name, anna.language, anna.contact_kind) == ("Erle 3", "en", "letter")
    assert (anna.telephone, anna.postal_address) == ("", "Musterplatz 1\n07545 Gera")
    entry = AuditEntry.objects.get(action="accounts.change_details")
    assert entry.fields == ["contact_kind", "display_name", "language", "postal_address"]


def test_nobody_changes_anothers_details(anna):
    other = builders.person()
    with pytest.raises(NotAllowed):
        actions.change_details(actor=builders.actor(other), person_id=anna.pk, values={"display_name": "Spott"})


def test_sessions_are_listed_and_ended_alone_or_together(mine, anna):
    laptop, phone, stranger = (builders.login(Client(), person) for person in (anna, anna, builders.person()))
    page = mine.get("/konto/anmeldungen/").content.decode()
    assert page.count('name="session"') == 2
    assert mine.session.session_key not in page
    one = tokens.public_id(laptop.session.session_key)
    mine.post("/konto/anmeldungen/", {"session": one})
    assert [c.get("/konto/").status_code for c in (mine, laptop, phone, stranger)] == [200, 401, 200, 200]
    mine.post("/konto/anmeldungen/")
    assert [c.get("/konto/").status_code for c in (mine, phone, stranger)] == [200, 401, 200]
    assert Session.objects.filter(person=anna).count() == 1
    assert AuditEntry.objects.filter(action="accounts.end_sessions").count() == 2


def test_a_token_is_shown_once_kept_as_a_hash_and_can_be_ended(mine, anna):
    day = timezone.localdate() + timedelta(days=30)
    data = {"label": "Vereinsseite", "scopes": ["accounts:read"], "expires_on": day.isoformat(), "_once": "a" * 32}
    page = mine.post("/konto/zugaenge/", data).content.decode()
    secret = re.search(r'value="(allmende_[^"]+)"', page).group(1)
    assert secret not in mine.get("/konto/zugaenge/").content.decode()
    token = ApiToken.objects.get()
    assert bytes(token.token_hash) == tokens.hashed(secret)
    assert secret in mine.post("/konto/zugaenge/", data).content.decode()  # a second click, not a second token
    assert ApiToken.objects.count() == 1
    assert mine.get(f"/konto/zugaenge/{token.pk}/beenden/").status_code == 405
    other = builders.login(Client(), builders.person())
    other.post(f"/konto/zugaenge/{token.pk}/beenden/")
    assert ApiToken.objects.exists()
    mine.post(f"/konto/zugaenge/{token.pk}/beenden/")
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("days", [-1, 400])
def test_a_token_has_an_end_within_a_year(anna, days):
    with pytest.raises(Invalid):
        actions.create_token(
            actor=builders.actor(anna),
            label="x",
            scopes=["accounts:read"],
            expires_at=NOW + timedelta(days=days),
            at=NOW,
        )


def test_a_token_cannot_make_tokens_and_knows_no_unknown_scope(anna):
    given = {"label": "x", "expires_at": NOW + timedelta(days=2), "at": NOW}
    with pytest.raises(NotAllowed):
        actions.create_token(actor=builders.actor(anna, Channel.API), scopes=["accounts:read"], **given)
    with pytest.raises(Invalid):
        actions.create_token(actor=builders.actor(anna), scopes=["everything"], **given)


def test_the_export_holds_everything_of_mine_and_nothing_of_others(mine, anna):
    other = builders.person(email="bernd@example.org", display_name="Eiche 99")
    Person.objects.filter(pk=anna.pk).update(telephone="0365 4711", postal_address="Musterplatz 1")
    at = timezone.now()
    for person, label in ((anna, "Meine Seite"), (other, "Fremde Seite")):
        actions.create_token(
            actor=builders.actor(person),
            label=label,
            scopes=["accounts:read"],
            expires_at=at + timedelta(days=9),
            at=at,
        )
    answer = mine.post("/konto/daten/mitnehmen/")
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == ["data.json", "index.html"]
    text, page = archive.read("data.json").decode(), archive.read("index.html").decode()
    for found in (text, page):
        for mine_only in ("anna@example.org", "Linde 12", "0365 4711", "Musterplatz 1", "Meine Seite"):
            assert mine_only in found
        for foreign in ("bernd@example.org", "Eiche 99", "Fremde Seite", str(other.pk)):
            assert foreign not in found
    data = json.loads(text)["data"]
    assert {"accounts.person", "accounts.session", "accounts.token", "accounts.role", "accounts.activity"} <= set(data)
    assert not re.search(r"<script|<style|https?://", page)
    assert "token_hash" not in text
    assert mine.get("/konto/daten/mitnehmen/").status_code == 405


def test_the_export_brings_my_pictures_and_the_page_leads_to_them(mine, anna, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    from allmende.engines.media import builders as media
    from allmende.engines.media import interface

    picture, foreign = (
        interface.take_image(media.jpeg(colour=colour), alt="Eine Bank", actor=builders.actor(person))
        for person, colour in ((anna, "#2f6f4f"), (builders.person(), "#803020"))
    )
    archive = zipfile.ZipFile(io.BytesIO(mine.post("/konto/daten/mitnehmen/").content))
    names = [name for name in archive.namelist() if name.startswith("files/media/")]
    own = {f"files/media/{row.path}" for row in picture.files.all()}
    assert own
    assert set(names) == own
    assert not own & {f"files/media/{row.path}" for row in foreign.files.all()}
    page = archive.read("index.html").decode()
    for name in names:
        assert f'href="{name}"' in page
        assert len(archive.read(name)) > 50


def test_every_room_says_what_it_keeps_and_for_how_long(mine):
    page = mine.get("/konto/daten/").content.decode()
    for text in ("Name und Kontakt", "Protokoll", "wird nach 14 Tagen gelöscht"):
        assert text in page


def test_the_same_form_twice_is_one_change(anna):
    import dataclasses

    once = dataclasses.replace(builders.actor(anna), idempotency=Idempotency("k", b"x"))
    for _ in range(2):
        actions.change_details(actor=once, person_id=anna.pk, values={"display_name": "Weide 5"})
    assert AuditEntry.objects.filter(action="accounts.change_details").count() == 1


def test_switching_the_page_keeps_my_account_private(mine):
    for url in ("/konto/", "/konto/daten/", "/konto/anmeldungen/", "/konto/zugaenge/"):
        assert "no-store" in mine.get(url)["Cache-Control"], url
