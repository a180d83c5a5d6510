"""The roster, absences, and the published rules."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel, Role
from allmende.core.errors import Invalid, NotAllowed, NotFound
from allmende.engines.discussion.models import Absence, Duty, Rule
from allmende.engines.discussion.queries.duty import moderators_for
from allmende.engines.discussion.queries.published import LANGUAGES, default_rules


def _require_may_plan(actor: Actor, scope: str) -> None:
    """Administrators, and the moderators of that scope among themselves."""
    if not (actor.has(Role.ADMINISTRATOR) or actor.has(Role.MODERATOR, scope)):
        raise NotAllowed


@action
def add_duty(
    *,
    actor: Actor,
    person_id: UUID,
    scope: str = "",
    weekday: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    deputy_id: UUID | None = None,
    at: datetime,  # noqa: ARG001 - every action says when
) -> Duty:
    """A line of the roster: on a weekday, or every day of a period. Both people must be moderators of the scope."""
    _require_may_plan(actor, scope)
    problems = {}
    able = moderators_for(scope)
    if person_id not in able:
        problems["person"] = _("Diese Person ist für diesen Bereich nicht als Moderation eingetragen.")
    if deputy_id is not None and (deputy_id not in able or deputy_id == person_id):
        problems["deputy"] = _("Die Vertretung ist eine andere Person, die hier auch moderieren darf.")
    if weekday is None and starts_on is None:
        problems["weekday"] = _("Wählen Sie einen Wochentag oder einen Zeitraum.")
    if starts_on and ends_on and ends_on < starts_on:
        problems["ends_on"] = _("Das Ende liegt vor dem Anfang.")
    if problems:
        raise Invalid(fields=problems)
    duty = Duty.objects.create(
        person_id=person_id, deputy_id=deputy_id, scope=scope, weekday=weekday, starts_on=starts_on, ends_on=ends_on
    )
    audit.record(actor, "discussion.add_duty", duty.this, fields=["person", "weekday", "starts_on", "ends_on"])
    return duty


@action
def remove_duty(*, actor: Actor, duty_id: UUID, at: datetime) -> None:  # noqa: ARG001 - every action says when
    """Takes a line out of the roster."""
    try:
        duty = lock(Duty.objects.all(), pk=duty_id)
    except Duty.DoesNotExist:
        raise NotFound from None
    _require_may_plan(actor, duty.scope)
    audit.record(actor, "discussion.remove_duty", duty.this, fields=["person"])
    duty.delete()


@action
def add_absence(*, actor: Actor, person_id: UUID, starts_on: date, ends_on: date, at: datetime) -> Absence:  # noqa: ARG001
    """Days on which the deputy checks. One's own; an administrator for anybody."""
    if actor.person_id != person_id and not actor.has(Role.ADMINISTRATOR):
        raise NotAllowed
    if ends_on < starts_on:
        raise Invalid(fields={"ends_on": _("Das Ende liegt vor dem Anfang.")})
    absence = Absence.objects.create(person_id=person_id, starts_on=starts_on, ends_on=ends_on)
    audit.record(actor, "discussion.add_absence", absence.this, fields=["starts_on", "ends_on"])
    return absence


@action
def remove_absence(*, actor: Actor, absence_id: UUID, at: datetime) -> None:  # noqa: ARG001
    try:
        absence = lock(Absence.objects.all(), pk=absence_id)
    except Absence.DoesNotExist:
        raise NotFound from None
    if actor.person_id != absence.person_id and not actor.has(Role.ADMINISTRATOR):
        raise NotAllowed
    audit.record(actor, "discussion.remove_absence", absence.this, fields=["starts_on", "ends_on"])
    absence.delete()


@action
def change_rule(
    *,
    actor: Actor,
    key: str,
    short: Mapping[str, str],
    long: Mapping[str, str],
    letter: Mapping[str, str],
    retired: bool = False,
    at: datetime,
) -> Rule:
    """An administrator changes a published rule, or adds one under a new key. Keys stay: decisions name them."""
    if not actor.has(Role.ADMINISTRATOR):
        raise NotAllowed
    if not short.get("de", "").strip() or not long.get("de", "").strip():
        raise Invalid(fields={"short_de": _("Bitte füllen Sie wenigstens die deutschen Texte aus.")})
    _make_own(at)
    rule, created = Rule.objects.select_for_update().get_or_create(
        key=key, defaults={"valid_from": at, "position": Rule.objects.count() + 1}
    )
    for column, texts in (("short", short), ("long", long), ("letter", letter)):
        setattr(rule, column, {code: texts[code].strip() for code in LANGUAGES if texts.get(code, "").strip()})
    if not created:
        rule.valid_from = at
    rule.retired_at = at if retired else None
    if retired and not Rule.objects.filter(retired_at=None).exclude(pk=rule.pk).exists():
        raise Invalid(fields={"retired": _("Eine Regel muss bleiben, sonst lässt sich nichts ablehnen.")})
    rule.save()
    audit.record(actor, "discussion.change_rule", rule.this, fields=["short", "long", "letter", "retired_at"])
    return rule


@action
def install_rules(*, actor: Actor, at: datetime) -> int:
    """At first start: the rules that a city begins with. Later starts leave its own alone."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    rows = _make_own(at)
    for row in rows:
        audit.record(actor, "discussion.install_rules", row.this, fields=["short", "long", "letter"])
    return len(rows)


def _make_own(at: datetime) -> list[Rule]:
    """The rules to begin with become the city's own, once."""
    return [] if Rule.objects.exists() else Rule.objects.bulk_create(default_rules(at))
