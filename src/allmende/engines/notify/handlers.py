from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.accounts.interface import Person, recipients
from allmende.core.actor import SYSTEM, Viewer
from allmende.core.events import Stored
from allmende.core.manifest import NoticeText
from allmende.engines.notify import actions
from allmende.engines.notify.queries import searches, wishes
from allmende.engines.search import interface as index

NAMED = 5
"""Titles that a notice of a saved search names."""


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


def whose_search(event: Stored) -> Iterable[UUID]:
    found = searches.search(event.ref.id)
    return () if found is None else (found.person_id,)


def search_found(event: Stored, language: str) -> NoticeText | None:
    """What is new to a saved search, as everybody may see it now; nothing when all of it is gone again."""
    search = searches.search(event.ref.id)
    if search is None:
        return None
    refs = searches.found_in(UUID(event.payload["round"]))
    shown = index.entries_of(refs, Viewer(language=language), timezone.now())
    titles = [shown[ref].title(language) for ref in refs if ref in shown]
    if not titles:
        return None
    subject = ngettext(
        "Neu zu Ihrer Suche %(name)s", "%(n)s Treffer sind neu zu Ihrer Suche %(name)s", len(titles)
    )  # fmt: skip
    lines = [f"„{title}“" for title in titles[:NAMED]]
    if len(titles) > NAMED:
        more = len(titles) - NAMED
        lines.append(ngettext("und %(n)s weiterer", "und %(n)s weitere", more) % {"n": more})
    name = searches.name_of(search.words, search.found_kind, search.district)
    return NoticeText(subject % {"name": name, "n": len(titles)}, "\n".join(lines), search.ref)
