"""How decisions and tasks of groups appear in the public index."""

from collections.abc import Iterable
from uuid import UUID

from allmende.capabilities.participation import queries
from allmende.capabilities.participation.index import office
from allmende.capabilities.participation.models import Certificate, Decision, Task
from allmende.core.manifest import EntryData


def decision_entry(decision_id: UUID) -> EntryData | None:
    """A decision of a group as a station: public from the moment its minutes are; one that was corrected is hidden."""
    found = queries.decision(decision_id)
    if found is None:
        return None
    meeting = found.meeting
    language = meeting.minutes.language
    return EntryData(
        ref=found.ref,
        titles={language: found.text},
        summaries=dict(meeting.group.names),
        url=f"/mitmachen/termine/{meeting.number}/protokoll/#beschluss-{found.pk}",
        state="decided",
        state_labels={"de": "beschlossen", "en": "decided"},
        happened_at=found.made_at,
        visibility="public" if found.withdrawn_at is None else "hidden",
        office=office(meeting.group.department),
        language=language,
        within=str(meeting.ref),
    )


def decision_ids() -> Iterable[UUID]:
    return Decision.objects.order_by("id").values_list("pk", flat=True).iterator()


def decision_url(decision_id: UUID) -> str | None:
    found = queries.decision(decision_id)
    return None if found is None else f"/mitmachen/termine/{found.meeting.number}/protokoll/#beschluss-{found.pk}"


def task_entry(task_id: UUID) -> EntryData | None:
    """Has an address of its own; one finds it on its group's list and not by searching."""
    found = queries.task(task_id)
    if found is None:
        return None
    return EntryData(
        ref=found.ref,
        titles={found.language: found.text},
        summaries={},
        url=f"/mitmachen/aufgaben/{found.number}/",
        state="task",
        state_labels={"de": "Aufgabe", "en": "task"},
        happened_at=found.created_at,
        visibility="hidden",
        language=found.language,
        within=str(found.group.ref),
    )


def task_ids() -> Iterable[UUID]:
    return Task.objects.order_by("id").values_list("pk", flat=True).iterator()


def task_url(task_id: UUID) -> str | None:
    number = Task.objects.filter(pk=task_id).values_list("number", flat=True).first()
    return None if number is None else f"/mitmachen/aufgaben/{number}/"


def certificate_entry(certificate_id: UUID) -> EntryData | None:
    """Known to its person and to who gives it: nobody finds it."""
    found = queries.certificate(certificate_id)
    if found is None:
        return None
    return EntryData(
        ref=found.ref,
        titles={"de": f"Bescheinigung {found.number}", "en": f"Certificate {found.number}"},
        summaries={},
        url="/mitmachen/meine/mitarbeit/",
        state="certificate",
        state_labels={"de": "Bescheinigung", "en": "certificate"},
        happened_at=found.requested_at,
        visibility="hidden",
    )


def certificate_ids() -> Iterable[UUID]:
    return Certificate.objects.order_by("id").values_list("pk", flat=True).iterator()


def certificate_url(certificate_id: UUID) -> str | None:
    """Where it waits for who gives it; once decided, where its person keeps it."""
    found = queries.certificate(certificate_id)
    if found is None:
        return None
    return f"/mitmachen/bescheinigungen/{found.number}/" if found.is_open else "/mitmachen/meine/mitarbeit/"
