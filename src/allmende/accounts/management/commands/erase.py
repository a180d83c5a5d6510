"""`allmende manage erase`: erases someone who asked the city for it (GDPR Art. 17)."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from allmende.accounts import interface
from allmende.accounts.models import Person


class Command(BaseCommand):
    help = "Erases a person in every room, by e-mail address or id. Erasing twice does nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="address that the person signs in with, or their id")
        parser.add_argument("--keep-texts", action="store_true", help="contributions stay, without their author")

    def handle(self, *_args: Any, **options: Any) -> None:
        asked = str(options["person"])
        try:
            person_id = UUID(asked)
        except ValueError:
            found = Person.objects.filter(email=asked.lower()).values_list("pk", flat=True).first()
            if found is None:
                raise CommandError("Nobody has an account with this address.") from None
            person_id = found
        interface.erase_person(person_id, options["keep_texts"])
        self.stdout.write(f"Erased: {person_id}")
