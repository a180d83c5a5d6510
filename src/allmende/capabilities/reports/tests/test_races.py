"""Several at the same moment: nothing is counted twice, nothing is lost, nobody waits for ever."""

import dataclasses
import threading
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders
from allmende.capabilities.reports.actions import drafting
from allmende.capabilities.reports.actions.rows import Overtaken, last_line
from allmende.capabilities.reports.builders import desk, move, public, report
from allmende.capabilities.reports.models import Join, Report
from allmende.core.actor import Actor, Idempotency
from allmende.core.errors import Conflict, Invalid

pytestmark = pytest.mark.django_db(transaction=True)


def together(deeds):
    """Runs all of them at the same time, each with a connection of its own; returns what each gave or raised."""
    start, found = threading.Barrier(len(deeds)), []

    def run(deed):
        try:
            start.wait()
            found.append(deed())
        except (Conflict, Invalid) as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_six_who_see_it_too_are_six_and_without_the_lock_some_would_be_lost():
    one = public()
    read = threading.Barrier(6)

    def careless():
        count = Report.objects.values_list("join_count", flat=True).get(pk=one.pk)
        read.wait()
        Report.objects.filter(pk=one.pk).update(join_count=count + 1)

    together([careless] * 6)
    one.refresh_from_db()
    assert one.join_count < 6  # the protection off: the race is there
    Report.objects.filter(pk=one.pk).update(join_count=0)
    crowd = [people.actor(people.person()) for _ in range(6)]
    together(
        [lambda actor=actor: actions.join_report(actor=actor, report_id=one.pk, at=timezone.now()) for actor in crowd]
    )
    one.refresh_from_db()
    assert one.join_count == Join.objects.filter(report=one).count() == 6


def test_two_clerks_who_finish_at_once_take_one_step():
    one, clerks = public(), [desk(), desk()]
    found = together([lambda actor=actor: move(one, "finish", by=actor, words="Fertig.") for actor in clerks])
    assert sum(isinstance(answer, Conflict) for answer in found) == 1
    assert one.updates.filter(verb="finish").count() == 1


def test_a_report_sent_four_times_at_once_is_one():
    kind = builders.category()
    actor = dataclasses.replace(Actor(), idempotency=Idempotency("a" * 32, b"the same"))
    contact = {"contact_kind": "email", "email": "ines@example.org"}
    found = together([lambda: report(by=actor, kind=kind, contact=contact)] * 4)
    assert len({one.pk for one in found}) == Report.objects.count() == 1


def test_a_draft_sent_four_times_at_once_is_one_and_without_the_claim_it_would_be_four(monkeypatch):
    kind, number = builders.category(), uuid4()
    with monkeypatch.context() as off:
        off.setattr(drafting, "claim", lambda _draft_id, _at: None)
        together([lambda: report(kind=kind, draft_id=number)] * 4)
    assert Report.objects.count() == 4  # the protection off: the race is there
    number = uuid4()
    found = together([lambda: report(kind=kind, draft_id=number)] * 4)
    assert len({one.pk for one in found}) == 1
    assert Report.objects.count() == 5


def test_two_who_merge_crosswise_do_not_wait_for_each_other():
    one, other, at = report(), report(), timezone.now()
    clerks = [desk(), desk()]
    found = together([
        lambda: actions.merge_reports(actor=clerks[0], report_id=one.pk, main_id=other.pk, at=at),
        lambda: actions.merge_reports(actor=clerks[1], report_id=other.pk, main_id=one.pk, at=at),
    ])  # fmt: skip
    assert sum(isinstance(answer, (Conflict, Invalid)) for answer in found) == 1
    assert Report.objects.filter(main=None).count() == 1


def test_two_clerks_who_had_the_same_page_open_do_not_undo_each_other():
    clerks = [desk(), desk()]
    for protected in (False, True):
        one = public()
        seen = last_line(one) if protected else ""
        found = together([
            lambda one=one, seen=seen: move(one, "begin", by=clerks[0], seen=seen),
            lambda one=one, seen=seen: move(one, "ask", by=clerks[1], words="Wo?", seen=seen),
        ])  # fmt: skip
        overtaken = sum(isinstance(answer, Overtaken) for answer in found)
        lines = one.updates.filter(verb__in=["begin", "ask"]).count()
        assert (overtaken, lines) == ((1, 1) if protected else (0, 2))
