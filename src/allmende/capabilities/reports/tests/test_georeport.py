"""Open311 GeoReport v2, read: both formats, only what is public, filters, errors as the standard words them."""

import json
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.capabilities.reports import actions
from allmende.capabilities.reports.builders import category, desk, move, public, report
from allmende.capabilities.reports.models import Report
from allmende.engines.media import builders as pictures
from allmende.engines.media import interface as media

pytestmark = pytest.mark.django_db
ROOT = "/open311/v2"


def ask(path, expected=200, **sent):
    answer = Client(headers={"host": "localhost"}).get(f"{ROOT}/{path}", sent)
    assert answer.status_code == expected, answer.content
    return answer


def listed(path="requests.json", **sent):
    return json.loads(ask(path, **sent).content)


def numbers(**sent):
    return [int(one["service_request_id"]) for one in listed(**sent)]


def shown(one, **fields):
    """As somebody has corrected it in the database, for what no form lets one choose."""
    Report.objects.filter(pk=one.pk).update(**fields)
    one.refresh_from_db()
    return one


def test_a_request_reads_the_same_in_xml_and_json_and_says_twice_that_it_is_utf_8():
    kind = category(slug="licht", names={"de": "Straßenlicht", "en": "Street light"})
    one = public(kind=kind, words="Lampe <aus> & düster", place="Markt 3", detail="neben der Bank")
    one = shown(one, longitude=12.08, latitude=50.88)
    answer = ask("requests.xml", extensions="true")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert "no-store" not in answer.headers.get("Cache-Control", "")
    assert not answer.cookies
    (found,) = ET.fromstring(answer.content)
    (told,) = listed(extensions="true")
    assert found.findtext("service_request_id") == told["service_request_id"] == str(one.number)
    assert found.findtext("description") == told["description"] == "Lampe <aus> & düster"
    assert found.findtext("service_code") == "licht"
    assert told["service_name"] == "Straßenlicht"
    assert told["address"] == "Markt 3, neben der Bank"
    assert (told["lat"], told["long"]) == (50.88, 12.08)
    assert told["status"] == "open"
    assert told["extended_attributes"]["detailed_status"] == "RECEIVED"
    assert told["extended_attributes"]["votes"] == 0
    assert found.find("extended_attributes/media_urls") is not None
    assert told["requested_datetime"][-6] in "+-"
    (english,) = listed(language="en")
    assert english["service_name"] == "Street light"


def test_only_what_everybody_may_read_goes_out():
    secret = {"email": "ines@example.org", "contact_kind": "email"}
    hidden = report(words="Noch nicht geprüft", contact=secret)
    one = report(words="Ines Muster, 0365 1234: Lampe aus", contact=secret)
    move(one, "check", publish=True, public_words="Lampe aus", note="Kollege Meier ist krank", words="Wir sehen nach.")
    move(one, "ask", words="Wie heißen Sie?")
    refused = report(words="Beleidigung")
    move(refused, "refuse", words="So nicht.")
    for path in ("requests.xml", "requests.json", "servicerequestupdates.xml", f"requests/{one.number}.xml"):
        text = ask(path, extensions="true").content.decode()
        for private in ("Ines", "ines@", "Meier", "Noch nicht", "Wie heißen", "Beleidigung", "So nicht", one.token):
            assert private not in text, (path, private)
    assert numbers() == [one.number]
    for gone in (hidden.number, refused.number, 999_999_999, 2**70):
        ask(f"requests/{gone}.xml", 404)
    assert numbers(service_request_id=f"{hidden.number},{one.number},x,{2**70}") == [one.number]


def test_a_picture_goes_out_once_somebody_has_released_it():
    one = report(image_id=media.take_image(pictures.jpeg(), alt="Lampe").pk)
    move(one, "check", publish=True)
    assert listed()[0]["media_url"] is None
    actions.show_report(
        actor=desk(), report_id=one.pk, publish=True, public_words="Lampe", with_image=True, at=timezone.now()
    )
    # the worker moves a released picture into the public tree; until then it has no public address
    from allmende.engines.media.models import Medium

    Medium.objects.update(placed="public")
    told = listed(extensions="true", with_picture="true")[0]
    assert told["media_url"].startswith("http")
    assert told["extended_attributes"]["media_urls"] == [told["media_url"]]


def test_services_and_what_is_asked_about_them():
    category(slug="licht", hints={"de": "Lampen"}, keywords=["lampe", "dunkel"])
    category(slug="bahn", elsewhere={"de": "Die Bahn."})
    category(slug="alt", is_active=False)
    (told,) = listed("services.json")
    assert told["service_code"] == "licht"
    assert told["keywords"] == "lampe,dunkel"
    assert told["metadata"] is False
    assert json.loads(ask("services/licht.json").content) == {"service_code": "licht", "attributes": []}
    assert ET.fromstring(ask("services/licht.xml").content).findtext("service_code") == "licht"
    ask("services/bahn.xml", 404)
    found = ET.fromstring(ask("discovery.xml").content)
    assert found.findtext("endpoints/endpoint/specification") == "http://wiki.open311.org/GeoReport_v2"


def test_errors_are_worded_as_the_standard_does():
    answer = ask("requests.json", 400, start_date="yesterday")
    (error,) = json.loads(answer.content)
    assert error["code"] == 400
    assert "start_date" in error["description"]
    answer = ask("requests.xml", 404, jurisdiction_id="elsewhere.example")
    assert ET.fromstring(answer.content).findtext("error/code") == "404"
    ask("services.xml", jurisdiction_id="gera")
    ask("nothing/here.xml", 404)
    answer = Client(headers={"host": "localhost"}).delete(f"{ROOT}/requests.xml")
    assert (answer.status_code, ET.fromstring(answer.content).findtext("error/code")) == (405, "405")


@pytest.mark.parametrize(
    "sent",
    [
        {"start_date": "2026-01-01T00:00:00"},
        {"start_date": "2026-13-01T00:00:00Z"},
        {"start_date": "0001-01-01T00:00:00+14:00"},
        {"end_date": "9999-12-31T23:59:59-14:00"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        {"lat": "50"},
        {"lat": "nan", "long": "1", "radius": "2"},
        {"lat": "50", "long": "12", "radius": "1e999"},
        {"max_requests": "-1"},
        {"max_requests": "all"},
        {"after": "x"},
        {"after": "9" * 60 + "_1"},
        {"status": "somewhere"},
        {"service_code": "\0"},
        {"service_request_id": ",".join(["1"] * 1001)},
    ],
)
def test_what_nobody_can_answer_is_refused_and_never_breaks(sent):
    (error,) = json.loads(ask("requests.json", 400, **sent).content)
    assert error["description"]


def test_filters_and_the_window_of_ninety_days():
    at = timezone.now()
    light, waste = category(slug="licht"), category(slug="muell")
    old = shown(public(kind=light), received_at=at - timedelta(days=120))
    done = move(public(kind=waste), "finish", words="Erledigt.")
    near = shown(public(kind=light), longitude=12.08, latitude=50.88)
    assert set(numbers()) == {done.number, near.number}
    assert numbers(status="closed") == [done.number]
    assert numbers(detailed_status="PROCESSED,REJECTED") == [done.number]
    assert numbers(service_code="muell") == [done.number]
    assert numbers(service_code="muell,licht", status="open") == [near.number]
    assert numbers(lat="50.8805", long="12.08", radius="100") == [near.number]
    assert numbers(lat="50.8805", long="12.08", radius="20") == []
    assert numbers(service_request_id=str(old.number), status="closed", service_code="muell") == [old.number]
    start = (at - timedelta(days=130)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert numbers(start_date=start) == [old.number]
    assert numbers(keyword="idea") == []
    assert numbers(agency_responsible="umwelt", max_requests="1") == [near.number]
    assert numbers(agency_responsible="nobody") == []
    assert listed(just_count="true") == {"count": 2}
    assert b"<count>2</count>" in ask("requests.xml", just_count="true").content


def test_a_merged_report_names_the_one_it_runs_with_unless_that_is_private():
    main, one = public(), public()
    actions.merge_reports(actor=desk(), report_id=one.pk, main_id=main.pk, at=timezone.now())
    (told,) = listed(f"requests/{one.number}.json", extensions="true")
    assert told["status"] == "closed"
    assert told["extended_attributes"]["duplicate_of"] == str(main.number)
    actions.show_report(actor=desk(), report_id=main.pk, publish=False, public_words="x", at=timezone.now())
    (told,) = listed(f"requests/{one.number}.json", extensions="true")
    assert told["extended_attributes"]["duplicate_of"] is None


def test_what_is_no_longer_public_is_told_as_gone_to_whoever_asks_what_changed():
    one = public(words="Das steht hier nicht mehr.")
    since = (timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    actions.show_report(actor=desk(), report_id=one.pk, publish=False, public_words="", at=timezone.now())
    never = report()
    (gone,) = listed(updated_after=since, extensions="true", status="closed", service_code="none")
    assert gone["service_request_id"] == str(one.number)
    assert gone["extended_attributes"] == {"deleted": True}
    assert "description" not in gone
    assert numbers() == []
    ask(f"requests/{one.number}.xml", 410)
    ask(f"requests/{never.number}.xml", 404)
    assert ET.fromstring(ask("servicerequestupdates.xml").content).findall("request_update") == []


def test_steps_are_told_in_order_in_the_words_of_fixmystreet():
    one = public()
    move(one, "plan", words="Im Mai.", note="intern")
    move(one, "finish", words="Neue Lampe.")
    found = ET.fromstring(ask("servicerequestupdates.xml").content)
    assert found.tag == "service_requests_updates"
    told = [(row.findtext("status"), row.findtext("description")) for row in found.findall("request_update")]
    assert told[0][0] == "INVESTIGATING"
    assert told[1:] == [("ACTION_SCHEDULED", "Im Mai."), ("FIXED", "Neue Lampe.")]
    assert len({row.findtext("update_id") for row in found}) == 3
    ask("servicerequestupdates.xml", 400, start_date="2026-01-01T00:00:00Z")


def test_the_holder_of_a_private_link_gets_the_number():
    one = report()
    assert listed(f"tokens/{one.token}.json") == [{"service_request_id": str(one.number), "token": one.token}]
    ask("tokens/unknown.xml", 404)


def test_a_list_asks_the_database_as_often_however_long_it_is(django_assert_max_num_queries):
    kind = category()
    for _ in range(12):
        move(public(kind=kind), "begin", words="Wir fangen an.")
    ask("requests.xml")
    with django_assert_max_num_queries(6):
        assert len(numbers(extensions="true")) == 12
