"""A deadline that moves takes along what depends on it, or is asked not to; nothing begins before the deadline."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders
from allmende.capabilities.participation.models import Phase, TopicStore
from allmende.core.errors import Invalid

NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture
def made(db):
    editor = people.actor(people.editor())
    project = actions.create_project(
        actor=editor,
        group_id=builders.group().pk,
        blueprint="contest",
        data=actions.ProjectData(title={"de": "Wettbewerb"}, contract=builders.CONTRACT),
        opens_at=NOW - 5 * DAY,
        closes_at=NOW + 5 * DAY,
        at=NOW - 6 * DAY,
    )
    return TopicStore.objects.get(module__project=project).contest


def days(made):
    rows = Phase.objects.filter(module__store=made.store_id).order_by("starts_at")
    return [(row.kind, row.starts_at, row.ends_at) for row in rows]


def save(made, **fields):
    rows = [actions.CriterionData(row.names, row.weight, row.scale, row.pk) for row in made.criteria.all()]
    data = actions.ContestData(**{"criteria": rows, "groups": ["business"], **fields})
    return actions.save_contest(actor=people.actor(people.editor()), store_id=made.store_id, data=data, at=NOW)


def test_jury_and_votes_keep_their_distance_to_the_deadline(made):
    before = days(made)
    assert before
    save(made, closes_at=made.store.closes_at + 7 * DAY)
    assert days(made) == [(kind, starts + 7 * DAY, ends + 7 * DAY) for kind, starts, ends in before]
    save(made, closes_at=made.store.closes_at)
    assert days(made) == before


def test_they_keep_their_days_where_an_editor_says_so_unless_one_began_too_early(made):
    before = days(made)
    save(made, closes_at=made.store.closes_at - DAY, moves_phases=False)
    assert days(made) == before
    with pytest.raises(Invalid) as refused:
        save(made, closes_at=made.store.closes_at + 3 * DAY, moves_phases=False)
    assert set(refused.value.fields) == {"moves_phases"}
    assert days(made) == before


def test_the_dates_of_the_collection_itself_take_them_along_too(made):
    before, store = days(made), made.store
    data = builders.data(NOW, kind="contest", opens_at=store.opens_at, closes_at=store.closes_at + 2 * DAY)
    editor = people.actor(people.editor())
    actions.save_store(actor=editor, group_id=store.group_id, store_id=store.pk, data=data, at=NOW)
    assert days(made) == [(kind, starts + 2 * DAY, ends + 2 * DAY) for kind, starts, ends in before]


def test_the_form_names_what_depends_on_the_deadline_and_says_what_moved(made):
    editor = people.login(Client(headers={"host": "localhost"}), people.editor())
    address = f"/mitmachen/wettbewerbe/{made.store.number}/einstellen/"
    page = editor.get(address).content.decode()
    assert "Nach der Frist kommen: " in page
    assert 'value="move"' in page
    closes = timezone.localtime(made.store.closes_at + 4 * DAY)
    sent = {"groups": ["club"], "closes_on": f"{closes:%Y-%m-%d}", "closes_time": f"{closes:%H:%M}",
            "grace_minutes": "0", "tie_rule": "earlier", "later": "stay"}  # fmt: skip
    for number, row in enumerate(made.criteria.all()):
        sent |= {f"criterion_{number}": row.names["de"], f"weight_{number}": row.weight, f"scale_{number}": row.scale}
    refused = editor.post(address, sent)
    assert refused.status_code == 422
    assert "Dann begänne eine Phase vor der neuen Frist." in refused.content.decode()
    before = days(made)
    told = editor.post(address, {**sent, "later": "move"}, follow=True).content.decode()
    assert "Was nach der Frist kommt, ist mitgerückt." in told
    assert days(made)[0][1] - before[0][1] > 3 * DAY
