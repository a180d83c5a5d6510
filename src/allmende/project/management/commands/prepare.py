"""`allmende manage prepare`: everything between an empty database and the first page, in one process.

Migrations as *owner* under an advisory lock, so that two machines that start at once do not both migrate; then, as
*app*, the city from its pack, the examples (in a demonstration), and the link for the first administrator (otherwise).
Every part does nothing when it was done before.
"""

from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from allmende.project.config import parse_database_url

LOCK = 0x616C6C6D
"""Key of the advisory lock: "allm"."""


class Command(BaseCommand):
    help = "Migrates the database and fills it with what a city starts with. Repeating it does nothing."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        config = settings.CONFIG
        with psycopg.connect(config.owner_url, autocommit=True) as guard:
            guard.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            self._connect_as(config.owner_url)
            self._migrate()
            self._connect_as(config.app_url)
            call_command("start_city", stdout=self.stdout)
            if settings.DEMO:
                call_command("seed", stdout=self.stdout)
            elif "first_admin" in get_commands():
                call_command("first_admin", stdout=self.stdout)
        connection.close()

    def _connect_as(self, url: str) -> None:
        connection.close()
        connection.settings_dict.update(parse_database_url(url))

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"{len(plan)} migrations …")
            call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
