"""Nobody finds what they may not see, by whichever way they look, and nothing before its minute."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.core.actor import Grant, Role, Viewer
from allmende.engines.search import actions, interface, queries
from allmende.engines.search.builders import drop_thing, put_thing
from allmende.engines.search.models import Entry, Finding, Word

NOW = datetime(2026, 2, 24, 17, tzinfo=UTC)
"""Over already: words are learned when the clock has passed the end of an embargo."""
MINUTE = timedelta(minutes=1)
ROLES = [Role.MODERATOR, Role.CLERK, Role.EDITOR]
SCOPES = ["", "participation", "department:umwelt"]


def ways(ref, viewer, at):
    """Each way by which somebody could come upon the thing: its name and whether it shows it."""
    found = interface.find("Laterne", viewer, at, language="de")
    yield "find", ref in {e.ref for e in found.entries}
    yield "find's numbers", found.total == 1
    yield "find by a slip", ref in {e.ref for e in interface.find("Laternnee", viewer, at, language="de").entries}
    yield "entry", interface.entry(ref, viewer, at) is not None
    yield "entries_of", ref in interface.entries_of([ref], viewer, at)
    yield "latest", ref in {e.ref for e in interface.latest(viewer, at)}
    yield "open_now", ref in {e.ref for e in interface.open_now(viewer, at)}
    yield "list", ref in {e.ref for e in queries.listed(viewer, at)[0]}


def public_ways(ref, at):
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    yield "feed", ref in {e.ref for e in queries.fed(at)[0]}
    told = queries.changes(at, since=long_ago)
    yield "changes", ref in {e.ref for e in told.rows}


def may(viewer, visibility):
    """The rule in plain Python, beside the one in SQL."""
    if visibility == "public":
        return True
    if visibility == "hidden":
        return False
    _, role, scope = visibility.split(":", 2)
    return any(g.role == role and g.scope in {"", scope} for g in viewer.grants)


visibilities = st.sampled_from(
    ["public", "hidden", *(f"role:{role.value}:{scope}" for role in ROLES for scope in SCOPES)]
)
viewers = st.builds(
    Viewer,
    grants=st.frozensets(
        st.builds(Grant, st.sampled_from(ROLES), st.sampled_from([*SCOPES, "particip%", "_"])), max_size=3
    ),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(visibility=visibilities, viewer=viewers, embargo=st.sampled_from([None, -1, 0, 1]), removed=st.booleans())
def test_no_way_leads_to_what_this_viewer_may_not_see_at_this_time(db, visibility, viewer, embargo, removed):
    Entry.objects.all().delete()
    ref = put_thing(
        "Laterne",
        visibility=visibility,
        visible_from=None if embargo is None else NOW + embargo * MINUTE,
        open_until=NOW + MINUTE,
        bodies={"de": "Laterne"},
    )
    if removed:
        drop_thing(ref)
    expected = may(viewer, visibility) and embargo in {None, -1, 0} and not removed
    for name, seen in ways(ref, viewer, NOW):
        assert seen is expected, name


def test_an_embargo_is_over_to_the_minute_on_every_way(db):
    """The index is written today; the feed tells of the thing when the embargo ends, not before and not never."""
    noon = datetime(2099, 6, 1, 12, tzinfo=UTC)
    ref = put_thing("Laterne", visible_from=noon, open_until=noon + MINUTE)
    for at, expected in ((noon - timedelta(microseconds=1), False), (noon, True)):
        actions.learn(at=at)
        for name, seen in ways(ref, Viewer(), at):
            assert seen is expected, (name, at)
    row = Entry.objects.of(ref).get()
    assert row.fed_at == noon
    assert row.published_at == noon
    assert dict(public_ways(ref, noon - MINUTE)) == {"feed": False, "changes": False}


def test_a_feed_mentions_nothing_that_never_was_public(db):
    from django.utils import timezone

    hidden = put_thing("Laterne", visibility="hidden")
    staff = put_thing("Laterne", visibility="role:moderator:")
    waiting = put_thing("Laterne", visible_from=timezone.now() + MINUTE)
    put_thing("Laterne", id_=waiting.id, visibility="hidden")  # hidden again before its minute
    for ref in (hidden, staff, waiting):
        assert dict(public_ways(ref, timezone.now())) == {"feed": False, "changes": False}
        drop_thing(ref)
        assert dict(public_ways(ref, timezone.now())) == {"feed": False, "changes": False}


def test_a_reader_of_the_feed_learns_that_something_ceased_to_be_public_and_nothing_else(db):
    from django.utils import timezone

    ref = put_thing("Laterne", summaries={"de": "Geheim"})
    start = timezone.now()
    put_thing("Laterne", id_=ref.id, visibility="hidden", summaries={"de": "Geheim"})
    told = queries.changes(timezone.now(), since=start)
    assert [row.ref for row in told.rows] == [ref]
    assert told.gone == {told.rows[0].id}
    assert told.rows[0].titles == told.rows[0].summaries == {}
    assert told.until is not None


@pytest.mark.parametrize("visibility", ["hidden", "gone"])
def test_what_nobody_may_find_is_not_copied_either(db, visibility):
    ref = put_thing(
        "Laterne", bodies={"de": "Wort"}, office={"de": "Amt"}, visibility=visibility.replace("gone", "public")
    )
    if visibility == "gone":
        drop_thing(ref)
    row = Entry.objects.of(ref).get()
    assert (row.titles, row.bodies, row.office) == ({}, {}, {})
    assert not Finding.objects.exists()
    assert not Word.objects.exists()
    row.titles = {"de": "Laterne"}
    with pytest.raises(IntegrityError, match="keeps_no_words"), transaction.atomic():
        row.save()
