"""Drafts of a device: sent when there is a network again, and one report however often they are sent."""

import io
import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from allmende.accounts.models import Person
from allmende.capabilities.reports import seeds
from allmende.capabilities.reports.actions.personal_data import erase_reports
from allmende.capabilities.reports.models import Draft, Report
from allmende.core import city
from allmende.core.models import Setting
from allmende.engines.media import builders as pictures
from allmende.engines.media.models import Medium

pytestmark = pytest.mark.django_db
SEND = "/meldungen/entwuerfe/senden/"


@pytest.fixture(autouse=True)
def kinds():
    seeds.first_start(city.pack())


@pytest.fixture
def device():
    return Client(headers={"host": "localhost"})


def draft(**fields):
    return {
        "draft": str(uuid4()),
        "words": "Die Laterne ist aus.",
        "place": "Hinter dem Haus",
        "category": "licht",
        **fields,
    }


def test_a_draft_sent_twice_is_one_report_also_on_another_day(device):
    fields = draft(email="ines@example.org")
    first = device.post(SEND, fields)
    again = device.post(SEND, {**fields, "words": "Noch einmal.", "_once": "b" * 32})
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    report = Report.objects.get()
    assert first.json() == {"number": report.number, "url": f"/meldungen/meine/?schein={report.token}"}
    assert Person.objects.filter(contact_email="ines@example.org").count() == 1
    assert first["Cache-Control"] == "private, no-store"


def test_after_erasure_the_devices_number_tells_nobody_the_new_link(device):
    fields = draft(email="ines@example.org")
    device.post(SEND, fields)
    person_id = Report.objects.get().reporter_id
    assert person_id is not None
    erase_reports(person_id, keep_texts=False)
    device.post(SEND, fields)
    assert not Draft.objects.filter(report__anonymised_at__isnull=False).exists()


def test_where_one_stood_is_enough_and_the_photo_comes_along(device):
    longitude, latitude = city.current().centre
    photo = SimpleUploadedFile("bild.jpg", pictures.jpeg(), "image/jpeg")
    answer = device.post(SEND, draft(place="", point=f"{longitude},{latitude}", photo=photo))
    assert answer.status_code == 200, answer.json()
    report = Report.objects.get()
    assert report.point == pytest.approx((longitude, latitude), abs=1e-5)
    assert Medium.objects.get().ref == report.ref


@pytest.mark.parametrize(
    "wrong",
    [{"words": ""}, {"place": ""}, {"category": "strom"}, {"point": "x"}, {"draft": "7"}, {"point": "13.4,52.5"}],
)
def test_what_cannot_be_taken_says_why_and_the_device_keeps_it(device, wrong):
    answer = device.post(SEND, draft(**wrong))
    assert answer.status_code == 422
    assert answer.json()["problems"]
    assert not Report.objects.exists()
    assert not Draft.objects.exists()


def test_a_crowd_of_drafts_waits_and_loses_nothing(device):
    Setting.objects.create(key="reports.per_hour", value=1)
    city.forget()
    assert device.post(SEND, draft()).status_code == 200
    assert device.post(SEND, draft()).status_code == 429
    assert Report.objects.count() == 1


def test_the_page_of_drafts_is_the_same_for_everybody(device):
    page = device.get("/meldungen/entwuerfe/")
    assert "csrfmiddlewaretoken" not in page.content.decode()
    assert not page.cookies
    assert "sessionid" not in page.content.decode()
    begun = device.get(SEND)
    assert {"token", "challenge", "difficulty"} == set(begun.json())


def test_the_form_can_be_installed_and_its_worker_keeps_to_itself(device):
    manifest = json.loads(device.get("/meldungen/app.webmanifest").content)
    assert manifest["start_url"] == "/meldungen/neu/"
    for icon in manifest["icons"]:
        answer = device.get(icon["src"])
        with Image.open(io.BytesIO(answer.content)) as drawn:
            assert f"{drawn.width}x{drawn.height}" == icon["sizes"]
        assert len(answer.content) < 10_000
    assert device.get("/meldungen/app-7.png").status_code == 404
    worker = device.get("/meldungen/arbeiter.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Content-Security-Policy"] == "default-src 'none'; script-src 'self'; connect-src 'self'"
