"""Numbered things come in from a file of the office that keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.adapters.asset_files import AssetRow
from allmende.capabilities.reports.events import AssetsImported
from allmende.capabilities.reports.models.assets import Asset, AssetKind
from allmende.capabilities.reports.models.categories import Category
from allmende.capabilities.reports.queries import categories
from allmende.capabilities.reports.rules.assets import plain
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Invalid
from allmende.core.refs import Ref

BATCH = 2000


@dataclass(frozen=True)
class KindData:
    """Which things a file holds. `slug` stays with their codes for ever; `category` is a kind of fault's slug."""

    slug: str
    names: dict[str, str]
    keywords: Sequence[str] = ()
    category: str = ""
    owner: str = ""
    """Whose they are where the file does not say."""


@action
def import_assets(
    *, actor: Actor, kind: KindData, rows: Sequence[AssetRow], is_example: bool = False, at: datetime
) -> AssetKind:
    """Takes all things of a kind as the file names them: new ones come, known ones change, missing ones rest.

    Repeating it changes nothing. Raises Invalid with fields.
    """
    if actor.channel not in {Channel.SYSTEM, Channel.SEED}:
        rules.require_desk(actor.viewer)
    found = _kind(kind)
    fresh = [
        Asset(
            kind=found, number=row.number, plain=plain(row.number), place=row.place, longitude=row.longitude,
            latitude=row.latitude, owner=row.owner or kind.owner, is_active=True, is_example=is_example, imported_at=at,
        )
        for row in rows
    ]  # fmt: skip
    Asset.objects.bulk_create(
        fresh,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["kind", "plain"],
        update_fields=["number", "place", "longitude", "latitude", "owner", "is_active", "imported_at"],
    )
    found.assets.filter(imported_at__lt=at, is_active=True).update(is_active=False)
    audit.record(actor, "reports.import_assets", Ref("reports", "asset_kind", found.pk), fields=["assets"])
    events.publish(actor, AssetsImported(ref=Ref("reports", "asset_kind", found.pk)))
    return found


def _kind(data: KindData) -> AssetKind:
    slug = slugify(data.slug)[:40]
    name = data.names.get("de", "").strip()
    wrong = {}
    if not slug:
        wrong["slug"] = _("Bitte geben Sie einen Kurznamen aus Buchstaben an, zum Beispiel laterne.")
    if not name:
        wrong["name"] = _("Bitte sagen Sie, was es ist, zum Beispiel Laterne.")
    category: Category | None = categories.by_slug(data.category) if data.category else None
    if data.category and category is None:
        wrong["category"] = _("Bitte wählen Sie, worum es geht.")
    if wrong:
        raise Invalid(fields=wrong)
    values: dict[str, Any] = {
        "names": {code: words.strip()[:80] for code, words in data.names.items() if words.strip()},
        "keywords": [word.strip()[:40] for word in data.keywords if word.strip()][:20],
        "category": category,
    }
    return AssetKind.objects.update_or_create(slug=slug, defaults=values)[0]
