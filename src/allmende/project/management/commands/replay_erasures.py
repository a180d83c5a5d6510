"""`allmende manage replay_erasures`: erases again whoever was erased, after a restored backup brought them back."""

from typing import Any

from django.core.management.base import BaseCommand

from allmende.core.erasure import listed, replay


class Command(BaseCommand):
    help = "Erases everyone on the list of erasures once more. Erasing twice does nothing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        number = 0
        if listed():
            from allmende.accounts.interface import erase_person

            number = replay(erase_person)
        self.stdout.write(f"Erasures replayed: {number}.")
