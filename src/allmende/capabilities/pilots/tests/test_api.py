"""The portfolio for programs."""

import pytest
from django.test import Client

from allmende.capabilities.pilots.builders import indicator, milestone, pilot, value

API = "/api/v1/pilots"


@pytest.fixture
def api(db):
    return Client(headers={"host": "localhost"})


def test_pilots_are_read_by_keyset_with_their_light(api):
    numbers = [pilot("running").number for _ in range(3)]
    pilot("draft")
    milestone(pilot("decided"), days=-2)
    seen, after = [], 0
    while after is not None:
        found = api.get(f"{API}/pilots", {"after": after, "limit": 2}).json()
        seen += [(one["number"], one["light"]) for one in found["pilots"]]
        after = found["next"]
    assert [number for number, _light in seen[:3]] == numbers
    assert [light for _number, light in seen] == ["none", "none", "none", "late"]


def test_one_pilot_its_indicators_and_their_values(api):
    one = indicator()
    value(one, "80")
    value(one, "78", reason="Doppelt gezählt.")
    found = api.get(f"{API}/pilots/{one.pilot.number}").json()
    assert found["indicators"] == [one.number]
    assert [row["number"] for row in api.get(f"{API}/pilots/{one.pilot.number}/indicators").json()] == [one.number]
    whole = api.get(f"{API}/indicators/{one.number}").json()
    assert [(float(row["value"]), row["replaced_at"] is None) for row in whole["values"]] == [(78, True), (80, False)]
    hidden = indicator(pilot("draft"))
    for path in (f"/indicators/{hidden.number}", f"/pilots/{hidden.pilot.number}", "/pilots/9999"):
        assert api.get(f"{API}{path}").status_code == 404, path
