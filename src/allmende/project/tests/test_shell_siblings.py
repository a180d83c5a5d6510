"""A page that one web process has made serves all of them, and is never staler for it."""

import asyncio
import os
import socket

from hypothesis import given
from hypothesis import strategies as st

from allmende.project.shell.django_pool import Answer
from allmende.project.shell.siblings import Siblings, pack, unpack
from allmende.project.tests.cached_city import City
from allmende.project.tests.shell_client import until

LATIN = st.binary(max_size=20)


def beside(city, **options):
    """A second process of the same city: the same clock, pages of its own."""
    other = City(**options)
    other.versions.clock = other.cache.clock = lambda: city.time
    return other


def pair():
    """Two processes; what the first makes is handed to the second."""
    first = City()
    second = beside(first, copied=frozenset(("core_setting",)))
    first.cache.give = second.cache.adopt
    return first, second


def test_a_page_is_made_once_for_all_processes():
    async def run():
        first, second = pair()
        return [await first.page(), await second.page(), await second.page()], first.made + second.made

    assert asyncio.run(run()) == (["<p>1</p>"] * 3, 1)


def test_a_page_made_before_a_change_is_not_shown_after_it_whoever_made_it():
    async def run():
        first, second = pair()
        first.gate.clear()
        making = asyncio.create_task(first.page())
        await asyncio.sleep(0.01)
        first.time += 0.1
        second.versions.bump()  # while the first one makes it
        first.time += 1.1
        first.gate.set()
        await making
        second.body = "<p>new</p>"
        return await second.page()

    assert asyncio.run(run()) == "<p>new</p>"


def test_a_page_made_after_a_change_is_not_made_again():
    async def run():
        first, second = pair()
        second.versions.bump("participation_idea")
        first.versions.bump("participation_idea")
        first.time += 0.1
        await first.page()
        return await second.page(), second.made

    assert asyncio.run(run()) == ("<p>1</p>", 0)


def test_right_after_a_setting_has_changed_each_process_makes_its_own_page():
    """The other one may have made it from a copy of the settings that is a moment older."""

    async def run():
        first, second = pair()
        second.versions.bump("core_setting")
        first.time += 1
        await first.page()
        await second.page()
        first.time += 10
        first.versions.bump("participation_idea")
        second.versions.bump("participation_idea")
        first.time += 1
        made = second.made
        await first.page()
        await second.page()
        return made, second.made

    assert asyncio.run(run()) == (1, 1)


def test_what_is_meant_for_one_is_not_taken_from_another_process_either():
    async def run():
        first, second = pair()
        second.cache.adopt(
            (b"gera.test", b"/", b"", b"", b"", b"http"),
            Answer(200, [(b"x-allmende-cache", b"public"), (b"set-cookie", b"a=b")], b"mine", begun=first.time),
            first.time,
        )
        return second.cache.bytes

    assert asyncio.run(run()) == 0


@given(st.tuples(*[LATIN] * 6), st.lists(st.tuples(LATIN, LATIN)), st.binary())
def test_a_page_arrives_as_it_was(key, headers, body):
    answer = Answer(200, headers, body, begun=3.25)
    assert unpack(pack(key, answer, 4.5)) == (key, answer, 4.5)


def test_pages_travel_through_the_private_folder_and_who_was_killed_is_forgotten(tmp_path):
    async def run():
        got = []
        folder = tmp_path / "pages"
        one, two = Siblings(folder), Siblings(folder)
        two._name = "two.pages"
        two.adopt = lambda *page: got.append(page)
        one.start()
        two.start()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as killed:
            killed.bind(str(folder / "killed.pages"))
        key = (b"h", b"/", b"", b"", b"", b"http")
        for size in (1, 100_000, 5_000_000):  # the last one is too large for a datagram
            one.give(key, Answer(200, [], b"x" * size, begun=1.0), 2.0)
        await until(lambda: len(got) == 2)
        names = sorted(path.name for path in folder.iterdir())
        await one.stop()
        await two.stop()
        return [len(answer.body) for _, answer, _ in got], names, list(folder.iterdir()), folder.stat().st_mode & 0o777

    assert asyncio.run(run()) == ([1, 100_000], sorted([f"{os.getpid()}.pages", "two.pages"]), [], 0o700)


def test_a_home_with_a_very_long_path_works_without(tmp_path):
    async def run():
        far = Siblings(tmp_path / ("x" * 120))
        far.start()
        far.give((b"",) * 6, Answer(200, [], b"", begun=1.0), 2.0)
        await far.stop()
        return list(tmp_path.iterdir())

    assert asyncio.run(run()) == []
