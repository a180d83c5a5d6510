"""Whoever holds number and code sees how it stands, without an account; whoever guesses is stopped."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.core.ids import uuid7
from allmende.engines.notify import actions, handlers, rules
from allmende.engines.notify.builders import by_number, happen, thing
from allmende.engines.notify.models import Receipt
from allmende.engines.search.builders import drop_thing


@pytest.fixture
def receipt(db):
    guest = by_number()
    ref = thing(
        guest,
        title="Bänke am Fluss",
        visibility="hidden",
        state_labels={"de": "wird geprüft", "en": "being checked"},
        next_step={"de": "Wir lesen Ihre Idee", "en": "We read your idea"},
        office={"de": "Team Beteiligung", "en": "Participation team"},
        due=timezone.now() + timedelta(days=2),
    )
    return actions.issue_receipt(ref, guest.pk, timezone.now())


def ask(number, code, client=None, path="/nachsehen/"):
    return (client or Client()).post(path, {"number": number, "code": code})


def test_number_and_code_show_state_next_step_office_and_date_of_what_is_not_public_yet(receipt):
    answer = ask(receipt.number, receipt.code)
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Bänke am Fluss", "wird geprüft", "Wir lesen Ihre Idee", "Team Beteiligung", receipt.number):
        assert words in page
    assert "Zur öffentlichen Seite" not in page
    assert answer["Cache-Control"] == "no-store"
    assert receipt.code not in page


def test_in_english_too(receipt):
    page = ask(receipt.number, receipt.code, path="/en/nachsehen/").content.decode()
    for words in ("being checked", "We read your idea", "Participation team", "Next step"):
        assert words in page


def test_what_the_author_was_told_is_there_too(receipt):
    handlers.tell(happen(receipt.ref, author=receipt.person))
    assert "Jetzt steht sie im Entwurf." in ask(receipt.number, receipt.code).content.decode()


def test_people_may_type_as_they_like(receipt):
    number, code = receipt.number.lower().replace("-", " "), receipt.code.lower().replace("-", "")
    assert ask(f"  {number} ", code).status_code == 200
    assert ask(receipt.number, " ".join(receipt.code)).status_code == 200


def test_a_wrong_code_and_a_wrong_number_are_told_alike(receipt):
    wrong_code = ask(receipt.number, "AAAA-AAAA")
    wrong_number = ask("G-2026-999999", receipt.code)
    assert wrong_code.status_code == wrong_number.status_code == 422
    for answer in (wrong_code, wrong_number, ask("Unsinn", "Unsinn")):
        assert "Nummer und Code passen nicht zusammen" in answer.content.decode()
        assert "Bänke" not in answer.content.decode()


def test_after_ten_wrong_codes_it_stops_and_says_when_it_goes_on(receipt):
    for _ in range(10):
        assert ask(receipt.number, "AAAA-AAAA").status_code == 422
    refused = ask(receipt.number, receipt.code)  # not even the right one: else guessing would go on
    assert refused.status_code == 429
    assert re.search(r"In \d+ Minuten geht es weiter", refused.content.decode())
    assert "Bänke" not in refused.content.decode()


def test_the_thing_was_deleted(receipt):
    drop_thing(receipt.ref)
    page = ask(receipt.number, receipt.code).content.decode()
    assert "Diesen Beitrag gibt es nicht mehr." in page
    assert "Bänke" not in page


def test_what_is_public_has_a_way_to_its_page(db):
    guest = by_number()
    ref = thing(guest, title="Laternen")
    receipt = actions.issue_receipt(ref, guest.pk, timezone.now())
    assert f"/beispiel/{ref.id}/" in ask(receipt.number, receipt.code).content.decode()


def test_a_receipt_is_the_same_every_time_and_each_person_has_their_own(db):
    one, two = by_number(), by_number()
    ref = thing()
    first = actions.issue_receipt(ref, one.pk, timezone.now())
    assert actions.issue_receipt(ref, one.pk, timezone.now() + timedelta(days=400)) == first
    other = actions.issue_receipt(ref, two.pk, timezone.now())
    assert other.number != first.number
    assert other.code != first.code
    assert Receipt.objects.count() == 2


def test_the_table_keeps_no_code(receipt, owner):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM notify_receipt r")
        (row,) = cursor.fetchone()
    assert receipt.code not in row
    assert receipt.code.replace("-", "") not in row


def test_a_number_begins_with_the_citys_letter_and_the_local_year(db):
    from datetime import UTC, datetime

    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight in Gera
    receipt = actions.issue_receipt(thing(), by_number().pk, new_year)
    assert re.fullmatch(r"G-2027-\d{6}", receipt.number)
    assert re.fullmatch(r"[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}", receipt.code)


def test_the_form_can_know_the_number_from_a_mail(db):
    page = Client().get("/nachsehen/?nummer=G-2026-000007").content.decode()
    assert 'value="G-2026-000007"' in page


def test_who_is_signed_in_holds_a_code_too(receipt):
    client = people.login(Client(), people.person())
    assert ask(receipt.number, receipt.code, client).status_code == 200


@given(st.uuids(version=4), st.text(max_size=30))
def test_no_text_opens_a_receipt_but_its_code(receipt_id, typed):
    code = rules.code_of(receipt_id)
    assert rules.is_code(receipt_id, code)
    assert rules.is_code(receipt_id, f" {code[:4]}-{code[4:]} ".lower())
    assert rules.is_code(receipt_id, typed) == (rules.tidy_code(typed) == code)


@given(st.text(max_size=60))
def test_any_typed_number_is_read_or_passed_over(typed):
    found = rules.serial_of(typed)
    assert found is None or all(isinstance(part, int) for part in found)


def test_codes_are_spread_over_all_signs():
    signs = "".join(rules.code_of(uuid7()) for _ in range(400))
    assert set(signs) == set(rules.ALPHABET)
    assert rules.code_of(UUID(int=1)) != rules.code_of(UUID(int=2))
