"""The offices' figures over a chosen time, files without reporters, and a dry run of the retention."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import builders
from allmende.capabilities.reports.actions.personal_data import expire_reports
from allmende.capabilities.reports.builders import category, move, public, report
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.queries import dashboard
from allmende.core.actor import Role
from allmende.core.models import AuditEntry

pytestmark = pytest.mark.django_db


def client_of(person):
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return client


@pytest.fixture
def desk():
    return client_of(people.with_role(Role.CLERK, "reports"))


def day(**ago):
    return f"{timezone.localtime(timezone.now() - timedelta(**ago)).date()}"


def test_figures_belong_to_the_chosen_time(desk):
    now = timezone.now()
    kind = category(names={"de": "Laterne"})
    old = report(kind=kind, at=now - timedelta(days=300))
    move(old, "check", at=now - timedelta(days=299))
    move(old, "finish", words="Fertig.", at=now - timedelta(days=290))
    public(kind=kind, at=now - timedelta(days=5))
    then = dashboard.figures("art", now - timedelta(days=310), now - timedelta(days=280))
    assert [(row.inflow, row.backlog, row.done, round(row.fixed)) for row in then] == [(1, 0, 1, 10)]
    between = dashboard.figures("art", now - timedelta(days=310), now - timedelta(days=295))
    assert [(row.inflow, row.backlog, row.done) for row in between] == [(1, 1, 0)]
    lately = dashboard.figures("art", now - timedelta(days=30), now)
    assert [(row.inflow, row.backlog, row.done) for row in lately] == [(1, 1, 0)]
    address = reverse("reports:dashboard")
    page = desk.get(address, {"von": day(days=310), "bis": day(days=280), "nach": "amt"}).content.decode()
    assert "kamen 1 Meldungen, 1 wurden erledigt" in page
    for wrong in ({"von": day(days=1), "bis": day(days=9)}, {"von": "1.1.1", "bis": "x"}, {"nach": "person"}):
        assert desk.get(address, wrong).status_code in {200, 422}


def test_density_counts_squares_and_districts_by_month(desk):
    now = timezone.now()
    for _ in range(3):
        one = report(at=now - timedelta(hours=1))
        Report.objects.filter(pk=one.pk).update(longitude=12.0801, latitude=50.8801, district="lusan")
    far = report(at=now - timedelta(hours=1))
    Report.objects.filter(pk=far.pk).update(longitude=12.12, latitude=50.90)
    page = desk.get(reverse("reports:dashboard")).content.decode()
    assert page.count("fill-opacity") == 2
    assert 'fill-opacity="1.00"' in page
    assert 'fill-opacity="0.50"' in page


def test_files_hold_what_ones_offices_handle_and_nobody_who_reported(desk):
    contact = {"contact_kind": "email", "email": "ines@example.org", "display_name": "Ines"}
    shown = move(report(words="=Frau Beispiel", contact=contact), "check", publish=True, public_words="=1+1")
    hidden = report(words="Geheim: Herr Muster")
    theirs = report(kind=category(department="kultur"))
    Report.objects.filter(pk=shown.pk).update(longitude=12.08, latitude=50.88)
    office = client_of(people.with_role(Role.CLERK, f"department:{builders.OFFICE}"))

    def fetch(client, form, **query):
        return client.get(reverse("reports:export", args=[form]), query)

    table = fetch(office, "csv").content.decode("utf-8-sig")
    assert (f"{shown.number};" in table, f"{hidden.number};" in table, f"\r\n{theirs.number};" in table) == (
        True,
        True,
        False,
    )
    assert "'=1+1" in table
    sheet = openpyxl.load_workbook(io.BytesIO(fetch(office, "xlsx").content)).active
    assert [cell.value for cell in sheet[1]][:2] == ["number", "category"]
    assert sheet.max_row == 3
    places = json.loads(fetch(office, "geojson").content)
    assert {one["id"]: one["geometry"] for one in places["features"]}[shown.number]["coordinates"] == [12.08, 50.88]
    everything = table + json.dumps(places)
    for private in ("Beispiel", "Geheim", "ines@", "Ines", str(shown.token)):
        assert private not in everything
    assert fetch(office, "csv", worte="1").status_code == 403
    assert "Geheim: Herr Muster" in fetch(desk, "csv", worte="1").content.decode()
    assert "ines@" not in fetch(desk, "csv", worte="1").content.decode()
    assert AuditEntry.objects.filter(action="reports.export_reports", fields__contains=["words"]).count() == 2
    assert fetch(office, "pdf").status_code == 404
    assert fetch(client_of(people.person()), "csv").status_code == 403


def test_the_dry_run_of_the_retention_says_what_the_night_then_does(desk):
    now = timezone.now()
    kind = category(retention_days=30, names={"de": "Laterne"})
    for days in (40, 35, 10):
        one = move(report(kind=kind, at=now - timedelta(days=50)), "check", at=now - timedelta(days=49))
        move(one, "finish", words="Fertig.", at=now - timedelta(days=days))
    report(kind=kind)
    found = next(row for row in dashboard.retention(now) if row.category.pk == kind.pk)
    assert (found.waiting, found.tonight, found.soon, found.emptied) == (3, 2, 1, 0)
    assert "Heute Nacht werden 2 Meldungen geleert." in desk.get(reverse("reports:retention")).content.decode()
    assert expire_reports(now) == 2
    found = next(row for row in dashboard.retention(now) if row.category.pk == kind.pk)
    assert (found.waiting, found.tonight, found.emptied) == (1, 0, 2)
