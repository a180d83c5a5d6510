"""The shell of this installation: rooms' routes, files, page cache, and the database that says what has changed."""

import importlib
import logging

from django.conf import settings
from django.db import connection

from allmende.core import city
from allmende.core.manifest import registry
from allmende.project.shell import content
from allmende.project.shell.asked import Asked
from allmende.project.shell.django_pool import DjangoPool, WsgiApp
from allmende.project.shell.environ import Proxies
from allmende.project.shell.http import App
from allmende.project.shell.marker import query_keys
from allmende.project.shell.page_cache import Ask, PageCache
from allmende.project.shell.page_key import Keys
from allmende.project.shell.router import Shell
from allmende.project.shell.siblings import Siblings
from allmende.project.shell.versions import ListeningVersions

logger = logging.getLogger(__name__)


def room_routes() -> dict[str, App]:
    """The prefixes that rooms serve themselves: `routes` in the module that a manifest names as its `shell`."""
    found: dict[str, App] = {}
    for manifest in registry().values():
        if manifest.shell:
            for prefix, app in importlib.import_module(manifest.shell).routes.items():
                assert prefix not in found, f"two rooms serve {prefix}"
                found[prefix] = app
    return found


def database_answers() -> None:
    """Raises when the database does not answer.

    Outside a request nobody looks after the thread's connection: one that was cut off is let go first, or the city
    would count as not ready for ever after its database was restarted.
    """
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def asked_again(asked: Asked) -> float | None:
    """Whether the database tells the same (`Asked.is_told_the_same`); outside a request, as `database_answers`."""
    connection.close_if_unusable_or_obsolete()
    return asked.is_told_the_same()


def heard(table: str) -> None:
    """A change that concerns more than pages: the city's settings, of which each process keeps a copy."""
    if table == "core_setting":
        city.forget()


def compose(django: WsgiApp) -> Shell:
    """Puts the shell together around Django, which must have been set up."""
    versions = ListeningVersions(content.connection_parameters(), content.channel(), heard)
    pool = DjangoPool(django)
    siblings = Siblings(settings.CONFIG.home / "pages")

    async def same(asked: Asked) -> float | None:
        try:
            return await pool.run(lambda: asked_again(asked))
        except Exception as error:  # noqa: BLE001 - whatever it is, making the page anew will tell
            logger.debug("A page's questions were not asked again: %s", type(error).__name__)
            return None

    def cache(ask: Ask) -> PageCache:
        made = PageCache(
            ask,
            keys=Keys(settings.CITY_ID, (code for code, _ in settings.LANGUAGES), query_keys()),
            versions=versions,
            busy=lambda: pool.active > 0,  # one page is made at a time; whoever reads old ones meanwhile does not wait
            give=siblings.give,
            confirm=siblings.confirm,
            same=same,
            copied=content.ALWAYS,
        )
        siblings.adopt = made.adopt
        siblings.confirmed = made.confirmed
        return made

    return Shell(
        pool,
        routes=room_routes(),
        static=settings.STATIC_ROOT,
        media=settings.MEDIA_ROOT,
        public_media=not settings.MEDIA_STORE_URL,  # there Django asks the database for each address
        proxies=Proxies(settings.TRUSTED_PROXIES),
        ready=database_answers,
        cache=cache,
        beside=(versions, siblings),
    )
