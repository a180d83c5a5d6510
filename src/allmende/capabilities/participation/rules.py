"""Who may do what, and when: pure predicates over viewer, object and `at`.

`function` is the viewer's function in the group in question ("" for none), looked up by `queries.function_in`.
`require_…` raise the domain error whose sentence the resident reads.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.capabilities.participation import workflow
from allmende.capabilities.participation.models import GroupMember, Idea, Meeting, Module, Project, Task, TopicStore
from allmende.capabilities.participation.models.contest import Contest
from allmende.capabilities.participation.workflow import State, StoreState, phases
from allmende.capabilities.participation.workflow import contest as contest_words
from allmende.capabilities.participation.workflow.phases import Deed, Standing
from allmende.core.actor import Actor, Channel, Role, Viewer
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn

SCOPE = "participation"
LEADS = frozenset({GroupMember.Function.CHAIR.value, GroupMember.Function.DEPUTY.value})
HAND_CHANNELS = (Channel.PAPER, Channel.TELEPHONE, Channel.COUNTER, Channel.EMAIL)
"""Channels over which a clerk enters what others said (practice.md 5)."""


def require_signed_in(viewer: Viewer) -> UUID:
    """The person; raises NotSignedIn for a visitor."""
    if viewer.person_id is None:
        raise NotSignedIn
    return viewer.person_id


# Groups, stores, meetings


def may_edit_store(viewer: Viewer, function: str) -> bool:
    """Editors, and those who lead the group."""
    return viewer.has(Role.EDITOR, SCOPE) or function in LEADS


def require_may_edit_store(viewer: Viewer, function: str) -> None:
    require_signed_in(viewer)
    if not may_edit_store(viewer, function):
        raise NotAllowed(_("Das können nur die Redaktion und der Vorsitz der Gruppe."))


def may_write_minutes(meeting: Meeting, viewer: Viewer, function: str) -> bool:
    """Whoever is in the group, editors, and the office that answers for it."""
    office = viewer.has(Role.CLERK, SCOPE) or viewer.has(Role.CLERK, f"department:{meeting.group.department}")
    return viewer.is_signed_in and (function != "" or office or viewer.has(Role.EDITOR, SCOPE))


def require_may_write_minutes(meeting: Meeting, viewer: Viewer, function: str) -> None:
    require_signed_in(viewer)
    if not may_write_minutes(meeting, viewer, function):
        raise NotAllowed(_("Das Protokoll schreiben die Mitglieder der Gruppe und die Redaktion."))


def may_finish(task: Task, viewer: Viewer, function: str) -> bool:
    """Whoever has the task, its office, whoever leads; a task of the whole group any member."""
    if not viewer.is_signed_in:
        return False
    own = task.person_id == viewer.person_id
    office = task.department != "" and viewer.has(Role.CLERK, f"department:{task.department}")
    everybody = task.person_id is None and task.department == "" and function != ""
    return own or office or everybody or may_edit_store(viewer, function)


def require_may_finish(task: Task, viewer: Viewer, function: str) -> None:
    require_signed_in(viewer)
    if not may_finish(task, viewer, function):
        raise NotAllowed(_("Das können nur, wer die Aufgabe hat, und der Vorsitz der Gruppe."))


def may_appoint(viewer: Viewer) -> bool:
    """Who may say who leads a group."""
    return viewer.has(Role.EDITOR, SCOPE)


def store_state(store: TopicStore, at: datetime) -> StoreState:
    return workflow.store_state(store.opens_at, store.closes_at, at)


def may_see_store(store: TopicStore, viewer: Viewer, at: datetime, function: str = "") -> bool:
    """Everybody, but for a store in preparation."""
    return store_state(store, at) != StoreState.DRAFT or may_edit_store(viewer, function)


# Projects and their phases: what is open stands in `workflow.phases.TABLE` and nowhere else


def standing_of(viewer: Viewer, *, function: str = "", department: str = "") -> Standing:
    """What the table distinguishes of a viewer; `function` in the group, `department` of the group's office."""
    office = (
        may_edit_store(viewer, function)
        or viewer.has(Role.CLERK, SCOPE)
        or (department != "" and viewer.has(Role.CLERK, f"department:{department}"))
    )
    return Standing(
        signed_in=viewer.is_signed_in,
        verified=viewer.has_anywhere(Role.RESIDENT),
        member=function != "" or viewer.has(Role.MODERATOR, SCOPE),
        office=office,
    )


def deeds(module: Module, standing: Standing, at: datetime) -> frozenset[Deed]:
    """What somebody can do with a part of a project now."""
    return phases.allowed(phases.ModuleKind(module.kind), module.spans(), standing, at)


def store_deeds(store: TopicStore, standing: Standing, at: datetime) -> frozenset[Deed]:
    """As `deeds`, for the part that a topic store is. Reads the store's module and its phases."""
    return phases.allowed(store.module_kind, store.module.spans(), standing, at)


def may_see_project(project: Project, viewer: Viewer, at: datetime, function: str = "") -> bool:
    """Everybody once it is announced; before, editors and those who lead the group."""
    announced = project.announced_at is not None and project.announced_at <= at
    return announced or may_edit_store(viewer, function)


def may_conduct(project: Project, viewer: Viewer, function: str = "") -> bool:
    """Who puts parts of a project to the vote and checks proposals: the office in charge, editors, the group's lead."""
    return viewer.is_signed_in and standing_of(viewer, function=function, department=project.group.department).office


def require_may_conduct(project: Project, viewer: Viewer, function: str = "") -> None:
    require_signed_in(viewer)
    if not may_conduct(project, viewer, function):
        raise NotAllowed(_("Das können das zuständige Amt, die Redaktion und der Vorsitz der Gruppe."))


def may_talk_about(project: Project, at: datetime) -> bool:
    """Whether the project's own thread is open: it has a discussion, and a phase of it runs."""
    if project.announced_at is None or project.announced_at > at:
        return False
    talks = [module for module in project.modules.all() if module.kind == phases.ModuleKind.DISCUSSION]
    return any(Deed.COMMENT in deeds(module, Standing(), at) for module in talks)


def may_condense(store: TopicStore, viewer: Viewer, at: datetime, function: str) -> bool:
    """Whether the viewer may order the ideas into themes now: members of the group, moderators, the office."""
    standing = standing_of(viewer, function=function, department=store.group.department)
    return viewer.is_signed_in and Deed.CONDENSE in store_deeds(store, standing, at)


def require_may_condense(store: TopicStore, viewer: Viewer, at: datetime, function: str) -> None:
    require_signed_in(viewer)
    if not may_condense(store, viewer, at, function):
        raise NotAllowed(_("Ideen ordnen die Mitglieder der Gruppe, die Moderation und die Redaktion."))


# Handing in


def may_enter(viewer: Viewer) -> bool:
    """Who may enter what came on paper, by telephone or at the counter."""
    return viewer.has(Role.EDITOR, SCOPE) or viewer.has(Role.MODERATOR, SCOPE) or viewer.has_anywhere(Role.CLERK)


def received_at(day: date, store: TopicStore, zone: ZoneInfo) -> datetime:
    """The instant that counts for what arrived on a day: its beginning, or the store's own if it opened that day."""
    start = workflow.start_of(day, zone)
    opens = store.opens_at
    return opens if opens is not None and opens > start and opens.astimezone(zone).date() == day else start


def require_may_submit(
    store: TopicStore, actor: Actor, *, received_at: datetime, at: datetime, grace: timedelta = timedelta()
) -> None:
    """Anybody while the store is open. What a clerk enters must have arrived while it was open.

    `grace`: how long after the end a form that was open is still taken; a contest has its own.
    Raises Closed with the date, NotAllowed for who enters by hand without the right to, Invalid for a date to come.
    """
    if actor.channel in HAND_CHANNELS and not may_enter(actor.viewer):
        raise NotAllowed
    if received_at > at:
        raise Invalid(fields={"received_on": _("Dieses Datum liegt in der Zukunft.")})
    state = store_state(store, received_at)
    by_hand = actor.channel in HAND_CHANNELS
    late = timedelta() if by_hand else grace
    spans = store.spans()
    if any(Deed.SUBMIT in phases.open_to(store.module_kind, spans, when) for when in (received_at, received_at - late)):
        return
    if state == StoreState.CLOSED:
        raise Closed(
            _after_the_end(store, actor) if not by_hand else _("An diesem Tag war die Sammlung schon geschlossen.")
        )
    raise Closed(_("Diese Sammlung ist noch nicht geöffnet."))


def _after_the_end(store: TopicStore, actor: Actor) -> str:
    """Too late, in words; a contest names its deadline to the minute."""
    if store.kind != TopicStore.Kind.CONTEST or store.closes_at is None:
        return _("Diese Sammlung ist inzwischen geschlossen. Ihr Text ist noch da, Sie können ihn kopieren.")
    ended = timezone.localtime(store.closes_at)
    zone = contest_words.zone_name(ended, actor.language)
    return _(
        "Die Frist endete am %(day)s um %(hour)s Uhr (%(zone)s). Ihr Text ist noch da, Sie können ihn kopieren."
    ) % {"day": f"{ended:%d.%m.%Y}", "hour": f"{ended:%H:%M}", "zone": zone}


def require_guest_welcome(store: TopicStore, actor: Actor, guest: Mapping[str, Any] | None) -> None:
    """What the store asks of those without an account; what clerks enter is always welcome (practice.md 5).

    Raises NotSignedIn where an account is needed, Invalid where the address has to be confirmed and there is none.
    """
    if guest is None or actor.channel in HAND_CHANNELS or actor.channel in {Channel.SYSTEM, Channel.SEED}:
        return
    if store.guests == TopicStore.Guests.NONE:
        raise NotSignedIn(_("Hier schreibt man mit einem Konto. Bitte melden Sie sich an."))
    if store.guests == TopicStore.Guests.CONFIRMED and not (
        guest.get("contact_kind") == "email" and str(guest.get("email", "")).strip()
    ):
        raise Invalid(fields={"email": _("Bitte geben Sie Ihre E-Mail-Adresse an. Wir senden Ihnen einen Link.")})


# Ideas


def is_author(idea: Idea, viewer: Viewer) -> bool:
    """Whether it is the viewer's own, or one that the viewer entered for somebody."""
    return viewer.person_id is not None and viewer.person_id in {idea.author_id, idea.entered_by_id}


def may_see_idea(idea: Idea, viewer: Viewer, at: datetime) -> bool:
    """Everybody once it is released; before, and after a refusal, its author and the moderators."""
    if idea.is_public:
        return idea.published_at is not None and idea.published_at <= at
    return is_author(idea, viewer) or viewer.has(Role.MODERATOR, SCOPE)


def require_may_see_idea(idea: Idea, viewer: Viewer, at: datetime) -> None:
    """NotFound, so that nobody learns that there is something."""
    if not may_see_idea(idea, viewer, at):
        raise NotFound


def may_comment(idea: Idea, at: datetime) -> bool:
    """On everything public whose phase lets people talk; on an answered idea too, for people do answer an answer."""
    public = idea.is_public and idea.published_at is not None and idea.published_at <= at
    return public and Deed.COMMENT in store_deeds(idea.store, Standing(), at)


def may_support(idea: Idea, store: TopicStore, at: datetime) -> bool:
    """Ideas, until they are answered; answers to a future question are never counted against each other."""
    if not store.counts_support or idea.state not in {State.PUBLISHED, State.IN_REVIEW}:
        return False
    return Deed.SUPPORT in phases.open_to(store.module_kind, store.module.spans(), at)


def require_may_support(idea: Idea, store: TopicStore, viewer: Viewer, at: datetime) -> UUID:
    """The person who supports. Raises NotFound for what is not public, NotSignedIn, or Closed."""
    if not idea.is_public:
        raise NotFound
    person_id = require_signed_in(viewer)
    if store.is_question:
        raise Closed(_("Antworten auf Zukunftsfragen werden gesammelt und gelesen, nicht gezählt."))
    if idea.state not in {State.PUBLISHED, State.IN_REVIEW}:
        raise Closed(_("Zu dieser Idee hat die Stadt schon geantwortet. Unterstützen geht deshalb nicht mehr."))
    if not may_support(idea, store, at):
        raise Closed(_("Unterstützen ist hier zurzeit nicht offen."))
    return person_id


def may_edit_idea(idea: Idea, store: TopicStore, viewer: Viewer, at: datetime) -> bool:
    return (
        is_author(idea, viewer)
        and idea.state in {State.SUBMITTED, State.PUBLISHED}
        and store_state(store, at) == StoreState.OPEN
    )


def require_may_edit_idea(idea: Idea, store: TopicStore, viewer: Viewer, at: datetime) -> None:
    """Raises NotSignedIn, NotFound for what is not one's own, Closed when it is too late."""
    require_signed_in(viewer)
    if not is_author(idea, viewer):
        raise NotFound
    if not may_edit_idea(idea, store, viewer, at):
        raise Closed(_("Ändern geht, solange die Sammlung offen ist und das Amt die Idee noch nicht bearbeitet."))


def may_withdraw(idea: Idea, viewer: Viewer) -> bool:
    return is_author(idea, viewer) and workflow.may_step("withdraw", idea.state)


def require_may_withdraw(idea: Idea, viewer: Viewer) -> None:
    require_signed_in(viewer)
    if not is_author(idea, viewer):
        raise NotFound
    if not may_withdraw(idea, viewer):
        raise Closed(_("Diese Idee lässt sich nicht mehr zurückziehen."))


def require_may_moderate(idea: Idea, viewer: Viewer, *, own_group: bool) -> None:
    """Moderators, but nobody on their own post or one from their own group (practice.md 7)."""
    require_signed_in(viewer)
    if not viewer.has(Role.MODERATOR, SCOPE):
        raise NotAllowed
    if own_group or is_author(idea, viewer):
        raise NotAllowed(_("Über eigene Beiträge und Beiträge der eigenen Gruppe entscheidet jemand anderes."))


def may_answer(idea: Idea, viewer: Viewer) -> bool:
    """Clerks of the office in charge, and clerks of participation for all offices."""
    return viewer.has(Role.CLERK, f"department:{idea.department}") or viewer.has(Role.CLERK, SCOPE)


def may_answer_group(store: TopicStore, viewer: Viewer) -> bool:
    """Who answers groups of needs: clerks of the office that runs the collection, and those for all offices."""
    return viewer.has(Role.CLERK, f"department:{store.group.department}") or viewer.has(Role.CLERK, SCOPE)


def require_may_answer_group(store: TopicStore, viewer: Viewer) -> None:
    require_signed_in(viewer)
    if not may_answer_group(store, viewer):
        raise NotAllowed(_("Antworten gibt das zuständige Amt."))


def departments_of(viewer: Viewer) -> frozenset[str] | None:
    """The offices for which the viewer answers; None for all of them."""
    if viewer.has(Role.CLERK, SCOPE):
        return None
    prefix = "department:"
    return frozenset(
        grant.scope.removeprefix(prefix)
        for grant in viewer.grants
        if grant.role == Role.CLERK and grant.scope.startswith(prefix)
    )


def may_lead(idea: Idea, viewer: Viewer, function: str) -> bool:
    """Who may take an idea up and say what happens next."""
    return may_answer(idea, viewer) or viewer.has(Role.EDITOR, SCOPE) or function in LEADS


def require_may_answer(idea: Idea, viewer: Viewer) -> None:
    require_signed_in(viewer)
    if not may_answer(idea, viewer):
        raise NotAllowed(_("Antworten gibt das zuständige Amt."))


def require_may_lead(idea: Idea, viewer: Viewer, function: str) -> None:
    require_signed_in(viewer)
    if not may_lead(idea, viewer, function):
        raise NotAllowed(_("Das können das zuständige Amt, die Redaktion und der Vorsitz der Gruppe."))


def require_step(verb: str, idea: Idea) -> None:
    """Raises Conflict when the workflow table has no such step from here."""
    if not workflow.may_step(verb, idea.state):
        raise Conflict(_("Inzwischen hat sich der Stand geändert. Bitte laden Sie die Seite neu."))


# Contests


def may_run_contest(viewer: Viewer, store: TopicStore, function: str) -> bool:
    """The office in charge, editors and those who lead the group."""
    return viewer.is_signed_in and standing_of(viewer, function=function, department=store.group.department).office


def require_may_run_contest(viewer: Viewer, store: TopicStore, function: str) -> None:
    require_signed_in(viewer)
    if not may_run_contest(viewer, store, function):
        raise NotAllowed(_("Das können das zuständige Amt, die Redaktion und der Vorsitz der Gruppe."))


def may_name_jury(viewer: Viewer) -> bool:
    return viewer.has(Role.EDITOR, SCOPE)


def require_may_name_jury(viewer: Viewer) -> None:
    require_signed_in(viewer)
    if not may_name_jury(viewer):
        raise NotAllowed(_("Die Jury benennt die Redaktion."))


def may_publish_entries(contest: Contest, store: TopicStore, at: datetime) -> bool:
    """From the end of the deadline and its grace on."""
    closes = store.closes_at
    return closes is not None and closes + timedelta(minutes=contest.grace_minutes) <= at


def require_entries_public(contest: Contest) -> None:
    if contest.published_at is None:
        raise Closed(_("Erst müssen die Beiträge veröffentlicht sein. Das geschieht nach dem Ende der Frist."))


def jury_is_open(store: TopicStore, at: datetime) -> bool:
    """Whether a phase runs in which the jury scores."""
    return Deed.SCORE in store_deeds(store, Standing(jury=True), at)


def require_jury_open(store: TopicStore, at: datetime) -> None:
    if not jury_is_open(store, at):
        raise Closed(_("Die Jury bewertet zurzeit nicht."))


def may_place(viewer: Viewer, store: TopicStore, at: datetime, function: str) -> bool:
    """Who may record the placing, in a phase in which it is decided."""
    standing = standing_of(viewer, function=function, department=store.group.department)
    return viewer.is_signed_in and Deed.DECIDE in store_deeds(store, standing, at)


def require_may_place(viewer: Viewer, store: TopicStore, at: datetime, function: str) -> None:
    require_may_run_contest(viewer, store, function)
    if not may_place(viewer, store, at, function):
        raise Closed(_("Die Plätze werden in der Phase „Entscheiden“ festgehalten. Sie läuft zurzeit nicht."))


def jury_is_public(store: TopicStore, at: datetime) -> bool:
    """Whether everybody may read what the jury scored: its phase is over, and no vote runs or is still to come."""
    spans = store.module.spans()
    judged = [span for span in spans if span.kind == phases.PhaseKind.JUDGE]
    votes = [span for span in spans if span.kind == phases.PhaseKind.VOTE]
    ended = all(span.ends_at is not None and span.ends_at <= at for span in [*judged, *votes])
    return bool(judged) and ended
