"""Ways to other systems and their files."""

from django.conf import settings

from allmende.capabilities.reports.adapters.open311 import Open311
from allmende.capabilities.reports.adapters.web import PictureReader
from allmende.capabilities.reports.models import Partner
from allmende.capabilities.reports.rules.secrets import opened
from allmende.core.fetching import Unreachable


def picture_reader() -> PictureReader:
    """How a picture is fetched that a program has named."""
    return PictureReader(allow_private=settings.FEEDS_FROM_PRIVATE_NETWORK)


def system_of(partner: Partner) -> Open311:
    """Raises Unreachable when its key cannot be read any more."""
    key = opened(partner.sealed_key)
    if partner.sealed_key and not key:
        raise Unreachable("key")
    private = settings.FEEDS_FROM_PRIVATE_NETWORK
    return Open311(partner.endpoint, partner.jurisdiction, key, allow_private=private)
