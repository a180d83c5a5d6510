"""What the room of urban data says of itself.

Of persons it keeps nothing: who wrote a value stands in the audit as a pseudonym, which erasure cuts off.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.urbandata import index, seeds
from allmende.core.manifest import EVERYONE, IndexKind, Manifest, MenuItem, Page


def _series() -> Mapping[str, Any] | None:
    from allmende.capabilities.urbandata.models import Datastream

    rows = Datastream.objects.filter(standing__isnull=False).order_by("number")
    number = rows.values_list("number", flat=True).first()
    return None if number is None else {"number": number}


EXPANDED = "?$count=true&$expand=Thing/Locations,Sensor,Observations($top=1;$orderby=phenomenonTime desc)"
PERIOD = frozenset({"von", "bis"})
manifest = Manifest(
    name="urbandata",
    label=_("Daten der Stadt"),
    summary=_("Was die Stadt misst, was hier üblich ist und was gerade auffällt."),
    followed=_("Messreihen"),
    urls="allmende.capabilities.urbandata.urls",
    prefix="daten/",
    plain_urls="allmende.capabilities.urbandata.urls.sensorthings",
    scopes=("urbandata:write",),
    menu=(MenuItem(_("Daten"), "urbandata:overview", order=50),),
    pages=(
        Page("urbandata:overview", EVERYONE, cached=True, cache_query=frozenset({"after", "q"})),
        Page("urbandata:series", EVERYONE, _series, cached=True),
        Page("urbandata:values_csv", EVERYONE, _series, cached=True, cache_query=PERIOD, axe=False),
        Page("urbandata:values_json", EVERYONE, _series, cached=True, cache_query=PERIOD, axe=False),
        Page("urbandata:hours_csv", EVERYONE, _series, cached=True, cache_query=PERIOD, axe=False),
        Page("urbandata_sensorthings:root", EVERYONE, axe=False),
        Page("urbandata_sensorthings:service", EVERYONE, axe=False),
        Page("urbandata_sensorthings:resource", EVERYONE, lambda: {"rest": "Datastreams"}, query=EXPANDED, axe=False),
    ),
    index=(
        IndexKind(
            "series", _("Messreihe"), _("Messreihen"), index.entry, index.all_ids, index.url,
            article=_("Eine Messreihe"), entries=index.entries, brought_in=False,
        ),
    ),
    seed=seeds.seed,
    seed_order=160,
)  # fmt: skip
