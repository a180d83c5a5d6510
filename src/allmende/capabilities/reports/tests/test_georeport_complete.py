"""Programs that read page by page, or „what changed since“, miss nothing: whatever is committed, and whenever."""

import itertools
import json
import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.capabilities.reports import actions
from allmende.capabilities.reports.builders import category, desk, move, public, report
from allmende.capabilities.reports.models import Report, Update
from allmende.core import feeds


def pages(path, **sent):
    """Every page, along the `Link` headers."""
    client = Client(headers={"host": "localhost"})
    answer = client.get(f"/open311/v2/{path}", sent)
    yield json.loads(answer.content)
    while "Link" in answer.headers:
        parts = urlsplit(answer["Link"].partition(">")[0].removeprefix("<"))
        answer = client.get(f"{parts.path}?{parts.query}")
        assert answer.status_code == 200, answer.content
        yield json.loads(answer.content)


def collected(path, **sent):
    return [one for page in pages(path, **sent) for one in page]


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ages=st.lists(st.sampled_from([0, 1, 1.5, 1.5, 2, 59, 60, 3600, 86_400]), max_size=9),
    size=st.integers(1, 4),
    windows=st.lists(st.sampled_from([0, 1, 2, 60, 61, 3600, 90_000]), min_size=1, max_size=4, unique=True),
)
def test_windows_that_touch_and_pages_of_any_size_tell_every_report(db, ages, size, windows):
    Update.objects.all().delete()
    Report.objects.all().delete()
    begin = timezone.now().replace(microsecond=0) - timedelta(days=3)
    kind = category()
    rows = [public(kind=kind) for _ in ages]
    for row, age in zip(rows, ages, strict=True):
        Report.objects.filter(pk=row.pk).update(received_at=begin + timedelta(seconds=age))
    edges = sorted({begin, begin + timedelta(days=2), *(begin + timedelta(seconds=one) for one in windows)})
    found = []
    for since, until in itertools.pairwise(edges):
        told = collected("requests.json", start_date=stamp(since), end_date=stamp(until), max_requests=str(size))
        assert len(told) == len({one["service_request_id"] for one in told})  # each once within a window
        found += [int(one["service_request_id"]) for one in told]
    assert set(found) == {row.number for row in rows}
    changed = collected("requests.json", updated_after=stamp(begin), max_requests=str(size))
    assert {int(one["service_request_id"]) for one in changed} == {row.number for row in rows}


@pytest.mark.django_db
def test_reports_that_become_public_while_somebody_pages_move_nothing():
    kind = category()
    rows = [public(kind=kind) for _ in range(6)]
    found = []
    for page in pages("requests.json", max_requests="2"):
        found += [int(one["service_request_id"]) for one in page]
        public(kind=kind)
        move(rows[0], "begin", words="Wir fangen an.") if len(found) == 2 else None
    assert [one for one in found if one in {row.number for row in rows}] == [row.number for row in reversed(rows)]


def late(write):
    """Writes in a transaction that stays open until `end` is set; `begun` says that it has written."""
    begun, end = threading.Event(), threading.Event()

    def run():
        try:
            with transaction.atomic():
                write()
                begun.set()
                assert end.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(30)

    def finish():
        end.set()
        thread.join()

    return finish


def harvest(path, key, since):
    """What a program reads that goes on where it was: from the last instant that it was told."""
    seen = {}
    for one in collected(path, **since):
        seen[one[key]] = one["updated_datetime"]
    return seen


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_committed_late_is_told_by_the_next_reading():
    first, second = public(), public()
    since = timezone.now()
    Report.objects.filter(pk=first.pk).update(modified=since - timedelta(days=1))
    finish = late(lambda: Report.objects.filter(pk=first.pk).update(join_count=1))
    Report.objects.filter(pk=second.pk).update(join_count=2)  # begun later, committed at once
    with_guard = harvest("requests.json", "service_request_id", {"updated_after": stamp(since - timedelta(seconds=5))})
    assert str(first.number) not in with_guard
    told = max(with_guard.values(), default=stamp(since - timedelta(seconds=5)))
    finish()
    after = harvest("requests.json", "service_request_id", {"updated_after": told})
    assert {str(first.number), str(second.number)} <= with_guard.keys() | after.keys()


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_it_would_be_lost(monkeypatch):
    """The same with the clock alone, and the reader's own page mark: what was written first is committed last."""
    first, second = public(), public()
    Report.objects.update(modified=timezone.now() - timedelta(days=1))
    since = timezone.now()
    finish = late(lambda: Report.objects.filter(pk=first.pk).update(join_count=1))
    Report.objects.filter(pk=second.pk).update(join_count=2)
    from allmende.capabilities.reports.queries import georeport

    wanted = georeport.Wanted(changed_from=since)
    guarded, _end = georeport.page(wanted)
    assert guarded == []  # neither is told yet
    monkeypatch.setattr(feeds, "safe_until", lambda: timezone.now() + timedelta(seconds=1))
    careless, _end = georeport.page(wanted)
    assert [row.number for row in careless] == [second.number]
    mark = georeport.Cursor(careless[-1].modified, careless[-1].id)
    finish()
    assert georeport.page(wanted, after=mark)[0] == []  # lost: its instant lies before the mark
    monkeypatch.undo()
    assert {row.number for row in georeport.page(wanted)[0]} == {first.number, second.number}


@pytest.mark.django_db(transaction=True)
def test_steps_that_are_committed_late_are_told_in_the_next_window():
    one = public()
    since = timezone.now() - timedelta(seconds=2)
    finish = late(
        lambda: Update.objects.create(report=one, verb="begin", state="in_work", words="Spät", at=timezone.now())
    )
    Update.objects.create(report=one, verb="plan", state="planned", words="Sofort", at=timezone.now())
    window = {"start_date": stamp(since), "end_date": stamp(since + timedelta(minutes=5))}
    before = [row["description"] for row in collected("servicerequestupdates.json", **window)]
    assert "Sofort" not in before  # nothing beyond what is still open
    finish()
    after = [row["description"] for row in collected("servicerequestupdates.json", **window, max_requests="1")]
    assert after[-2:] == ["Spät", "Sofort"]


@pytest.mark.django_db
def test_steps_of_a_report_that_becomes_public_later_are_told_from_then_on():
    one = report()
    move(one, "check", publish=False, words="Wir sehen nach.")
    Update.objects.update(written_at=timezone.now() - timedelta(days=40))
    assert collected("servicerequestupdates.json") == []
    at = timezone.now()
    actions.show_report(actor=desk(), report_id=one.pk, publish=True, public_words="Lampe", at=at)
    (told,) = collected("servicerequestupdates.json", start_date=stamp(at), end_date=stamp(at + timedelta(minutes=1)))
    assert told["description"] == "Wir sehen nach."
    assert told["updated_datetime"] >= at.astimezone().isoformat(timespec="seconds")[:10]
    actions.show_report(actor=desk(), report_id=one.pk, publish=False, public_words="Lampe", at=at)
    Report.objects.filter(pk=one.pk).update(modified=at)
    assert collected("servicerequestupdates.json") == []
