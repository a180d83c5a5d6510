"""From the list to the thank-you page, in the browser's order, without any script."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as accounts
from allmende.capabilities.surveys import actions, builders
from allmende.capabilities.surveys.models import Invitation, Survey, WaitingResponse
from allmende.core.actor import Role
from allmende.engines.questions.interface import Sitting


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def signed_in(role, scope=""):
    return accounts.login(Client(), accounts.with_role(role, scope))


def begin(client, survey, **fields):
    response = client.post(f"/umfragen/{survey.number}/antworten/", fields)
    assert response.status_code == 302, text(response)
    return response["Location"]


def answer_all(client, page, **answers):
    """Fills in the one page there is, and goes on to the last."""
    shown = text(client.get(page))
    seen = re.search(r'name="seen" value="(\d+)"', shown)[1]
    here = {f"{name}": "1" for name in re.findall(r'name="(q-[a-z0-9_-]+-here)"', shown)}
    named = {f"q-{name}": value for name, value in answers.items()}
    return client.post(page, {**here, **named, "seen": seen, "next": "1"})


def test_the_list_says_what_is_open_and_a_draft_is_only_the_editors(db):
    survey = builders.survey()
    now = timezone.now()
    draft = actions.save_survey(actor=builders.EDITOR, data=builders.data(now, opens_at=None), at=now)
    page = text(Client().get("/umfragen/"))
    assert survey.title["de"] in page
    assert draft.title["de"] not in page
    assert Client().get(f"/umfragen/{draft.number}/").status_code == 404
    editor = signed_in(Role.EDITOR)
    assert draft.title["de"] in text(editor.get("/umfragen/"))
    assert editor.get(f"/umfragen/{draft.number}/").status_code == 200


def test_the_page_says_before_what_happens_with_the_answers(db):
    survey = builders.survey(retention_days=30, asked_by={"de": "die Hochschule"})
    page = text(Client().get(f"/umfragen/{survey.number}/"))
    for said in ("Antwort zu what_it_changes", "Angabe zu legal_basis", "die Hochschule", "ohne Uhrzeit", "gelöscht"):
        assert said in page


def test_a_visitor_answers_and_is_told_what_comes_next(db):
    survey = builders.survey()
    client = Client()
    page = begin(client, survey)
    response = answer_all(client, page, name="Platz", age="41")
    assert response["Location"] == f"/umfragen/{survey.number}/antworten/absenden/"
    review = client.get(response["Location"])
    assert "41" in text(review)
    sent = client.post(response["Location"], {"send": "1"})
    assert sent["Location"] == f"/umfragen/{survey.number}/danke/"
    assert "Danke für Ihre Antworten" in text(client.get(sent["Location"]))
    (row,) = WaitingResponse.objects.all()
    assert (row.answers, row.is_proven, row.seconds_taken) == ({"name": "Platz", "age": 41}, False, 30)
    assert not Sitting.objects.exists()
    again = client.post(response["Location"], {"send": "1"})
    assert again.status_code == 302
    assert WaitingResponse.objects.count() == 1


def test_two_tabs_that_send_the_same_answers_count_once(db):
    survey = builders.survey()
    client = Client()
    page = answer_all(client, begin(client, survey), age="41")["Location"]
    kept = client.cookies.copy()
    client.post(page, {"send": "1"})
    other = Client()
    other.cookies = kept
    late = other.post(page, {"send": "1"})
    assert late.status_code == 302
    assert WaitingResponse.objects.count() == 1


def test_what_was_begun_goes_on_on_another_device_by_its_code(db):
    survey = builders.survey()
    first = Client()
    page = begin(first, survey)
    assert answer_all(first, page, age="41").status_code == 302
    code = re.search(r'class="code">([A-Z0-9-]+)<', text(first.get(page)))[1]
    other = Client()
    wrong = other.post(f"/umfragen/{survey.number}/fortsetzen/", {"code": "AAAA-CCCC-DDDD"})
    assert wrong.status_code == 422
    found = other.post(f"/umfragen/{survey.number}/fortsetzen/", {"code": code.lower()})
    assert found.status_code == 302
    shown = text(other.get(found["Location"]))
    assert "Sie haben alle Seiten ausgefüllt. Es fehlt nur noch das Absenden." in shown
    assert re.search(r"Wie alt sind Sie\?</dt><dd[^>]*>41<", shown)
    assert 'value="41"' in text(other.get(page)), "the same answers, to be changed"


def test_the_code_from_the_letter_opens_once(db):
    survey = builders.survey(access="code", consent={"de": "Ich bin einverstanden."})
    (code,) = actions.make_codes(actor=builders.EDITOR, survey_id=survey.pk, number=1, at=timezone.now())
    client = Client()
    gate = f"/umfragen/{survey.number}/antworten/"
    assert client.post(gate, {"code": "FALSCH", "consents": "on"}).status_code == 422
    assert client.post(gate, {"code": code}).status_code == 422, "without consent nothing begins"
    page = begin(client, survey, code=code, consents="on")
    assert code not in page
    review = answer_all(client, page, age="41")["Location"]
    assert client.post(review, {"send": "1"}).status_code == 302
    assert (WaitingResponse.objects.get().consent_edition, Invitation.objects.get().used) == (1, True)
    assert client.post(gate, {"code": code, "consents": "on"}).status_code == 422


def test_answers_that_come_after_the_close_stay_on_the_page_and_it_says_so(db):
    survey = builders.survey(grace_minutes=0)
    client = Client()
    review = answer_all(client, begin(client, survey), name="Mein langer Text")["Location"]
    past = timezone.now() - timedelta(minutes=1)
    Survey.objects.filter(pk=survey.pk).update(closes_at=past)
    late = client.post(review, {"send": "1"})
    assert late.status_code == 422
    assert "Ihre Antworten konnten nicht mehr gezählt werden" in text(late)
    assert "Mein langer Text" in text(late)
    assert not WaitingResponse.objects.exists()


def test_a_full_survey_says_so_politely_before_the_first_question(db):
    survey = builders.survey(quota=1)
    builders.answer(survey)
    page = text(Client().get(f"/umfragen/{survey.number}/antworten/"))
    assert "wir haben genug Antworten" in page
    assert "Wir haben genug Antworten" in text(Client().get(f"/umfragen/{survey.number}/"))


def test_a_clerk_enters_paper_after_paper_on_one_page(db):
    survey = builders.survey()
    client = signed_in(Role.CLERK, "department:umwelt")
    page = f"/umfragen/{survey.number}/eingeben/"
    assert Client().get(page).status_code in {302, 401, 403}
    assert "Bogen eingeben" in text(client.get(page))
    wrong = answer_all(client, page, age="viele") if 'name="seen"' in text(client.get(page)) else client.post(
        page, {"q-age-here": "1", "q-age": "viele"}
    )  # fmt: skip
    assert wrong.status_code == 422
    assert 'value="viele"' in text(wrong)
    here = {f"q-{name}-here": "1" for name in ("name", "age", "modes", "main")}
    assert client.post(page, {**here, "q-age": "52", "next": "1"}).status_code == 302
    (row,) = WaitingResponse.objects.all()
    assert (row.channel, row.answers) == ("paper", {"age": 52})


def test_the_letters_come_once_as_pdf_and_csv_and_mails_go_out(db):
    survey = builders.survey(access="code")
    client = signed_in(Role.EDITOR)
    page = f"/umfragen/{survey.number}/briefe/"
    response = client.post(page, {"verb": "print", "print-number": "3"})
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.read("briefe.pdf").startswith(b"%PDF")
        rows = archive.read("codes.csv").decode("utf-8-sig").splitlines()
    assert len(rows) == 4
    assert client.post(page, {"verb": "mail", "mail-addresses": "erna@example.org\nkeine"}).status_code == 422
    assert client.post(page, {"verb": "mail", "mail-addresses": "erna@example.org"}).status_code == 302
    assert Invitation.objects.filter(sealed__isnull=False).count() == 1
    shown = text(client.get(page))
    assert "erna@example.org" not in shown
    assert "1 eingeladene E-Mail-Adresse" in shown
    assert client.post(page, {"verb": "remind"}).status_code == 302


def test_an_editor_makes_a_survey_and_a_second_one_checks_it(db):
    now = timezone.now()
    version = builders.version(builders.QUESTIONS, now)
    maker, checker = signed_in(Role.EDITOR), signed_in(Role.EDITOR)
    said = {
        "title": "Was fehlt?", "version": str(version.pk), "access": "open", "minutes": "5", "grace_minutes": "30",
        "paper_days": "0", "retention_days": "90", "opens_on": f"{now - timedelta(days=1):%Y-%m-%d}",
        "closes_on": f"{now + timedelta(days=9):%Y-%m-%d}", "quotas": "main bike 3",
        **dict.fromkeys(builders.CONTRACT, "Antwort"), **dict.fromkeys(builders.PRIVACY, "Angabe"),
    }  # fmt: skip
    wrong = maker.post("/umfragen/neu/", {**said, "quotas": "main flug 3"})
    assert wrong.status_code == 422
    assert maker.post("/umfragen/neu/", said).status_code == 302
    survey = Survey.objects.get()
    step = f"/umfragen/{survey.number}/schritt/"
    assert maker.post(step, {"verb": "check", "sure": "1"}).status_code == 403
    assert checker.post(step, {"verb": "check"}).status_code == 422
    assert checker.post(step, {"verb": "check", "sure": "1"}).status_code == 302
    survey.refresh_from_db()
    assert survey.state == "checked"
    assert Client().get(f"/umfragen/{survey.number}/").status_code == 200


def test_the_running_state_shows_numbers_and_where_people_stop_and_nobodys_words(db):
    survey = builders.survey()
    client = Client()
    answer_all(client, begin(client, survey), age="41")
    builders.answer(survey, answers={"name": "Geheimes Wort"})
    editor = signed_in(Role.EDITOR)
    shown = text(editor.get(f"/umfragen/{survey.number}/stand/"))
    assert "1 Antwort ist da" in shown
    assert "Wie alt sind Sie?" in shown, "the question that was answered last"
    assert "Geheimes Wort" not in shown
    assert Client().get(f"/umfragen/{survey.number}/stand/").status_code in {302, 401, 403}


@pytest.mark.parametrize("path", ["fragebogen.pdf"])
def test_the_paper_is_a_pdf(db, path):
    survey = builders.survey()
    response = Client().get(f"/umfragen/{survey.number}/{path}")
    assert response.content.startswith(b"%PDF")


def test_single_answers_go_when_their_time_is_over_and_the_count_stays(db):
    from allmende.capabilities.surveys import queries

    now = timezone.now()
    survey = builders.survey(at=now - timedelta(days=60), retention_days=30, grace_minutes=0)
    builders.answer(survey, at=now - timedelta(days=60))
    actions.close_survey(actor=builders.EDITOR, survey_id=survey.pk, at=now - timedelta(days=40))
    assert [one.pk for one in queries.to_forget(now)] == [survey.pk], "the dry run names it"
    builders.evaluated(Survey.objects.get(pk=survey.pk), now)
    closed = actions.delete_raw_data(actor=builders.EDITOR, survey_id=survey.pk, at=now)
    assert (closed.answered, queries.raw_count(closed)) == (1, 0)
    assert queries.to_forget(now) == []
    assert "sind am" in text(Client().get(f"/umfragen/{survey.number}/"))


def test_what_is_there_in_german_only_is_marked_on_an_english_page(db):
    only = {name: {"de": f"Satz zu {name}"} for name in builders.CONTRACT}
    survey = builders.survey(contract=only, consent={"de": "Ich bin einverstanden."})
    page = text(Client().get(f"/en/umfragen/{survey.number}/"))
    for sentence in only.values():
        assert f'<span lang="de">{sentence["de"]}</span>' in page
    client = Client()
    gate = f"/en/umfragen/{survey.number}/antworten/"
    assert '<span lang="de">Ich bin einverstanden.</span>' in text(client.get(gate))
    asked = client.post(gate, {"consents": "on"})["Location"]
    here = {f"q-{name}-here": "1" for name in ("name", "age", "modes", "main")}
    review = client.post(asked, {**here, "q-modes": ["bike"], "seen": "0", "next": "1"})["Location"]
    assert '<span lang="de" dir="auto">bike</span>' in text(client.get(review))
