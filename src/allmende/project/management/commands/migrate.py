"""Django's `migrate`, in half the time (`project/migrating.py`)."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from allmende.project.migrating import quickly


class Command(Migrate):
    help = Migrate.help

    def handle(self, *args: Any, **options: Any) -> None:
        with quickly():
            super().handle(*args, **options)
