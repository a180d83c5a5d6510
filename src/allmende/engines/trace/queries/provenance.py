"""The Trace in the words of W3C PROV (PROV-DM and PROV-N, Recommendations of 30 April 2013; PROV-JSON, Submission of
24 April 2013), for programs that read where things come from.

- What is on the way is an entity, named by its permanent address.
- Each link is an activity that used the one and influenced the other, at the time at which the one led to the other,
  and associated with the office that says so, or with the platform where it followed from a step by itself.
- Of two things the later was derived from the earlier. Where dates do not say so (a measured effect feeds a goal that
  was there before) it was influenced by it: a derivation would have to run in time (PROV-CONSTRAINTS, 5.3).
- What leads over something that this reader may not see is an influence without an activity.

No persons: who linked is said as role and office, and the author of an idea stands on its page if they wish.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings

from allmende.core.actor import Viewer
from allmende.core.manifest import Shown
from allmende.core.refs import Ref
from allmende.engines.trace.queries.graph import MOST_IN_WHOLE
from allmende.engines.trace.queries.story import Trace, TraceLink, trace_of, url_of
from allmende.engines.trace.queries.whole import bridges

type Document = dict[str, dict[str, Any]]

PLATFORM = "allmende:platform"


def provenance_of(ref: Ref, viewer: Viewer, at: datetime) -> Document | None:
    """The Trace as a PROV-JSON document; None when the viewer may not see the thing."""
    trace = trace_of(ref, viewer, at, links=MOST_IN_WHOLE)
    if trace.here is None:
        return None
    things = {station.entry.ref: station.entry for station in trace.stations if station.entry}
    document: Document = {
        "prefix": {
            "allmende": f"{settings.PUBLIC_URL}/api/v1/trace/#",
            "thing": f"{settings.PUBLIC_URL}/r/",
            "step": f"{settings.PUBLIC_URL}{url_of(ref)}#",
            "office": f"{settings.PUBLIC_URL}/api/v1/trace/#office/",
        },
        "entity": {_name(one): _entity(entry, viewer.language) for one, entry in sorted(things.items())},
        "activity": {},
        "agent": {},
        "used": {},
        "wasAssociatedWith": {},
        "wasDerivedFrom": {},
        "wasInfluencedBy": {},
    }
    for link in trace.links:
        _tell(document, link, things, viewer.language)
    for number, (source, target) in enumerate(_over_hidden(trace, viewer, at, things)):
        document["wasInfluencedBy"][f"_:h{number}"] = {
            "prov:influencee": _name(target),
            "prov:influencer": _name(source),
        }
    return {name: rows for name, rows in document.items() if rows}


def _over_hidden(trace: Trace, viewer: Viewer, at: datetime, things: Mapping[Ref, Shown]) -> list[tuple[Ref, Ref]]:
    linked = {(link.source, link.target) for link in trace.links}
    found = bridges(trace.ref, viewer, at)
    return [pair for pair in found if pair not in linked and pair[0] in things and pair[1] in things]


def _tell(document: Document, link: TraceLink, things: Mapping[Ref, Shown], language: str) -> None:
    step = f"step:{link.id}"
    when = _instant(link.happened_at)
    agent = f"office:{quote(link.office, safe='/')}" if link.office else PLATFORM
    document["activity"][step] = {
        "prov:startTime": when,
        "prov:endTime": when,
        "prov:type": _qualified("allmende:LedTo"),
        "prov:label": _said(link.reason, link.reason_language or language),
        "allmende:linkedAt": {"$": _instant(link.linked_at), "type": "xsd:dateTime"},
    }
    if link.office:
        document["agent"][agent] = {
            "prov:type": _qualified("prov:Organization"), "prov:label": _said(link.by, language),
        }  # fmt: skip
    else:
        document["agent"][agent] = {"prov:type": _qualified("prov:SoftwareAgent"), "prov:label": "Allmende"}
    source, target = _name(link.source), _name(link.target)
    document["used"][f"_:u{link.id.hex}"] = {"prov:activity": step, "prov:entity": source, "prov:time": when}
    document["wasAssociatedWith"][f"_:a{link.id.hex}"] = {"prov:activity": step, "prov:agent": agent}
    document["wasInfluencedBy"][f"_:i{link.id.hex}"] = {"prov:influencee": target, "prov:influencer": step}
    earlier, later = things.get(link.source), things.get(link.target)
    if earlier is not None and later is not None and earlier.happened_at < later.happened_at:
        document["wasDerivedFrom"][f"_:d{link.id.hex}"] = {"prov:generatedEntity": target, "prov:usedEntity": source}
    else:
        document["wasInfluencedBy"][f"_:e{link.id.hex}"] = {"prov:influencee": target, "prov:influencer": source}


def _entity(entry: Shown, language: str) -> dict[str, Any]:
    told = {
        "prov:label": _said(entry.title(language), entry.title_language(language)),
        "prov:type": _qualified(f"allmende:{entry.ref.kind}"),
        "allmende:kind": _said(entry.kind_label, language),
        "allmende:happenedAt": {"$": _instant(entry.happened_at), "type": "xsd:dateTime"},
        "allmende:page": {"$": settings.PUBLIC_URL + entry.path(language), "type": "xsd:anyURI"},
    }
    if entry.state_label(language):
        told["allmende:state"] = _said(entry.state_label(language), language)
    return told


def _name(ref: Ref) -> str:
    return f"thing:{ref}"


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()


def _said(text: str, language: str) -> dict[str, str]:
    return {"$": text, "lang": language}


def _qualified(name: str) -> dict[str, str]:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


# PROV-N


def as_text(document: Document) -> str:
    """The document in PROV-N, the notation for people."""
    lines = ["document"]
    lines += [f"  prefix {name} <{address}>" for name, address in document["prefix"].items()]
    lines += [f"  entity({name}{_attributes(told)})" for name, told in document["entity"].items()]
    for name, told in document.get("activity", {}).items():
        rest = {key: value for key, value in told.items() if key not in {"prov:startTime", "prov:endTime"}}
        lines.append(f"  activity({name}, {told['prov:startTime']}, {told['prov:endTime']}{_attributes(rest)})")
    lines += [f"  agent({name}{_attributes(told)})" for name, told in document.get("agent", {}).items()]
    for told in document.get("used", {}).values():
        lines.append(f"  used({told['prov:activity']}, {told['prov:entity']}, {told['prov:time']})")
    for told in document.get("wasAssociatedWith", {}).values():
        lines.append(f"  wasAssociatedWith({told['prov:activity']}, {told['prov:agent']}, -)")
    for told in document.get("wasDerivedFrom", {}).values():
        lines.append(f"  wasDerivedFrom({told['prov:generatedEntity']}, {told['prov:usedEntity']})")
    for told in document.get("wasInfluencedBy", {}).values():
        lines.append(f"  wasInfluencedBy({told['prov:influencee']}, {told['prov:influencer']})")
    return "\n".join([*lines, "endDocument", ""])


def _attributes(told: Mapping[str, Any]) -> str:
    written = ", ".join(f"{name}={_value(value)}" for name, value in told.items())
    return f", [{written}]" if written else ""


def _value(value: str | Mapping[str, str]) -> str:
    """A literal; quoted as JSON quotes, whose escapes PROV-N has too (3.7.3)."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if "lang" in value:
        return f"{json.dumps(value['$'], ensure_ascii=False)}@{value['lang']}"
    if value["type"] == "prov:QUALIFIED_NAME":
        return f"'{value['$']}'"
    return f"{json.dumps(value['$'], ensure_ascii=False)} %% {value['type']}"
