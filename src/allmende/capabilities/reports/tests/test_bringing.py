"""An old system's reports come along: none twice, faulty rows told, an interrupted import goes on."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from allmende.capabilities.reports import seeds
from allmende.capabilities.reports.actions import bringing
from allmende.capabilities.reports.adapters import old_reports
from allmende.capabilities.reports.models import Report
from allmende.core import city
from allmende.core.actor import Actor
from allmende.core.errors import NotAllowed
from allmende.core.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kinds():
    seeds.first_start(city.pack())


def exported(count=3, **fields):
    longitude, latitude = city.current().centre
    return [
        {"service_request_id": str(number), "description": f"Schaden {number}", "service_name": "Straßenbeleuchtung",
         "status": "closed" if number % 2 else "open", "requested_datetime": "2019-05-03T10:00:00+02:00",
         "updated_datetime": "2019-05-09T10:00:00+02:00", "status_notes": "Repariert.",
         "lat": latitude, "long": longitude, **fields}
        for number in range(count)
    ]  # fmt: skip


def run(tmp_path, content, *options, name="alt.json"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    out, err = io.StringIO(), io.StringIO()
    call_command("reports_import", str(path), "--source", "alt", *options, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue()


def test_an_open311_export_comes_in_once_with_its_own_times(tmp_path):
    content = json.dumps(exported())
    assert run(tmp_path, content)[0] == "new: 3, there before: 0, left out: 0"
    assert run(tmp_path, content)[0] == "new: 0, there before: 3, left out: 0"
    done = Report.objects.get(brought__foreign_id="1")
    assert (done.state, done.category.slug, done.is_public) == ("done", "licht", False)
    assert (done.received_at.isoformat(), done.closed_at.isoformat()) == (
        "2019-05-03T08:00:00+00:00", "2019-05-09T08:00:00+00:00",
    )  # fmt: skip
    assert [line.verb for line in done.updates.order_by("at")] == ["receive", "finish"]
    assert done.updates.get(verb="finish").words == "Repariert."
    assert not Event.objects.filter(name="reports.report_received").exists()  # no news for anybody


def test_xml_says_the_same(tmp_path):
    rows = "".join(
        "<request>" + "".join(f"<{name}>{value}</{name}>" for name, value in row.items()) + "</request>"
        for row in exported(2)
    )
    content = f'<?xml version="1.0" encoding="utf-8"?><service_requests>{rows}</service_requests>'
    assert run(tmp_path, content)[0] == "new: 2, there before: 0, left out: 0"


def test_a_table_with_its_own_words_for_everything(tmp_path):
    content = (
        "Nr;Text;Art;Stand;Gemeldet;Wo\n7;Loch;Wegeschaden;erledigt;03.05.2019 10:00;Markt\n8;Baum;X;neu;4.5.2019;Weg\n"
    )
    told, faults = run(
        tmp_path, content.encode("cp1252"), "--map", "service_request_id=Nr", "--map", "description=Text",
        "--map", "service_code=Art", "--map", "status=Stand", "--map", "requested_datetime=Gemeldet",
        "--map", "address=Wo", "--kind", "Wegeschaden=strasse", "--closed", "erledigt", "--public",
    )  # fmt: skip
    assert (told, faults) == ("new: 2, there before: 0, left out: 0", "")
    hole, tree = Report.objects.order_by("words")[1], Report.objects.order_by("words")[0]
    assert (hole.category.slug, hole.state, hole.is_public) == ("strasse", "done", True)
    assert (tree.category.slug, tree.state, tree.place) == ("sonstiges", "checked", "Weg")


def test_faulty_rows_are_told_and_the_others_come(tmp_path):
    rows = [*exported(1), {}, {"service_request_id": "9"}, *exported(1),
            *exported(1, service_request_id="5", lat="", long=""),
            *exported(1, service_request_id="6", requested_datetime="gestern"), 7]  # fmt: skip
    told, faults = run(tmp_path, json.dumps(rows))
    assert told == "new: 1, there before: 0, left out: 6"
    assert [line.split(":")[0] for line in faults.splitlines()] == ["2", "3", "4", "5", "6", "7"]


def test_an_interrupted_import_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr("allmende.capabilities.reports.management.commands.reports_import.BATCH", 4)
    content = json.dumps(exported(10))
    plain, calls = bringing._bring, []

    def breaks(*args):
        calls.append(1)
        if len(calls) == 7:
            raise KeyboardInterrupt
        return plain(*args)

    monkeypatch.setattr(bringing, "_bring", breaks)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, content)
    assert Report.objects.count() == 4  # whole batches only
    assert run(tmp_path, content)[0] == "new: 6, there before: 4, left out: 0"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[", b"<a>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"[" * 100_000, b"nur;worte\n1;2\n", b"{}",
     b'"text"', b"<requests></requests>", b"\xff\xfe\x00" * 50],
)  # fmt: skip
def test_hostile_files_are_refused_in_one_sentence(tmp_path, content):
    with pytest.raises(CommandError):
        run(tmp_path, content)
    assert not Report.objects.exists()


@given(st.binary(max_size=300))
@hypothesis_settings(max_examples=150)
def test_any_bytes_are_read_or_refused(raw):
    for content in (raw, b"[" + raw, b"<r><request>" + raw, b"service_request_id;requested_datetime\n" + raw):
        try:
            old_reports.read(content, zone=city.current().zone)
        except old_reports.NotReadable:
            continue


def test_only_the_platform_brings_reports():
    with pytest.raises(NotAllowed):
        bringing.bring_reports(actor=Actor(), source="alt", rows=[], kinds={}, publish=False, at=None)
