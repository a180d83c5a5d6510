"""What a medium belongs to, who may see it, and that its files follow.

`attach`, `release`, `withdraw`, `detach` and `discard` are plain functions for inside another room's action, whose
audit entry covers them: the medium is part of the thing that the action changes. The files follow after the commit;
should the process end in between, the hourly job lets them follow.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from allmende.core import events
from allmende.core.actor import SYSTEM
from allmende.core.errors import Conflict, Invalid
from allmende.core.refs import Ref
from allmende.engines.media.actions import files
from allmende.engines.media.events import PictureRefused
from allmende.engines.media.models import KEPT, File, Medium

logger = logging.getLogger(__name__)


def attach(medium_id: UUID, ref: Ref, *, person_id: UUID | None = None) -> Medium:
    """Makes the medium part of `ref`; call inside an action. Attaching it there again does nothing.

    `person_id` names a guest who had no person yet when the picture was sent. Raises Invalid when the picture has
    expired and Conflict when it is part of something else.
    """
    _inside_an_action()
    medium = Medium.objects.select_for_update(of=("self",)).filter(pk=medium_id).first()
    if medium is None:
        raise Invalid(_("Das Bild ist nicht mehr da. Bitte wählen Sie es noch einmal aus."))
    if medium.ref not in {None, ref}:
        raise Conflict(_("Dieses Bild gehört schon zu einem anderen Beitrag."))
    medium.capability, medium.kind, medium.object_id = ref.capability, ref.kind, ref.id
    if medium.uploaded_by_id is None:
        medium.uploaded_by_id = person_id
    medium.save(update_fields=["capability", "kind", "object_id", "uploaded_by"])
    if medium.drawing == Medium.Drawing.REFUSED:
        events.publish(SYSTEM, PictureRefused(ref=ref, medium_id=medium.pk))
    return medium


def detach(medium_id: UUID, *, at: datetime) -> None:
    """Takes a medium off its thing; call inside an action. It is private at once and gone after 24 hours.

    What is in the editors' library stays there.
    """
    _inside_an_action()
    Medium.objects.filter(pk=medium_id).update(
        capability="", kind="", object_id=None, state=Medium.State.PRIVATE, created_at=at
    )
    settle_after_commit([medium_id])


def release(ref: Ref) -> int:
    """Makes the media of `ref` public, less those that have expired; call inside an action. Returns how many."""
    return _decide(ref, Case(When(expires_at__lte=Now(), then=Value("expired")), default=Value("public")))


def withdraw(ref: Ref) -> int:
    """Makes the media of `ref` private again; call inside an action. Their public addresses end with the commit."""
    return _decide(ref, Value("private"))


def _decide(ref: Ref, state: Case | Value) -> int:
    _inside_an_action()
    drawn = Medium.objects.attached_to(ref).filter(drawing=Medium.Drawing.DONE)  # nobody has looked at another yet
    found = list(drawn.values_list("pk", flat=True))
    Medium.objects.filter(pk__in=found).update(state=state)
    settle_after_commit(found)
    return len(found)


def discard(media: Iterable[UUID]) -> int:
    """Deletes media and, after the commit, those of their files that no other medium needs."""
    with transaction.atomic():
        found = list(media)
        paths = sorted({row.path for row in File.objects.filter(medium__in=found)})
        undrawn = list(Medium.objects.filter(pk__in=found, drawing=Medium.Drawing.WAITING).values_list("pk", flat=True))
        count = Medium.objects.filter(pk__in=found).delete()[1].get("media.Medium", 0)
        transaction.on_commit(lambda: arrange_all(paths), robust=True)
        for medium_id in undrawn:
            transaction.on_commit(files.sent(medium_id).unlink, robust=True)
    return count


def expire_unattached(*, at: datetime) -> int:
    """Deletes what was sent more than 24 hours ago and belongs to nothing; returns how many media."""
    old = Medium.objects.loose().filter(created_at__lt=at - KEPT)
    return discard(old.values_list("pk", flat=True))


def expire_published(*, at: datetime) -> int:
    """Takes what has expired off every page; returns how many media."""
    over = Medium.objects.filter(state=Medium.State.PUBLIC, expires_at__lte=at)
    found = list(over.values_list("pk", flat=True))
    if found:
        Medium.objects.filter(pk__in=found, state=Medium.State.PUBLIC).update(state=Medium.State.EXPIRED)
        for medium_id in found:
            settle(medium_id)
    return len(found)


def forget_uploader(person_id: UUID, *, keep_pictures: bool) -> int:
    """Erasure: the person's media go, or stay without their name; loose ones always go. The library is the city's."""
    mine = Medium.objects.filter(uploaded_by=person_id)
    if keep_pictures:
        discard(mine.loose().values_list("pk", flat=True))
        return mine.update(uploaded_by=None)
    mine.filter(library=True).update(uploaded_by=None)
    return discard(mine.filter(library=False).values_list("pk", flat=True))


def settle(medium_id: UUID) -> bool:
    """Lets the files of a medium follow its state; safe to repeat. Returns whether they are now where they belong."""
    medium = Medium.objects.filter(pk=medium_id).first()
    if medium is None:
        return True
    try:
        for row in medium.files.all():
            files.arrange(row.path)
    except OSError as error:
        logger.exception("A medium's files could not be put in place: %s", type(error).__name__)
        return False
    if medium.state == Medium.State.PUBLIC and medium.scan == Medium.Scan.WAITING:
        return False
    # Only if nobody decided otherwise meanwhile; whoever did settles after us.
    return Medium.objects.filter(pk=medium_id, state=medium.state).update(placed=medium.state) == 1


def settle_all() -> int:
    """Settles what a crash left between a decision and its files; returns how many media that were."""
    waiting = list(Medium.objects.unsettled().values_list("pk", flat=True))
    return sum(settle(medium_id) for medium_id in waiting)


def settle_after_commit(media: Iterable[UUID]) -> None:
    for medium_id in media:
        transaction.on_commit(lambda medium_id=medium_id: settle(medium_id), robust=True)  # type: ignore[misc]


def arrange_all(paths: Iterable[str]) -> None:
    for path in paths:
        files.arrange(path)


def published(path: str, at: datetime) -> bool:
    """Whether anyone may have this file at that time; asked for each address where a storage service keeps them."""
    return File.objects.filter(
        ~Q(medium__expires_at__lte=at),
        sha256=files.hash_of(path),
        extension=path.rpartition(".")[2],
        medium__state=Medium.State.PUBLIC,
        medium__scan=Medium.Scan.CLEAN,
    ).exists()


def _inside_an_action() -> None:
    assert connection.in_atomic_block, "this belongs inside an action"
