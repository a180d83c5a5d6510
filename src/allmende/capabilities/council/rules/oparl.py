"""Rows as OParl 1.1 says them (https://oparl.org/spezifikation/): pure, from rows that were read with all they need.

Empty values are left out; instants carry an offset and no fractions; what is embedded does not name what embeds it.
Vote, tasks, parts, plain words and origin are ours and carry the prefix `allmende:`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from allmende.capabilities.council.models import (
    OPARL,
    ROOT,
    AgendaItem,
    Body,
    Consultation,
    File,
    LegislativeTerm,
    Location,
    Meeting,
    Membership,
    Organization,
    Paper,
    Part,
    Person,
    Task,
    Thing,
    Vote,
)
from allmende.core import city

type Json = dict[str, Any]
LICENCE = "https://www.govdata.de/dl-de/by-2-0"
"""Unless the city decides otherwise: Datenlizenz Deutschland, attribution, version 2.0."""
INTERNAL = frozenset(
    (
        *("legislativeTerm", "membership", "agendaItem", "consultation", "auxiliaryFile"),
        *("location", "invitation", "resultsProtocol", "verbatimProtocol", "mainFile", "resolutionFile"),
    )
)
"""What `omit_internal` leaves out of a list where it holds objects; addresses stay."""
LISTS: Mapping[str, type[Thing]] = {
    "organization": Organization,
    "person": Person,
    "meeting": Meeting,
    "paper": Paper,
    "agendaItem": AgendaItem,
    "consultation": Consultation,
    "file": File,
    "locationList": Location,
    "legislativeTermList": LegislativeTerm,
    "membership": Membership,
}
"""Lists of a body, under their names in OParl."""


def instant(value: datetime | None) -> str | None:
    """`yyyy-mm-ddThh:mm:ss±hh:mm` in the city's time."""
    zone = timezone.get_default_timezone()
    return None if value is None else value.astimezone(zone).isoformat(timespec="seconds")


def day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def address(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def ids(model: type[Thing], keys: Iterable[UUID]) -> list[str]:
    """The addresses of things of one type."""
    return [address(f"{ROOT}{model.kind}/{key}") for key in keys]


def _clean(values: Json) -> Json:
    """Without what is null or empty (section 2.2.4); `false` and 0 say something."""
    return {key: value for key, value in values.items() if value or value == 0}


def _frame(row: Thing, values: Json, page: str = "") -> Json:
    """What every object has, around what it has of its own."""
    return {
        "id": row.oparl_id,
        "type": f"{OPARL}{row.oparl}",
        **_clean(values),
        **_clean(
            {
                "license": row.license,
                "keyword": row.keyword,
                "web": address(page) if page else row.web,
                "allmende:source": row.source_url,
                "allmende:example": True if row.is_example else None,
            }
        ),
        "created": instant(row.created),
        "modified": instant(row.modified),
    }


def tombstone(row: Thing) -> Json:
    """All that is told of what is gone (section 2.9)."""
    return {
        "id": row.oparl_id,
        "type": f"{OPARL}{row.oparl}",
        "created": instant(row.created),
        "modified": instant(row.modified),
        "deleted": True,
    }


def location(row: Location) -> Json:
    point = None
    if row.longitude is not None and row.latitude is not None:
        geometry = {"type": "Point", "coordinates": [row.longitude, row.latitude]}
        point = {"type": "Feature", "geometry": geometry, "properties": _clean({"name": row.description})}
    return _frame(
        row,
        {
            "description": row.description,
            "room": row.room,
            "streetAddress": row.street_address,
            "postalCode": row.postal_code,
            "locality": row.locality,
            "subLocality": row.sub_locality,
            "geojson": point,
        },
    )


def term(row: LegislativeTerm, *, alone: bool = True) -> Json:
    values = {"name": row.name, "startDate": day(row.start_date), "endDate": day(row.end_date)}
    return _frame(row, {**values, **({"body": row.body.oparl_id} if alone else {})})


def body(row: Body) -> Json:
    """With the addresses of its lists; `seen_terms` and `seen_location` are read before."""
    values = {
        "system": address(f"{ROOT}system"),
        "name": row.name,
        "shortName": row.short_name,
        "website": row.website,
        "ags": row.ags,
        "contactName": row.contact_name,
        "contactEmail": row.contact_email,
        "classification": row.classification,
        "location": _embedded(row.location, location),
        **{name: address(f"{row.oparl_path}/{name}") for name in LISTS},
    }
    made = _frame(row, values, "/stadtrat/" if row.is_ours else "")
    made["legislativeTerm"] = [term(one, alone=False) for one in row.seen_terms]  # type: ignore[attr-defined]
    return made


def _embedded(row: Location | None, build: Callable[[Location], Json]) -> Json | None:
    return build(row) if row is not None and row.public and not row.deleted else None


def organization(row: Organization) -> Json:
    above = row.sub_organization_of
    return _frame(
        row,
        {
            "body": row.body.oparl_id,
            "name": row.name,
            "shortName": row.short_name,
            "organizationType": row.organization_type,
            "classification": row.classification,
            "startDate": day(row.start_date),
            "endDate": day(row.end_date),
            "website": row.website,
            "post": row.post,
            "subOrganizationOf": above.oparl_id if above is not None and above.public and not above.deleted else None,
            "location": _embedded(row.location, location),
            "membership": [one.oparl_id for one in row.seen_memberships],  # type: ignore[attr-defined]
            "meeting": address(f"{row.oparl_path}/meeting"),
            "consultation": address(f"{row.oparl_path}/consultation"),
            "allmende:plain": row.plain,
        },
        row.path,
    )


def membership(row: Membership, *, alone: bool = True) -> Json:
    sent_by = row.on_behalf_of
    return _frame(
        row,
        {
            "person": row.person.oparl_id if alone else None,
            "organization": row.organization.oparl_id,
            "role": row.role,
            "votingRight": row.voting_right,
            "startDate": day(row.start_date),
            "endDate": day(row.end_date),
            "onBehalfOf": sent_by.oparl_id if sent_by is not None and sent_by.public and not sent_by.deleted else None,
        },
    )


def person(row: Person) -> Json:
    return _frame(
        row,
        {
            "body": row.body.oparl_id,
            "name": row.name,
            "familyName": row.family_name,
            "givenName": row.given_name,
            "formOfAddress": row.form_of_address,
            "affix": row.affix,
            "title": row.title,
            "status": row.status,
            "membership": [membership(one, alone=False) for one in row.seen_memberships],  # type: ignore[attr-defined]
        },
        row.path,
    )


def file(row: File, *, alone: bool = True) -> Json:
    """Ours is read at an address of ours that ends with it; a mirrored one where the other system keeps it."""
    owners = {"paper": row.paper_id, "meeting": row.meeting_id, "agendaItem": row.agenda_item_id}
    kinds = {"paper": "paper", "meeting": "meeting", "agendaItem": "agenda_item"}
    held = {name: [address(f"{ROOT}{kinds[name]}/{key}")] for name, key in owners.items() if key is not None}
    return _frame(
        row,
        {
            "name": row.name,
            "fileName": row.file_name,
            "mimeType": row.mime_type,
            "date": day(row.date),
            "size": row.size,
            "sha512Checksum": row.sha512,
            "text": row.text,
            "accessUrl": row.access_url or address(f"{row.oparl_path}/inhalt"),
            "downloadUrl": row.download_url or ("" if row.access_url else address(f"{row.oparl_path}/inhalt")),
            "fileLicense": row.file_license,
            **(held if alone else {}),
        },
    )


def consultation(row: Consultation, *, alone: bool = True) -> Json:
    return _frame(
        row,
        {
            "paper": row.paper.oparl_id if alone else None,
            "agendaItem": address(f"{ROOT}agenda_item/{row.agenda_item_id}") if row.agenda_item_id else None,
            "meeting": address(f"{ROOT}meeting/{row.meeting_id}") if row.meeting_id else None,
            "organization": ids(Organization, row.linked["organizations"]),  # type: ignore[attr-defined]
            "authoritative": row.authoritative,
            "role": row.role,
        },
    )


def agenda_item(row: AgendaItem, *, alone: bool = True, order: int = 0) -> Json:
    """`order` is counted among the public points of its meeting, from 0."""
    files = row.seen_files  # type: ignore[attr-defined]
    resolution = [one for one in files if one.role == File.Role.RESOLUTION]
    others = [one for one in files if one.role != File.Role.RESOLUTION]
    way = row.seen_way  # type: ignore[attr-defined]
    made = _frame(
        row,
        {
            "meeting": address(f"{ROOT}meeting/{row.meeting_id}") if alone else None,
            "number": row.label,
            "name": row.name,
            "public": True,
            "consultation": address(f"{ROOT}consultation/{way}") if way else None,
            "result": row.result,
            "resolutionText": row.resolution_text,
            "resolutionFile": file(resolution[0], alone=False) if resolution else None,
            "auxiliaryFile": [file(one, alone=False) for one in others],
            "start": instant(row.start),
            "end": instant(row.end),
            "allmende:vote": next((vote(one) for one in row.seen_votes if not one.order), None),  # type: ignore[attr-defined]
            "allmende:amendmentVote": [vote(one) for one in row.seen_votes if one.order],  # type: ignore[attr-defined]
            "allmende:tracking": [task(one, reports) for one, reports in row.seen_tasks],  # type: ignore[attr-defined]
        },
    )
    made["order"] = order
    return made


def task(row: Task, reports: Iterable[Any]) -> Json:
    """Who does what by when, and what was reported; whether it is late follows from `due`, `done` and the day."""
    office = city.current().department(row.department)
    return _clean(
        {
            "number": row.number,
            "text": row.text,
            "department": office.name("de") if office else row.department,
            "due": day(row.due),
            "done": day(row.done_on),
            "report": [{"date": day(one.day), "text": one.text, "done": one.is_done} for one in reports],
        }
    )


def vote(row: Vote) -> Json:
    """How a point was voted on; the standard has no word for it."""
    parts = ("yes", "no", "abstention", "absent")
    made = {
        "subject": row.subject,
        "kind": row.kind,
        "majority": row.majority,
        "passed": row.passed,
        **{name: getattr(row, name) for name in parts},
        "seats": row.seats,
        "recused": row.recused or None,  # type: ignore[attr-defined]
        "channel": row.channel,
        "group": [
            {"organization": one.organization.oparl_id, **{name: getattr(one, name) for name in parts}}
            for one in row.seen_groups  # type: ignore[attr-defined]
        ],
        "name": [{"person": one.person.oparl_id, "choice": one.choice} for one in row.seen_names],  # type: ignore[attr-defined]
    }
    return _clean(made)


def meeting(row: Meeting, *, state: str = "") -> Json:
    files: list[File] = row.seen_files  # type: ignore[attr-defined]
    named = {
        "invitation": File.Role.INVITATION,
        "resultsProtocol": File.Role.MINUTES,
        "verbatimProtocol": File.Role.VERBATIM,
    }
    single = {name: next((one for one in files if one.role == role), None) for name, role in named.items()}
    rest = [one for one in files if one not in single.values()]
    items = row.seen_items  # type: ignore[attr-defined]
    return _frame(
        row,
        {
            "name": row.name,
            "meetingState": row.meeting_state or state,
            "cancelled": row.cancelled,
            "start": instant(row.start),
            "end": instant(row.end),
            "location": _embedded(row.location, location),
            "organization": ids(Organization, row.linked["organizations"]),  # type: ignore[attr-defined]
            **{name: file(one, alone=False) for name, one in single.items() if one is not None},
            "auxiliaryFile": [file(one, alone=False) for one in rest],
            "agendaItem": [agenda_item(one, alone=False, order=place) for place, one in enumerate(items)],
        },
        row.path,
    )


def paper(row: Paper) -> Json:
    files: list[File] = row.seen_files  # type: ignore[attr-defined]
    main = next((one for one in files if one.role == File.Role.MAIN), None)
    return _frame(
        row,
        {
            "body": ids(Body, [row.body_id])[0],
            "name": row.name,
            "reference": row.reference,
            "date": day(row.date),
            "paperType": row.paper_type,
            "relatedPaper": ids(Paper, row.linked["related"]),  # type: ignore[attr-defined]
            "superordinatedPaper": ids(Paper, row.linked["superordinated"]),  # type: ignore[attr-defined]
            "subordinatedPaper": ids(Paper, row.linked["subordinated"]),  # type: ignore[attr-defined]
            "mainFile": file(main, alone=False) if main is not None else None,
            "auxiliaryFile": [file(one, alone=False) for one in files if one is not main],
            "location": [location(one) for one in row.seen_places],  # type: ignore[attr-defined]
            "originatorPerson": ids(Person, row.linked["originator_people"]),  # type: ignore[attr-defined]
            "originatorOrganization": ids(Organization, row.linked["originator_organizations"]),  # type: ignore[attr-defined]
            "underDirectionOf": ids(Organization, row.linked["under_direction_of"]),  # type: ignore[attr-defined]
            "consultation": [consultation(one, alone=False) for one in row.seen_consultations],  # type: ignore[attr-defined]
            "allmende:plain": row.plain,
            "allmende:parts": [part(one, item, about) for one, item, about in row.seen_parts],  # type: ignore[attr-defined]
        },
        row.path,
    )


def part(row: Part, item: AgendaItem | None, about: str) -> Json:
    """What is decided on one by one; `about`: the permanent address of what it decides on, if that is public."""
    return _clean(
        {
            "order": row.place,
            "title": row.title,
            "text": row.text,
            "about": address(about) if about else None,
            "decision": row.decision,
            "decided": day(row.decided_on),
            "agendaItem": item.oparl_id if item is not None else None,
        }
    )


def without_internal(values: Json) -> Json:
    """For `omit_internal`: objects inside of an object are left out, addresses stay."""
    return {key: value for key, value in values.items() if key not in INTERNAL or not _holds_objects(value)}


def _holds_objects(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and (not value or isinstance(value[0], dict)))
