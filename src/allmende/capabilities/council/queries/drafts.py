"""Reading draft papers: only what those may see who work on them. Nothing of it goes into index, feed or interface."""

import re
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from allmende.capabilities.council.models import Body, Draft, DraftStation, Organization, Paper, Signature
from allmende.capabilities.council.rules import drafts as rules
from allmende.capabilities.council.rules import may_keep
from allmende.capabilities.council.rules.drafts import DraftData, Way
from allmende.capabilities.council.rules.tracking import PREFIX, departments_of
from allmende.capabilities.council.workflow import DraftState, SignatureState
from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotFound

MOST = 200
"""In one list: more drafts than are under way in any city."""
DONE = ("submitted", "withdrawn")


def seen_by(viewer: Viewer) -> QuerySet[Draft]:
    """What a department writes or is asked to sign, once it is asked; the office sees what was handed on, and its own.

    A draft that a department has only begun is nobody else's business, but for the council's office.
    """
    mine = departments_of(viewer)
    if mine is None:
        return Draft.objects.all()
    asked = Signature.objects.filter(department__in=mine).values("draft")
    return Draft.objects.filter(Q(department__in=mine) | (Q(pk__in=asked) & ~Q(state__in=["draft", "withdrawn"])))


def _whole(rows: QuerySet[Draft]) -> QuerySet[Draft]:
    signatures = Signature.objects.order_by("place")
    stations = DraftStation.objects.select_related("organization").order_by("place")
    return rows.select_related("paper").prefetch_related(
        Prefetch("signatures", signatures, to_attr="asked"), Prefetch("stations", stations, to_attr="way")
    )


def drafts(viewer: Viewer) -> list[Draft]:
    """All that is under way, the last changed first, then what is done; three queries."""
    rows = _whole(seen_by(viewer))
    under_way = list(rows.exclude(state__in=DONE).order_by("-changed_at", "-number")[:MOST])
    return [*under_way, *rows.filter(state__in=DONE).order_by("-changed_at", "-number")[:20]]


def draft(number: int, viewer: Viewer) -> Draft:
    """One, with its way and its signatures. Raises NotFound, also for what is none of the viewer's business."""
    found = _whole(seen_by(viewer)).filter(number=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    return found


def by_key(key: UUID) -> Draft | None:
    """One, for those who are told of it: `may_see` says who."""
    return _whole(Draft.objects.filter(pk=key)).first()


def may_see(key: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "draft": those who work on it."""
    return viewer.is_signed_in and seen_by(viewer).filter(pk=key).exists()


def url(key: UUID) -> str | None:
    """The page itself asks who may see it."""
    number = Draft.objects.filter(pk=key).values_list("number", flat=True).first()
    return None if number is None else f"/stadtrat/entwuerfe/{number}/"


def signatures_of(one: Draft) -> list[Signature]:
    """In their order, of a draft that was read by this module."""
    found: list[Signature] = one.asked  # type: ignore[attr-defined]
    return found


def way_of(one: Draft) -> list[DraftStation]:
    """In their order, of a draft that was read by this module."""
    found: list[DraftStation] = one.way  # type: ignore[attr-defined]
    return found


def signing_now(one: Draft) -> list[str]:
    """Whose turn it is."""
    if one.state != DraftState.SIGNING:
        return []
    waiting = [row.department for row in signatures_of(one) if row.state == SignatureState.ASKED]
    return list(rules.turn(waiting, in_order=one.in_order))


def waiting_for(viewer: Viewer) -> int:
    """How many drafts wait for this viewer: to be signed or, for the office, to be brought in; one query, for menus."""
    slugs = [grant.scope.removeprefix(PREFIX) for grant in viewer.grants if grant.role == Role.CLERK]
    asked = Signature.objects.filter(draft=OuterRef("pk"), state=SignatureState.ASKED)
    mine = asked.filter(department__in=slugs) if "" not in slugs else asked
    earlier = Signature.objects.filter(draft=OuterRef("draft"), state=SignatureState.ASKED, place__lt=OuterRef("place"))
    turn = Q(Exists(mine.filter(Q(draft__in_order=False) | ~Exists(earlier))), state=DraftState.SIGNING)
    return Draft.objects.filter(turn | Q(state=DraftState.SIGNED) if may_keep(viewer) else turn).count()


def steps(one: Draft, viewer: Viewer) -> list[str]:
    """What the viewer can do with it."""
    return rules.steps_of(viewer, one.state, one.department, signing_now(one))


def data_of(one: Draft) -> DraftData:
    """What is signed, as it stands."""
    return DraftData(
        one.title,
        one.resolution,
        one.reasons,
        one.costs,
        one.department,
        one.is_public,
        one.in_order,
        tuple(row.department for row in one.signatures.order_by("place")),
        tuple(Way(row.organization_id, row.role) for row in one.stations.order_by("place")),
    )


def bodies_that_deal() -> list[Organization]:
    """Organisations that a paper can be brought before: the council first, then its committees."""
    rows = Organization.objects.public().filter(organization_type="Gremium").select_related("body")
    return sorted(rows[:MOST], key=lambda one: (one.sub_organization_of_id is not None, one.name))


def office_of(body: Body, name: str) -> Organization | None:
    """A department as the council's papers name it."""
    rows = Organization.objects.public().filter(body=body, organization_type="Verwaltungsbereich", name=name)
    return rows.order_by("created").first()


def next_reference(year: int, *, is_public: bool, taken: Collection[str] | None = None) -> str:
    """The number that the next paper of the year gets; call it where no other paper can be brought in meanwhile.

    Papers behind closed doors are counted apart, so that no gap tells of them.
    """
    if taken is None:
        rows = Paper.objects.filter(was_public=is_public, reference__endswith=f"/{year}")
        taken = rows.values_list("reference", flat=True)
    prefix = "" if is_public else "N "
    shape = re.compile(rf"{prefix}(\d{{1,6}})/{year}")
    numbers = [int(found[1]) for one in taken if (found := shape.fullmatch(one))]
    return f"{prefix}{max(numbers, default=0) + 1:03}/{year}"


def text_of(one: Draft) -> str:
    """What the paper says, for search and for those who read it without opening the document."""
    parts = [
        f"{_('Beschlussvorschlag')}:\n{one.resolution}",
        f"{_('Begründung')}:\n{one.reasons}",
        f"{_('Finanzielle Auswirkungen')}:\n{one.costs}" if one.costs else "",
    ]
    return "\n\n".join(part for part in parts if part)
