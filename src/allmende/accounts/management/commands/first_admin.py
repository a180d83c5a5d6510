"""`allmende manage first_admin`: the link with which the first administrator is set up."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import actions, queries, tokens
from allmende.core.actor import SYSTEM


class Command(BaseCommand):
    help = "Prints a link that works once and for 24 hours, as long as nobody administers the city."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if queries.has_administrator():
            self.stdout.write("There is an administrator already.")
            return
        secret = tokens.new_secret()
        actions.make_first_link(actor=SYSTEM, secret=secret, at=timezone.now())
        url = settings.PUBLIC_URL + reverse("accounts:set_up", args=[secret])
        self.stdout.write(f"Nobody administers this city yet. Open within 24 hours: {url}")
