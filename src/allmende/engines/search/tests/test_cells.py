"""The squares that the map counts say the same as counting the things themselves, whatever happens to them."""

import random
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from allmende.core.actor import Viewer
from allmende.core.ids import uuid7
from allmende.core.squares import Squares
from allmende.engines.search import actions
from allmende.engines.search.models import Cell, Entry
from allmende.engines.search.queries import cells

pytestmark = pytest.mark.django_db(transaction=True)

KIND = ("reports", "report")
BOX = (11.9, 50.7, 12.3, 51.1)


def entry(chance, **fields):
    values = {
        "capability": KIND[0], "kind": KIND[1], "object_id": uuid7(), "url": "/x/", "state": "open",
        "happened_at": timezone.now(), "district": chance.choice(["lusan", "mitte"]),
        "longitude": chance.uniform(12.0, 12.2), "latitude": chance.uniform(50.8, 51.0),
    }  # fmt: skip
    return Entry(**{**values, **fields})


def asked(level=11, district=""):
    width = cells.width_of(level)
    return Squares({KIND}, BOX, width, width * cells.HIGH, district)


def plain(district=""):
    """Counted one by one: per square, how many."""
    width = cells.width_of(11)
    found = {}
    rows = Entry.objects.visible_to(Viewer(), timezone.now()).located().filter(visible_from__isnull=True)
    for row in rows.filter(district=district) if district else rows:
        fine = (row.longitude // cells.width_of(13), row.latitude // (cells.width_of(13) * cells.HIGH))
        key = (fine[0] // 4, fine[1] // 4)
        found[key] = found.get(key, 0) + 1
    assert width == cells.width_of(13) * 4
    return sorted(found.values())


def counted(level=11, district=""):
    return sorted(one.count for one in cells.squares(Viewer(), asked(level, district)))


def test_squares_are_what_is_there_after_every_change():
    chance = random.Random(4)
    Entry.objects.bulk_create([entry(chance) for _ in range(300)])
    assert counted() == plain()
    ids = list(Entry.objects.values_list("pk", flat=True))
    Entry.objects.filter(pk__in=ids[:40]).update(longitude=12.15, latitude=50.9)
    Entry.objects.filter(pk__in=ids[40:60]).update(visibility="hidden", titles={})
    Entry.objects.filter(pk__in=ids[60:80]).update(removed_at=timezone.now())
    Entry.objects.filter(pk__in=ids[80:90]).update(district="mitte")
    Entry.objects.filter(pk__in=ids[90:100]).update(visible_from=timezone.now() + timedelta(days=1))
    Entry.objects.filter(pk__in=ids[100:110]).update(state="done")
    Entry.objects.filter(pk__in=ids[110:120]).delete()
    assert counted() == plain()
    assert counted(district="mitte") == plain("mitte")
    before = Cell.objects.count()
    actions.fold_cells()
    assert Cell.objects.count() < before
    assert counted() == plain()
    actions.fold_cells()
    assert counted() == plain()


def test_a_change_that_moves_nothing_adds_no_row():
    chance = random.Random(5)
    Entry.objects.bulk_create([entry(chance) for _ in range(5)])
    before = Cell.objects.count()
    Entry.objects.update(state="done")
    assert Cell.objects.count() == before


def test_a_single_one_is_named_also_after_others_have_gone():
    chance = random.Random(6)
    three = [entry(chance, longitude=12.1, latitude=50.9) for _ in range(3)]
    Entry.objects.bulk_create(three)
    Entry.objects.filter(pk__in=[three[0].pk, three[2].pk]).delete()
    (square,) = cells.squares(Viewer(), asked())
    assert (square.count, square.one) == (1, three[1].pk)
    actions.fold_cells()
    assert cells.squares(Viewer(), asked())[0].one == three[1].pk


def test_what_is_for_staff_is_counted_for_staff_only():
    chance = random.Random(7)
    Entry.objects.bulk_create([entry(chance), entry(chance, visibility="role:clerk:reports")])
    assert sum(counted()) == 1


def test_squares_smaller_than_those_that_are_kept_are_left_to_who_asks():
    Entry.objects.bulk_create([entry(random.Random(8)) for _ in range(5)])
    assert cells.squares(Viewer(), asked(level=15)) == []
    assert counted(level=14)


def test_while_a_change_is_open_summing_up_takes_nothing_away_from_it():
    chance = random.Random(9)
    Entry.objects.bulk_create([entry(chance) for _ in range(50)])
    with transaction.atomic():
        Entry.objects.filter(pk=Entry.objects.first().pk).update(longitude=12.01)
        actions_seen = counted()
    actions.fold_cells()
    assert counted() == plain() == actions_seen
