"""What a kind of fault asks besides: written by the desk, answered on the way, read by whom it concerns."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders, interface
from allmende.capabilities.reports.actions.personal_data import erase_reports, export_reports
from allmende.capabilities.reports.models import Answered, Report
from allmende.capabilities.reports.queries import asking
from allmende.capabilities.reports.rules.asking import QuestionData
from allmende.core.actor import Role
from allmende.core.errors import Conflict, Invalid, NotAllowed

pytestmark = pytest.mark.django_db
NEW = "/meldungen/neu/"
HOW_MUCH = QuestionData(
    {"de": "Wie viel ist es?", "en": "How much is it?"},
    options=[{"de": "Wenig", "en": "little"}, {"de": "Viel", "en": "much"}],
    required=True,
    public=True,
)
NUMBER = QuestionData({"de": "Welche Nummer steht am Mast?"}, kind="text", public=True)


def asks(*asked, kind=None, **options):
    kind = kind or builders.category()
    actions.save_questions(
        actor=options.pop("by", None) or builders.desk(), category_id=kind.pk, asked=asked, at=timezone.now(), **options
    )
    return kind


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


def send(client, step, **fields):
    return client.post(NEW, {"step": str(step), "go": "next", **fields})


def begun(kind):
    return {"words": "Es liegt im Weg.", "place": "Hinter dem Haus", "category": kind.slug}


def test_a_kind_with_questions_asks_them_after_the_kind_and_keeps_the_answers(visitor):
    kind = asks(HOW_MUCH, NUMBER)
    page = send(visitor, 3, **begun(kind)).content.decode()
    assert "Noch kurz gefragt" in page
    assert "Wie viel ist es?" in page
    here = {"q-viel_ist_es-here": "1", "q-welche_nummer_steht-here": "1"}
    missing = send(visitor, "ask", **begun(kind), **here)
    assert missing.status_code == 422
    last = send(visitor, "ask", **begun(kind), **here, **{"q-viel_ist_es": "viel"}).content.decode()
    assert "Stimmt alles?" in last
    assert "Viel" in last
    sent = send(visitor, 4, **begun(kind), answers='{"viel_ist_es": "viel"}')
    assert sent.status_code == 302
    report = Report.objects.get()
    assert interface.answers_of([report.pk]) == {report.pk: {"viel_ist_es": "viel"}}
    assert "Wie viel ist es?" in visitor.get(sent["Location"]).content.decode()


def test_a_kind_without_questions_goes_on_at_once_and_back_leads_through_the_questions(visitor):
    assert "Stimmt alles?" in send(visitor, 3, **begun(builders.category())).content.decode()
    kind = asks(HOW_MUCH)
    back = visitor.post(NEW, {"step": "4", "go": "back", **begun(kind), "answers": '{"viel_ist_es": "viel"}'})
    assert "checked" in back.content.decode()
    assert "Wie viel ist es?" in back.content.decode()
    before = visitor.post(NEW, {"step": "ask", "go": "back", **begun(kind)}).content.decode()
    assert "Was für ein Schaden ist es?" in before


def test_only_answers_that_are_marked_are_public_and_free_words_never_are(visitor):
    kind = asks(HOW_MUCH, NUMBER)
    answers = {"viel_ist_es": "viel", "welche_nummer_steht": "L 12"}
    report = builders.public(kind=kind, answers=answers)
    everybody = visitor.get(f"/meldungen/{report.number}/").content.decode()
    assert "Wie viel ist es?" in everybody
    assert "L 12" not in everybody
    desk = Client(headers={"host": "localhost"})
    desk.force_login(people.with_role(Role.CLERK, "reports"))
    assert "L 12" in desk.get(f"/meldungen/{report.number}/bearbeiten/").content.decode()


@pytest.mark.parametrize("answers", [{}, {"viel_ist_es": "riesig"}, {"viel_ist_es": ["viel", "viel"]}])
def test_answers_that_are_missing_or_none_of_ours_are_refused_by_name(answers):
    with pytest.raises(Invalid) as refused:
        builders.report(kind=asks(HOW_MUCH), answers=answers)
    assert list(refused.value.fields) == ["answers.viel_ist_es"]
    assert Report.objects.count() == 0


def test_what_came_by_mail_was_not_asked_and_a_made_up_field_breaks_nothing(visitor):
    kind = asks(HOW_MUCH)
    assert builders.report(kind=kind, answers=None).pk
    for bad in ("[", "7", "[[[", '"x"', '{"viel_ist_es": {"a": 1}}'):
        assert send(visitor, 4, **begun(kind), answers=bad).status_code == 422
    assert not Answered.objects.exists()


def test_programs_read_what_is_asked_in_the_words_of_open311():
    kind = asks(HOW_MUCH, NUMBER)
    (one, other) = interface.attributes("en")[kind.slug]
    assert (one.code, one.datatype, one.required, one.order) == ("viel_ist_es", "singlevaluelist", True, 1)
    assert one.values == [("wenig", "little"), ("viel", "much")]
    assert (other.datatype, other.description, other.public) == ("text", "Welche Nummer steht am Mast?", False)
    assert builders.category().slug not in interface.attributes("de")


def test_answers_stay_readable_with_the_questions_they_were_given_to():
    kind = asks(HOW_MUCH)
    report = builders.report(kind=kind, answers={"viel_ist_es": "viel"})
    asks(kind=kind)
    assert asking.asked(kind.pk) is None
    assert [(one.label, one.text, one.public) for one in asking.said(report, "de")] == [
        ("Wie viel ist es?", "Viel", False)
    ]


def test_the_desk_writes_orders_and_removes_questions():
    client = Client(headers={"host": "localhost"})
    client.force_login(people.with_role(Role.CLERK, "reports"))
    kind = builders.category()
    here = reverse("reports:questions", args=[kind.slug])
    form = f"{here}aendern/"
    fields = {"label_de": "Wie viel?", "kind": "select_one", "options_de": "Wenig\nViel", "options_en": "little\nmuch"}
    assert client.post(form, fields).status_code == 302
    assert client.post(form, {"label_de": "Seit wann?", "kind": "date", "public": "on"}).status_code == 302
    client.post(here, {"do": "up:seit_wann"})
    assert [one.name for one in asking.written(kind.pk)] == ["seit_wann", "viel"]
    client.post(f"{form}?frage=viel", {**fields, "options_de": "Wenig\nSehr viel", "required": "on"})
    (_when, much) = asking.written(kind.pk)
    assert (much.name, list(much.option_names), much.required) == ("viel", ["wenig", "sehr_viel"], True)
    client.post(here, {"do": "remove:seit_wann"})
    assert [one.name for one in asking.written(kind.pk)] == ["viel"]
    wrong = client.post(form, {**fields, "options_de": "Nur eine"})
    assert wrong.status_code == 422
    assert "zwei bis 20 verschiedene Antworten" in wrong.content.decode()


def test_only_the_desk_writes_questions_and_not_over_somebody_elses():
    kind = asks(HOW_MUCH)
    with pytest.raises(NotAllowed):
        asks(NUMBER, kind=kind, by=builders.clerk())
    with pytest.raises(Conflict):
        asks(NUMBER, kind=kind, seen=uuid4())
    with pytest.raises(Invalid):
        asks(*[HOW_MUCH] * 7, kind=kind)


def test_answers_are_handed_over_and_erased_with_the_report():
    person = people.person()
    report = builders.report(by=people.actor(person), kind=asks(NUMBER), answers={"welche_nummer_steht": "L 12"})
    (row,) = export_reports(person.pk)
    assert row["questions"] == {"Welche Nummer steht am Mast?": "L 12"}
    erase_reports(person.pk, keep_texts=False)
    assert not Answered.objects.filter(pk=report.pk).exists()
