"""Open311, written: reports and updates over a key, once in effect however often they are sent."""

import json
import threading
import xml.etree.ElementTree as ET
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import builders
from allmende.capabilities.reports.actions import save_questions
from allmende.capabilities.reports.actions.exchange import revoke_key
from allmende.capabilities.reports.builders import api_key, category, move, public, report
from allmende.capabilities.reports.models import ApiKey, NamedPicture, Report, SentUpdate
from allmende.capabilities.reports.rules.asking import QuestionData
from allmende.engines.media import builders as pictures
from allmende.engines.media import interface as media

pytestmark = pytest.mark.django_db
ROOT = "/open311/v2"


@pytest.fixture
def kind():
    return category(slug="licht")


def post(path, expected, **sent):
    answer = Client(headers={"host": "localhost"}).post(f"{ROOT}/{path}", sent)
    assert answer.status_code == expected, answer.content
    return json.loads(answer.content) if path.endswith("json") else answer


def get(path, expected=200, **sent):
    answer = Client(headers={"host": "localhost"}).get(f"{ROOT}/{path}", sent)
    assert answer.status_code == expected, answer.content
    return json.loads(answer.content)


def brought(secret, expected=201, **sent):
    data = {"service_code": "licht", "description": "Lampe aus", "address_string": "Am Bach", "api_key": secret}
    (told,) = post("requests.json", expected, **{**data, **sent})
    return told if expected >= 400 else Report.objects.get(number=int(told["service_request_id"]))


def test_a_report_comes_in_over_a_key_and_is_private_until_it_was_checked(kind):
    _key, secret = api_key()
    one = brought(secret, email="ines@example.org", first_name="Ines", **{"attribute[farbe]": "rot"})
    assert (one.words, one.channel, one.is_public) == ("Lampe aus", "api", False)
    assert one.reporter.contact_email == "ines@example.org"
    assert one.updates.get(verb="note").note == "farbe: rot"
    get(f"requests/{one.number}.json", 404)
    (own,) = get(f"requests/{one.number}.json", api_key=secret, extensions="true")
    assert own["description"] == "Lampe aus"
    assert "ines" not in json.dumps(own)
    _other, others = api_key(label="Andere")
    get(f"requests/{one.number}.json", 404, api_key=others)
    assert get("requests.json", api_key=others) == []
    assert [row["service_request_id"] for row in get("requests.json", api_key=secret)] == [str(one.number)]


MUCH = QuestionData(
    {"de": "Wie viel ist es?", "en": "How much is it?"}, required=True, public=True,
    options=[{"de": "Wenig", "en": "little"}, {"de": "Viel", "en": "much"}],
)  # fmt: skip
WHAT = QuestionData({"de": "Was liegt dort?"}, "select_multiple", options=[{"de": "Öl"}, {"de": "Holz"}])
SINCE = QuestionData({"de": "Seit wann?"}, "date", public=True)
POST = QuestionData({"de": "Welcher Mast?"}, "text", public=True)


def test_programs_are_asked_the_questions_of_a_kind_and_their_answers_are_kept(kind):
    asked = [MUCH, WHAT, SINCE, POST]
    save_questions(actor=builders.desk(), category_id=kind.pk, asked=asked, at=timezone.now())
    category(slug="wald")
    assert {one["service_code"]: one["metadata"] for one in get("services.json")} == {"licht": True, "wald": False}
    told = get("services/licht.json", language="en")["attributes"]
    assert [(one["code"], one["datatype"], one["required"], one["order"]) for one in told] == [
        ("viel_ist_es", "singlevaluelist", True, 1), ("liegt_dort", "multivaluelist", False, 2),
        ("seit_wann", "datetime", False, 3), ("welcher_mast", "text", False, 4),
    ]  # fmt: skip
    assert told[0]["values"] == [{"key": "wenig", "name": "little"}, {"key": "viel", "name": "much"}]
    in_xml = ET.fromstring(Client(headers={"host": "localhost"}).get(f"{ROOT}/services/licht.xml").content)
    assert in_xml.findtext("attributes/attribute/values/value/key") == "wenig"
    assert in_xml.findtext("attributes/attribute/variable") == "true"

    _key, secret = api_key()
    for wrong in ({}, {"attribute[viel_ist_es]": "riesig"}):
        refused = brought(secret, 400, **wrong)
        assert "Wie viel ist es?" in refused["description"]
    answers = {"attribute[viel_ist_es]": "viel", "attribute[liegt_dort][]": ["oel", "holz"], "attribute[farbe]": "rot",
               "attribute[seit_wann]": "2026-03-01T08:00:00+01:00", "attribute[welcher_mast]": "L 12"}  # fmt: skip
    one = brought(secret, **answers)
    assert one.answered.answers == {
        "viel_ist_es": "viel", "liegt_dort": ["oel", "holz"], "seit_wann": "2026-03-01", "welcher_mast": "L 12"
    }  # fmt: skip
    assert one.updates.get(verb="note").note == "farbe: rot"
    (own,) = get(f"requests/{one.number}.json", api_key=secret, extensions="true")
    assert own["extended_attributes"]["attributes"] == []
    move(one, "check", publish=True)
    (shown,) = get("requests.json", extensions="true", language="en")
    assert shown["extended_attributes"]["attributes"] == [
        {"code": "viel_ist_es", "description": "How much is it?", "values": [{"key": "viel", "name": "much"}]},
        {"code": "seit_wann", "description": "Seit wann?", "values": [{"key": "2026-03-01", "name": "2026-03-01"}]},
    ]
    assert "L 12" not in json.dumps(shown)


def test_the_answer_in_xml_holds_a_number_and_no_token(kind):
    _key, secret = api_key()
    data = {"service_code": "licht", "description": "Lampe aus", "address_string": "Am Bach", "api_key": secret}
    answer = post("requests.xml", 201, **data)
    found = ET.fromstring(answer.content).find("request")
    assert found.findtext("service_request_id") == str(Report.objects.get().number)
    assert found.find("token") is None


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "meldung_wrong"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "unbekannt"}, 404),
        ({"service_code": "bahn"}, 404),
        ({"description": "  "}, 400),
        ({"description": "x" * 4001}, 400),
        ({"description": "x\0y"}, 400),
        ({"address_string": ""}, 400),
        ({"lat": "50.88"}, 400),
        ({"lat": "0", "long": "0"}, 400),
        ({"lat": "nan", "long": "inf"}, 400),
        ({"email": "nobody"}, 400),
        ({"media_url": "http://127.0.0.1/x.jpg"}, 400),
        ({"media_url": "file:///etc/passwd"}, 400),
        ({"attribute[external_id]": "x" * 101}, 400),
        ({"jurisdiction_id": "elsewhere"}, 404),
    ],
)
def test_what_cannot_be_taken_is_refused_and_leaves_nothing(kind, changed, status):
    category(slug="bahn", elsewhere={"de": "Die Bahn."})
    _key, secret = api_key()
    told = brought(secret, status, **changed)
    assert told["code"] == status
    assert told["description"]
    assert not Report.objects.exists()


def test_bodies_that_are_no_form_get_an_error_in_the_standards_form(kind):
    client = Client(headers={"host": "localhost"})
    for body, kind_of_body in (
        (b"{}", "application/json"),
        (b"<a/>", "text/xml"),
        (b"x", "multipart/form-data; boundary=" + "y" * 300),
        (b"x", "multipart/form-data"),
        (b"&".join(b"a%d=1" % n for n in range(1100)), "application/x-www-form-urlencoded"),
    ):
        answer = client.post(f"{ROOT}/requests.xml", body, content_type=kind_of_body)
        assert answer.status_code in {400, 403, 415}, body
        assert ET.fromstring(answer.content).findtext("error/code") == str(answer.status_code)


def test_a_key_that_was_ended_opens_nothing(kind):
    key, secret = api_key()
    brought(secret)
    revoke_key(actor=people.actor(people.administrator()), key_id=key.pk, at=timezone.now())
    assert brought(secret, 403)["code"] == 403
    get("requests.json", 403, api_key=secret)
    key.refresh_from_db()
    assert secret.encode() not in bytes(key.key_hash)


def test_the_same_report_sent_again_is_the_same(kind):
    _key, secret = api_key()
    _other, others = api_key(label="Andere")
    one = brought(secret, **{"attribute[external_id]": "17"})
    assert brought(secret, 200, description="noch einmal", **{"attribute[external_id]": "17"}) == one
    assert brought(others, **{"attribute[external_id]": "17"}) != one
    assert [row["service_request_id"] for row in get("requests.json", api_key=secret, external_id="17")] == [
        str(one.number)
    ]
    assert get("requests.json", external_id="17") == []


def test_pictures_come_along_and_stay_private(kind):
    _key, secret = api_key()
    photos = {f"photo{n}": SimpleUploadedFile("x.jpg", pictures.jpeg(60 + n), "image/jpeg") for n in (1, 2)}
    one = brought(secret, **photos)
    images = media.images_of([one.ref])[one.ref]
    assert len(images) == 2
    assert not any(image.released for image in images)
    bad = {"photo1": SimpleUploadedFile("x.jpg", b"GIF89a<script>", "image/jpeg")}
    assert brought(secret, 400, **bad)["code"] == 400


@pytest.fixture
def picture_host(settings):
    settings.FEEDS_FROM_PRIVATE_NETWORK = True
    asked = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = pictures.jpeg() if self.path == "/lampe.jpg" else b"<html>"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_pictures_that_are_named_are_fetched_once_from_hosts_that_the_key_allows(kind, picture_host, deliver):
    address, asked = picture_host
    _key, secret = api_key(hosts=["127.0.0.1"])
    one = brought(secret, media_url=[f"{address}/lampe.jpg", f"{address}/keine.jpg"])
    deliver()
    deliver()
    assert sorted(asked) == ["/keine.jpg", "/lampe.jpg"]
    assert len(media.images_of([one.ref])[one.ref]) == 1
    assert NamedPicture.objects.get(url__endswith="keine.jpg").problem == "picture"


def test_a_named_picture_of_a_private_network_is_never_fetched(kind, picture_host, settings, deliver):
    address, asked = picture_host
    settings.FEEDS_FROM_PRIVATE_NETWORK = False
    _key, secret = api_key(hosts=["127.0.0.1"])
    brought(secret, media_url=f"{address}/lampe.jpg")
    deliver()
    assert asked == []
    assert NamedPicture.objects.get().problem == "private"


def told(secret, one, update_id, status, expected=201, **sent):
    data = {"service_request_id": str(one.number), "update_id": update_id, "status": status, "api_key": secret}
    return post("servicerequestupdates.json", expected, **{**data, **sent})


def test_updates_over_a_key_count_once_and_only_what_is_newer_changes_the_state():
    one = public()
    _key, secret = api_key(department=one.department)
    at = timezone.now()

    def when(minutes):
        return {"updated_datetime": (at - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")}

    first = told(secret, one, "1", "in_progress", description="Kolonne 3 fährt hin", **when(30))
    assert told(secret, one, "1", "In Progress", **when(30)) == first
    one.refresh_from_db()
    assert one.state == "in_work"
    told(secret, one, "3", "FIXED", description="Neue Lampe", **when(10))
    told(secret, one, "2", "ACTION SCHEDULED", **when(20))  # came late
    one.refresh_from_db()
    assert one.state == "done"
    assert SentUpdate.objects.count() == 3
    line = one.updates.get(verb="finish")
    assert (line.words, "Neue Lampe" in line.note) == ("", True)  # an office reads it before everybody does
    assert "Kolonne" not in json.dumps(get("servicerequestupdates.json"))


def test_a_key_without_an_office_is_heard_and_moves_nothing(kind):
    _key, secret = api_key()
    one = brought(secret)
    other = public()
    told(secret, one, "1", "FIXED", description="Bei uns steht: erledigt.")
    one.refresh_from_db()
    assert one.state == "received"
    assert "Bei uns steht" in one.updates.get(verb="outside").note
    (error,) = told(secret, other, "2", "FIXED", 404)
    assert error["code"] == 404
    told(secret, one, "", "FIXED", 400)
    told(secret, report(), "3", "FIXED", 404)


def test_the_program_that_sent_a_private_report_reads_its_steps(kind):
    _key, secret = api_key()
    one = brought(secret)
    move(one, "check", publish=False, note="intern")
    move(one, "ask", words="An welchem Mast?")
    assert get("servicerequestupdates.json") == []
    found = get("servicerequestupdates.json", api_key=secret, own="true")
    assert [row["description"] for row in found][1:] == ["An welchem Mast?"]
    assert "intern" not in json.dumps(found)


def test_an_administrator_issues_and_ends_keys_and_sees_each_once():
    client = Client(headers={"host": "localhost"})
    client.force_login(people.administrator())
    page = client.post("/meldungen/eingang/schluessel/", {"label": "Landkreis", "hosts": "bilder.example.org"})
    key = ApiKey.objects.get()
    secret = builders.key_text(key.pk)
    assert secret in page.content.decode()
    assert key.media_hosts == ["bilder.example.org"]
    assert secret not in client.get("/meldungen/eingang/schluessel/").content.decode()
    client.post(f"/meldungen/eingang/schluessel/{key.pk}/beenden/")
    key.refresh_from_db()
    assert key.revoked_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_same_report_sent_four_times_at_once_is_one():
    category(slug="licht")
    _key, secret = api_key()
    start, found = threading.Barrier(4), []

    def run():
        try:
            start.wait()
            data = {"service_code": "licht", "description": "Lampe aus", "address_string": "Am Bach"}
            data |= {"api_key": secret, "attribute[external_id]": "17"}
            found.append(Client(headers={"host": "localhost"}).post(f"{ROOT}/requests.json", data))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in found} <= {200, 201}
    assert len({answer.content for answer in found}) == 1
    assert Report.objects.count() == 1
