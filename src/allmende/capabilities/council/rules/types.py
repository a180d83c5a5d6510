"""Which property of which type becomes which column of ours, and how it is read (OParl 1.0 and 1.1)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from allmende.capabilities.council.rules.values import (
    LARGEST_COUNT,
    LARGEST_SIZE,
    LONGEST_TEXT,
    address,
    count,
    day,
    flag,
    instant,
    text,
    truth,
    words,
)

type Reader = Callable[[object], object]


@dataclass(frozen=True)
class Kind:
    """How one type is read: our column → (name there, how to read it); foreign keys and lists by their names there."""

    kind: str
    fields: Mapping[str, tuple[str, Reader]]
    links: Mapping[str, str]
    many: Mapping[str, str]
    inside: Sequence[str] = ()
    """Properties that hold whole objects, or their addresses."""
    dropped: Sequence[str] = ()
    """Known to the standard, and not kept: told elsewhere, or nobody's business."""


NAMED = {"name": ("name", text(300))}
PERIOD = {"start_date": ("startDate", day), "end_date": ("endDate", day)}
KINDS: Mapping[str, Kind] = {
    "Location": Kind(
        "location",
        {
            "description": ("description", text(500)),
            "room": ("room", text(200)),
            "street_address": ("streetAddress", text(300)),
            "postal_code": ("postalCode", text(10)),
            "locality": ("locality", text(120)),
            "sub_locality": ("subLocality", text(120)),
        },
        {"body": "body"},
        {},
        (),
        ("geojson", "bodies", "organizations", "persons", "meetings", "papers", "organization", "meeting", "paper"),
    ),
    "Body": Kind(
        "body",
        {
            "name": ("name", text(200)),
            "short_name": ("shortName", text(80)),
            "website": ("website", address(300)),
            "ags": ("ags", text(8)),
            "contact_name": ("contactName", text(200)),
            "classification": ("classification", text(80)),
        },
        {"location": "location"},
        {},
        ("legislativeTerm", "location"),
        (
            *("system", "contactEmail", "organization", "person", "meeting", "paper", "agendaItem", "consultation"),
            *("file", "membership", "locationList", "legislativeTermList"),
        ),
    ),
    "LegislativeTerm": Kind("term", {"name": ("name", text(200)), **PERIOD}, {"body": "body"}, {}),
    "Organization": Kind(
        "organization",
        {
            **NAMED,
            **PERIOD,
            "short_name": ("shortName", text(80)),
            "organization_type": ("organizationType", text(80)),
            "classification": ("classification", text(120)),
            "website": ("website", address(300)),
            "post": ("post", words),
        },
        {"body": "body", "sub_organization_of": "subOrganizationOf", "location": "location"},
        {},
        ("location", "membership"),
        ("meeting", "consultation"),
    ),
    "Person": Kind(
        "person",
        {
            "name": ("name", text(200)),
            "family_name": ("familyName", text(120)),
            "given_name": ("givenName", text(120)),
            "form_of_address": ("formOfAddress", text(60)),
            "affix": ("affix", text(120)),
            "title": ("title", words),
            "status": ("status", words),
        },
        {"body": "body"},
        {},
        ("membership",),
        ("email", "phone", "gender", "location", "life", "lifeSource"),
    ),
    "Membership": Kind(
        "membership",
        {"role": ("role", text(120)), "voting_right": ("votingRight", truth), **PERIOD},
        {"person": "person", "organization": "organization", "on_behalf_of": "onBehalfOf"},
        {},
    ),
    "Meeting": Kind(
        "meeting",
        {
            **NAMED,
            "meeting_state": ("meetingState", text(60)),
            "cancelled": ("cancelled", flag),
            "start": ("start", instant),
            "end": ("end", instant),
        },
        {"body": "body", "location": "location"},
        {"organizations": "organization"},
        ("location", "agendaItem", "invitation", "resultsProtocol", "verbatimProtocol", "auxiliaryFile"),
        ("participant",),
    ),
    "AgendaItem": Kind(
        "agenda_item",
        {
            "place": ("order", count(LARGEST_COUNT)),
            "label": ("number", text(20)),
            "name": ("name", text(500)),
            "result": ("result", text(300)),
            "resolution_text": ("resolutionText", text(LONGEST_TEXT)),
            "start": ("start", instant),
            "end": ("end", instant),
        },
        {"meeting": "meeting"},
        {},
        ("consultation", "resolutionFile", "auxiliaryFile"),
    ),
    "Paper": Kind(
        "paper",
        {
            "name": ("name", text(500)),
            "reference": ("reference", text(80)),
            "date": ("date", day),
            "paper_type": ("paperType", text(120)),
        },
        {"body": "body"},
        {
            "related": "relatedPaper",
            "superordinated": "superordinatedPaper",
            "locations": "location",
            "originator_people": "originatorPerson",
            "originator_organizations": "originatorOrganization",
            "under_direction_of": "underDirectionOf",
        },
        ("location", "consultation", "mainFile", "auxiliaryFile"),
        ("subordinatedPaper",),
    ),
    "Consultation": Kind(
        "consultation",
        {"role": ("role", text(120)), "authoritative": ("authoritative", truth)},
        {"paper": "paper", "meeting": "meeting", "agenda_item": "agendaItem"},
        {"organizations": "organization"},
    ),
    "File": Kind(
        "file",
        {
            **NAMED,
            "file_name": ("fileName", text(300)),
            "mime_type": ("mimeType", text(120)),
            "date": ("date", day),
            "size": ("size", count(LARGEST_SIZE)),
            "sha512": ("sha512Checksum", text(128)),
            "text": ("text", text(LONGEST_TEXT)),
            "access_url": ("accessUrl", address()),
            "download_url": ("downloadUrl", address()),
            "file_license": ("fileLicense", address(300)),
        },
        {"body": "body"},
        {},
        (),
        ("sha1Checksum", "masterFile", "derivativeFile", "paper", "meeting", "agendaItem"),
    ),
}

BACK: Mapping[tuple[str, str], str] = {
    ("Body", "legislativeTerm"): "body",
    ("Person", "membership"): "person",
    ("Organization", "membership"): "organization",
    ("Meeting", "agendaItem"): "meeting",
    ("AgendaItem", "consultation"): "agenda_item",
    ("Paper", "consultation"): "paper",
}
"""What an object that stands inside of another leaves unsaid: (type, property) → our foreign key back."""
INSIDE: Mapping[str, str] = {
    "legislativeTerm": "LegislativeTerm",
    "location": "Location",
    "membership": "Membership",
    "agendaItem": "AgendaItem",
    "consultation": "Consultation",
}
"""Property → type; all others that hold objects hold files."""
FILE_ROLES: Mapping[str, str] = {
    "mainFile": "main",
    "auxiliaryFile": "auxiliary",
    "invitation": "invitation",
    "resultsProtocol": "results_protocol",
    "verbatimProtocol": "verbatim_protocol",
    "resolutionFile": "resolution",
}
OWNERS: Mapping[str, str] = {"paper": "paper", "meeting": "meeting", "agendaItem": "agenda_item"}
"""What a file may belong to, in the order in which one of several is chosen: property → our foreign key."""
PARTS: Mapping[tuple[str, str], str] = {
    ("Body", "legislativeTerm"): "term",
    ("Person", "membership"): "membership",
    ("Meeting", "agendaItem"): "agenda_item",
    ("Paper", "consultation"): "consultation",
}
"""Lists that are whole: what a thing had and no longer names there is gone."""
LISTS: Mapping[str, str] = {
    "legislativeTermList": "LegislativeTerm",
    "locationList": "Location",
    "organization": "Organization",
    "person": "Person",
    "membership": "Membership",
    "meeting": "Meeting",
    "agendaItem": "AgendaItem",
    "paper": "Paper",
    "consultation": "Consultation",
    "file": "File",
}
"""Lists of a body in the order in which they are read, and what stands in them. OParl 1.0 has four of them."""
