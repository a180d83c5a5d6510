"""Sends what waits for partners, and takes their updates in; each report and each update in a transaction of its own.

A try that nobody answered may have arrived. So before any repeat the partner is asked whether it has the report, by our
own number (which an Allmende knows anyway) or by the address of the report in its words. What is still unknown then is
sent again with that same number.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.reports.actions import partners as actions
from allmende.capabilities.reports.adapters import system_of
from allmende.capabilities.reports.adapters.open311 import Open311
from allmende.capabilities.reports.models import Partner, Referral
from allmende.capabilities.reports.queries import asking, georeport
from allmende.capabilities.reports.queries import partners as queries
from allmende.capabilities.reports.rules.georeport.reading import Answered, Heard
from allmende.capabilities.reports.rules.partners import reference, window
from allmende.core.actor import SYSTEM
from allmende.core.errors import DomainError
from allmende.core.fetching import Unreachable

NO_UPDATES = frozenset({400, 404, 405, 410})
"""A server without the update extension: then it is asked how each request stands."""
AT_ONCE = 50
HOUR = timedelta(hours=1)


def send_due(at: datetime) -> int:
    """Sends what is due, one after the other; returns how many arrived. A silent partner is asked once a round."""
    arrived, silent = 0, set()
    for referral_id in queries.due(at):
        partner_id = Referral.objects.values_list("partner_id", flat=True).get(pk=referral_id)
        if partner_id in silent:
            continue
        referral = actions.begin_try(actor=SYSTEM, referral_id=referral_id, at=at)
        if referral is None:
            continue
        try:
            answer = _sent(referral)
        except Unreachable as error:
            actions.note_unsent(
                actor=SYSTEM, referral_id=referral.pk, problem=error.problem, status=error.status, at=timezone.now()
            )
            if not error.status:
                silent.add(partner_id)
            continue
        actions.note_sent(
            actor=SYSTEM, referral_id=referral.pk, number=answer.number, token=answer.token, at=timezone.now()
        )
        arrived += bool(answer.number)
    return arrived


def _sent(referral: Referral) -> Answered:
    """Sends it, unless it has arrived before. Raises Unreachable."""
    referral = Referral.objects.select_related("partner", "report__category").get(pk=referral.pk)
    system = system_of(referral.partner)
    if referral.token:
        return Answered(system.number_of(referral.token), referral.token)
    if referral.tries > 1:
        known = _known(system, referral)
        if known:
            return Answered(known, "")
    return system.send(_values(referral))


def _known(system: Open311, referral: Referral) -> str:
    """The partner's number, if an earlier try has arrived after all. A server that cannot search is not asked twice."""
    try:
        return system.find(str(referral.pk), reference(referral.report), referral.code, referral.begun_at - HOUR)
    except Unreachable as error:
        if error.status in NO_UPDATES:
            return ""
        raise


def _values(referral: Referral) -> list[tuple[str, str]]:
    """What goes out: what the city would publish of it, where it is, public answers and released pictures; nothing
    about the reporter.
    """
    report = referral.report
    place = ", ".join(part for part in (report.place, report.detail) if part)
    values = [
        ("service_code", referral.code),
        ("description", f"{report.public_words[:3600]}\n\n({reference(report)})"),
        ("address_string", place or "#NOTPINPOINTED#"),
        ("attribute[external_id]", str(referral.pk)),
    ]
    if report.point is not None:
        values += [("long", repr(report.point[0])), ("lat", repr(report.point[1]))]
    told = asking.public_answers({report.pk: report.category_id}, "de").get(report.pk, ()) if report.is_public else ()
    values += [(f"attribute[{one['code']}]", value["key"]) for one in told for value in one["values"]]
    row = georeport.single(report.number)
    paths = georeport.pictures([row]).get(report.pk, ()) if row is not None else ()
    return values + [("media_url", settings.PUBLIC_URL.rstrip("/") + path) for path in paths]


def read_due(at: datetime) -> int:
    """Takes in the updates of every partner that is due; returns how many there were."""
    return sum(_read(partner, at) for partner in queries.to_read(at))


def _read(partner: Partner, at: datetime) -> int:
    since, until = window(partner.read_until, queries.first_sent(partner) or partner.created_at, at)
    try:
        heard = _heard(partner, since, until, at)
    except Unreachable as error:
        actions.note_read(actor=SYSTEM, partner_id=partner.pk, until=None, problem=error.problem, at=at)
        return 0
    taken, known = 0, queries.known_updates(partner, [one.update_id for one in heard])
    for one in heard:
        if one.update_id in known:
            continue
        try:
            taken += actions.take_heard(actor=SYSTEM, partner_id=partner.pk, heard=one, at=at) is not None
        except DomainError:
            continue  # nothing that we could keep: the others go on
    # As far as the partner's own clock has come; a window that ends in the past and is empty is done with.
    newest = max((one.said_at for one in heard), default=until if until < at else None)
    actions.note_read(actor=SYSTEM, partner_id=partner.pk, until=newest, at=at)
    return taken


def _heard(partner: Partner, since: datetime, until: datetime, at: datetime) -> list[Heard]:
    system = system_of(partner)
    try:
        return system.updates(since, until, at)
    except Unreachable as error:
        if error.status not in NO_UPDATES:
            raise
    numbers = queries.sent_numbers(partner, at)
    return [
        one for first in range(0, len(numbers), AT_ONCE) for one in system.states(numbers[first : first + AT_ONCE], at)
    ]


@app.periodic(cron="* * * * *")
@app.task(name="reports.partners", queue="bulk", queueing_lock="reports.partners", lock="reports.partners")
def every_minute(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    send_due(timezone.now())
    read_due(timezone.now())
