"""Fields, goals and impulses for tests, made as the actions make them."""

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.models import Person
from allmende.capabilities.strategy import actions
from allmende.capabilities.strategy.models import Feedback, Field, Goal, Guideline, Text
from allmende.capabilities.strategy.models.texts import CONTRACT_FIELDS
from allmende.core.actor import Actor, Channel, Role
from allmende.core.ids import uuid7
from allmende.core.refs import Ref
from allmende.engines.search.interface import Entry

_numbers = itertools.count(1)


def editor() -> Actor:
    """One of the strategy's team."""
    return people.actor(people.with_role(Role.EDITOR, "strategy"))


def guideline(**fields: Any) -> Guideline:
    number = next(_numbers)
    values = {"title": {"de": f"Leitlinie {number}"}, "text": {"de": "Was sie sagt."}, "place": 1}
    return actions.save_guideline(actor=editor(), **{**values, **fields})


def field(**fields: Any) -> Field:
    number = next(_numbers)
    values = {
        "title": {"de": f"Feld {number}", "en": f"Field {number}"},
        "summary": {"de": "Worum es geht.", "en": "What it is about."},
        "place": 1,
        "at": timezone.now(),
    }
    return actions.save_field(actor=editor(), **{**values, **fields})


def goal(in_field: Field | None = None, **fields: Any) -> Goal:
    number = next(_numbers)
    values = {
        "title": {"de": f"Ein Ziel {number}", "en": f"A goal {number}"},
        "summary": {"de": "Was dann anders ist.", "en": "What is different then."},
        "at": timezone.now(),
    }
    return actions.save_goal(actor=editor(), field_id=(in_field or field()).pk, **{**values, **fields})


def impulse(title: str = "", *, kind: str = "theme", room: str = "participation", **fields: Any) -> Ref:
    """Something of another room, as the public index holds it."""
    number = next(_numbers)
    ref = Ref(room, kind, uuid7())
    values: dict[str, Any] = {
        "titles": {"de": title or f"Anregung {number}"},
        "url": f"/mitmachen/thema/{number}/",
        "state": "published",
        "happened_at": timezone.now() - timedelta(days=2),
    }
    Entry.objects.create(capability=room, kind=kind, object_id=ref.id, **{**values, **fields})
    return ref


CONTRACT = {name: {"de": f"Antwort zu {name}", "en": f"Answer on {name}"} for name in CONTRACT_FIELDS}
LAMPS = "Defekte Leuchten werden in sieben Tagen repariert."
TREES = "Neue Bäume werden drei Jahre lang gegossen."


def text(*bodies: str, opened: bool = True, goal: Goal | None = None, **fields: Any) -> Text:
    """A text of a heading and two paragraphs unless said otherwise, open for everybody since a day."""
    number = next(_numbers)
    at = fields.pop("at", timezone.now()) - timedelta(days=1)
    data = actions.TextData(
        title={"de": f"Entwurf {number}", "en": f"Draft {number}"},
        summary={"de": "Worum es geht.", "en": "What it is about."},
        contract=fields.pop("contract", CONTRACT),
        opens_at=fields.pop("opens_at", at),
        closes_at=fields.pop("closes_at", at + timedelta(days=30)),
        department="umwelt",
    )
    given = [actions.NewParagraph("Licht", "heading")] if not bodies else []
    given += [actions.NewParagraph(body, "text", goal.pk if goal else None) for body in bodies or (LAMPS, TREES)]
    made = actions.make_text(actor=editor(), data=data, paragraphs=given, at=at)
    if opened:
        made = actions.move_text(actor=editor(), text_id=made.pk, verb="open", at=at)
    return made


def said(
    to: Text, number: int = 2, *, body: str = "", wording: str = "", author: Person | None = None, shown: bool = True
) -> Feedback:
    """Something said to a paragraph, checked already unless `shown` is False."""
    at = timezone.now()
    actor = people.actor(author) if author is not None else Actor(channel=Channel.WEB)
    what = actions.Said("wording" if wording else "comment", body or ("" if wording else "Bitte genauer."), wording)
    guest = None if author is not None else {"contact_kind": "none", "display_name": "Ahorn 12"}
    made = actions.give_feedback(
        actor=actor, text_id=to.pk, number=number, said=what, guest=guest, language="de", at=at
    )
    if shown:
        moderator = people.actor(people.moderator("strategy"))
        made = actions.release_feedback(actor=moderator, object_id=made.pk, at=at)
    return made
