"""Rules that refine the routing table: the first that fits, tried out before saving, and an alarm when they break."""

import random
import time
from datetime import datetime, timedelta
from datetime import time as clock

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders
from allmende.capabilities.reports.actions.assets import KindData, import_assets
from allmende.capabilities.reports.adapters.asset_files import AssetRow
from allmende.capabilities.reports.builders import category, desk, report
from allmende.capabilities.reports.models import RoutingRule
from allmende.capabilities.reports.queries import routing
from allmende.capabilities.reports.rules.asking import QuestionData
from allmende.capabilities.reports.rules.proposing import propose
from allmende.capabilities.reports.rules.routing import Case, Rule, Table, chosen, inside, is_empty
from allmende.core.actor import SYSTEM, Role
from allmende.core.errors import Invalid, NotAllowed
from allmende.engines.notify.models import Notice

NOON = datetime(2026, 3, 4, 12, 0)  # noqa: DTZ001 - a Wednesday in the city's own time
SQUARE = ((12.0, 50.0), (12.1, 50.0), (12.1, 50.1), (12.0, 50.1))


def first(rule, **fields):
    case = {"category": "muell", "words": "Ein alter Reifen im Wald.", "at": NOON, **fields}
    return Table([rule]).first(Case(**case))


@pytest.mark.parametrize(
    ("fits", "misses"),
    [
        ({"categories": frozenset({"muell"})}, {"categories": frozenset({"licht"})}),
        ({"words": frozenset({"wald"})}, {"words": frozenset({"wiese"})}),
        ({"words": frozenset({"Reifen"})}, {"words": frozenset({"Rei"})}),
        ({"words": frozenset({"alter reifen"})}, {"words": frozenset({"reifen alter"})}),
        ({"weekdays": frozenset({2})}, {"weekdays": frozenset({5, 6})}),
        ({"starts": 12 * 60, "ends": 13 * 60}, {"starts": 11 * 60, "ends": 12 * 60}),
        ({"starts": 22 * 60, "ends": 12 * 60 + 1}, {"starts": 22 * 60, "ends": 6 * 60}),
        ({"polygon": SQUARE}, {"polygon": tuple((x + 1, y) for x, y in SQUARE)}),
        ({"centre": (12.05, 50.05), "metres": 50}, {"centre": (12.06, 50.05), "metres": 50}),
        ({"districts": frozenset({"lusan"})}, {"districts": frozenset({"stadtmitte"})}),
        ({"owners": frozenset({"netz", "bad"})}, {"owners": frozenset({"bad"})}),
        ({"answers": frozenset({("muell", "was", "oel")})}, {"answers": frozenset({("licht", "was", "oel")})}),
    ],
)
def test_each_condition_holds_or_not(fits, misses):
    where = {"point": (12.05, 50.05), "district": "lusan", "owner": "netz"}
    where["answers"] = chosen("muell", {"was": ["scherben", "oel"], "viel": 3, "seit": "2026-03-01"})
    assert first(Rule("a", "umwelt", **fits), **where) is not None
    assert first(Rule("a", "umwelt", **misses), **where) is None
    assert first(Rule("a", "umwelt", **{"categories": frozenset({"licht"}), **fits} | misses), **where) is None


def test_the_first_rule_that_fits_counts_and_without_a_position_no_area_does():
    wide, narrow = Rule("wide", "a", weekdays=frozenset(range(7))), Rule("narrow", "b", polygon=SQUARE)
    case = Case("x", "", NOON, point=(12.05, 50.05))
    assert [Table(rows).first(case).key for rows in ([wide, narrow], [narrow, wide])] == ["wide", "narrow"]
    assert Table([narrow]).first(Case("x", "", NOON)) is None
    assert is_empty(Rule("x", "a"))


words = st.text(alphabet="abeinrst ßäü", max_size=40)


@given(text=words, keys=st.lists(st.text(alphabet="abeinrst ßäü", min_size=1, max_size=8), max_size=5))
def test_words_are_found_as_the_proposals_of_the_form_find_them(text, keys):
    rule = Rule("a", "umwelt", words=frozenset(keys))
    said = bool(propose(text, [("a", keys)]))
    assert (Table([rule]).first(Case("x", text, NOON)) is not None) == (said or not Table([rule]).rules[0].words)


@given(
    order=st.permutations(range(6)),
    day=st.integers(0, 6),
    limits=st.lists(st.sets(st.integers(0, 6)), min_size=6, max_size=6),
)
def test_rules_before_the_one_that_counts_never_fit(order, day, limits):
    rules = [Rule(number, str(number), weekdays=frozenset(limits[number])) for number in order]
    found = Table(rules).first(Case("x", "", NOON + timedelta(days=day)))
    weekday = (2 + day) % 7
    fitting = [rule for rule in rules if not rule.weekdays or weekday in rule.weekdays]
    assert (found.key if found else None) == (fitting[0].key if fitting else None)


@given(x=st.floats(-1, 2, allow_nan=False), y=st.floats(-1, 2, allow_nan=False), start=st.integers(0, 3))
def test_a_square_holds_what_lies_within_wherever_its_ring_begins(x, y, start):
    ring = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    if {x, y}.isdisjoint({0.0, 1.0}):
        assert inside([*ring[start:], *ring[:start]], (x, y)) == (0 < x < 1 and 0 < y < 1)


def test_ten_thousand_reports_pass_two_hundred_rules_within_five_seconds():
    chance = random.Random(7)
    syllables = ["bau", "weg", "lich", "ter", "grund", "platz", "wald", "rei", "fen", "hof", "tor", "stein"]
    vocabulary = ["".join(chance.choices(syllables, k=3)) for _ in range(4000)]
    rules = [
        Rule(n, f"amt-{n}", words=frozenset(f"{chance.choice(vocabulary)}x" for _ in range(5)), polygon=SQUARE)
        for n in range(200)
    ]
    cases = [Case("x", " ".join(chance.choices(vocabulary, k=25)), NOON, point=(12.05, 50.05)) for _ in range(10_000)]
    table, begun = Table(rules), time.process_time()
    assert all(table.first(case) is None for case in cases)
    assert time.process_time() - begun < 5


def client_of(person):
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return client


def rule(**fields):
    data = {"name": "Wald", "department": "kultur", "words": ["wald"], **fields}
    return actions.save_rule(actor=desk(), rule_id=None, data=actions.RuleData(**data), at=timezone.now())


@pytest.mark.django_db
def test_a_report_goes_where_the_first_rule_says_and_else_where_the_table_says():
    kind = category()
    rule(order=20, department="wirtschaft")
    rule(order=10)
    rule(order=5, department="steuerung", is_on=False)
    assert report(kind=kind, words="Müll im Wald").department == "kultur"
    assert report(kind=kind, words="Müll am Markt").department == builders.OFFICE
    moved = report(words="Müll im Wald", kind=category(department="steuerung"))
    data = actions.Correction(kind.slug, moved.place)
    assert actions.correct_report(actor=desk(), report_id=moved.pk, data=data, at=timezone.now()).department == "kultur"


@pytest.mark.django_db
def test_the_desk_sees_what_would_have_changed_before_it_saves():
    person = people.with_role(Role.CLERK, "reports")
    office = client_of(person)
    kind = category()
    for words in ("Reifen im Wald", "Sofa im Wald", "Laterne aus"):
        report(kind=kind, words=words)
    report(kind=kind, words="Voriges Jahr im Wald", at=timezone.now() - timedelta(days=370))
    sent = {"name": "Wald", "department": "kultur", "words": "wald", "order": "10", "is_on": "on"}
    tried = office.post(reverse("reports:rule_new"), {**sent, "go": "try"})
    assert "2 von 3 Meldungen wären woanders gelandet." in tried.content.decode()
    assert not RoutingRule.objects.exists()
    assert office.post(reverse("reports:rule_new"), {**sent, "go": "save"}).status_code == 302
    made = RoutingRule.objects.get()
    assert "mit dem Wort „wald“" in office.get(reverse("reports:rules")).content.decode()
    again = office.post(reverse("reports:rule", args=[made.pk]), {**sent, "words": "sofa", "go": "try"})
    assert "1 von 3 Meldungen wäre woanders gelandet." in again.content.decode()
    assert office.post(reverse("reports:rule_remove", args=[made.pk])).status_code == 302
    assert not RoutingRule.objects.exists()


@pytest.mark.django_db
def test_a_rule_needs_a_condition_and_the_desk():
    for fields in (
        {"words": []}, {"department": "nirgends"}, {"name": " "}, {"starts": clock(9)}, {"metres": 5, "place": "Dort"},
        {"polygon": [(1, 2), (3, 4)]}, {"polygon": [(1, 2), (3, 4), (float("nan"), 1)]}, {"categories": ["weg"]},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            rule(**fields)
    with pytest.raises(NotAllowed):
        actions.save_rule(
            actor=builders.clerk(), rule_id=None, data=actions.RuleData("x", "kultur", words=["x"]), at=timezone.now()
        )
    office = client_of(people.with_role(Role.CLERK, "reports"))
    sent = {"name": "Wald", "department": "kultur", "order": "10", "go": "save"}
    for polygon in ("{", "[]", '{"type": "Polygon", "coordinates": [[[1]]]}', "[" * 50_000, '{"type": "Point"}'):
        answer = office.post(reverse("reports:rule_new"), {**sent, "polygon": polygon})
        assert answer.status_code == 422
        assert "Vieleck" in answer.content.decode()
    area = '{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5, 1], [1, 2]]]}}'
    assert office.post(reverse("reports:rule_new"), {**sent, "polygon": area}).status_code == 302
    assert len(RoutingRule.objects.get().polygon) == 3


@pytest.mark.django_db
def test_a_broken_rule_is_passed_over_and_the_desk_is_told_once(deliver):
    person = people.with_role(Role.CLERK, "reports")
    kind = category()
    made = rule(categories=[kind.slug])
    assert actions.watch_rules(actor=SYSTEM, at=timezone.now()) == 0
    RoutingRule.objects.filter(pk=made.pk).update(department="aufgeloest")
    assert report(kind=kind, words="Müll im Wald").department == builders.OFFICE
    assert actions.watch_rules(actor=SYSTEM, at=timezone.now()) == 1
    assert actions.watch_rules(actor=SYSTEM, at=timezone.now()) == 0
    deliver()
    assert "greift nicht" in Notice.objects.get(person=person).subjects["de"]
    office = client_of(person)
    assert "1 Regel greift nicht" in office.get(reverse("reports:rules")).content.decode()
    RoutingRule.objects.filter(pk=made.pk).update(department="kultur")
    assert actions.watch_rules(actor=SYSTEM, at=timezone.now()) == 0
    made.refresh_from_db()
    assert made.alarmed_at is None
    kind.is_active = False
    kind.save()
    assert actions.watch_rules(actor=SYSTEM, at=timezone.now()) == 1
    assert routing.broken_ones(routing.every())[made.pk].categories == [kind.slug]


def lamps(owner):
    names = {"de": "Laterne"}
    rows = [AssetRow("4711", 12.08, 50.88, "Markt", owner)]
    import_assets(actor=SYSTEM, kind=KindData("laterne", names, [], "", owner), rows=rows, at=timezone.now())


@pytest.mark.django_db
def test_a_rule_can_ask_whose_the_numbered_thing_is_and_what_was_answered():
    kind = category()
    lamps("Netz GmbH")
    question = QuestionData({"de": "Was liegt dort?"}, "select_multiple", options=[{"de": "Öl"}, {"de": "Holz"}])
    actions.save_questions(actor=desk(), category_id=kind.pk, asked=[question], at=timezone.now())
    office = client_of(people.with_role(Role.CLERK, "reports"))
    report(kind=kind, words="Dunkel", asset="laterne:4711")
    report(kind=kind, words="Flasche", answers={"liegt_dort": ["oel"]})
    sent = {"name": "Netz", "department": "kultur", "owners": "Netz GmbH", "order": "10", "is_on": "on"}
    tried = office.post(reverse("reports:rule_new"), {**sent, "go": "try"}).content.decode()
    assert "1 von 2 Meldungen wäre woanders gelandet." in tried
    answer = f"{kind.slug}/liegt_dort/oel"
    wrong = office.post(reverse("reports:rule_new"), {**sent, "answers": f"{answer}x", "go": "try"})
    assert wrong.status_code == 422
    for fields in (sent, {**sent, "name": "Öl", "department": "steuerung", "owners": [], "answers": answer}):
        assert office.post(reverse("reports:rule_new"), {**fields, "go": "save"}).status_code == 302
    assert report(kind=kind, words="Dunkel", asset="laterne:4711").department == "kultur"
    assert report(kind=kind, words="Flasche", answers={"liegt_dort": ["holz", "oel"]}).department == "steuerung"
    assert report(kind=kind, words="Brett", answers={"liegt_dort": ["holz"]}).department == builders.OFFICE
    listed = office.get(reverse("reports:rules")).content.decode()
    assert "was diesen gehört: Netz GmbH" in listed
    assert "Was liegt dort? – Öl" in listed
    last = {"step": "3", "go": "next", "words": "x", "place": "Hinter dem Haus", "category": kind.slug}
    assert "Öl" in Client(headers={"host": "localhost"}).post("/meldungen/neu/", last).content.decode()


@pytest.mark.django_db
def test_a_rule_breaks_when_nothing_is_theirs_any_more_or_nobody_can_answer_so():
    kind = category()
    lamps("Netz GmbH")
    question = QuestionData({"de": "Was liegt dort?"}, options=[{"de": "Öl"}, {"de": "Holz"}])
    actions.save_questions(actor=desk(), category_id=kind.pk, asked=[question], at=timezone.now())
    rule(words=[], owners=["Netz GmbH"], answers=[(kind.slug, "liegt_dort", "oel")])
    assert actions.watch_rules(actor=SYSTEM, at=timezone.now()) == 0
    lamps("Stadtwerke")
    actions.save_questions(actor=desk(), category_id=kind.pk, asked=[], at=timezone.now())
    assert actions.watch_rules(actor=SYSTEM, at=timezone.now()) == 1
    listed = client_of(people.with_role(Role.CLERK, "reports")).get(reverse("reports:rules")).content.decode()
    assert "Kein nummeriertes Ding gehört noch „Netz GmbH“." in listed
    assert f"Die Antwort „oel“ auf eine Frage zu „{kind.name('de')}“ gibt es nicht mehr." in listed
    for gone in ({"owners": ["Netz GmbH"]}, {"answers": [(kind.slug, "liegt_dort", "oel")]}):
        with pytest.raises(Invalid):
            rule(words=[], **gone)
