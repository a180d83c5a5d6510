"""`allmende manage deliver`: runs every waiting job in this process and returns, for seeding and for tests."""

from typing import Any

from django.core.management.base import BaseCommand

from allmende.core import tasks


class Command(BaseCommand):
    help = "Runs all jobs that wait now, then stops."

    def handle(self, *_args: Any, **_options: Any) -> None:
        with tasks.working() as jobs:
            jobs.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
