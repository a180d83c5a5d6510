"""A page is right for as long as the database tells what it told when the page was made, and not a change longer."""

import asyncio
import datetime as dt
import json

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts.models import Person
from allmende.core import statements
from allmende.core.actor import Role
from allmende.core.models import Setting
from allmende.project.shell import marker
from allmende.project.shell.asked import NOW, Asked, Question, Record, pack, unpack
from allmende.project.shell.siblings import CONFIRMS, pack_confirmation, unpack_confirmation
from allmende.project.tests.cached_city import City

ASKED = Asked((Question("SELECT 1", None, b"one"),), dt.date(2026, 11, 22))


def recorded(page) -> Asked | None:
    record = Record()
    with connection.execute_wrapper(record):
        page()
    return record.asked()


@pytest.fixture
def settings_there():
    for key in ("a", "b", "c"):
        Setting.objects.create(key=f"asked.{key}", value=key)


def shown():
    return list(Setting.objects.filter(key__startswith="asked.", key__lte="asked.b").values_list("key", "value"))


# What the database is asked again

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("settings_there")
def test_what_is_not_on_the_page_leaves_it_right():
    asked = recorded(shown)
    Setting.objects.filter(key="asked.c").update(value="other")
    Setting.objects.create(key="asked.d", value="d")
    assert asked.is_told_the_same() is not None


@pytest.mark.usefixtures("settings_there")
@pytest.mark.parametrize(
    "change",
    [
        lambda: Setting.objects.filter(key="asked.b").update(value="other"),
        lambda: Setting.objects.filter(key="asked.a").delete(),
        lambda: Setting.objects.create(key="asked.aa", value="a"),
        lambda: Setting.objects.filter(key="asked.b").update(value="B"),
    ],
)
def test_what_is_on_the_page_does_not(change):
    asked = recorded(shown)
    change()
    assert asked.is_told_the_same() is None


@given(
    rows=st.lists(
        st.lists(
            st.one_of(st.none(), st.text(st.characters(exclude_characters="\0"), max_size=3)), min_size=2, max_size=2
        ),
        max_size=3,
    )
)
def test_no_two_answers_are_taken_for_the_same(rows):
    """Texts that hold each other's separators, nothing and empty words: only the same rows are the same."""

    def answer(values):
        record = Record()
        sql = "SELECT * FROM (VALUES " + ", ".join(["(%s::text, %s::text)"] * (len(values) + 1)) + ") AS rows"
        with connection.execute_wrapper(record), connection.cursor() as cursor:
            cursor.execute(sql, ["", "", *(one for row in values for one in row)])
        return record.asked().questions[0].told

    assert answer(rows) == answer(rows)
    for number, row in enumerate(rows):
        swapped = [*rows[:number], row[::-1], *rows[number + 1 :]]
        assert (answer(swapped) == answer(rows)) == (swapped == rows)


@pytest.mark.usefixtures("settings_there")
def test_the_clock_of_the_page_is_the_clock_of_now():
    """What was embargoed when the page was made, and is published meanwhile, would be on the page."""

    def page():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM core_setting WHERE key LIKE 'asked.%%' AND (value #>> '{}')::timestamptz <= %s",
                [timezone.now()],
            )

    Setting.objects.filter(key__startswith="asked.").update(value=timezone.now().isoformat())
    asked = recorded(page)
    assert asked.questions[0].params == (NOW,)
    assert asked.is_told_the_same() is not None
    Setting.objects.create(key="asked.e", value=timezone.now().isoformat())  # later than the moment of the page
    assert asked.is_told_the_same() is None


def test_a_page_of_yesterday_is_made_anew():
    asked = recorded(shown)
    assert asked.is_told_the_same() is not None
    assert Asked(asked.questions, asked.day - dt.timedelta(days=1)).is_told_the_same() is None


@pytest.mark.parametrize(
    ("sql", "params"),
    [
        ("UPDATE core_setting SET key = key WHERE false", None),
        ("SELECT key FROM core_setting FOR UPDATE", None),
        ("SELECT pg_advisory_xact_lock(1)", None),
        ("SELECT random()", None),
        ("WITH done AS (DELETE FROM core_setting WHERE false RETURNING key) SELECT key FROM done", None),
        ("SELECT %s::bytea", [b"x"]),
        ("SELECT %s::timestamptz", lambda: [timezone.now().replace(microsecond=0) - dt.timedelta(seconds=1)]),
        ("SELECT %s::timestamp", [dt.datetime(2026, 1, 1)]),  # noqa: DTZ001 - of no zone
    ],
)
def test_what_cannot_be_asked_again_word_for_word_is_not(sql, params):
    def page():
        with connection.cursor() as cursor:
            cursor.execute(sql, params() if callable(params) else params)

    assert recorded(page) is None


def test_savepoints_are_no_questions():
    def page():
        with transaction.atomic(), transaction.atomic():
            list(ContentType.objects.all()[:1])

    assert len(recorded(page).questions) == 1


def test_a_public_answer_carries_its_questions(monkeypatch):
    def view(request):
        request.resolver_match = type("Match", (), {"view_name": "room:list"})()
        return HttpResponse(str(Setting.objects.filter(key="asked.a").count()))

    monkeypatch.setattr(marker, "cached_pages", lambda: {"room:list": frozenset()})
    response = marker.PublicPageMiddleware(view)(RequestFactory().get("/"))
    assert response.asked.is_told_the_same() is not None
    Setting.objects.create(key="asked.a", value="a")
    assert response.asked.is_told_the_same() is None


PARAMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(),
    st.floats(allow_nan=False),
    st.just(NOW),
    st.dates(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.uuids(),
    st.decimals(allow_nan=False),
    st.lists(st.one_of(st.integers(), st.text(), st.uuids())),
)


@given(
    st.lists(
        st.tuples(
            st.text(),
            st.one_of(st.none(), st.lists(PARAMS).map(tuple), st.dictionaries(st.text(), PARAMS)),
            st.binary(max_size=16),
        )
    )
)
def test_questions_reach_another_process_as_they_are(questions):
    asked = Asked(tuple(Question(*one) for one in questions), dt.date(2026, 11, 22))
    there = unpack(pack(asked))
    assert there == asked
    for one, other in zip(asked.questions, there.questions, strict=True):
        assert kinds(one.params) == kinds(other.params)


def kinds(params):
    values = params.values() if isinstance(params, dict) else params or ()
    return [type(param) for param in values]


def test_what_django_wraps_reaches_another_process_too():
    """Keys of a certain width, choices, values inside JSON: most pages ask by one of them."""

    def page():
        list(Setting.objects.filter(value__in=["a", {"b": [1, None]}]).values_list("key"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT key FROM core_setting WHERE key = ANY(%(keys)s)", {"keys": ["a", "b"]})
        statements.rows("SELECT key FROM core_setting WHERE key = %s", ["a"])
        list(Person.objects.filter(role_grants__role=Role.EDITOR, role_grants__id=7).values_list("id"))

    asked = recorded(page)
    assert unpack(json.loads(json.dumps(pack(asked)))).is_told_the_same() is not None
    Setting.objects.create(key="asked.x", value="a")
    assert unpack(json.loads(json.dumps(pack(asked)))).is_told_the_same() is None


# What the page cache makes of it


class AskingCity(City):
    """A city whose pages say what they asked; `same` is what the database would say now."""

    def __init__(self, **options):
        super().__init__(same=self.look, **options)
        self.same = True
        self.looked = 0

    async def ask(self, scope):
        answer = await super().ask(scope)
        answer.asked = ASKED
        return answer

    async def look(self, asked):
        assert asked is ASKED
        begun = self.time
        self.looked += 1
        await self.gate.wait()
        return begun if self.same else None


def test_a_page_of_which_nothing_has_changed_is_not_made_again():
    async def run():
        city = AskingCity()
        seen = [await city.page()]
        for _ in range(3):
            city.time += 2
            city.versions.bump("participation_idea")
            seen.append(await city.page())
        city.time += 2
        city.same = False
        city.versions.bump("participation_idea")
        seen.append(await city.page())
        return seen, city.made, city.looked

    assert asyncio.run(run()) == (["<p>1</p>"] * 4 + ["<p>2</p>"], 2, 4)


def test_a_page_that_is_still_right_ends_when_it_would_have_ended():
    async def run():
        city = AskingCity()
        city.lasts = 10.0
        await city.page()
        city.time += 9
        city.versions.bump("participation_idea")
        before = await city.page()
        city.time += 2
        return before, await city.page(), city.looked

    assert asyncio.run(run()) == ("<p>1</p>", "<p>2</p>", 1)


def test_after_a_change_of_the_settings_pages_are_made_anew():
    async def run():
        city = AskingCity(copied=frozenset(("core_setting",)))
        await city.page()
        city.time += 2
        city.versions.bump("core_setting")
        return await city.page(), city.looked

    assert asyncio.run(run()) == ("<p>2</p>", 0)


def test_a_change_while_it_is_looked_at_counts():
    async def run():
        city = AskingCity()
        await city.page()
        city.time += 2
        city.versions.bump("participation_idea")
        city.gate.clear()
        looking = asyncio.create_task(city.page())
        await asyncio.sleep(0.01)
        city.versions.bump("participation_idea")
        city.gate.set()
        await looking
        city.time += 2
        city.same = False
        return await city.page()

    assert asyncio.run(run()) == "<p>2</p>"


def test_one_process_looks_for_all():
    async def run():
        first = AskingCity()
        second = AskingCity()
        second.versions.clock = second.cache.clock = lambda: first.time
        first.cache.give, first.cache.confirm = second.cache.adopt, second.cache.confirmed
        await first.page()
        first.time += 2
        first.versions.bump("participation_idea")
        second.versions.bump("participation_idea")
        first.time += 0.1
        await first.page()
        seen = await second.page(), second.looked, second.made
        second.versions.bump("participation_idea")
        second.same = False
        return seen, await second.page()

    assert asyncio.run(run()) == (("<p>1</p>", 0, 0), "<p>1</p>")


@given(st.tuples(*[st.binary(max_size=9)] * 8), st.binary(max_size=9), st.floats(allow_nan=False, allow_infinity=False))
def test_a_confirmation_arrives_as_it_was_sent(key, etag, begun):
    message = pack_confirmation(key, etag, begun)
    assert message.startswith(CONFIRMS)
    assert unpack_confirmation(message) == (key, etag, begun)
