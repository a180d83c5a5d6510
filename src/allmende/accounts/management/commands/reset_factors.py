"""`allmende manage reset_factors`: for someone who lost passkey, app and codes, after checking who they are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from allmende.accounts import actions
from allmende.accounts.models import Person
from allmende.core.actor import SYSTEM


class Command(BaseCommand):
    help = "Removes passkeys, app and codes of a person and signs them out; their roles rest until they set one up."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="address that the person signs in with")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = Person.objects.filter(email=str(options["email"]).lower(), is_guest=False).first()
        if found is None:
            raise CommandError("Nobody has an account with this address.")
        actions.reset_factors(actor=SYSTEM, person_id=found.pk)
        self.stdout.write("Removed. The person has been told by mail.")
