"""Mail: collected by day or week, handed over one by one, tried again with growing pauses, noted when it is refused.

But for trying again none of this is an action: nobody decides anything here, and an audit of it would be a record of
who got which mail when.
"""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from allmende.accounts.mail import Answer, Outcome, Postman
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.refs import Ref
from allmende.engines.notify import rules
from allmende.engines.notify.actions import bouncing
from allmende.engines.notify.actions.composing import compose
from allmende.engines.notify.models import Mail, Notice

LEASE = timedelta(minutes=5)
"""So long a worker may take for one mail; longer than the mail server's time limit (20 s) for each of its steps."""
STUMBLES = 5
"""After so many broken connections in a row the server counts as down."""


def collect(at: datetime) -> int:
    """Makes one mail per person of the notices whose hour has come; returns how many mails. Repeats do nothing."""
    made = 0
    due = Q(mail=None, way=Notice.Way.MAIL, collect_at__lte=at)
    for person_id in Notice.objects.filter(due).order_by("person_id").values_list("person_id", flat=True).distinct():
        with transaction.atomic():
            rows = list(Notice.objects.select_for_update(skip_locked=True).filter(due, person_id=person_id))
            if not rows:
                continue
            mail = Mail.objects.create(person_id=person_id, is_collected=True, due_at=at, created_at=at)
            Notice.objects.filter(pk__in=[row.pk for row in rows]).update(mail=mail)
            made += 1
    return made


def send_due(at: datetime, *, urgent_only: bool = False, limit: int = 2000) -> Counter[Outcome]:
    """Hands over what is due, urgent mails first, over one connection; returns how many had which outcome.

    When the server cannot be reached, everything that is due waits, each a little longer than the last time.
    """
    counts: Counter[Outcome] = Counter()
    stumbles = 0
    with Postman() as postman:
        for _ in range(limit):
            mail = _claim(at, urgent_only=urgent_only)
            if mail is None:
                break
            message = compose(mail, at)
            if message is None:
                _finish(mail, Mail.State.DROPPED, at)
                continue
            answer = postman.send(message)
            _note(mail, answer, at)
            counts[answer.outcome] += 1
            stumbles = stumbles + 1 if answer.outcome == Outcome.LATER and not answer.words[:1].isdigit() else 0
            if answer.outcome == Outcome.SERVER_DOWN or stumbles >= STUMBLES:
                _postpone_all(at, answer)
                break
    return counts


def _claim(at: datetime, *, urgent_only: bool) -> Mail | None:
    """The next mail that is due and in nobody's hands, now in ours."""
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    with transaction.atomic():
        found = Mail.objects.select_for_update(skip_locked=True).filter(free, state=Mail.State.WAITING, due_at__lte=at)
        if urgent_only:
            found = found.filter(is_urgent=True)
        mail = found.order_by("-is_urgent", "due_at", "id").first()
        if mail is not None:
            mail.leased_until = at + LEASE
            mail.attempts += 1
            mail.save(update_fields=["leased_until", "attempts"])
    return mail


def _note(mail: Mail, answer: Answer, at: datetime) -> None:
    mail.answer = answer.words
    match answer.outcome:
        case Outcome.SENT:
            _finish(mail, Mail.State.SENT, at)
        case Outcome.NO_SUCH_ADDRESS:
            _finish(mail, Mail.State.REFUSED, at)
            bouncing.count(mail, answer.words, at)
        case Outcome.UNWANTED:
            _finish(mail, Mail.State.STUCK, at)
        case _ if at - mail.created_at >= rules.GIVE_UP_AFTER:
            _finish(mail, Mail.State.STUCK, at)
        case _:
            mail.due_at, mail.leased_until = at + rules.pause_after(mail.attempts), None
            mail.save(update_fields=["due_at", "leased_until", "answer"])


def _finish(mail: Mail, state: Mail.State, at: datetime) -> None:
    with transaction.atomic():
        mail.state, mail.done_at, mail.leased_until = state, at, None
        mail.save(update_fields=["state", "done_at", "leased_until", "answer"])
        if state == Mail.State.SENT:
            mail.notices.update(sent_at=at)


def _postpone_all(at: datetime, answer: Answer) -> None:
    """Everything that is due waits for its own next time: nobody knocks a thousand times at a closed door."""
    due = Mail.objects.filter(state=Mail.State.WAITING, due_at__lte=at)
    for attempts in set(due.values_list("attempts", flat=True)):
        due.filter(attempts=attempts).update(
            attempts=attempts + 1, due_at=at + rules.pause_after(attempts + 1), answer=answer.words
        )


@action
def retry_stuck(*, actor: Actor, at: datetime) -> int:
    """An administrator lets everything that waits or was given up be tried now; returns how many mails."""
    rules.require_postmaster(actor.viewer)
    again = Mail.objects.filter(state__in=[Mail.State.WAITING, Mail.State.STUCK]).exclude(
        state=Mail.State.WAITING, attempts=0
    )
    count = again.update(state=Mail.State.WAITING, due_at=at, created_at=at, leased_until=None, done_at=None)
    audit.record(actor, "notify.retry_stuck", Ref("notify", "mail", UUID(int=0)), fields=["due_at"])
    return count
