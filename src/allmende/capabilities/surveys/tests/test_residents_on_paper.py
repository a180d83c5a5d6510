"""Where only residents answer: one answer each, on paper and in the portal together."""

import io
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from allmende.accounts import builders as accounts
from allmende.capabilities.surveys import actions, builders, queries
from allmende.capabilities.surveys.models import ResidentMark, Survey, WaitingResponse
from allmende.core.actor import SYSTEM, Actor, Channel, Grant, Role, Viewer
from allmende.core.errors import Conflict, Invalid
from allmende.core.refs import Ref
from allmende.engines.media.models import Medium

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
CLERK = Actor(
    viewer=Viewer(uuid4(), frozenset({Grant(Role.CLERK, "department:umwelt")})), key=uuid4(), channel=Channel.PAPER
)
BORN = date(1950, 5, 1)


@pytest.fixture
def survey(db):
    return builders.survey(at=NOW, access="verified")


def enter(survey, **sent):
    return builders.answer(survey, at=NOW, actor=CLERK, **sent)


def test_whoever_has_an_account_answers_on_paper_or_in_the_portal(survey):
    first, second = uuid4(), uuid4()
    enter(survey, resident=first)
    with pytest.raises(Conflict):
        builders.answer(survey, at=NOW, resident=first)
    assert queries.has_answered(Survey.objects.get(pk=survey.pk), first)
    builders.answer(survey, at=NOW, resident=second)
    with pytest.raises(Conflict):
        enter(survey, resident=second)
    assert WaitingResponse.objects.count() == 2


def test_a_paper_counts_once_however_the_name_is_written_and_leaves_no_name(survey):
    enter(survey, on_card=("Zoë Groß-Müller", BORN))
    for name in ("zoe gross müller", "ZOË  GROSS-MÜLLER", " Zoë Groß Müller "):
        with pytest.raises(Conflict):
            enter(survey, on_card=(name, BORN))
    enter(survey, on_card=("Zoë Groß-Müller", date(1951, 5, 1)))
    assert ResidentMark.objects.count() == 2
    assert all(len(bytes(row.mark)) == 32 for row in ResidentMark.objects.all())
    with pytest.raises(Invalid):
        enter(survey)


def test_the_mark_goes_with_the_key_at_the_close(survey):
    enter(survey, on_card=("Erna Beispiel", BORN))
    closed = actions.close_survey(actor=builders.EDITOR, survey_id=survey.pk, at=survey.ends_at)
    assert closed.key is None
    assert not ResidentMark.objects.exists()
    assert closed.answered == 1


def test_the_clerk_is_asked_whose_paper_it_is(db):
    survey = builders.survey(access="verified")
    person = accounts.person(email="erna@example.org")
    client = accounts.login(Client(), accounts.with_role(Role.CLERK, "department:umwelt"))
    page = f"/umfragen/{survey.number}/eingeben/"
    here = {f"q-{name}-here": "1" for name in ("name", "age", "modes", "main")} | {"q-age": "70", "next": "1"}
    nobody = client.post(page, here | {"seen_card": "on"})
    assert nobody.status_code == 422
    assert "oben die Adresse des Kontos" in nobody.content.decode()
    unknown = client.post(page, here | {"seen_card": "on", "email": "fremd@example.org"})
    assert "Unter dieser Adresse gibt es kein Konto." in unknown.content.decode()
    assert client.post(page, here | {"email": "ERNA@example.org"}).status_code == 422, "the card has to be seen"
    assert client.post(page, here | {"seen_card": "on", "email": "ERNA@example.org"}).status_code == 302
    assert queries.has_answered(Survey.objects.get(pk=survey.pk), person.pk)
    again = client.post(page, here | {"seen_card": "on", "email": "erna@example.org"})
    assert "Dieser Mensch hat schon geantwortet." in again.content.decode()
    accounts.person(email="zu@example.org", is_active=False)
    blocked = client.post(page, here | {"seen_card": "on", "email": "zu@example.org"})
    assert (blocked.status_code, "Dieses Konto ist gesperrt." in blocked.content.decode()) == (422, True)
    card = {"name": "Otto Beispiel", "born": "1950-05-01", "seen_card": "on"}
    assert client.post(page, here | card).status_code == 302
    assert "Dieser Mensch hat schon geantwortet." in client.post(page, here | card).content.decode()
    assert WaitingResponse.objects.count() == 2


PHOTOS = {
    "title": {"de": "Bilder"},
    "languages": ["de"],
    "sections": [
        {
            "name": "spots",
            "title": {"de": "Stelle"},
            "repeat": {"count": "", "most": 2},
            "questions": [{"name": "photo", "kind": "file", "label": {"de": "Ein Bild"}}],
        }
    ],
}


def test_pictures_from_paper_stay_with_the_survey_and_go_with_the_answers(db):
    survey = builders.survey(version_id=builders.version(PHOTOS, timezone.now()).pk, retention_days=30, grace_minutes=0)
    client = accounts.login(Client(), accounts.with_role(Role.CLERK, "department:umwelt"))
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "PNG")
    sent = {
        "q-spots-n": "1", "q-spots-0-photo-here": "1", "next": "1",
        "q-spots-0-photo": SimpleUploadedFile("x.png", file.getvalue(), "image/png"),
    }  # fmt: skip
    assert client.post(f"/umfragen/{survey.number}/eingeben/", sent).status_code == 302
    medium = Medium.objects.get()
    assert medium.ref == Ref("surveys", "answers", survey.pk)
    assert WaitingResponse.objects.get().answers == {"spots": [{"photo": str(medium.pk)}]}
    closed = actions.close_survey(actor=SYSTEM, survey_id=survey.pk, at=survey.ends_at)
    builders.evaluated(closed, survey.ends_at)
    actions.delete_raw_data(actor=SYSTEM, survey_id=survey.pk, at=survey.ends_at + timedelta(days=31))
    assert not Medium.objects.exists()
