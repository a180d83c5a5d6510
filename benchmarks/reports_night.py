"""Waits until a storm's backlog is worked off, then answers all of it at once; prints what became of it (JSON).

Usage: python reports_night.py MARK, with the settings of a running city.
"""

import json
import sys
import time
from datetime import UTC, datetime

import django

if __name__ == "__main__":
    django.setup()

import psycopg
from django.conf import settings
from settle import OPEN

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import actions
from allmende.capabilities.reports.models import Incident, Member, Report
from allmende.capabilities.reports.rules import SCOPE
from allmende.core.actor import Actor, Channel, Grant, Role, Viewer

PATIENCE = 1500


def settled() -> float:
    """Seconds until nothing is left to do."""
    began = time.monotonic()
    with psycopg.connect(settings.CONFIG.app_url, autocommit=True) as connection:
        quiet = 0
        while quiet < 3 and time.monotonic() - began < PATIENCE:
            row = connection.execute(OPEN).fetchone()
            quiet = quiet + 1 if row is not None and row[0] == 0 else 0
            time.sleep(1)
    return time.monotonic() - began - quiet


def main(mark: str) -> None:
    drained = settled()
    mine = Report.objects.filter(words__startswith=f"{mark} ")
    incidents = Incident.objects.filter(members__report__in=mine).distinct()
    outcome = {
        "reports": mine.count(),
        "incidents": incidents.count(),
        "alone": mine.exclude(pk__in=Member.objects.values("report_id")).count(),
        "drained_s": drained,
    }
    person = accounts.demo_person("clerk")
    assert person is not None
    clerk = Actor(
        viewer=Viewer(person.pk, frozenset({Grant(Role.CLERK, SCOPE)})), key=accounts.key_of(person.pk),
        channel=Channel.WEB,
    )  # fmt: skip
    for incident in incidents:
        actions.answer_incident(
            actor=clerk, incident_id=incident.pk, verb="begin", words="Alle Trupps sind unterwegs.",
            at=datetime.now(UTC),
        )  # fmt: skip
    began = time.monotonic()
    while mine.exclude(state="in_work").exists() and time.monotonic() - began < PATIENCE:
        time.sleep(0.5)
    outcome["answered_s"] = time.monotonic() - began
    outcome["answered"] = mine.filter(state="in_work").count()
    print(json.dumps(outcome))


if __name__ == "__main__":
    main(sys.argv[1])
