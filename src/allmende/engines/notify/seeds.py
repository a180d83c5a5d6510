"""Demo content: the resident reads in a feed reader too; through the actions, not around them."""

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
