"""The pages of the structure: what everybody reads, and the team's board by plain form."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import builders as participation
from allmende.capabilities.strategy import actions, builders
from allmende.capabilities.strategy.models import Aside, Field, Goal, Guideline
from allmende.core.actor import Role
from allmende.engines.trace.interface import Edge

NOW = timezone.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def team(db):
    client = Client(headers={"host": "localhost"})
    client.force_login(people.with_role(Role.EDITOR, "strategy"))
    return client


@pytest.fixture
def visitor(db):
    return Client(headers={"host": "localhost"})


def test_the_overview_shows_fields_goals_and_how_much_is_answered(visitor):
    goal = builders.goal()
    builders.impulse()
    actions.order_impulses(
        actor=builders.editor(), refs=[builders.impulse("Bänke")], goal_id=goal.pk, reason="Grund", at=NOW
    )
    page = visitor.get(reverse("strategy:overview")).content.decode()
    assert goal.code in page
    assert str(goal) in page
    assert "1 von 2 Anregungen sind beantwortet." in page
    assert "Anregungen ordnen" not in page


def test_a_goal_shows_what_it_rests_on_with_the_reason(visitor, deliver):
    goal, ref = builders.goal(), participation.published(title="Bänke am Markt", at=NOW - HOUR).ref
    deliver()
    actions.order_impulses(actor=builders.editor(), refs=[ref], goal_id=goal.pk, reason="Weil man sitzt.", at=NOW)
    deliver()
    page = visitor.get(reverse("strategy:goal", args=[goal.number])).content.decode()
    assert "Bänke am Markt" in page
    assert "Weil man sitzt." in page
    assert "1 Anregung" in page


def test_an_answer_says_why_and_links_the_impulse(visitor, deliver):
    ref = participation.published(title="Seilbahn", at=NOW - HOUR).ref
    deliver()
    (answer,) = actions.set_aside(actor=builders.editor(), refs=[ref], reason="Zu teuer für uns.", at=NOW)
    deliver()
    page = visitor.get(reverse("strategy:aside", args=[answer.number])).content.decode()
    assert "Seilbahn" in page
    assert "Zu teuer für uns." in page
    assert visitor.get(reverse("strategy:aside", args=[999])).status_code == 404


def test_the_board_orders_by_plain_form(team):
    goal, refs = builders.goal(), [builders.impulse(), builders.impulse()]
    here = reverse("strategy:board")
    assert str(refs[0]) in team.get(here).content.decode()
    answer = team.post(
        here, {"impulses": [str(ref) for ref in refs], "goal": str(goal.pk), "reason": "Passt."}, follow=True
    )
    assert "2 Anregungen stehen jetzt im Ziel" in answer.content.decode()
    assert Edge.objects.filter(target_id=goal.pk).count() == 2
    assert str(refs[0]) not in answer.content.decode(), "what is answered leaves the list"
    assert str(refs[0]) in team.get(f"{here}?alle=1").content.decode()


def test_the_board_keeps_what_was_chosen_when_the_reason_is_missing(team):
    goal, ref = builders.goal(), builders.impulse()
    answer = team.post(reverse("strategy:board"), {"impulses": [str(ref)], "goal": str(goal.pk), "reason": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{ref}" id="impulse-{ref.id}" checked' in page
    nothing = team.post(reverse("strategy:board"), {"goal": str(goal.pk), "reason": "Grund"})
    assert nothing.status_code == 422
    assert "mindestens eine Anregung" in nothing.content.decode()
    assert not Edge.objects.exists()


def test_the_board_answers_with_a_no(team):
    ref = builders.impulse()
    builders.goal()
    team.post(reverse("strategy:board"), {"impulses": [str(ref)], "goal": "none", "reason": "Gibt es schon."})
    assert Aside.objects.get().impulse == ref


def test_what_stands_in_a_goal_is_taken_out_by_plain_form(team):
    goal, ref = builders.goal(), builders.impulse("Bänke")
    actions.order_impulses(actor=builders.editor(), refs=[ref], goal_id=goal.pk, reason="Grund", at=NOW)
    here = reverse("strategy:ties", args=[goal.number])
    assert "Bänke" in team.get(here).content.decode()
    team.post(here, {"impulses": [str(ref)], "reason": "Doch nicht."})
    assert Edge.objects.get().retract_reason == "Doch nicht."


def test_the_team_makes_guidelines_fields_and_goals(team):
    team.post(reverse("strategy:guideline_new"), {"title": "Kurze Wege", "text": "Nah beieinander.", "place": 1})
    team.post(
        reverse("strategy:field_new"),
        {"title": "Verkehr", "title_en": "Transport", "summary": "Unterwegs.", "place": 2, "department": "umwelt"},
    )
    field = Field.objects.get()
    assert field.title == {"de": "Verkehr", "en": "Transport"}
    answer = team.post(
        reverse("strategy:goal_new"),
        {
            "field": str(field.pk), "title": "Sicher zur Schule", "summary": "Alle Kinder.",
            "measures": "Zebrastreifen | Zebra crossing\n\nTempo 30", "guidelines": [str(Guideline.objects.get().pk)],
        },
    )  # fmt: skip
    goal = Goal.objects.get()
    assert answer.url == reverse("strategy:goal", args=[goal.number])
    assert [row.title for row in goal.measures.all()] == [
        {"de": "Zebrastreifen", "en": "Zebra crossing"},
        {"de": "Tempo 30"},
    ]
    assert (
        "Zebrastreifen | Zebra crossing" in team.get(reverse("strategy:goal_edit", args=[goal.number])).content.decode()
    )
    team.post(reverse("strategy:goal_end", args=[goal.number]), {"reason": "Das Land macht es."})
    assert "Das Land macht es." in team.get(reverse("strategy:goal", args=[goal.number])).content.decode()


def test_pages_ask_few_questions_however_much_there_is(visitor, team, django_assert_max_num_queries):
    fields = [builders.field(place=n + 1) for n in range(4)]
    goals = [builders.goal(field) for field in fields for _ in range(5)]
    editor = builders.editor()
    for goal in goals[:10]:
        refs = [builders.impulse() for _ in range(6)]
        actions.order_impulses(actor=editor, refs=refs, goal_id=goal.pk, reason="Grund", at=NOW)
    for _ in range(30):
        builders.impulse()
    for client, name, args in (
        (visitor, "overview", []),
        (visitor, "answered", []),
        (visitor, "field", [fields[0].number]),
        (visitor, "goal", [goals[0].number]),
        (team, "board", []),
        (team, "ties", [goals[0].number]),
    ):
        client.get(reverse(f"strategy:{name}", args=args))  # what is read once per process
        with django_assert_max_num_queries(15):
            assert client.get(reverse(f"strategy:{name}", args=args)).status_code == 200
