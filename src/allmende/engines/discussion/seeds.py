"""Demo content: a roster, a comment that waits, a report, an official answer; through the actions, not around them."""

from django.utils import timezone
from django.utils.translation import override

from allmende.accounts import interface as accounts
from allmende.core.actor import Actor, Channel
from allmende.core.city import CityPack
from allmende.engines.discussion import actions
from allmende.engines.discussion.models import Comment, Duty

WORKDAYS = range(5)


def seed(_pack: CityPack) -> None:
    """Brings the examples in once there is something to talk about."""
    moderator = accounts.demo_person("moderator")
    resident = accounts.demo_person("resident")
    if moderator is None or resident is None or Duty.objects.exists():
        return
    at = timezone.now()
    chief = accounts.actor_for(moderator, Channel.SEED)
    for weekday in WORKDAYS:
        actions.add_duty(actor=chief, person_id=moderator.pk, weekday=weekday, at=at)
    first = Comment.objects.published().order_by("written_at").first()
    if first is None:
        return
    with override("de"):
        actions.add_comment(
            actor=Actor(channel=Channel.SEED),
            ref=first.ref,
            body="Schauen Sie mal, wie eine Nachbarstadt das macht: https://example.org/beleuchtung",
            guest={"display_name": "Beispiel: Gast", "contact_kind": "none"},
            at=at,
        )
        actions.report_content(
            actor=accounts.actor_for(resident, Channel.SEED),
            ref=first.this,
            reason="other",
            text="Beispiel einer Meldung: Ich glaube, dieser Kommentar gehört zu einer anderen Idee.",
            at=at,
        )
