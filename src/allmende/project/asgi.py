"""What granian serves: `granian --interface asgi allmende.project.asgi:application`."""

import importlib

from django.conf import settings
from django.db import connection

from allmende.core.manifest import registry
from allmende.project.shell.django_pool import DjangoPool
from allmende.project.shell.environ import Proxies
from allmende.project.shell.http import App
from allmende.project.shell.router import Shell
from allmende.project.wsgi import application as django


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
    """Raises when the database does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


application = Shell(
    DjangoPool(django),
    routes=room_routes(),
    static=settings.STATIC_ROOT,
    media=settings.MEDIA_ROOT,
    proxies=Proxies(settings.TRUSTED_PROXIES),
    ready=database_answers,
)
