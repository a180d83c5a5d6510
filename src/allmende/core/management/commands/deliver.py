"""`allmende manage deliver`: runs every waiting job in this process and returns, for seeding and for tests."""

from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app


class Command(BaseCommand):
    help = "Runs all jobs that wait now, then stops."

    def handle(self, *_args: Any, **_options: Any) -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
            worker_app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
