"""Rows as GeoReport v2 words them. Nothing but what everybody may read goes in."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from allmende.capabilities.reports import workflow
from allmende.capabilities.reports.models import Category
from allmende.capabilities.reports.rules.asking import SAID_HOW, Attribute
from allmende.capabilities.reports.rules.georeport import states, wire
from allmende.capabilities.reports.workflow import OPEN, RECEIVED, STATES, STEPS, State

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
FORMATS = ("text/xml", "application/json")
GONE = {"de": "Diese Meldung ist nicht mehr öffentlich.", "en": "This report is no longer public."}


def service(category: Category, language: str, *, metadata: bool = False) -> dict[str, Any]:
    """One kind of report."""
    return {
        "service_code": category.slug,
        "service_name": category.name(language),
        "description": str(category.hints.get(language) or category.hints.get("de") or ""),
        "metadata": metadata,
        "type": "realtime",
        "keywords": ",".join(str(word) for word in category.keywords),
        "group": "",
    }


def definition(category: Category, attributes: Sequence[Attribute]) -> dict[str, Any]:
    """What is asked about a kind of report (GeoReport v2, „GET Service Definition“)."""
    return {"service_code": category.slug, "attributes": [attribute(one) for one in attributes]}


def attribute(one: Attribute) -> dict[str, Any]:
    """One question. `variable`: something is to be answered, not only to be read."""
    return {
        "variable": True,
        "code": one.code,
        "datatype": one.datatype,
        "required": one.required,
        "datatype_description": SAID_HOW[one.datatype],
        "order": one.order,
        "description": one.description,
        "values": [{"key": key, "name": name} for key, name in one.values],
    }


def meaning(state: str, language: str) -> str:
    texts = STATES[State(state)].meaning
    return texts.get(language) or texts["de"]


class Teller:
    """Words requests for one answer: language, zone, addresses, names of offices and what was read beside the rows."""

    def __init__(
        self,
        *,
        language: str,
        zone: tzinfo,
        root: str,
        categories: Mapping[UUID, Category],
        offices: Mapping[str, str],
        extensions: bool = False,
    ) -> None:
        self.language, self.zone, self.root, self.extensions = language, zone, root, extensions
        self.offices = offices
        self.categories = {key: (one.slug, one.name(language)) for key, one in categories.items()}

    def at(self, value: datetime | None) -> str | None:
        return wire.instant(value, self.zone)

    def request(
        self, row: Any, pictures: Sequence[str], said: str, answers: Sequence[Mapping[str, Any]] = ()
    ) -> dict[str, Any]:
        """A request in the order of the standard. `pictures` are paths, `said` an office's last public words.

        `answers` are those that everybody may read.
        """
        if not row.is_readable:
            return self.gone(row)
        slug, name = self.categories[row.category_id]
        images = [self.root + path for path in pictures]
        found = {
            "service_request_id": str(row.number),
            "status": states.status(row.state),
            "status_notes": said or meaning(row.state, self.language),
            "service_name": name,
            "service_code": slug,
            "description": row.public_words if row.is_public else row.own_words,
            "agency_responsible": self.offices.get(row.department, row.department),
            "service_notice": None,
            "requested_datetime": self.at(row.received_at),
            "updated_datetime": self.at(row.modified),
            "expected_datetime": self.at(row.due_at) if row.state in OPEN else None,
            "address": ", ".join(part for part in (row.place, row.detail) if part),
            "address_id": None,
            "zipcode": None,
            "lat": row.latitude,
            "long": row.longitude,
            "media_url": images[0] if images else None,
        }
        if self.extensions:
            found["extended_attributes"] = {**self._extended(row, images), "attributes": list(answers)}
        return found

    def _extended(self, row: Any, images: list[str]) -> dict[str, Any]:
        """CitySDK's attributes, then ours."""
        return {
            "detailed_status": states.CITYSDK[State(row.state)],
            "media_urls": images,
            "photo_required": False,
            "trust": 0,
            "votes": row.join_count,
            "detailed_status_datetime": self.at(row.state_at),
            "external_status_code": row.state,
            "status_label": workflow.label(row.state, self.language),
            "area_code": row.district or None,
            "language": row.language,
            "duplicate_of": str(row.main_number) if row.main_number and row.main_public else None,
            "url": f"{self.root}/meldungen/{row.number}/" if row.is_public else None,
            **({"external_id": row.external_id} if row.is_own else {}),
        }

    def gone(self, row: Any) -> dict[str, Any]:
        """What was public and is no longer: its number and when that changed, nothing of what it held."""
        return {
            "service_request_id": str(row.number),
            "status": "closed",
            "status_notes": GONE.get(self.language, GONE["de"]),
            "updated_datetime": self.at(row.modified),
            **({"extended_attributes": {"deleted": True}} if self.extensions else {}),
        }

    def update(self, row: Any) -> dict[str, Any]:
        """One step (FixMyStreet's extension)."""
        return {
            "update_id": str(row.id),
            "service_request_id": str(row.number),
            "status": states.EXTENDED[State(row.state)],
            "external_status_code": row.state,
            "description": row.words or deed(row.verb, self.language),
            "updated_datetime": self.at(row.told_at),
            "media_url": None,
        }


def deed(verb: str, language: str) -> str:
    """What the timeline says of a step."""
    step = STEPS.get(verb)
    texts = step.deed if step is not None else RECEIVED
    return texts.get(language) or texts["de"]
