"""What authors and followers are told when something is linked, or a link is taken back."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.events import Stored
from allmende.core.manifest import NoticeText, Shown
from allmende.core.refs import Ref
from allmende.engines.trace.models import Edge
from allmende.engines.trace.queries import origins_of


def followed(event: Stored) -> Iterable[Ref]:
    """Both ends, and all that led here: who follows the idea hears how far it went, who follows the pilot what it
    grew from.
    """
    return (event.ref, Ref.parse(event.payload["target"]), *origins_of(event.ref))


def linked(event: Stored, language: str) -> NoticeText | None:
    """Nothing when the link is gone again, or one of its ends is not for everybody."""
    if event.payload.get("quiet"):
        return None
    with translation.override(language):
        edge, titles = _public(event, language)
        if edge is None or edge.retracted_at is not None:
            return None
        return NoticeText(
            subject=_("„%(source)s“ ist jetzt Teil von „%(target)s“") % titles,
            body=_("Die Begründung: %(reason)s") % {"reason": edge.reason},
            ref=event.ref,
        )


def retracted(event: Stored, language: str) -> NoticeText | None:
    """Whoever was told of a link hears when it was wrong; not when the two are linked anew for another reason."""
    with translation.override(language):
        edge, titles = _public(event, language)
        if edge is None or edge.retracted_at is None or _stands_again(edge):
            return None
        return NoticeText(
            subject=_("„%(source)s“ gehört doch nicht zu „%(target)s“") % titles,
            body=_("Die Verknüpfung wurde zurückgenommen. Die Begründung: %(reason)s")
            % {"reason": edge.retract_reason},
            ref=event.ref,
        )


def _stands_again(edge: Edge) -> bool:
    ends = {name: getattr(edge, name) for name in ENDS}
    return Edge.objects.filter(**ends, retracted_at__isnull=True).exists()


def _public(event: Stored, language: str) -> tuple[Edge | None, dict[str, str]]:
    edge = Edge.objects.filter(pk=UUID(event.payload["edge_id"])).first()
    if edge is None:
        return None, {}
    shown = manifest.lookup().resolve([edge.source, edge.target], Viewer(language=language), timezone.now())
    source, target = shown.get(edge.source), shown.get(edge.target)
    if source is None or target is None:
        return None, {}
    return edge, {"source": _short(source, language), "target": _short(target, language)}


def _short(thing: Shown, language: str) -> str:
    title = thing.title(language)
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"


LONGEST_TITLE = 80
"""Characters of a title in the subject of a notice."""
ENDS = tuple(f"{end}_{part}" for end in ("source", "target") for part in ("capability", "kind", "id"))
