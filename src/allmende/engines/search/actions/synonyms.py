"""Words that mean the same in this city: from the city pack at first start, then the city's own decision."""

import tomllib
from pathlib import Path

from allmende.core import audit, city
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.changes import setting_ref
from allmende.core.errors import NotAllowed
from allmende.core.models import Setting
from allmende.engines.search.queries.asked import SYNONYMS


@action
def bring_synonyms(*, actor: Actor, folder: Path) -> int:
    """Copies `synonyms.toml` of the pack into the settings, unless the city has a list already; returns the lines."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    path = folder / "synonyms.toml"
    if not path.is_file() or Setting.objects.filter(key=SYNONYMS).exists():
        return 0
    lines = [", ".join(group) for group in tomllib.loads(path.read_text())["groups"]]
    Setting.objects.create(key=SYNONYMS, value=lines)
    audit.record(actor, "search.bring_synonyms", setting_ref(SYNONYMS), fields=[SYNONYMS])
    city.forget()
    return len(lines)
