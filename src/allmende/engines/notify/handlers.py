from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.accounts.interface import Person, recipients
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.engines.notify import actions
from allmende.engines.notify.queries import wishes


def tell(event: Stored) -> None:
    """Every event passes here; only those that a room's notice rules name tell anybody anything."""
    actions.tell_people(actor=SYSTEM, event=event, at=timezone.now())


def say_what_does_not_arrive(request: HttpRequest, user: Person, **_signal: Any) -> None:
    """At the start of a visit: mail or letters to this person come back. Django calls it when somebody signs in."""
    recipient = recipients([user.pk]).get(user.pk)
    trouble = wishes.trouble_of(recipient) if recipient else set()
    if "mail" in trouble:
        sentence = _("Unsere E-Mails kommen bei Ihnen nicht an. Bitte prüfen Sie Ihre Adresse unter „Mitteilungen“.")
        messages.warning(request, sentence, fail_silently=True)
    if "letter" in trouble:
        sentence = _("Unser Brief an Sie kam zurück. Bitte prüfen Sie Ihre Anschrift unter „Mitteilungen“.")
        messages.warning(request, sentence, fail_silently=True)
