"""What staff sees of mail on its way: numbers and codes, nobody's address and nobody's words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q

from allmende.core.actor import Viewer
from allmende.engines.notify import rules
from allmende.engines.notify.models import Device, Mail, Trouble


@dataclass(frozen=True)
class Backlog:
    """How mail is going. `late` ones were tried and have to wait; `stuck` ones wait for a person."""

    waiting: int
    late: int
    stuck: int
    refused: int
    sent_today: int
    oldest: datetime | None
    next_try: datetime | None
    answers: tuple[tuple[str, int], ...]
    """What the mail server said last to those that are late or stuck, and how often."""
    unreachable: int
    """People to whom no mail goes any more, since too much of it came back."""
    devices: int

    @property
    def is_down(self) -> bool:
        """Whether something is wrong that staff should look after."""
        return bool(self.late or self.stuck)


def backlog(viewer: Viewer, at: datetime) -> Backlog:
    """Four queries however much waits. Raises NotAllowed for whoever does not look after it."""
    rules.require_postmaster(viewer)
    waiting, late = Q(state=Mail.State.WAITING), Q(state=Mail.State.WAITING, attempts__gt=0)
    stuck = Q(state=Mail.State.STUCK)
    recent = at - timedelta(days=1)
    figures = Mail.objects.aggregate(
        waiting=Count("pk", filter=waiting & Q(due_at__lte=at + timedelta(minutes=1)) | late),
        late=Count("pk", filter=late),
        stuck=Count("pk", filter=stuck),
        refused=Count("pk", filter=Q(state=Mail.State.REFUSED, done_at__gte=recent)),
        sent=Count("pk", filter=Q(state=Mail.State.SENT, done_at__gte=recent)),
        oldest=Min("created_at", filter=late | stuck),
        next_try=Min("due_at", filter=late),
    )
    answers = (
        Mail.objects.filter(late | stuck)
        .values("answer")
        .annotate(n=Count("pk"), last=Max("created_at"))
        .order_by("-n", "answer")[:10]
    )
    return Backlog(
        waiting=figures["waiting"],
        late=figures["late"],
        stuck=figures["stuck"],
        refused=figures["refused"],
        sent_today=figures["sent"],
        oldest=figures["oldest"],
        next_try=figures["next_try"],
        answers=tuple((row["answer"], row["n"]) for row in answers),
        unreachable=Trouble.objects.filter(medium=Trouble.Medium.MAIL, stopped_at__isnull=False).count(),
        devices=Device.objects.count(),
    )
