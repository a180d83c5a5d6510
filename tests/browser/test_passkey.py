"""A resident protects the account with a passkey, signs in with nothing else, takes the data along and leaves."""

import io
import json
import secrets
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import City, code_in, follow


@pytest.fixture
def authenticator(page: Page) -> Iterator[None]:
    """A device in Chromium that holds passkeys and says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.detach()


def test_a_resident_enrols_a_passkey_signs_in_with_it_exports_and_erases(page: Page, city: City, authenticator):
    address = f"passkey-{secrets.token_hex(4)}@example.org"
    page.goto("/konto/neu/")
    page.get_by_label("E-Mail-Adresse").fill(address)
    page.get_by_label("Anzeigename").fill("Schlüsselbund 7")
    follow(page, page.get_by_role("button", name="Code senden"))
    page.get_by_label("Code").fill(code_in(city.mail_to(address)))
    follow(page, page.get_by_role("button", name="Weiter"))
    expect(page.get_by_role("link", name="Mein Konto")).to_be_visible()

    page.goto("/konto/schutz/")
    follow(page, page.get_by_role("link", name="Passkey anlegen"))
    page.get_by_label("Name").fill("Mein Telefon")
    page.get_by_role("button", name="Passkey anlegen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Codes für Notfälle")
    follow(page, page.get_by_role("link", name="Fertig"))
    expect(page.locator("main")).to_contain_text("Mein Telefon")
    assert "Ein Passkey wurde angelegt" in city.mail_to(address, having="Passkey wurde angelegt")

    page.goto("/konto/abmelden/")
    follow(page, page.get_by_role("button", name="Abmelden"))
    page.goto("/konto/anmelden/?next=/konto/daten/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Was wissen wir über Sie")

    with page.expect_download() as download:
        page.get_by_role("button", name="Meine Daten mitnehmen").click()
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    data = json.loads(archive.read("data.json"))["data"]
    assert any(row.get("name") == "Mein Telefon" for row in data["accounts.factor"])

    page.goto("/konto/loeschen/")
    page.get_by_label("Ich möchte mein Konto löschen").check()
    follow(page, page.get_by_role("button", name="Konto löschen"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ihr Konto ist gelöscht")
    page.goto("/konto/anmelden/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page.get_by_text("Dieser Passkey passt nicht")).to_be_visible()


def test_a_passkey_is_the_second_step_for_those_who_sign_in_by_code(page: Page, city: City, authenticator):
    address = f"passkey-{secrets.token_hex(4)}@example.org"
    page.goto("/konto/neu/")
    page.get_by_label("E-Mail-Adresse").fill(address)
    follow(page, page.get_by_role("button", name="Code senden"))
    first = code_in(city.mail_to(address))
    page.get_by_label("Code").fill(first)
    follow(page, page.get_by_role("button", name="Weiter"))
    page.goto("/konto/schutz/passkey/")
    page.get_by_role("button", name="Passkey anlegen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Codes für Notfälle")
    page.goto("/konto/abmelden/")
    follow(page, page.get_by_role("button", name="Abmelden"))
    page.goto("/konto/anmelden/")
    page.get_by_label("E-Mail-Adresse").fill(address)
    follow(page, page.get_by_role("button", name="Code senden"))
    page.get_by_label("Code").fill(code_in(city.mail_to(address, having="zum Anmelden")))
    follow(page, page.get_by_role("button", name="Weiter"))
    page.get_by_role("button", name="Mit Passkey bestätigen").click()
    expect(page.get_by_role("link", name="Mein Konto")).to_be_visible()
