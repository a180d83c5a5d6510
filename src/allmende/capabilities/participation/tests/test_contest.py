"""Contests: how scores are counted, what is held back until the deadline, who judges, who records, who is told."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, queries, tasks
from allmende.capabilities.participation.models import Contest, Entry, Idea
from allmende.capabilities.participation.workflow.contest import (
    Result,
    Sheet,
    TieRule,
    Weighed,
    differs,
    places,
    tally,
    worth,
)
from allmende.core.errors import Closed, Invalid, NotAllowed

NOW = timezone.now()
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
BASE = datetime(2026, 1, 1, tzinfo=UTC)


# Counting


@st.composite
def contests(draw):
    criteria = [Weighed(n, draw(st.integers(1, 100)), draw(st.integers(2, 10))) for n in range(draw(st.integers(1, 4)))]
    entries = [(f"e{n}", BASE + timedelta(hours=draw(st.integers(0, 3)))) for n in range(draw(st.integers(0, 6)))]
    sheets = [
        Sheet(entry, {one.id: draw(st.integers(0, one.scale)) for one in criteria})
        for entry, _arrived in entries
        for _juror in range(draw(st.integers(0, 4)))
    ]
    return entries, criteria, sheets, draw(st.sampled_from(TieRule))


@given(contests())
def test_a_mean_is_exact_and_lies_between_the_lowest_and_the_highest(contest):
    entries, criteria, sheets, tie = contest
    for row in tally(*contest):
        given_here = [worth(sheet.points, criteria) for sheet in sheets if sheet.entry == row.entry]
        assert row.count == len(given_here)
        if row.count < 2:
            assert row.mean is None
            assert row.place is None
            continue
        assert row.mean * row.count == sum(given_here)
        assert 0 <= row.lowest <= row.mean <= row.highest <= 100
        total = sum(one.weight for one in criteria)
        assert row.mean == sum(row.parts[one.id] * one.weight for one in criteria) / total
    assert {row.entry for row in tally(entries, criteria, sheets, tie)} == {entry for entry, _at in entries}


@given(contests())
def test_places_follow_the_means_and_leave_no_gap(contest):
    rows = [row for row in tally(*contest) if row.place is not None]
    assert [row.place for row in rows] == sorted(row.place for row in rows)
    for row in rows:
        better = [other for other in rows if other.place < row.place]
        assert row.place == 1 + len(better)
        assert all(other.mean >= row.mean for other in better)
        assert row.shared == (sum(other.place == row.place for other in rows) > 1)
        for other in rows:
            if other.mean > row.mean:
                assert other.place < row.place
            if other.place == row.place:
                assert other.mean == row.mean


@given(contests(), st.randoms())
def test_the_order_of_the_sheets_and_the_unit_of_the_weights_change_nothing(contest, random):
    entries, criteria, sheets, tie = contest
    before = tally(entries, criteria, sheets, tie)
    shuffled = list(sheets)
    random.shuffle(shuffled)
    tripled = [Weighed(one.id, 3 * one.weight, one.scale) for one in criteria]
    assert tally(entries, tripled, shuffled, tie) == before


@given(contests())
def test_a_better_sheet_never_harms_its_entry(contest):
    entries, criteria, sheets, tie = contest
    before = {row.entry: row for row in tally(entries, criteria, sheets, tie)}
    for number, sheet in enumerate(sheets):
        better = Sheet(sheet.entry, {one.id: min(one.scale, sheet.points[one.id] + 1) for one in criteria})
        after = {
            row.entry: row for row in tally(entries, criteria, [*sheets[:number], better, *sheets[number + 1 :]], tie)
        }
        old, new = before[sheet.entry], after[sheet.entry]
        if old.place is not None:
            assert new.mean >= old.mean
            assert new.place <= old.place


def test_the_declared_rule_breaks_a_tie():
    criteria = [Weighed("light", 1, 10), Weighed("heavy", 3, 10)]
    first, second = {"light": 10, "heavy": 4}, {"light": 4, "heavy": 6}
    entries = [("a", BASE + DAY), ("b", BASE)]
    sheets = [Sheet("a", first), Sheet("a", first), Sheet("b", second), Sheet("b", second)]

    def placed(tie):
        return {row.entry: row.place for row in tally(entries, criteria, sheets, tie)}

    assert worth(first, criteria) == worth(second, criteria) == 55
    assert placed(TieRule.SHARED) == {"a": 1, "b": 1}
    assert placed(TieRule.WEIGHTIEST) == {"b": 1, "a": 2}
    assert placed(TieRule.EARLIER) == {"b": 1, "a": 2}


def test_thirds_are_counted_as_thirds():
    sheets = [Sheet("a", {"x": points}) for points in (1, 1, 2)]
    (row,) = tally([("a", BASE)], [Weighed("x", 1, 3)], sheets, TieRule.SHARED)
    assert row == Result(
        "a", 3, Fraction(400, 9), Fraction(100, 3), Fraction(200, 3), {"x": Fraction(400, 9)}, place=1, shared=False
    )


@given(st.dictionaries(st.integers(0, 8), st.integers(0, 5)))
def test_places_by_votes(votes):
    found = places(votes)
    for one, place in found.items():
        assert place == 1 + sum(votes[other] > votes[one] for other in votes)


def test_a_place_differs_from_a_ranking():
    assert not differs(1, 1, given=3)
    assert differs(1, 2, given=3)
    assert differs(None, 3, given=3)
    assert not differs(None, 4, given=3)
    assert not differs(1, None, given=3)


# From the call to the placing


def signed(entrant="business", **fields):
    return actions.EntryData(entrant=entrant, **fields)


def contest(opens=-10, closes=10, **fields):
    """A contest project with its jury phase after the end; open to businesses and pupils."""
    made = actions.create_project(
        actor=people.actor(people.editor()),
        group_id=builders.group().pk,
        blueprint="contest",
        data=actions.ProjectData(title={"de": "Wettbewerb"}, contract=builders.CONTRACT),
        opens_at=NOW + opens * DAY,
        closes_at=NOW + closes * DAY,
        at=NOW + opens * DAY,
    )
    store = made.modules.get().store
    held = Contest.objects.get(store=store)
    rows = [actions.CriterionData(row.names, row.weight, row.scale, row.pk) for row in held.criteria.all()]
    data = {"groups": ["business", "pupils"], "criteria": rows, **fields}
    return actions.save_contest(
        actor=people.actor(people.editor()), store_id=store.pk, data=actions.ContestData(**data), at=NOW + opens * DAY
    )


def entry(made, *, author=None, released=True, at=NOW, **fields):
    idea = builders.idea(made.store, author=author, at=at, entry=fields.pop("entry", signed()), **fields)
    if released:
        actions.release_idea(actor=people.actor(people.moderator("participation")), object_id=idea.pk, at=at)
    return Entry.objects.select_related("idea").get(idea=idea)


def ended(made, *, at=None):
    """After the deadline; the jury's phase runs."""
    at = at or made.store.closes_at + MINUTE
    tasks.note_periods(at)
    made.refresh_from_db()
    return at


def juror(made, name="Frau Esche", person=None):
    person = person or people.person()
    actions.appoint_juror(
        actor=people.actor(people.editor()), store_id=made.store_id, person_id=person.pk, name=name, at=NOW
    )
    return people.actor(person)


def score(actor, made, one, points, at, note=""):
    given = {row.pk: points for row in made.criteria.all()}
    return actions.score_entry(
        actor=actor, store_id=made.store_id, entry_number=one.idea.number, points=given, note=note, at=at
    )


def test_nobody_sees_an_entry_before_the_deadline_and_then_all_appear_at_once(db):
    made = contest()
    author = people.person()
    first, second, third = entry(made, author=author), entry(made), entry(made, released=False)
    for one in (first, second, third):
        one.idea.refresh_from_db()
        assert not one.idea.is_public
    assert queries.entries(made.pk) == []
    made.store.refresh_from_db()
    assert made.store.idea_count == 0
    tasks.note_periods(made.store.closes_at - MINUTE)
    assert Contest.objects.get(pk=made.pk).published_at is None
    at = ended(made)
    rows = Idea.objects.filter(pk__in=[first.idea_id, second.idea_id])
    assert {row.published_at for row in rows} == {at}
    assert {row.state for row in rows} == {"published"}
    assert Idea.objects.get(pk=third.idea_id).state == "submitted"
    made.store.refresh_from_db()
    assert made.store.idea_count == 2
    actions.release_idea(actor=people.actor(people.moderator("participation")), object_id=third.idea_id, at=at)
    assert Idea.objects.get(pk=third.idea_id).is_public
    with pytest.raises(NotAllowed):
        actions.publish_entries(actor=people.actor(people.editor()), store_id=made.store_id, at=at)


def test_a_check_is_taken_back_by_a_new_version_by_holding_and_by_a_refusal(db):
    made, author = contest(), people.person()
    moderator = people.actor(people.moderator("participation"))
    one = entry(made, author=author)
    later = [NOW + n * MINUTE for n in range(1, 6)]
    actions.edit_idea(actor=people.actor(author), idea_id=one.idea_id, title="Neu", body="Neue Worte", at=later[0])
    one.refresh_from_db()
    assert one.cleared_at is None
    actions.release_idea(actor=moderator, object_id=one.idea_id, at=later[1])
    actions.hold_idea(actor=moderator, object_id=one.idea_id, at=later[2])
    one.refresh_from_db()
    assert one.cleared_at is None
    actions.refuse_idea(actor=moderator, object_id=one.idea_id, reason="Werbung", rule="werbung", at=later[4])
    ended(made)
    assert Idea.objects.get(pk=one.idea_id).state == "refused"


def test_only_who_is_invited_enters_and_says_so(db):
    made = contest()
    with pytest.raises(Invalid) as found:
        entry(made, entry=signed("club"))
    assert "entrant" in found.value.fields
    with pytest.raises(Invalid):
        entry(made, entry=None)
    assert entry(made, entry=signed("pupils")).entrant == "pupils"
    assert entry(contest(groups=["everybody"]), entry=None).entrant == "everybody"


def test_the_deadline_is_exact_and_its_grace_is_for_forms_that_were_open(db):
    made = contest(closes=0, grace_minutes=10)
    ends = made.store.closes_at
    before, after = signed(opened_at=ends - MINUTE), signed(opened_at=ends)
    assert entry(made, at=ends - MINUTE, entry=after)
    assert entry(made, at=ends + 9 * MINUTE, entry=before, released=False)
    for at, data in ((ends + 10 * MINUTE, before), (ends, after), (ends, signed())):
        with pytest.raises(Closed) as found:
            entry(made, at=at, entry=data)
        assert "Die Frist endete am" in str(found.value)
        assert "Ihr Text ist noch da" in str(found.value)
    tasks.note_periods(ends + 9 * MINUTE)  # whoever hands in within the grace does not see the others
    assert Contest.objects.get(pk=made.pk).published_at is None
    ended(made, at=ends + 10 * MINUTE)
    assert made.published_at is not None


def test_the_deadline_moves_until_it_is_over_and_what_is_counted_until_the_first_score(db):
    made = contest()
    editor = people.actor(people.editor())
    rows = [actions.CriterionData(row.names, row.weight, row.scale, row.pk) for row in made.criteria.all()]

    def save(at, **fields):
        data = actions.ContestData(**{"criteria": rows, "groups": ["business"], **fields})
        return actions.save_contest(actor=editor, store_id=made.store_id, data=data, at=at)

    later = save(NOW, closes_at=NOW + 12 * DAY)
    assert later.store.closes_at == NOW + 12 * DAY
    with pytest.raises(Invalid):
        save(NOW, closes_at=NOW - DAY)
    with pytest.raises(Invalid):
        save(NOW, criteria=[])
    with pytest.raises(Invalid):
        save(NOW, criteria=[actions.CriterionData({"de": "Zu viel"}, 1, 11)])
    with pytest.raises(Invalid):
        save(NOW, grace_minutes=1441)
    with pytest.raises(NotAllowed):
        actions.save_contest(
            actor=people.actor(people.person()), store_id=made.store_id, data=actions.ContestData(criteria=rows), at=NOW
        )
    one = entry(made)
    made = Contest.objects.get(pk=made.pk)
    at = ended(made)
    with pytest.raises(Invalid):
        save(at, closes_at=at + DAY)
    score(juror(made), made, one, 3, min(at, NOW + 13 * DAY))
    with pytest.raises(Invalid):
        save(at, criteria=rows[:1])
    with pytest.raises(Invalid):
        save(at, tie_rule="earlier")
    assert save(at, prizes={"de": "Gutscheine"}).prizes == {"de": "Gutscheine"}
