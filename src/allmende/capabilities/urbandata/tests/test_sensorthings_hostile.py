"""Whatever programs send to SensorThings, nothing breaks: refused and told, and no value is lost by corrections."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.capabilities.urbandata import actions
from allmende.capabilities.urbandata.actions import Reading
from allmende.capabilities.urbandata.actions.correcting import correct_observation, remove_observation
from allmende.capabilities.urbandata.builders import measure, series
from allmende.capabilities.urbandata.forms import bodies
from allmende.capabilities.urbandata.models import Day, Hour, Observation, Standing
from allmende.capabilities.urbandata.queries.sensorthings.kinds import KINDS
from allmende.core.actor import SYSTEM
from allmende.core.errors import DomainError

pytestmark = pytest.mark.django_db
START = datetime(2024, 7, 1, 10, tzinfo=UTC)
SIGNS = (
    "name result properties/a Datastream/name eq ne and or not add div 'a' 1 -1 1e300 null true ( ) , / $top=1 & = "
    "$filter= $expand= $orderby= ; now() length( substringof( 2024-01-01T00:00:00Z @iot.id (1) $select= $count=true "
    "$skip= '' %00 $skiptoken= phenomenonTime resultTime geography'POINT(1 2)' \ud7ff desc 99999999999999999999"
)
WORDS = st.sampled_from([*KINDS, *SIGNS.split()])
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(KINDS)), st.lists(WORDS, max_size=9))
def test_no_address_breaks(where, words):
    client = Client(headers={"host": "localhost"})
    with transaction.atomic():
        answer = client.generic("GET", f"/sta/v1.1/{where}", QUERY_STRING=" ".join(words).replace(" & ", "&"))
    assert answer.status_code in {200, 204, 400, 404}, (words, answer.content[:300])
    if answer.status_code >= 400:
        assert json.loads(answer.content)["message"]


@settings(max_examples=150)
@given(st.sampled_from(sorted(KINDS)), st.data())
def test_no_body_breaks(name, data):
    kind = KINDS[name]
    keys = st.sampled_from([*kind.columns, *kind.links, "@iot.id"])
    body = data.draw(st.dictionaries(keys, JSONS, max_size=6) | JSONS)
    try:
        draft = bodies.read_entity(kind, body)
    except DomainError:
        return
    json.dumps([value for value in draft.fields.values() if not isinstance(value, datetime)], allow_nan=False).encode()


def test_a_question_that_takes_too_long_is_ended_and_told(monkeypatch):
    monkeypatch.setattr("allmende.capabilities.urbandata.views.sensorthings.SECONDS", "0.001")
    one = series()
    measure(one, START, list(range(3000)), every=timedelta(minutes=1))
    answer = Client(headers={"host": "localhost"}).get(
        "/sta/v1.1/Observations?$filter=length(Datastream/name) add result mul result mod 7 eq -1"
    )
    assert answer.status_code == 503
    assert "narrow" in json.loads(answer.content)["message"]


@pytest.mark.django_db(transaction=True)
def test_corrections_beside_new_values_leave_every_sum_right():
    """Two who add, one who corrects, one who takes away, all in the same hour."""
    one = series()
    ids = list(measure(one, START, [1] * 40, every=timedelta(minutes=1)).ids)

    def work(turn: int) -> None:
        try:
            for step in range(10):
                if turn == 0:
                    correct_observation(actor=SYSTEM, key=ids[step], changes={"result": 5}, at=timezone.now())
                elif turn == 1:
                    remove_observation(actor=SYSTEM, key=ids[20 + step], at=timezone.now())
                else:
                    new = [Reading(one.number, START + timedelta(minutes=step), 2)]
                    actions.add_observations(actor=SYSTEM, readings=new, at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert Observation.objects.count() == 50
    hour, day, standing = Hour.objects.get(), Day.objects.get(), Standing.objects.get()
    assert (hour.count, hour.total, hour.high) == (50, 10 * 5 + 20 * 1 + 20 * 2, 5)
    assert (day.count, day.total, standing.count) == (50, hour.total, 50)
