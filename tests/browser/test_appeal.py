"""Refused, objected, decided anew by somebody else: the way that the city owes everybody (DSA Art. 17 and 20)."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import City
from tests.browser.test_journey import press, sign_in_as

SECOND = """
from django.utils import timezone
from allmende.accounts import interface as accounts
from allmende.core.actor import SYSTEM, Channel, Role
accounts.grant_role(
    actor=SYSTEM.via(Channel.SEED), person_id=accounts.demo_person("editor").pk, role=Role.MODERATOR,
    scope="participation", at=timezone.now(),
)
"""
NO_MORE = """
from allmende.accounts import interface as accounts
from allmende.accounts.models import RoleGrant
RoleGrant.objects.filter(person=accounts.demo_person("editor"), role="moderator").delete()
"""
CASE = """
from allmende.engines.discussion.models import Case
print(Case.objects.filter(state="open").order_by("-opened_at").values_list("pk", flat=True).first())
"""
REASON = "Bitte ohne den Namen der Firma schreiben."


@pytest.fixture
def second_moderator(city: City):
    """The one who did not refuse; afterwards no moderator any more."""
    city.manage("shell", "-v", "0", "-c", SECOND)
    yield "Beispiel: Redaktion"
    city.manage("shell", "-v", "0", "-c", NO_MORE)


def newest_case(city: City) -> str:
    return city.manage("shell", "-v", "0", "-c", CASE).splitlines()[-1]


def as_another(page: Page, person: str) -> None:
    page.context.clear_cookies()
    sign_in_as(page, person)


def test_refused_objected_and_decided_by_another(page: Page, city: City, second_moderator: str):
    title = f"Ein Schirm für den Markt {secrets.token_hex(3)}"
    sign_in_as(page, "Beispiel: Einwohnerin")
    page.goto("/mitmachen/ideen/neu/")
    press(page, page.locator("main").get_by_role("link", name=re.compile("Energie und Umwelt")).first)
    page.get_by_label("Ihre Idee in einem Satz").fill(title)
    page.get_by_label("Beschreibung").fill("Damit man auch bei Regen stehen bleiben kann.")
    press(page, page.get_by_role("button", name="Idee absenden"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Danke")

    # Somebody refuses it, by a rule and with a reason.
    as_another(page, "Beispiel: Moderation")
    page.goto(f"/moderation/faelle/{newest_case(city)}/")
    expect(page.locator("main")).to_contain_text(title)
    page.get_by_text("Nicht veröffentlichen …").press("Enter")
    page.get_by_role("group", name="Gegen welche Regel verstößt der Beitrag?").get_by_role("radio").first.check()
    page.get_by_label("Begründung an die Person").fill(REASON)
    press(page, page.get_by_role("button", name="Nicht veröffentlichen"))

    # Its author reads why, and does not agree.
    told = city.mail_to("resident@example.org", having=REASON)
    address = re.search(r"\S+/moderation/entscheidung/\S+", told)
    assert address, told
    as_another(page, "Beispiel: Einwohnerin")
    page.goto(address[0])
    expect(page.locator("main")).to_contain_text(REASON)
    page.get_by_label("Warum sollen wir noch einmal prüfen?").fill("Im Text steht gar keine Firma.")
    press(page, page.get_by_role("button", name="Widersprechen"))
    expect(page.locator("main")).to_contain_text("Eine andere Person prüft Ihren Beitrag noch einmal.")

    # Whoever refused it does not decide again.
    objection = newest_case(city)
    as_another(page, "Beispiel: Moderation")
    page.goto(f"/moderation/faelle/{objection}/")
    expect(page.get_by_role("button", name="Freigeben")).to_have_count(0)

    as_another(page, second_moderator)
    page.goto(f"/moderation/faelle/{objection}/")
    expect(page.locator("main")).to_contain_text("Im Text steht gar keine Firma.")
    expect(page.locator("main")).to_contain_text(REASON)
    press(page, page.get_by_role("button", name="Freigeben"))

    as_another(page, "Beispiel: Einwohnerin")
    page.goto(address[0])
    expect(page.locator("main")).to_contain_text("Eine andere Person hat neu entschieden")
    page.goto("/mitmachen/meine/")
    press(page, page.get_by_role("link", name=title))
    page.context.clear_cookies()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
