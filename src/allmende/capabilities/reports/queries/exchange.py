"""Keys of other programs, and what came over them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count

from allmende.capabilities.reports.models import ApiKey, Report
from allmende.capabilities.reports.rules.secrets import hashed


def by_secret(text: str) -> ApiKey | None:
    """The key that a program has sent, as long as it is valid."""
    return ApiKey.objects.filter(key_hash=hashed(text), revoked_at=None).first()


def every_key() -> Sequence[ApiKey]:
    """All of them with how many reports came over each (`sent`); those that were ended last."""
    return list(ApiKey.objects.annotate(sent=Count("inbound")).order_by("revoked_at", "label", "id"))


def came_over(key_id: UUID, external_id: str) -> Report | None:
    """What a sender's own number stands for here."""
    if not external_id:
        return None
    return Report.objects.filter(inbound__key_id=key_id, inbound__external_id=external_id).first()
