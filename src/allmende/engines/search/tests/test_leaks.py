"""A secret changes nothing that those see who may not know it: neither hits, nor numbers, nor words, nor snippets."""

import contextlib
from datetime import UTC, datetime, timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.core.actor import Grant, Role, Viewer
from allmende.engines.search import queries
from allmende.engines.search.builders import put_thing
from allmende.engines.search.tests.test_visibility import may

NOW = datetime(2026, 2, 24, 17, tzinfo=UTC)
FAR = datetime(2099, 1, 1, tzinfo=UTC)
WORDS = ("Laterne", "Straßenlaterne", "Straße", "Geheimplan", "Geheim", "Plan", "Brunnen", "Brunnenhaus", "Haus")
TYPED = (*WORDS, "Latrene", "Geheimlaterne", "geh", "Brunen", "brunnenh", "Laterne Plan", "geheimplann", "Planhaus")


def everything_seen(viewer, at):
    """All that a person can get out of the search: pages, numbers, choices, corrections, suggestions, marks."""
    for typed in TYPED:
        for filters in (queries.Filters(), queries.Filters(order="newest", states=["published"])):
            found = queries.find(typed, viewer, at, language="de", filters=filters)
            yield (
                typed,
                [(entry.title("de"), entry.headline, entry.snippet) for entry in found.entries],
                found.total,
                found.kinds,
                found.states,
                found.districts,
                found.meant,
                found.similar,
                found.partly,
                found.next,
            )
        yield queries.suggest(typed, viewer, at, language="de")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    public=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=3),
    secret=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
    visibility=st.sampled_from(["public", "hidden", "role:moderator:participation", "role:clerk:"]),
    embargo=st.booleans(),
    grants=st.frozensets(
        st.builds(Grant, st.sampled_from([Role.MODERATOR, Role.CLERK]), st.sampled_from(["", "rally"])), max_size=2
    ),
)
def test_nobody_learns_anything_of_what_they_may_not_see(db, public, secret, visibility, embargo, grants):
    viewer = Viewer(grants=grants)
    if may(viewer, visibility) and not embargo:
        return
    with contextlib.ExitStack() as undone:
        undone.enter_context(transaction.atomic())
        undone.callback(transaction.set_rollback, rollback=True)
        for number, text in enumerate(public):
            put_thing(text, summaries={"de": f"Zu {text}."}, happened_at=NOW - timedelta(days=number))
        before = list(everything_seen(viewer, NOW))
        put_thing(
            secret,
            summaries={"de": f"Verdeckt: {secret}"},
            visibility=visibility,
            visible_from=FAR if embargo else None,
            state="secret",
            district="lusan",
            happened_at=NOW,
        )
        assert list(everything_seen(viewer, NOW)) == before
