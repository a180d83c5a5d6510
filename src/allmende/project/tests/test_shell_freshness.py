"""The public page cache and time: nobody gets a page that is a second too old, or past the moment it named."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.project.shell.django_pool import BusyError
from allmende.project.shell.page_entry import LONGEST
from allmende.project.tests.cached_city import KEYS, City
from allmende.project.tests.shell_client import scope_for


def test_after_a_change_the_next_visitor_sees_it():
    async def run():
        city = City()
        before = await city.page()
        city.time += 60
        assert await city.page() == before
        city.versions.bump()
        return before, await city.page()

    assert asyncio.run(run()) == ("<p>1</p>", "<p>2</p>")


def test_a_change_of_something_else_costs_nothing():
    async def run():
        city = City()
        city.headers = [(b"x-allmende-tables", b"core_setting,participation_idea")]
        seen = []
        for table in ("search_entry", "notify_notice", "participation_idea", "search_entry", "core_setting", ""):
            seen.append(await city.page())
            city.versions.bump(table)
            city.time += 2
        seen.append(await city.page())
        return seen

    assert asyncio.run(run()) == [f"<p>{number}</p>" for number in (1, 1, 1, 2, 2, 3, 4)]


def test_under_constant_change_a_page_is_at_most_a_second_old():
    """Somebody supports an idea every 10 ms, making the page takes 100 ms: it is neither old nor made every time."""

    async def run():
        city = City()
        city.cost = 0.1
        changes = []
        worst = 0.0
        for step in range(500):
            city.time += 0.01
            city.versions.bump()
            changes.append(city.time)
            city.body = f"{step} {{}}"
            entry, _ = await city.cache.find(KEYS.key(scope_for(), trusted=False), scope_for())
            shown = int(entry.body["body"].split()[0])
            worst = max(worst, city.time - min(changes[shown + 1 :], default=city.time))
        return worst, city.made

    worst, made = asyncio.run(run())
    assert worst <= 1.0
    assert 5 < made < 25


def test_while_a_page_is_made_anew_the_old_one_is_shown_for_one_second_and_no_longer(monkeypatch):
    monkeypatch.setattr("allmende.project.shell.page_cache.PATIENCE", 0.01)

    async def run():
        city = City()
        await city.page()
        city.versions.bump()
        city.gate.clear()
        soon = await city.page()
        city.time += 0.99
        later = await city.page()
        city.time += 0.02
        waiting = asyncio.create_task(city.page())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        city.gate.set()
        return soon, later, await waiting, city.made

    assert asyncio.run(run()) == ("<p>1</p>", "<p>1</p>", "<p>2</p>", 2)


def test_when_threads_are_scarce_the_old_page_comes_at_once(monkeypatch):
    monkeypatch.setattr("allmende.project.shell.page_cache.PATIENCE", 60)

    async def run():
        city = City()
        await city.page()
        city.versions.bump()
        city.busy = True
        got = [await asyncio.wait_for(city.page(), 30) for _ in range(100)]
        assert city.made == 1, "nor is anything made meanwhile"
        city.time += 1
        return set(got), await city.page()

    assert asyncio.run(run()) == ({"<p>1</p>"}, "<p>2</p>")


def test_an_operator_sees_how_a_page_came():
    """Cache-Status, RFC 9211."""

    async def run():
        city = City()
        said = [(await city.get())["cache-status"] for _ in range(2)]
        city.versions.bump()
        city.busy = True
        said.append((await city.get())["cache-status"])
        city.busy = False
        said.append((await city.get())["cache-status"])
        return said

    assert asyncio.run(run()) == [
        "allmende; fwd=miss; stored",
        "allmende; hit",
        "allmende; hit; detail=stale",
        "allmende; fwd=stale; stored",
    ]


def test_a_hundred_people_at_once_make_one_page():
    async def run():
        city = City()
        city.gate.clear()
        people = [asyncio.create_task(city.page()) for _ in range(100)]
        await asyncio.sleep(0)
        city.gate.set()
        return {await person for person in people}, city.made

    assert asyncio.run(run()) == ({"<p>1</p>"}, 1)


def test_who_asked_first_may_leave_and_the_others_still_get_the_page():
    async def run():
        city = City()
        city.gate.clear()
        first = asyncio.create_task(city.page())
        await asyncio.sleep(0.01)
        second = asyncio.create_task(city.page())
        await asyncio.sleep(0.01)
        first.cancel()
        city.gate.set()
        return await second, city.made

    assert asyncio.run(run()) == ("<p>1</p>", 1)


def test_an_embargo_ends_at_its_minute():
    """A page that will change at 18:00 is not shown at 18:00, although nothing was written."""

    async def run():
        city = City()
        city.lasts = 30.0
        await city.page()
        city.time += 29.99
        before = await city.page()
        city.time += 0.02
        return before, await city.page()

    assert asyncio.run(run()) == ("<p>1</p>", "<p>2</p>")


def test_a_page_that_does_not_say_when_it_changes_is_kept_for_one_second():
    async def run():
        city = City()
        city.lasts = 0
        await city.page()
        city.time += 0.6
        same = await city.page()
        city.time += 0.41
        return same, await city.page()

    assert asyncio.run(run()) == ("<p>1</p>", "<p>2</p>")


def test_a_page_in_demand_is_renewed_before_its_second_ends():
    async def run():
        city = City()
        city.lasts = 0
        await city.page()
        city.time += 0.8
        same = await city.page()
        await asyncio.sleep(0.01)
        return same, await city.page(), city.made

    assert asyncio.run(run()) == ("<p>1</p>", "<p>2</p>", 2)


def test_nothing_is_kept_for_longer_than_five_minutes():
    async def run():
        city = City()
        city.lasts = 1e6
        await city.page()
        city.time += LONGEST + 1
        return await city.page()

    assert asyncio.run(run()) == "<p>2</p>"


@pytest.mark.parametrize("until", ["tomorrow", "2026-11-21T18:00:00", "0", "9" * 400])
def test_a_moment_that_is_none_keeps_nothing(until):
    async def run():
        city = City()
        city.lasts = 0
        city.headers = [(b"x-allmende-until", until.encode())]
        got = [await city.page(), await city.page()]
        return got, city.cache.bytes

    assert asyncio.run(run()) == (["<p>1</p>", "<p>2</p>"], 0)


def test_while_changes_are_not_heard_pages_are_kept_for_one_second():
    async def run():
        city = City()
        await city.page()
        city.time += 100
        city.versions.silent_since = city.time - 0.5
        still = await city.page()
        city.time += 0.51
        new = await city.page()
        city.time += 0.99
        kept = await city.page()
        city.time += 0.02
        return still, new, kept, await city.page()

    assert asyncio.run(run()) == ("<p>1</p>", "<p>2</p>", "<p>2</p>", "<p>3</p>")


def test_a_page_that_is_no_longer_public_is_not_shown_again():
    async def run():
        city = City()
        await city.page()
        city.versions.bump()
        city.status = 404
        found = await city.cache.find(KEYS.key(scope_for(), trusted=False), scope_for())
        return found, city.cache.bytes

    assert asyncio.run(run()) == (None, 0)


def test_people_who_waited_for_a_page_that_is_not_public_are_answered_one_by_one():
    async def run():
        city = City()
        city.headers = [(b"set-cookie", b"a=1")]
        key = KEYS.key(scope_for(), trusted=False)
        city.gate.clear()
        waiting = [asyncio.create_task(city.cache.find(key, scope_for())) for _ in range(3)]
        await asyncio.sleep(0.01)
        city.gate.set()
        found = [await task for task in waiting]
        return [type(one).__name__ for one in found], await city.cache.find(key, scope_for())

    assert asyncio.run(run()) == (["Answer", "NoneType", "NoneType"], None)


def test_a_full_house_is_told_to_everybody_who_waits():
    async def run():
        city = City()

        async def full(_scope):
            raise BusyError

        city.cache.ask = full
        return [answer.status for answer in await asyncio.gather(*(city.get() for _ in range(3)))]

    assert asyncio.run(run()) == [503, 503, 503]


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(minutes=20)), st.integers(0, 1200))
def test_a_page_is_never_shown_after_the_moment_it_named(lasts, later):
    async def run():
        city = City()
        city.lasts = lasts.total_seconds() or 0.001
        await city.page()
        city.time += later
        shown = await city.page()
        assert shown == ("<p>1</p>" if later < min(city.lasts, LONGEST) and city.made == 1 else "<p>2</p>")

    asyncio.run(run())
