"""Demo content: the resident reads in a feed reader too, and has saved a search; through the actions."""

from django.utils import timezone

from allmende.accounts import interface as accounts
from allmende.core.actor import Channel
from allmende.core.city import CityPack
from allmende.engines.notify import actions
from allmende.engines.notify.models import Wishes


def seed(_pack: CityPack) -> None:
    """Brings the examples in; doing it again changes nothing."""
    resident = accounts.demo_person("resident")
    if resident is None or Wishes.objects.filter(person=resident).exists():
        return
    actor = accounts.actor_for(resident, Channel.SEED)
    actions.open_feed(actor=actor)
    actions.save_search(
        actor=actor, words="Beleuchtung", found_kind="paper", district="", language="de", at=timezone.now()
    )
