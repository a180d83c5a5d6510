"""What the council says of itself."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.council import index, seeds
from allmende.capabilities.council.actions.personal_data import PERSONAL_DATA
from allmende.capabilities.council.events import DocumentAttached, DraftSubmitted, FileRead, RecordsTakenIn
from allmende.capabilities.council.handlers import indexing, notices, parts, printing, reading, reminders, signing
from allmende.capabilities.council.models import (
    AgendaItem,
    Body,
    Draft,
    File,
    Invitation,
    Meeting,
    Minutes,
    Organization,
    Paper,
    Person,
    Task,
)
from allmende.capabilities.council.queries import drafts
from allmende.capabilities.council.queries.parts import may_see_part
from allmende.capabilities.council.queries.things import Gate, may_see_task
from allmende.capabilities.council.rules.oparl import LICENCE
from allmende.core.actor import Role
from allmende.core.manifest import (
    EVERYONE,
    Handler,
    IndexKind,
    Manifest,
    MapLayer,
    MenuItem,
    Page,
    Persona,
    SettingSpec,
)


def _first(model: Any, **conditions: Any) -> Callable[[], Mapping[str, Any] | None]:
    """Arguments of the first public row that fits, looked up when a test asks."""

    def kwargs() -> Mapping[str, Any] | None:
        found = model.objects.public().filter(**conditions).order_by("created", "id")
        number = found.values_list("number", flat=True).first()
        return None if number is None else {"number": number}

    return kwargs


_meeting = _first(Meeting, items__result__gt="")
_paper = _first(Paper, reference__contains="014")
_organization = _first(Organization, organization_type="Gremium")

OFFICE = frozenset({Persona.CLERK})
"""The council's office: the clerk of the generic tests and of the demonstration sits in it."""
NOBODY: frozenset[Persona] = frozenset()
"""An address that only says that there is nothing."""


def _voted() -> Mapping[str, Any] | None:
    """A point of a meeting that has a result."""
    rows = AgendaItem.objects.public().exclude(result="").order_by("created", "id")
    found = rows.values_list("meeting__number", "pk").first()
    return None if found is None else {"number": found[0], "item": found[1]}


def _minutes() -> Mapping[str, Any] | None:
    """Minutes that everybody may read."""
    rows = Minutes.objects.exclude(released_at=None).order_by("changed_at")
    number = rows.values_list("meeting__number", flat=True).first()
    return None if number is None else {"number": number}


def _minutes_file() -> Mapping[str, Any] | None:
    found = _minutes()
    return None if found is None else {**found, "form": "pdf"}


def _task() -> Mapping[str, Any] | None:
    """One that has been reported on."""
    number = Task.objects.exclude(reports=None).order_by("number").values_list("number", flat=True).first()
    return None if number is None else {"number": number}


def _draft() -> Mapping[str, Any] | None:
    """One that waits to be brought in."""
    number = Draft.objects.filter(state="signed").order_by("number").values_list("number", flat=True).first()
    return None if number is None else {"number": number}


def _draft_step() -> Mapping[str, Any] | None:
    """The office sends it back, with a reason."""
    found = _draft()
    return None if found is None else {**found, "verb": "return"}


def _preparing() -> Mapping[str, Any] | None:
    """A meeting that is not public yet."""
    rows = Meeting.objects.filter(public=False, deleted=False, source_url=None, items__isnull=False)
    number = rows.order_by("created").values_list("number", flat=True).first()
    return None if number is None else {"number": number}


def _point() -> Mapping[str, Any] | None:
    """A point of that agenda."""
    found = _preparing()
    rows = AgendaItem.objects.filter(meeting__number=found["number"], deleted=False) if found else None
    return None if found is None or rows is None else {**found, "item": rows.order_by("place")[0].pk}


def _invitation() -> Mapping[str, Any] | None:
    number = Invitation.objects.order_by("number").values_list("number", flat=True).first()
    return None if number is None else {"number": number}


def _invitation_paper() -> Mapping[str, Any] | None:
    """A paper that was brought in here and stands in that invitation."""
    found = _invitation()
    named = Invitation.objects.get(number=found["number"]).agenda["items"] if found else []
    rows = Draft.objects.filter(paper__number__in=[item["paper"] for item in named if item["paper"]])
    paper = rows.values_list("paper__number", flat=True).first()
    return None if found is None or paper is None else {**found, "paper": paper}


def _key(model: Any, **conditions: Any) -> UUID | None:
    found: UUID | None = model.objects.public().filter(**conditions).values_list("pk", flat=True).first()
    return found


def _object() -> Mapping[str, Any] | None:
    key = _key(Paper)
    return None if key is None else {"kind": "paper", "key": key}


def _list() -> Mapping[str, Any] | None:
    key = _key(Body)
    return None if key is None else {"kind": "body", "key": key, "name": "paper"}


def _registered() -> Mapping[str, Any] | None:
    """Somebody in the register."""
    key = _key(Person, source_url=None)
    return None if key is None else {"kind": "person", "key": key}


def _file() -> Mapping[str, Any] | None:
    key = _key(File, mime_type="application/pdf")
    return None if key is None else {"key": key}


manifest = Manifest(
    name="council",
    label=_("Stadtrat"),
    summary=_("Sitzungen, Vorlagen und Beschlüsse des Stadtrats, in einfachen Worten und als offene Daten."),
    followed=_("Vorlagen, Sitzungen und Gremien"),
    urls="allmende.capabilities.council.urls",
    prefix="stadtrat/",
    plain_urls="allmende.capabilities.council.urls.oparl",
    menu=(
        MenuItem(_("Stadtrat"), "council:council", order=45, group=_("Entscheidungen")),
        MenuItem(
            _("Ratsinformation spiegeln"),
            "council:mirrors",
            order=80,
            staff=True,
            roles=frozenset({Role.COUNCIL_OFFICE}),
            summary=_("Sitzungen und Vorlagen aus dem Ratsinformationssystem der Stadt übernehmen."),
        ),
        MenuItem(
            _("Gremien und Mitglieder"),
            "council:register",
            order=46,
            staff=True,
            roles=frozenset({Role.COUNCIL_OFFICE}),
            summary=_("Eintragen, wer wo sitzt und seit wann: Gremien, Personen, Wahlperioden, Orte."),
        ),
        MenuItem(
            _("Sitzungen vorbereiten"),
            "council:meetings_office",
            order=43,
            staff=True,
            roles=frozenset({Role.COUNCIL_OFFICE}),
            summary=_("Termin festlegen, Tagesordnung ordnen, Mitglieder einladen."),
        ),
        MenuItem(
            _("Beschlussvorlagen"),
            "council:drafts",
            order=42,
            staff=True,
            roles=frozenset({Role.COUNCIL_OFFICE, Role.CLERK}),
            summary=_("Vorlagen für den Stadtrat schreiben, mitzeichnen und einbringen."),
            badge=drafts.waiting_for,
        ),
        MenuItem(
            _("Beschlusskontrolle"),
            "council:tasks",
            order=44,
            staff=True,
            roles=frozenset({Role.COUNCIL_OFFICE, Role.CLERK}),
            summary=_("Wer nach einem Beschluss was bis wann tut, und was überfällig ist."),
        ),
    ),
    pages=(
        Page("council:council", EVERYONE, cached=True),
        Page("council:meetings", EVERYONE, cached=True, cache_query=frozenset({"before"})),
        Page("council:meeting", EVERYONE, _meeting, cached=True),
        Page("council:papers", EVERYONE, cached=True, cache_query=frozenset({"before", "art"})),
        Page("council:paper", EVERYONE, _paper, cached=True),
        Page("council:outcomes", EVERYONE, cached=True, cache_query=frozenset({"before", "stand"})),
        Page("council:explain", OFFICE, _paper),
        Page("council:parts", OFFICE, _paper),
        Page("council:decide", OFFICE, _paper),
        Page("council:mirrors", OFFICE),
        Page("council:vote", OFFICE, _voted),
        Page("council:assign", OFFICE, _voted),
        Page("council:attendance", OFFICE, _meeting),
        Page("council:minutes", EVERYONE, _minutes),
        Page("council:minutes_file", EVERYONE, _minutes_file, axe=False),
        Page("council:minutes_edit", OFFICE, _minutes),
        Page("council:minutes_closed", OFFICE, _minutes, axe=False),
        Page("council:meetings_office", OFFICE),
        Page("council:meeting_new", OFFICE),
        Page("council:meeting_edit", OFFICE, _preparing),
        Page("council:agenda", OFFICE, _preparing),
        Page("council:agenda_item", OFFICE, _point),
        Page("council:announce", OFFICE, _preparing),
        Page("council:invite", OFFICE, _preparing),
        Page("council:invitation", OFFICE, _invitation),
        Page("council:invitation_file", OFFICE, _invitation, axe=False),
        Page("council:invitation_paper", OFFICE, _invitation_paper, axe=False),
        Page("council:standing_orders", OFFICE),
        Page("council:register", OFFICE),
        Page("council:register_new", OFFICE, lambda: {"kind": "membership"}),
        Page("council:register_edit", OFFICE, _registered),
        Page("council:register_remove", OFFICE, _registered),
        Page("council:drafts", OFFICE),
        Page("council:draft_new", OFFICE),
        Page("council:draft", OFFICE, _draft),
        Page("council:draft_edit", OFFICE, _draft),
        Page("council:draft_file", OFFICE, _draft, axe=False),
        Page("council:draft_step", OFFICE, _draft_step),
        Page("council:tasks", OFFICE),
        Page("council:task", OFFICE, _task),
        Page("council:task_change", OFFICE, _task),
        Page("council:organization", EVERYONE, _organization, cached=True),
        Page("council:person", EVERYONE, _first(Person), cached=True),
        Page("council:calendar", EVERYONE, axe=False),
        Page("council:meeting_calendar", EVERYONE, _meeting, axe=False),
        Page("council:organization_calendar", EVERYONE, _organization, axe=False),
        Page("council:papers_feed", EVERYONE, axe=False),
        Page("council_oparl:system", EVERYONE, axe=False),
        Page("council_oparl:bodies", EVERYONE, axe=False),
        Page("council_oparl:single", EVERYONE, _object, axe=False),
        Page("council_oparl:listed", EVERYONE, _list, axe=False),
        Page("council_oparl:content", EVERYONE, _file, axe=False),
        Page("council_oparl:missing", NOBODY, lambda: {"rest": "2.0/system"}, axe=False),
    ),
    index=(
        IndexKind(
            "meeting",
            _("Sitzung"),
            _("Sitzungen"),
            index.MEETINGS.entry,
            index.MEETINGS.ids,
            index.MEETINGS.url,
            article=_("Eine Sitzung"),
            entries=index.MEETINGS.entries,
        ),
        IndexKind(
            "paper",
            _("Vorlage"),
            _("Vorlagen"),
            index.PAPERS.entry,
            index.PAPERS.ids,
            index.PAPERS.url,
            article=_("Eine Vorlage"),
            entries=index.PAPERS.entries,
        ),
        IndexKind(
            "organization",
            _("Gremium"),
            _("Gremien"),
            index.ORGANIZATIONS.entry,
            index.ORGANIZATIONS.ids,
            index.ORGANIZATIONS.url,
            article=_("Ein Gremium"),
            entries=index.ORGANIZATIONS.entries,
        ),
        IndexKind(
            "person",
            _("Mitglied des Stadtrats"),
            _("Mitglieder des Stadtrats"),
            index.PEOPLE.entry,
            index.PEOPLE.ids,
            index.PEOPLE.url,
            article=_("Ein Mitglied des Stadtrats"),
            entries=index.PEOPLE.entries,
        ),
        IndexKind(
            "task", _("Aufgabe"), _("Aufgaben"), index.task_entry, index.task_ids, index.task_url, brought_in=False
        ),
        IndexKind(
            "part",
            _("Teil einer Vorlage"),
            _("Teile von Vorlagen"),
            index.parts.entry,
            index.parts.all_ids,
            index.parts.url,
            article=_("Ein Teil einer Vorlage"),
            entries=index.parts.entries,
            brought_in=False,
        ),
        IndexKind(
            "draft",
            _("Entwurf einer Vorlage"),
            _("Entwürfe von Vorlagen"),
            lambda _key: None,
            lambda: (),
            drafts.url,
            brought_in=False,
            listed=False,
        ),
    ),
    handlers=(
        Handler("council.index_batch", frozenset({RecordsTakenIn.name}), indexing.index_batch, queue="bulk"),
        Handler("council.read_document", frozenset({DocumentAttached.name}), reading.read_document, queue="bulk"),
        Handler("council.index_file", frozenset({FileRead.name}), indexing.index_file, queue="bulk"),
        Handler("council.print_paper", frozenset({DraftSubmitted.name}), printing.print_paper, queue="media"),
        Handler("council.follow_parts", parts.EVENTS, parts.follow, queue="bulk"),
    ),
    layers=(
        MapLayer("vorlagen", _("Vorlagen im Stadtrat"), ("paper",), mark="■", colour="info", order=50, shown=False),
    ),
    notices=(*notices.RULES, *reminders.RULES, *signing.RULES),
    personal_data=PERSONAL_DATA,
    settings=(
        SettingSpec(
            "council.license",
            _("Lizenz der Ratsdaten"),
            LICENCE,
            hint=_("Adresse der Lizenz, unter der Programme die Daten des Stadtrats verwenden dürfen."),
        ),
    ),
    seed=seeds.seed,
    seed_order=160,  # after the pilots, which parts of papers decide on
    gates={
        "meeting": Gate(Meeting),
        "paper": Gate(Paper),
        "organization": Gate(Organization),
        "person": Gate(Person),
        "file": Gate(File),
        "task": may_see_task,
        "draft": drafts.may_see,
        "part": may_see_part,
    },
)
