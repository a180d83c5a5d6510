"""Rules without a database: which category words speak of, until when something is due, how far away something is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from allmende.capabilities.reports.queries.reports import distance
from allmende.capabilities.reports.rules.proposing import Proposal, is_danger, propose
from allmende.capabilities.reports.rules.targets import due

KINDS = [("licht", ["laterne", "lampe"]), ("gruen", ["ast", "baum"]), ("strasse", ["schlagloch", "loch"])]
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Die Straßenlaterne ist aus", [Proposal("licht", "Straßenlaterne")]),
        ("Der Kasten ist voll", []),  # a short key word is a whole word
        ("Ein Ast liegt da", [Proposal("gruen", "Ast")]),
        ("SCHLAGLÖCHER!", [Proposal("strasse", "SCHLAGLÖCHER")]),
        ("Schlagloch neben der Lampe", [Proposal("strasse", "Schlagloch"), Proposal("licht", "Lampe")]),
        ("", []),
    ],
)
def test_words_propose_a_category_and_say_why(words, found):
    assert propose(words, KINDS) == found


def test_danger_is_heard_in_several_words_too():
    assert is_danger("Hier riecht nach Gas alles", ["riecht nach gas"]) == "riecht nach Gas"
    assert is_danger("Der Gasthof ist zu", ["gas"]) == ""


def test_targets_count_working_days_without_the_holidays_of_thuringia():
    friday = datetime(2026, 10, 30, 12, tzinfo=UTC)
    assert due(friday, 1, zone=BERLIN, state="Thüringen").astimezone(BERLIN).date().isoformat() == "2026-11-03"
    before_children_day = datetime(2027, 9, 17, 12, tzinfo=UTC)  # Friday; Monday, 20 September is a holiday
    assert (
        due(before_children_day, 1, zone=BERLIN, state="Thüringen").astimezone(BERLIN).date().isoformat()
        == "2027-09-22"
    )
    assert (
        due(before_children_day, 1, zone=BERLIN, state="Sachsen").astimezone(BERLIN).date().isoformat() == "2027-09-21"
    )


def test_metres_between_two_places_of_a_city():
    assert distance((12.08, 50.88), (12.08, 50.881)) == pytest.approx(111, abs=1)
    assert distance((12.08, 50.88), (12.081, 50.88)) == pytest.approx(70, abs=1)
