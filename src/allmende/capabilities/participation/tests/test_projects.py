"""Projects: phases as data, one table for page, API and rules; blueprints; topic stores as parts of projects."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, queries, rules, tasks
from allmende.capabilities.participation.models import CONTRACT_FIELDS, Module, Phase, Project
from allmende.capabilities.participation.workflow import phases
from allmende.capabilities.participation.workflow.phases import Deed, ModuleKind, PhaseKind, Span, Standing, Who
from allmende.core.actor import SYSTEM, Viewer
from allmende.core.errors import Closed, Invalid, NotAllowed, NotFound
from allmende.core.models import Event

NOW = timezone.now()
DAY = timedelta(days=1)
BASE = datetime(2026, 1, 1, tzinfo=UTC)
CONTRACT_FORM = {name: f"Antwort zu {name}" for name in CONTRACT_FIELDS}

instants = st.integers(0, 400).map(lambda hours: BASE + timedelta(hours=hours))


@st.composite
def spans(draw):
    starts = draw(instants)
    ends = starts + timedelta(hours=draw(st.integers(1, 100)))
    return Span(draw(st.sampled_from(PhaseKind)), starts, ends, draw(st.sampled_from(phases.AUDIENCES)))


@given(st.sampled_from(ModuleKind), st.lists(spans(), max_size=5), instants)
def test_side_by_side_phases_open_what_each_of_them_opens(module, given_spans, at):
    together = phases.open_to(module, given_spans, at)
    alone = [phases.open_to(module, [span], at) for span in given_spans]
    assert together == {
        deed: frozenset().union(*(found.get(deed, frozenset()) for found in alone))
        for deed in {deed for found in alone for deed in found}
    }
    for deed in phases.allowed(module, given_spans, Standing(), at):
        assert Who.EVERYONE in together[deed]
    everybody = Standing(signed_in=True, verified=True, member=True, jury=True, office=True)
    assert phases.allowed(module, given_spans, everybody, at) == set(together)


@given(st.sampled_from(ModuleKind), spans(), instants)
def test_nothing_is_open_before_the_first_instant_and_from_the_last_on(module, span, at):
    opened = phases.open_to(module, [span], at)
    assert bool(opened) <= (span.starts_at <= at < span.ends_at)
    assert phases.open_to(module, [span], span.ends_at) == {}


@given(st.sampled_from(sorted(phases.TABLE)), st.sampled_from(phases.AUDIENCES))
def test_an_audience_narrows_and_never_widens(pair, audience):
    module, kind = pair
    wide = phases.open_to(module, [Span(kind, BASE, None)], BASE)
    narrow = phases.open_to(module, [Span(kind, BASE, None, audience)], BASE)
    for person in (Standing(), Standing(signed_in=True), Standing(signed_in=True, verified=True)):
        before = {deed for deed, whos in wide.items() if any(person.is_among(who) for who in whos)}
        assert {deed for deed, whos in narrow.items() if any(person.is_among(who) for who in whos)} <= before


def test_every_deed_kind_and_audience_has_its_words():
    assert set(phases.DEEDS) == set(Deed)
    assert set(phases.PHASES) == set(PhaseKind)
    assert set(phases.MODULES) == set(ModuleKind)
    assert set(phases.WHO) == set(Who)


def project(blueprint="consultation", **fields):
    at = fields.pop("at", NOW)
    data = actions.ProjectData(
        title={"de": "Entwurf der Strategie"}, contract=builders.CONTRACT, announced=fields.pop("announced", True)
    )
    return actions.create_project(
        actor=people.actor(people.editor()),
        group_id=fields.pop("group_id", None) or builders.group().pk,
        blueprint=blueprint,
        data=data,
        opens_at=fields.pop("opens_at", at - DAY),
        closes_at=fields.pop("closes_at", at + 10 * DAY),
        at=at,
    )


@pytest.mark.parametrize("blueprint", phases.BLUEPRINTS)
def test_a_blueprint_makes_a_whole_project_that_opens_and_ends(db, blueprint):
    made = project(blueprint)
    plan = phases.BLUEPRINTS[blueprint]
    modules = list(made.modules.all())
    assert [module.kind for module in modules] == [part.kind for part in plan.parts]
    open_now = set().union(*(rules.deeds(module, Standing(signed_in=True), NOW) for module in modules))
    assert open_now & set(phases.FOR_PEOPLE)
    for module in modules:
        assert (module.store is not None) == (ModuleKind(module.kind) in phases.COLLECTING)
    last = max(span.ends_at for module in modules for span in module.spans() if span.ends_at)
    later = set().union(*(rules.deeds(module, Standing(signed_in=True), last + DAY) for module in modules))
    assert Deed.SUBMIT not in later
    assert Deed.VOTE not in later


def test_each_topic_store_lies_in_a_project_and_keeps_its_address(db):
    store = builders.store()
    page = queries.project_by_number(store.module.project.number, Viewer(), NOW)
    assert page.project.is_store_only
    assert page.project.title == store.title
    assert page.project.contract == store.contract
    client = Client(headers={"host": "localhost"})
    assert client.get(f"/mitmachen/speicher/{store.number}/").status_code == 200
    assert client.get(f"/mitmachen/projekte/{page.project.number}/").status_code == 200
    changed = actions.save_store(
        actor=people.actor(people.editor()), group_id=store.group_id, store_id=store.pk,
        data=builders.data(NOW, title={"de": "Anders gefragt"}), at=NOW,
    )  # fmt: skip
    assert Project.objects.get(modules__store=changed).title == {"de": "Anders gefragt"}
    assert Module.objects.filter(store=store).count() == 1


def test_what_the_choice_of_stores_offers_is_what_the_table_opens(db):
    """The list is asked of the database, the rule of the table: they agree at every instant around the edges."""
    stores = [builders.store(opens_at=NOW + n * DAY, closes_at=NOW + (n + 2) * DAY, at=NOW) for n in (-3, -1, 0, 2)]
    for hours in range(-80, 120, 5):
        at = NOW + timedelta(hours=hours)
        by_table = {store.pk for store in stores if Deed.SUBMIT in rules.store_deeds(store, Standing(), at)}
        assert {store.pk for store in queries.open_stores(at)} == by_table


def test_a_draft_is_seen_by_its_editors_only_and_is_announced_with_all_five_answers(db):
    editor = people.actor(people.editor())
    made = project(announced=False)
    with pytest.raises(NotFound):
        queries.project_by_number(made.number, Viewer(), NOW)
    assert queries.project_by_number(made.number, editor.viewer, NOW)
    empty = actions.ProjectData(title={"de": "X"}, contract={}, announced=True)
    with pytest.raises(Invalid) as refused:
        actions.save_project(actor=editor, project_id=made.pk, data=empty, at=NOW)
    assert set(refused.value.fields) == set(CONTRACT_FIELDS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=made.pk).update(announced_at=NOW, contract={})
    whole = actions.ProjectData(title={"de": "X"}, contract=builders.CONTRACT, announced=True)
    actions.save_project(actor=editor, project_id=made.pk, data=whole, at=NOW)
    store = made.modules.get(kind="ideas").store
    assert rules.store_state(store, NOW).value == "open"
    assert queries.project_by_number(made.number, Viewer(), NOW)


def test_who_may_set_up_a_project(db):
    group = builders.group()
    values = {
        "group_id": group.pk, "blueprint": "contest", "at": NOW, "opens_at": NOW, "closes_at": NOW + DAY,
        "data": actions.ProjectData(title={"de": "X"}, contract=builders.CONTRACT),
    }  # fmt: skip
    for someone in (people.person(), people.moderator(), people.administrator(), people.clerk("umwelt")):
        with pytest.raises(NotAllowed):
            actions.create_project(actor=people.actor(someone), **values)
    with pytest.raises(Invalid):
        actions.create_project(actor=people.actor(people.editor()), **{**values, "closes_at": NOW})


def test_phases_are_set_as_a_whole_and_a_strange_one_is_refused(db):
    editor = people.actor(people.editor())
    made = project("contest")
    module = made.modules.get()
    vote = Phase.objects.get(module=module, kind="vote")
    keep = actions.PhaseData(module.pk, "vote", NOW, NOW + DAY, "verified", vote.pk)
    fresh = actions.PhaseData(module.pk, "discuss", NOW, NOW + 2 * DAY)
    actions.save_phases(actor=editor, project_id=made.pk, wanted=[keep, fresh], at=NOW)
    assert {(row.kind, row.audience) for row in module.phases.all()} == {("vote", "verified"), ("discuss", "everyone")}
    assert module.phases.get(kind="vote").pk == vote.pk
    for wrong in (
        actions.PhaseData(module.pk, "discuss", NOW, NOW),
        actions.PhaseData(module.pk, "nonsense", NOW, NOW + DAY),
    ):
        with pytest.raises(Invalid):
            actions.save_phases(actor=editor, project_id=made.pk, wanted=[wrong], at=NOW)
    elsewhere = project("contest").modules.get()
    with pytest.raises(NotFound):
        actions.save_phases(
            actor=editor, project_id=made.pk, wanted=[actions.PhaseData(elsewhere.pk, "vote", NOW, NOW + DAY)], at=NOW
        )


def test_a_turn_is_made_known_once(db):
    made = project("contest", opens_at=NOW - DAY, closes_at=NOW + DAY)
    assert made.turn_at == NOW + DAY
    tasks.note_periods(NOW)
    names = Event.objects.filter(name="participation.project_turned")
    assert names.count() == 0
    for _ in range(2):
        tasks.note_periods(NOW + DAY)
    assert names.count() == 1
    with pytest.raises(NotAllowed):
        actions.note_turn(actor=people.actor(people.editor()), project_id=made.pk, at=NOW)
    assert SYSTEM is not None


def test_the_end_of_a_contest_is_exact_and_other_ends_have_the_grace_that_the_city_gives(db, monkeypatch):
    from allmende.core import city

    monkeypatch.setattr(city, "setting", lambda key, default=None: 10 if key.endswith("grace_minutes") else default)
    store = builders.store(closes_at=NOW, at=NOW)
    assert builders.idea(store, at=NOW + timedelta(minutes=9))
    with pytest.raises(Closed):
        builders.idea(store, at=NOW + timedelta(minutes=10))
    contest = builders.store(kind="contest", closes_at=NOW, at=NOW)
    with pytest.raises(Closed):
        builders.idea(contest, at=NOW)


def test_entries_of_a_contest_carry_no_counts(db):
    store = builders.store(kind="contest", closes_at=NOW - DAY)
    idea = builders.published(store, at=NOW - 2 * DAY)
    tasks.note_periods(NOW - DAY)  # entries become public together, when the deadline is over
    with pytest.raises(Closed):
        actions.support_idea(actor=people.actor(people.person()), idea_id=idea.pk, at=NOW)
    page = Client(headers={"host": "localhost"}).get(f"/mitmachen/ideen/{idea.number}/").content.decode()
    assert "unterstützen das" not in page


def test_one_form_creates_it_and_the_page_says_what_is_open(db):
    group = builders.group()
    client = people.login(Client(headers={"host": "localhost"}), people.editor())
    today = timezone.localdate()
    sent = {
        "blueprint": "consultation", "title": "Wie geht es weiter?", "opens_on": today.isoformat(),
        "closes_on": (today + 9 * DAY).isoformat(), "announced": "on", **CONTRACT_FORM,
    }  # fmt: skip
    address = f"/mitmachen/gruppen/{group.slug}/projekte/neu/"
    assert client.post(address, {**sent, "what_is_open": ""}).status_code == 422
    response = client.post(address, sent)
    assert response.status_code == 302
    page = Client(headers={"host": "localhost"}).get(response["Location"]).content.decode()
    assert "Wie geht es weiter?" in page
    assert "etwas einreichen" in page
    later = client.get(f"{response['Location']}vorschau/?role=visitor&day={(today + 30 * DAY).isoformat()}")
    assert later.status_code == 200
    assert "etwas einreichen" not in later.content.decode()
    assert client.get(f"{response['Location']}vorschau/?role=visitor&day=never").status_code == 422
    assert client.get(f"{response['Location']}phasen/").status_code == 200


def test_page_and_api_say_the_same(db):
    made = project("contest")
    client = Client(headers={"host": "localhost"})
    module = client.get(f"/api/v1/participation/projects/{made.number}").json()["modules"][0]
    row = Module.objects.get(pk=module["id"])
    assert set(module["allowed"]) == {deed.value for deed in rules.deeds(row, Standing(), NOW)}
    assert set(module["open"]) == {deed.value for deed in phases.open_to(ModuleKind.CONTEST, row.spans(), NOW)}
    assert made.number in [one["number"] for one in client.get("/api/v1/participation/projects").json()]


def test_a_project_with_a_discussion_has_one_thread_while_a_phase_is_open(db):
    made = project("consultation")
    assert rules.may_talk_about(made, NOW)
    assert not rules.may_talk_about(made, NOW + 11 * DAY)
    assert not rules.may_talk_about(project("contest"), NOW)
