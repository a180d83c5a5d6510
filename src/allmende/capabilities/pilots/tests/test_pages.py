"""The pages: what everybody reads, and the team's plain forms."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.pilots import actions, builders
from allmende.capabilities.pilots.builders import facts, indicator, milestone, pilot, today, value
from allmende.capabilities.pilots.models import Indicator, Milestone, Pilot, Value
from allmende.capabilities.strategy import builders as strategy
from allmende.core.actor import Role
from allmende.engines.media import builders as pictures
from allmende.engines.trace.interface import Edge

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


@pytest.fixture
def team():
    client = Client(headers={"host": "localhost"})
    client.force_login(people.with_role(Role.EDITOR, "pilots"))
    return client


def page(client, name, *args, query=""):
    answer = client.get(reverse(f"pilots:{name}", args=args) + query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def test_the_portfolio_shows_state_and_light_in_words(visitor):
    late, draft = pilot("decided", title={"de": "Späte Sache"}), pilot("draft", title={"de": "Noch geheim"})
    milestone(late, days=-3)
    found = page(visitor, "overview")
    assert "Späte Sache" in found
    assert "etwas später als geplant" in found
    assert "Überfällig:" in found
    assert "Noch geheim" not in found
    assert visitor.get(reverse("pilots:pilot", args=[draft.number])).status_code == 404
    assert "3 Tage Verzug" in page(visitor, "pilot", late.number)


def test_a_pilots_page_tells_money_risks_milestones_and_effect(visitor):
    money = actions.Money(planned=12_000_000, spent=450_000, funding_percent=80)
    one = pilot(
        "running", money=money, risks=[{"de": "Die Teile kommen zu spät."}], partners=[{"de": "Stadtwerke"}],
        contact={"de": "Projektleitung"}, contact_telephone="0365 1234", people=1500,
    )  # fmt: skip
    milestone(one, reached=True, title="Die erste Straße")
    value(indicator(one), "75")
    found = page(visitor, "pilot", one.number)
    for said in ("120.000 €", "4.500 €", "80 % Förderung, 20 % zahlt die Stadt", "Die Teile kommen zu spät.",
                 "Stadtwerke", "Die erste Straße", "75 MWh", "62 % des Weges", "etwa 1.500 Menschen",
                 "im Plan"):  # fmt: skip
        assert said in found, said
    assert "Piloten ändern" not in found


def test_proposals_stand_beside_each_other_with_what_they_answer_to(visitor, deliver):
    goal = strategy.goal(title={"de": "Licht, wo man geht"})
    deliver()
    one = pilot(
        ratings={"nutzen": {"level": 3, "note": {"de": "Alle gehen heim."}}}, money=actions.Money(9_000_00, None, 50)
    )
    decided = pilot("decided")
    actions.add_origins(actor=builders.editor(), pilot_id=one.pk, refs=[goal.ref], reason="Grund", at=timezone.now())
    found = page(visitor, "compare")
    for said in (
        str(one),
        str(decided),
        "Licht, wo man geht",
        "hoch",
        "Alle gehen heim.",
        "9.000 €",
        "Nutzen im Alltag",
    ):
        assert said in found, said
    assert str(decided) not in page(visitor, "compare", query="?art=offen").split("<main", 1)[1]
    assert visitor.get(reverse("pilots:compare") + "?art=alles").status_code == 404


def test_an_indicator_says_its_values_its_formula_and_what_was_corrected(visitor):
    one = indicator()
    value(one, "80", evidence=actions.Evidence("Bericht", "https://daten.example/bericht"))
    value(one, "78", reason="Doppelt gezählt.")
    found = page(visitor, "indicator", one.number)
    for said in ("Zuletzt 78 MWh", "Doppelt gezählt.", "<s>80 MWh</s>", "https://daten.example/bericht",
                 "Summe aller Zähler im Jahr.", "Weniger ist besser."):  # fmt: skip
        assert said in found, said
    hidden = indicator(pilot("draft"))
    assert visitor.get(reverse("pilots:indicator", args=[hidden.number])).status_code == 404


def test_the_team_makes_a_pilot_by_plain_form_with_a_picture(team):
    sent = {
        "title": "Bänke am Weg", "title_en": "Benches", "summary": "Wer müde ist, kann sitzen.",
        "department": builders.OFFICE, "planned": "12.500,50", "funding_percent": "80", "people": "300",
        "partners": "Stadtwerke | Utilities\n\nSchule", "risks": "Zu wenig Holz", "district": "stadtmitte",
        "level_nutzen": "3", "note_nutzen": "Viele gehen hier | Many walk here", "image_alt": "Eine Bank",
        "image": SimpleUploadedFile("bank.jpg", pictures.jpeg(), "image/jpeg"),
    }  # fmt: skip
    answer = team.post(reverse("pilots:new"), {**sent, "title": ""})
    assert answer.status_code == 422
    sent["image"] = SimpleUploadedFile("bank.jpg", pictures.jpeg(), "image/jpeg")
    answer = team.post(reverse("pilots:new"), sent)
    made = Pilot.objects.get()
    assert answer.url == reverse("pilots:pilot", args=[made.number])
    assert (made.planned_cents, made.partners) == (
        1_250_050,
        [{"de": "Stadtwerke", "en": "Utilities"}, {"de": "Schule"}],
    )
    assert made.ratings["nutzen"] == {"level": 3, "note": {"de": "Viele gehen hier", "en": "Many walk here"}}
    assert "Eine Bank" in page(team, "pilot", made.number)
    form = page(team, "edit", made.number)
    for kept in ("12500,50", "Stadtwerke | Utilities", "Viele gehen hier | Many walk here"):
        assert kept in form, kept


def test_steps_and_milestones_by_plain_form(team):
    one = pilot()
    team.post(reverse("pilots:step", args=[one.number, "decide"]))
    refused = team.post(reverse("pilots:step", args=[one.number, "stop"]), {"reason": ""})
    assert refused.status_code == 422
    assert team.get(reverse("pilots:step", args=[one.number, "publish"])).status_code == 409
    assert team.get(reverse("pilots:step", args=[one.number, "zaubern"])).status_code == 404
    team.post(reverse("pilots:milestone_new", args=[one.number]), {"title": "Los", "planned_on": f"{today()}"})
    later = {"title": "Los", "planned_on": f"{today() + timedelta(days=9)}"}
    here = reverse("pilots:milestone_edit", args=[one.number, 1])
    assert team.post(here, later).status_code == 422
    team.post(here, {**later, "reason": "Regen."})
    assert Milestone.objects.get().move_reason == {"de": "Regen."}
    team.post(reverse("pilots:step", args=[one.number, "stop"]), {"reason": "Kein Geld."})
    assert "Kein Geld." in page(team, "pilot", one.number)


def test_origins_by_plain_form(team):
    one, ref = pilot(), strategy.impulse("Bänke am Fluss")
    here = reverse("pilots:origins", args=[one.number])
    assert "Bänke am Fluss" in team.get(f"{here}?q=bänke").content.decode()
    assert team.post(here, {"reason": "Grund"}).status_code == 422
    team.post(here, {"origins": [str(ref), "kaputt"], "reason": "Genau das."})
    assert Edge.objects.get(target_id=one.pk).reason == "Genau das."
    team.post(here, {"out": [str(ref)], "reason": "Doch nicht."})
    assert Edge.objects.get(target_id=one.pk).retract_reason == "Doch nicht."


def test_indicators_and_values_by_plain_form(team, deliver):
    one, goal = pilot("running"), strategy.goal()
    deliver()
    team.post(
        reverse("pilots:indicator_new", args=[one.number]),
        {
            "title": "Tage", "unit": "Tage", "direction": "lower", "baseline": "21,5", "target": "7",
            "baseline_on": f"{today() - timedelta(days=90)}", "target_on": f"{today() + timedelta(days=90)}",
            "formula": "Median", "source": "Bauhof", "goals": [str(goal.ref)],
        },
    )  # fmt: skip
    made = Indicator.objects.get()
    assert f"{made.baseline:.1f}" == "21.5"
    assert "21,5" in page(team, "indicator_edit", made.number)
    here = reverse("pilots:value_new", args=[made.number])
    sent = {"value": "12,5", "measured_on": f"{today()}", "evidence": "Bericht"}
    assert team.post(here, {**sent, "evidence": ""}).status_code == 422
    team.post(here, sent)
    assert team.post(here, {**sent, "value": "11"}).status_code == 422
    team.post(here, {**sent, "value": "11", "reason": "Nachgezählt."})
    assert [f"{row.value:g}" for row in Value.objects.order_by("recorded_at")] == ["12.5000", "11.0000"]


def test_the_leading_office_sees_its_buttons_and_others_do_not(visitor):
    one = pilot("running")
    office, other = Client(headers={"host": "localhost"}), Client(headers={"host": "localhost"})
    office.force_login(people.clerk(builders.OFFICE))
    other.force_login(people.clerk("kultur"))
    assert "Piloten ändern" in page(office, "pilot", one.number)
    assert "Abschließen" not in page(office, "pilot", one.number)
    assert "Piloten ändern" not in page(other, "pilot", one.number)
    assert other.get(reverse("pilots:edit", args=[one.number])).status_code == 403
    assert office.get(reverse("pilots:edit", args=[one.number])).status_code == 200


def test_everything_public_can_be_taken_along(visitor):
    one = pilot("running", title={"de": "=Rechnen"}, money=actions.Money(100_00))
    pilot("draft", title={"de": "Noch geheim"})
    value(indicator(one), "75.5")
    rows = _rows(visitor, "portfolio_csv")
    assert [(row["number"], row["title"], row["planned_eur"]) for row in rows] == [
        (str(one.number), "'=Rechnen", "100.00")
    ]
    assert [(row["value"], row["unit"]) for row in _rows(visitor, "values_csv")] == [("75.5000", "MWh")]
    feed = visitor.get(reverse("pilots:feed"))
    assert feed["Content-Type"].startswith("application/rss+xml")
    assert "=Rechnen" in feed.content.decode()
    assert "Noch geheim" not in feed.content.decode()


def _rows(client, name):
    text = client.get(reverse(f"pilots:{name}")).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_pages_ask_few_questions_however_much_there_is(visitor, team, deliver, django_assert_max_num_queries):
    goal = strategy.goal()
    deliver()
    found = [pilot("running", **vars(facts(people=n))) for n in range(8)]
    for one in found:
        for days in range(3):
            milestone(one, days=days, title=f"Nummer {days}")
        actions.add_origins(
            actor=builders.editor(), pilot_id=one.pk, refs=[goal.ref, strategy.impulse()], reason="Grund",
            at=timezone.now(),
        )  # fmt: skip
    made = [indicator(found[0], goals=(goal.ref,)) for _ in range(4)]
    for one in made:
        for days in range(5):
            value(one, f"{80 - days}", days_ago=days)
    for client, name, args in (
        (visitor, "pilots:overview", []), (visitor, "pilots:compare", []), (visitor, "pilots:pilot", [found[0].number]),
        (visitor, "pilots:indicator", [made[0].number]), (visitor, "pilots:portfolio_csv", []),
        (visitor, "strategy:goal", [goal.number]), (team, "pilots:pilot", [found[0].number]),
        (team, "pilots:origins", [found[0].number]), (team, "pilots:edit", [found[0].number]),
    ):  # fmt: skip
        client.get(reverse(name, args=args))  # what is read once per process
        with django_assert_max_num_queries(15):
            assert client.get(reverse(name, args=args)).status_code == 200
