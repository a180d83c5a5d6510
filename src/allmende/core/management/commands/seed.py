"""`allmende manage seed`: the demo content of the city pack, through the same actions that people use."""

from typing import Any

from django.core.management.base import BaseCommand

from allmende.core import city, manifest
from allmende.core.models import Setting


class Command(BaseCommand):
    help = "Fills the city with the marked examples of its pack. Does nothing when that was done before."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if Setting.objects.filter(key="core.seeded").exists():
            self.stdout.write("The examples are there already.")
            return
        pack = city.pack()
        rooms = sorted(manifest.registry().values(), key=lambda room: room.seed_order)
        for room in rooms:
            if room.seed is not None:
                room.seed(pack)
        Setting.objects.create(key="core.seeded", value=True)
        self.stdout.write(f"Examples of {city.current().name} are in.")
