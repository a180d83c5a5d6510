"""What the generic tests share: every declared page, every persona, a city with its examples."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from types import SimpleNamespace
from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation
from hypothesis import HealthCheck, settings

from allmende.core import events, manifest
from allmende.core.actor import Role
from allmende.core.manifest import Page, Persona
from allmende.core.models import Delivery

ALL = os.environ.get("ALLMENDE_AXE") == "all"
"""`make test-all`: every combination of a page is looked at, and hostile examples are new ones each time."""
EAGER = settings(deadline=None, database=None, derandomize=not ALL, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Walk:
    """One page with the address of its example."""

    room: str
    page: Page
    path: str

    @property
    def name(self) -> str:
        return self.page.url_name

    def address(self, language: str = "de") -> str:
        return (f"/{language}" if language != "de" and not self.path.startswith(("/api", "/r/")) else "") + self.path


def fill_city() -> None:
    """The city of the pack with its examples, as a first start in demo mode makes it."""
    manifest.registry()  # what it declares is said by the settings of the tests
    with override_settings(DEMO=True):
        call_command("start_city")
        call_command("seed", stdout=StringIO())
        deliver_all()


def deliver_all() -> int:
    """Hands every waiting event to its handlers in this process, in order, until none is left; returns how many."""
    count = 0
    while waiting := list(
        Delivery.objects.filter(state=Delivery.State.PENDING)
        .order_by("event_id", "id")
        .values_list("event_id", "handler")
    ):
        for sequence, handler in waiting:
            events.run_delivery(sequence, handler)
            count += 1
    return count


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is taken back, so that one hostile example does not break the next."""
    block = transaction.atomic()
    block._from_testcase = True  # actions may open their durable transactions in it, as in a test
    with block:
        yield
        transaction.set_rollback(True)


def walks() -> Iterator[Walk]:
    """Every page that a manifest declares, with example arguments from the city at hand."""
    with translation.override("de"):
        for room in manifest.registry().values():
            for page in room.pages:
                kwargs = page.kwargs()
                assert kwargs is not None, f"{page.url_name}: the demo city holds no example for its arguments"
                yield Walk(room.name, page, reverse(page.url_name, kwargs=dict(kwargs)) + page.query)


def clients() -> dict[Persona, Client]:
    """A signed-in client per persona. The clerk is of a department that no example belongs to, and of the council's
    office.
    """
    from allmende.accounts import builders

    people: dict[Persona, Any] = {
        Persona.VISITOR: None,
        Persona.RESIDENT: builders.person(),
        Persona.MODERATOR: builders.moderator(),
        Persona.CLERK: builders.clerk("elsewhere"),
        Persona.ADMINISTRATOR: builders.administrator(),
    }
    builders.also(people[Persona.CLERK], Role.COUNCIL_OFFICE)
    found = {}
    for persona, person in people.items():
        client = Client(headers={"host": "localhost"})
        if person is not None:
            client.force_login(person)
        client.persona = SimpleNamespace(person=person)  # type: ignore[attr-defined]
        found[persona] = client
    return found


def own_url_names() -> set[str]:
    """Names of all URL patterns whose view is ours, with their namespaces."""

    def dive(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[str]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                space = (*spaces, entry.namespace) if entry.namespace else spaces
                if entry.namespace == "api":
                    continue  # programs: covered by the OpenAPI tests
                if str(entry.pattern) == "redaktion/":
                    continue  # Wagtail's, behind one door: covered by the portal's `test_editor.py`
                yield from dive(entry, space)
            elif isinstance(entry, URLPattern) and entry.name:
                yield ":".join((*spaces, entry.name))

    return set(dive(get_resolver(), ()))
