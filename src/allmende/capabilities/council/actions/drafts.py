"""Writing a resolution paper, having it signed, bringing it in.

Every action locks the draft first: of two who sign, refuse or write at the same instant one is told that the other was
quicker (`version`), and nobody's signature stands under a text that they have not read.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.actions.records import kept, wait_for_others, write_all
from allmende.capabilities.council.models import Draft, DraftStation, Organization, Paper, Signature
from allmende.capabilities.council.queries import drafts as queries
from allmende.capabilities.council.rules import drafts
from allmende.capabilities.council.rules.drafts import DECIDES, OFFICE, DraftData
from allmende.capabilities.council.rules.records import Record
from allmende.capabilities.council.workflow import DRAFT_STEPS, EDITABLE, DraftState, SignatureState
from allmende.core import audit, city
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.events import publish
from allmende.core.ids import uuid7

SPOKEN = "de"
"""The language in which a council's papers are."""
TEXTS = ("title", "resolution", "reasons", "costs", "department", "is_public", "in_order")


def _locked(number: int) -> Draft:
    """Raises NotFound."""
    try:
        return lock(Draft.objects.all(), number=number)
    except Draft.DoesNotExist:
        raise NotFound from None


def _check(data: DraftData) -> None:
    deal = {one.pk for one in queries.bodies_that_deal()}
    if wrong := drafts.faults(data, city.current().departments, deal):
        raise Invalid(fields=wrong)


def _write(draft: Draft, data: DraftData, at: datetime) -> None:
    for name in TEXTS:
        value = getattr(data, name)
        setattr(draft, name, value.strip() if isinstance(value, str) else value)
    draft.changed_at = at
    draft.save()
    draft.stations.all().delete()
    DraftStation.objects.bulk_create(
        DraftStation(draft=draft, place=place, organization_id=one.organization, role=one.role)
        for place, one in enumerate(data.stations, 1)
    )
    draft.signatures.all().delete()
    Signature.objects.bulk_create(
        Signature(draft=draft, place=place, department=slug) for place, slug in enumerate(data.signers, 1)
    )


@action
def begin_draft(*, actor: Actor, data: DraftData, at: datetime, is_example: bool = False) -> Draft:
    """A new paper, seen by its department and the council's office. Raises Invalid."""
    drafts.require_may_write(actor, data.department)
    _check(data)
    draft = Draft(created_at=at, is_example=is_example)
    _write(draft, data, at)
    audit.record(actor, "council.begin_draft", draft.ref, fields=[*TEXTS, "signatures", "stations"])
    publish(actor, events.DraftChanged(ref=draft.ref))
    return draft


@action
def change_draft(*, actor: Actor, number: int, version: int, data: DraftData, at: datetime) -> Draft:
    """Another text, way or list of those who sign. Signatures are taken back: they were given to another text.

    Raises NotFound, Conflict, Invalid.
    """
    draft = _locked(number)
    drafts.require_may_write(actor, draft.department)
    drafts.require_may_write(actor, data.department)
    if DraftState(draft.state) not in EDITABLE:
        raise Conflict(_("Die Vorlage ist schon eingebracht oder zurückgezogen. Ihr Text bleibt, wie er ist."))
    drafts.require_version(version, draft.version)
    _check(data)
    before = queries.data_of(draft)
    changed = [name for name in (*TEXTS, "signers", "stations") if getattr(before, name) != getattr(data, name)]
    if changed:
        draft.version += 1
        if draft.state != DraftState.RETURNED:  # what was sent back goes on saying why until it is sent on
            draft.state = DraftState.DRAFT
        _write(draft, data, at)
    audit.record(actor, "council.change_draft", draft.ref, fields=changed)
    if changed:
        publish(actor, events.DraftChanged(ref=draft.ref))
    return draft


@action
def send_draft(*, actor: Actor, number: int, version: int, at: datetime) -> Draft:
    """Asks the departments to sign; where none is named the paper can be brought in. Raises Conflict, Invalid."""
    draft = _locked(number)
    drafts.require_may_write(actor, draft.department)
    drafts.require_step("send", draft.state)
    drafts.require_version(version, draft.version)
    roles = list(draft.stations.values_list("role", flat=True))
    if missing := drafts.unfinished(draft.resolution, draft.reasons, roles):
        raise Invalid(missing)
    draft.signatures.update(state=SignatureState.ASKED, version=None, at=None, remark="")
    draft.state = DraftState.SIGNING if draft.signatures.exists() else DraftState.SIGNED
    draft.returned_by = draft.returned_because = ""
    draft.changed_at = at
    draft.save()
    audit.record(actor, "council.send_draft", draft.ref, fields=["signatures", "state"])
    publish(actor, events.DraftSent(ref=draft.ref, asked=",".join(_turn(draft))))
    return draft


def _turn(draft: Draft) -> Sequence[str]:
    """Whose turn it is to sign."""
    waiting = draft.signatures.filter(state=SignatureState.ASKED).order_by("place")
    return drafts.turn(list(waiting.values_list("department", flat=True)), in_order=draft.in_order)


def _my_signature(draft: Draft, department: str) -> Signature:
    """The one that the department is asked for now. Raises Conflict."""
    waiting = list(draft.signatures.filter(state=SignatureState.ASKED).order_by("place"))
    turn = drafts.turn([row.department for row in waiting], in_order=draft.in_order)
    found = next((row for row in waiting if row.department == department and department in turn), None)
    if found is None:
        raise Conflict(_("Ihr Amt ist gerade nicht an der Reihe, oder es hat schon mitgezeichnet."))
    return found


@action
def sign_draft(*, actor: Actor, number: int, department: str, version: int, remark: str = "", at: datetime) -> Draft:
    """A department signs what it has read, with a remark or without. Raises NotFound, NotAllowed, Conflict."""
    drafts.require_may_sign(actor, department)
    draft = _locked(number)
    drafts.require_step("sign", draft.state)
    drafts.require_version(version, draft.version)
    signature = _my_signature(draft, department)
    signature.state, signature.version, signature.at = SignatureState.SIGNED, draft.version, at
    signature.remark = remark.strip()
    signature.save()
    if not draft.signatures.filter(state=SignatureState.ASKED).exists():
        draft.state = DRAFT_STEPS["sign"].target
    draft.changed_at = at
    draft.save()
    audit.record(actor, "council.sign_draft", draft.ref, fields=["signatures", "state"])
    publish(actor, events.DraftSigned(ref=draft.ref, asked=",".join(_turn(draft)) if draft.in_order else ""))
    return draft


@action
def refuse_draft(*, actor: Actor, number: int, department: str, version: int, reason: str, at: datetime) -> Draft:
    """A department does not sign and says why: the draft goes back. Raises NotFound, NotAllowed, Conflict, Invalid."""
    drafts.require_may_sign(actor, department)
    draft = _locked(number)
    drafts.require_step("refuse", draft.state)
    drafts.require_version(version, draft.version)
    if not reason.strip():
        raise Invalid(fields={"reason": _("Bitte schreiben Sie, warum.")})
    signature = _my_signature(draft, department)
    signature.state, signature.version, signature.at = SignatureState.REFUSED, draft.version, at
    signature.remark = reason.strip()
    signature.save()
    _give_back(draft, department, reason, at)
    audit.record(actor, "council.refuse_draft", draft.ref, fields=["signatures", "state"])
    publish(actor, events.DraftReturned(ref=draft.ref))
    return draft


@action
def return_draft(*, actor: Actor, number: int, version: int, reason: str, at: datetime) -> Draft:
    """The council's office sends it back and says what is missing. Raises NotFound, Conflict, Invalid."""
    rules.require_may_keep(actor)
    draft = _locked(number)
    drafts.require_step("return", draft.state)
    drafts.require_version(version, draft.version)
    if not reason.strip():
        raise Invalid(fields={"reason": _("Bitte schreiben Sie, warum.")})
    _give_back(draft, OFFICE, reason, at)
    audit.record(actor, "council.return_draft", draft.ref, fields=["state"])
    publish(actor, events.DraftReturned(ref=draft.ref))
    return draft


def _give_back(draft: Draft, by: str, reason: str, at: datetime) -> None:
    draft.state = DraftState.RETURNED
    draft.returned_by, draft.returned_because, draft.changed_at = by, reason.strip(), at
    draft.save()


@action
def withdraw_draft(*, actor: Actor, number: int, version: int, at: datetime) -> Draft:
    """The department does not go on with it. Raises NotFound, Conflict."""
    draft = _locked(number)
    drafts.require_may_write(actor, draft.department)
    drafts.require_step("withdraw", draft.state)
    drafts.require_version(version, draft.version)
    draft.state, draft.changed_at = DRAFT_STEPS["withdraw"].target, at
    draft.save()
    audit.record(actor, "council.withdraw_draft", draft.ref, fields=["state"])
    publish(actor, events.DraftChanged(ref=draft.ref))
    return draft


@action
def submit_draft(*, actor: Actor, number: int, version: int, at: datetime, quiet: bool = False) -> Draft:
    """Brings the paper in: it gets its number and its way through the organisations, and stands before the council.

    Raises NotFound, Conflict.
    """
    rules.require_may_keep(actor)
    draft = _locked(number)
    drafts.require_step("submit", draft.state)
    drafts.require_version(version, draft.version)
    stations = list(draft.stations.select_related("organization__body").order_by("place"))
    wait_for_others()  # of two papers that are brought in at the same instant each gets its own number
    with translation.override(SPOKEN):
        key, records = _records(draft, stations, at)
    writing = write_all(records, is_example=draft.is_example)
    batch = kept(writing, at, "")
    draft.paper = Paper.objects.get(pk=key)
    draft.state, draft.changed_at = DRAFT_STEPS["submit"].target, at
    draft.save()
    audit.record(actor, "council.submit_draft", draft.ref, fields=["paper", "state"])
    publish(actor, events.RecordsTakenIn(ref=batch.ref))
    publish(actor, events.DraftSubmitted(ref=draft.ref))
    if not quiet:
        for event in writing.news(at):
            publish(actor, event)
    return draft


def _records(draft: Draft, stations: Collection[DraftStation], at: datetime) -> tuple[str, list[Record]]:
    """The paper with all that belongs to it, in the form in which papers come in; and its key."""
    today = timezone.localtime(at).date()
    body = next(iter(stations)).organization.body
    department = city.current().department(draft.department)
    name = department.name(SPOKEN) if department else draft.department
    by, found = _originator(queries.office_of(body, name), name, str(body.pk), is_public=draft.is_public)
    key, links = str(uuid7()), {"body": str(body.pk)}
    reference = queries.next_reference(today.year, is_public=draft.is_public)
    fields = {"name": draft.title, "reference": reference, "paper_type": _("Beschlussvorlage"), "date": today}
    many = {"originator_organizations": by, "under_direction_of": by}
    found.append(Record("paper", key, fields, links, many, public=draft.is_public))
    keys = sorted(str(uuid7()) for _one in stations)  # of one instant: stations are told in the order of their keys
    for one, station in zip(stations, keys, strict=True):
        way = {"role": one.role, "authoritative": one.role == DECIDES}
        who = {"organizations": (str(one.organization_id),)}
        found.append(Record("consultation", station, way, {"paper": key}, who, public=draft.is_public))
    document = {
        "name": f"{_('Beschlussvorlage')} {reference}",
        "file_name": f"beschlussvorlage-{reference.replace('/', '-').replace(' ', '').lower()}.pdf",
        "role": "main",
        "text": queries.text_of(draft),
        "date": today,
    }
    found.append(Record("file", str(uuid7()), document, {"paper": key, **links}, public=draft.is_public))
    return key, found


def _originator(
    known: Organization | None, name: str, body: str, *, is_public: bool
) -> tuple[tuple[str, ...], list[Record]]:
    """The department among the council's organisations; a new one where it has never brought anything in.

    None where that would tell of a paper behind closed doors.
    """
    if known is not None or not is_public:
        return (str(known.pk),) if known is not None else (), []
    key = str(uuid7())
    fields = {"name": name, "organization_type": "Verwaltungsbereich"}
    return (key,), [Record("organization", key, fields, {"body": body})]
