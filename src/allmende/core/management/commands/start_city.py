"""`allmende manage start_city`: what a new installation needs before its first page."""

from typing import Any

from django.core.management.base import BaseCommand

from allmende.core import city, manifest
from allmende.core.actor import SYSTEM
from allmende.core.changes import start_city


class Command(BaseCommand):
    help = "Copies the city pack into the settings and lets every room bring what it needs. Repeating it does nothing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        pack = city.pack()
        start_city(actor=SYSTEM, pack=pack)
        city.forget()
        for room in manifest.registry().values():
            if room.first_start is not None:
                room.first_start(pack)
