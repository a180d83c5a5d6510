"""Objects as OParl 1.1 says them (https://oparl.org/spezifikation/), written as JSON by the database.

A page of a list holds hundreds of objects with the objects inside of them. To read them as rows of Django and say them
in Python cost six times of what the database needs to read them; so it writes the text of each object itself.

A property is a piece of SQL that is NULL where there is nothing to say: `concat` then leaves it out, as the standard
wants (section 2.2.4). Every value goes through `to_json`, which escapes control characters; so a place that is left
open for what only Python can say (`rules.oparl`: tasks, parts) is marked with one, and nobody can write it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from django.conf import settings

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
    Person,
    Thing,
)
from allmende.capabilities.council.rules.oparl import LISTS

OPEN = "\x01"
"""Before and after the key of the object into which something is still to be put."""


def quoted(text: str) -> str:
    """A literal of SQL; `%` counts as itself."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def _table(model: type[Thing]) -> str:
    return model._meta.db_table


# Properties: each is text that begins with a comma, or NULL.


def _text(name: str, value: str) -> str:
    return f"""',"{name}":' || to_json(nullif({value}, ''))::text"""


def _texts(row: str, *names: str) -> list[str]:
    """Those that we call the same: `shortName` is the column `short_name`."""
    return [_text(name, f"{row}.{re.sub('([A-Z])', r'_\1', name).lower()}") for name in names]


def _plain(name: str, value: str) -> str:
    """A number, a day or yes and no."""
    return f"""',"{name}":' || to_json({value})::text"""


def _json(name: str, value: str) -> str:
    return f"""',"{name}":' || CASE WHEN {value} NOT IN ('[]', '{{}}', 'null', '""') THEN {value}::text END"""


def _instant(name: str, value: str) -> str:
    """`yyyy-mm-ddThh:mm:ss±hh:mm` in the city's time."""
    here, there = f"({value} AT TIME ZONE {quoted(settings.TIME_ZONE)})", f"({value} AT TIME ZONE 'UTC')"
    offset = (
        f"CASE WHEN {here} < {there} THEN '-' ELSE '+' END"
        f" || to_char(greatest({here} - {there}, {there} - {here}), 'HH24:MI')"
    )
    return f"""',"{name}":"' || to_char({here}, 'YYYY-MM-DD"T"HH24:MI:SS') || {offset} || '"'"""


def _address(rest: str = "") -> str:
    return quoted(f'"{settings.PUBLIC_URL}{rest}')


def _link(name: str, model: type[Thing], key: str, rest: str = "") -> str:
    """The address of a thing, or of a list of it."""
    return f"""',"{name}":' || {_address(f"{ROOT}{model.kind}/")} || {key} || {quoted(f'{rest}"')}"""


def _links(name: str, model: type[Thing], rows: str) -> str:
    """The addresses of things of one type: `rows` is what stands behind FROM, and calls them `r`."""
    one = f"""{_address(f"{ROOT}{model.kind}/")} || r.id || '"'"""
    return f"""',"{name}":[' || (SELECT string_agg({one}, ',' ORDER BY r.created, r.id) FROM {rows}) || ']'"""  # noqa: S608


def _tied(name: str, model: type[Thing], through: str, own: str, other: str, to: str = "t.id") -> str:
    """The addresses of what a table of pairs ties a row with, as far as everybody may read it."""
    rows = f"council_{through} p JOIN {_table(model)} r ON r.id = p.{other} WHERE p.{own} = {to}"
    return _links(name, model, f"{rows} AND {model.condition('r')}")


# Objects: `_object` is one around its properties; `t` is the row.


def _object(model: type[Thing], row: str, own: Iterable[str], *, web: str = "", last: Sequence[str] = ()) -> str:
    """What every object has, around what it has of its own. `web`: where it is read, if not in the other system."""
    pieces = (
        _beginning(model, row),
        *own,
        _text("license", f"{row}.license"),
        _json("keyword", f"{row}.keyword"),
        web or _text("web", f"{row}.web"),
        _text("allmende:source", f"{row}.source_url"),
        f"""CASE WHEN {row}.is_example THEN ',"allmende:example":true' END""",
        _instant("created", f"{row}.created"),
        _instant("modified", f"{row}.modified"),
        *last,
    )
    return f"concat({', '.join(pieces)}, '}}')"


def _beginning(model: type[Thing], row: str) -> str:
    kind = quoted(f'","type":"{OPARL}{model.oparl}"')
    return f"""'{{"id":' || {_address(f"{ROOT}{model.kind}/")} || {row}.id || {kind}"""


def _tombstone(model: type[Thing], row: str) -> str:
    """All that is told of what is gone (section 2.9)."""
    when = (_instant("created", f"{row}.created"), _instant("modified", f"{row}.modified"))
    return f"""concat({", ".join((_beginning(model, row), *when))}, ',"deleted":true}}')"""


def _page_of(path: str) -> str:
    """The page of the portal where `t` is read."""
    return f"""',"web":' || {_address(f"/stadtrat/{path}/")} || t.number || '/"'"""


def _inside(name: str, one: str, rows: str, order: str) -> str:
    """Objects inside of another one: `rows` is what stands behind FROM."""
    return f"""',"{name}":[' || (SELECT string_agg({one}, ',' ORDER BY {order}) FROM {rows}) || ']'"""  # noqa: S608


def _location_of(row: str) -> str:
    where = f"l.id = {row}.location_id AND {Location.condition('l')}"
    return f"""',"location":' || (SELECT {_location("l")} FROM {_table(Location)} l WHERE {where})"""  # noqa: S608


def _location(row: str) -> str:
    point = (
        f"""',"geojson":{{"type":"Feature","geometry":{{"type":"Point","coordinates":[' || to_json({row}.longitude)"""
        f""" || ',' || to_json({row}.latitude) || ']}},"properties":{{'"""
        f""" || concat('"name":' || to_json(nullif({row}.description, ''))::text) || '}}}}'"""
    )
    texts = _texts(row, "description", "room", "streetAddress", "postalCode", "locality", "subLocality")
    return _object(Location, row, [*texts, point])


def _period(row: str) -> list[str]:
    return [_plain("startDate", f"{row}.start_date"), _plain("endDate", f"{row}.end_date")]


def _term(row: str, *, alone: bool = True) -> str:
    held = [_link("body", Body, f"{row}.body_id")] if alone else []
    return _object(LegislativeTerm, row, [_text("name", f"{row}.name"), *_period(row), *held])


def _body(*, slim: bool) -> str:
    own = [
        f"""',"system":' || {_address(f'{ROOT}system"')}""",
        *_texts("t", "name", "shortName", "website", "ags", "contactName", "contactEmail", "classification"),
        *([] if slim else [_location_of("t")]),
        *(_link(name, Body, "t.id", f"/{name}") for name in LISTS),
    ]
    ours, theirs = _address('/stadtrat/"'), "to_json(nullif(t.web, ''))::text"
    web = f"""',"web":' || CASE WHEN t.source_url IS NULL THEN {ours} ELSE {theirs} END"""
    made = _object(Body, "t", own, web=web)
    rows = f"{_table(LegislativeTerm)} s WHERE s.body_id = t.id AND {LegislativeTerm.condition('s', given=('body',))}"
    terms = f"SELECT string_agg({_term('s', alone=False)}, ',' ORDER BY s.created, s.id) FROM {rows}"  # noqa: S608
    return made if slim else f"""left({made}, -1) || concat(',"legislativeTerm":[', ({terms}), ']}}')"""


def _organization_if_seen(name: str, key: str) -> str:
    found = f"SELECT a.id FROM {_table(Organization)} a WHERE a.id = {key} AND a.public AND NOT a.deleted"  # noqa: S608
    return _link(name, Organization, f"({found})")


def _organization(*, slim: bool) -> str:
    seats = f"{_table(Membership)} r WHERE r.organization_id = t.id"
    seats += f" AND {Membership.condition('r', given=('organization',))}"
    own = [
        _link("body", Body, "t.body_id"),
        *_texts("t", "name", "shortName", "organizationType", "classification"),
        *_period("t"),
        _text("website", "t.website"),
        _json("post", "t.post"),
        _organization_if_seen("subOrganizationOf", "t.sub_organization_of_id"),
        *([] if slim else [_location_of("t")]),
        _links("membership", Membership, seats),
        _link("meeting", Organization, "t.id", "/meeting"),
        _link("consultation", Organization, "t.id", "/consultation"),
        _json("allmende:plain", "t.plain"),
    ]
    return _object(Organization, "t", own, web=_page_of("gremien"))


def _membership(row: str, *, alone: bool = True) -> str:
    own = [
        *([_link("person", Person, f"{row}.person_id")] if alone else []),
        _link("organization", Organization, f"{row}.organization_id"),
        _text("role", f"{row}.role"),
        _plain("votingRight", f"{row}.voting_right"),
        *_period(row),
        _organization_if_seen("onBehalfOf", f"{row}.on_behalf_of_id"),
    ]
    return _object(Membership, row, own)


def _person(*, slim: bool) -> str:
    seats = f"{_table(Membership)} s WHERE s.person_id = t.id AND {Membership.condition('s', given=('person',))}"
    own = [
        _link("body", Body, "t.body_id"),
        *_texts("t", "name", "familyName", "givenName", "formOfAddress", "affix"),
        _json("title", "t.title"),
        _json("status", "t.status"),
        *([] if slim else [_inside("membership", _membership("s", alone=False), seats, "s.created, s.id")]),
    ]
    return _object(Person, "t", own, web=_page_of("personen"))


def _file(row: str, *, alone: bool = True) -> str:
    """Ours is read at an address of ours that ends with it; a mirrored one where the other system keeps it."""
    ours = f"""{_address(f"{ROOT}file/")} || {row}.id || '/inhalt"'"""
    download = (
        f"coalesce(to_json(nullif({row}.download_url, ''))::text, CASE WHEN {row}.access_url = '' THEN {ours} END)"
    )
    held = (
        f"""',"{name}":[' || {_address(f"{ROOT}{kind}/")} || {row}.{kind}_id || '"]'"""
        for name, kind in (("paper", "paper"), ("meeting", "meeting"), ("agendaItem", "agenda_item"))
    )
    own = [
        *_texts(row, "name", "fileName", "mimeType"),
        _plain("date", f"{row}.date"),
        _plain("size", f"{row}.size"),
        _text("sha512Checksum", f"{row}.sha512"),
        _text("text", f"{row}.text"),
        f"""',"accessUrl":' || coalesce(to_json(nullif({row}.access_url, ''))::text, {ours})""",
        f"""',"downloadUrl":' || {download}""",
        _text("fileLicense", f"{row}.file_license"),
        *(held if alone else ()),
    ]
    return _object(File, row, own)


def _files(owner: str, row: str, named: Mapping[str, File.Role]) -> str:
    """The files of a row: the first one of each role under its name, all others as `auxiliaryFile`."""
    roles = ", ".join(quoted(role.value) for role in named.values())
    pieces = [
        f"""',"{name}":' || string_agg(f.said, ',') FILTER (WHERE f.role = {quoted(role.value)} AND f.place = 1)"""
        for name, role in named.items()
    ]
    others = f"FILTER (WHERE f.place > 1 OR f.role NOT IN ({roles}))"
    pieces.append(f"""',"auxiliaryFile":[' || string_agg(f.said, ',' ORDER BY f.created, f.id) {others} || ']'""")
    place = "row_number() OVER (PARTITION BY f.role ORDER BY f.created, f.id) AS place"
    rows = (
        f"SELECT f.id, f.created, f.role, {place}, {_file('f', alone=False)} AS said FROM {_table(File)} f"  # noqa: S608
        f" WHERE f.{owner}_id = {row}.id AND {File.condition('f', given=(owner,))}"
    )
    return f"(SELECT concat({', '.join(pieces)}) FROM ({rows}) f)"  # noqa: S608


def _consultation(row: str, *, alone: bool = True) -> str:
    held = [_link("paper", Paper, f"{row}.paper_id")] if alone else []
    own = [
        *held,
        _link("agendaItem", AgendaItem, f"{row}.agenda_item_id"),
        _link("meeting", Meeting, f"{row}.meeting_id"),
        _tied(
            *("organization", Organization, "consultation_organizations", "consultation_id", "organization_id"),
            to=f"{row}.id",
        ),
        _plain("authoritative", f"{row}.authoritative"),
        _text("role", f"{row}.role"),
    ]
    return _object(Consultation, row, own)


def _item(row: str, order: str, *, alone: bool = True, slim: bool = False) -> str:
    """`order`: SQL, its place among the public points of its meeting, from 0."""
    way = (
        f"SELECT c.id FROM {_table(Consultation)} c WHERE c.agenda_item_id = {row}.id"  # noqa: S608
        f" AND {Consultation.condition('c', given=('agenda_item',))} ORDER BY c.created, c.id LIMIT 1"
    )
    own_vote = f"""SELECT {_vote("v", row)} FROM council_vote v WHERE v.item_id = {row}.id AND v."order" = 0"""  # noqa: S608
    motions = f"""council_vote v WHERE v.item_id = {row}.id AND v."order" <> 0"""
    followed = f"EXISTS (SELECT FROM council_task v WHERE v.item_id = {row}.id AND v.is_public)"
    own = [
        *([_link("meeting", Meeting, f"{row}.meeting_id")] if alone else []),
        _text("number", f"{row}.label"),
        _text("name", f"{row}.name"),
        """',"public":true'""",
        _link("consultation", Consultation, f"({way})"),
        _text("result", f"{row}.result"),
        _text("resolutionText", f"{row}.resolution_text"),
        *([] if slim else [_files("agenda_item", row, {"resolutionFile": File.Role.RESOLUTION})]),
        _instant("start", f"{row}.start"),
        _instant("end", f'{row}."end"'),
        f"""',"allmende:vote":' || ({own_vote})""",
        _inside("allmende:amendmentVote", _vote("v", row), motions, 'v."order"'),
        _left_open(row, followed),
    ]
    return _object(AgendaItem, row, own, last=[f"""',"order":' || {order}"""])


def _vote(row: str, item: str) -> str:
    """How a point was voted on, for which the standard has no word; names only of what is public."""
    numbers = ("yes", "no", "abstention", "absent")
    counted = " || ".join(f"""',"{name}":' || g.{name}""" for name in numbers)
    group = f"""'{{"organization":' || {_address(f"{ROOT}organization/")} || r.id || '"' || {counted} || '}}'"""
    groups = f"council_groupvote g JOIN {_table(Organization)} r ON r.id = g.organization_id WHERE g.vote_id = {row}.id"
    name = (
        f"""'{{"person":' || {_address(f"{ROOT}person/")} || r.id || '","choice":' || to_json(g.choice)::text || '}}'"""
    )
    names = f"council_namedvote g JOIN {_table(Person)} r ON r.id = g.person_id WHERE g.vote_id = {row}.id"
    recused = f"nullif((SELECT count(*) FROM council_recusal c WHERE c.item_id = {item}.id), 0)"  # noqa: S608
    pieces = (
        _text("subject", f"{row}.subject"),
        _text("kind", f"{row}.kind"),
        _text("majority", f"{row}.majority"),
        _plain("passed", f"{row}.passed"),
        *(_plain(number, f"{row}.{number}") for number in numbers),
        _plain("seats", f"{row}.seats"),
        _plain("recused", recused),
        _text("channel", f"{row}.channel"),
        _inside("group", group, f"{groups} AND {Organization.condition('r')}", "r.name, r.id"),
        _inside("name", name, f"{names} AND {Person.condition('r')}", "r.name, r.id"),
    )
    return f"'{{' || substr(concat({', '.join(pieces)}), 2) || '}}'"


def _left_open(row: str, where: str) -> str:
    return f"CASE WHEN {where} THEN chr({ord(OPEN)}) || {row}.id || chr({ord(OPEN)}) END"


def _item_alone(*, slim: bool) -> str:
    before = (
        f"(SELECT count(*) FROM {_table(AgendaItem)} b WHERE b.meeting_id = t.meeting_id"  # noqa: S608
        f" AND {AgendaItem.condition('b', given=('meeting',))} AND (b.place, b.id) < (t.place, t.id))"
    )
    return _item("t", before, slim=slim)


def _meeting(*, slim: bool) -> str:
    points = (
        f"(SELECT i.*, row_number() OVER (ORDER BY i.place, i.id) - 1 AS nth FROM {_table(AgendaItem)} i"  # noqa: S608
        f" WHERE i.meeting_id = t.id AND {AgendaItem.condition('i', given=('meeting',))}) i"
    )
    roles = {
        "invitation": File.Role.INVITATION,
        "resultsProtocol": File.Role.MINUTES,
        "verbatimProtocol": File.Role.VERBATIM,
    }
    inside = [_files("meeting", "t", roles), _inside("agendaItem", _item("i", "i.nth", alone=False), points, "i.nth")]
    own = [
        _text("name", "t.name"),
        _text("meetingState", "t.meeting_state"),
        _plain("cancelled", "t.cancelled"),
        _instant("start", "t.start"),
        _instant("end", 't."end"'),
        *([] if slim else [_location_of("t")]),
        _tied("organization", Organization, "meeting_organizations", "meeting_id", "organization_id"),
        *([] if slim else inside),
    ]
    return _object(Meeting, "t", own, web=_page_of("sitzungen"))


def _paper(*, slim: bool) -> str:
    ways = f"{_table(Consultation)} c WHERE c.paper_id = t.id AND {Consultation.condition('c', given=('paper',))}"
    places = (
        f"council_paper_locations p JOIN {_table(Location)} l ON l.id = p.location_id"
        f" WHERE p.paper_id = t.id AND {Location.condition('l')}"
    )
    inside = [
        _files("paper", "t", {"mainFile": File.Role.MAIN}),
        _inside("location", _location("l"), places, "l.created, l.id"),
        _inside("consultation", _consultation("c", alone=False), ways, "c.created, c.id"),
    ]
    parts = "EXISTS (SELECT FROM council_part v WHERE v.paper_id = t.id AND v.place IS NOT NULL)"
    own = [
        _link("body", Body, "t.body_id"),
        _text("name", "t.name"),
        _text("reference", "t.reference"),
        _plain("date", "t.date"),
        _text("paperType", "t.paper_type"),
        _tied("relatedPaper", Paper, "paper_related", "from_paper_id", "to_paper_id"),
        _tied("superordinatedPaper", Paper, "paper_superordinated", "from_paper_id", "to_paper_id"),
        _tied("subordinatedPaper", Paper, "paper_superordinated", "to_paper_id", "from_paper_id"),
        _tied("originatorPerson", Person, "paper_originator_people", "paper_id", "person_id"),
        _tied("originatorOrganization", Organization, "paper_originator_organizations", "paper_id", "organization_id"),
        _tied("underDirectionOf", Organization, "paper_under_direction_of", "paper_id", "organization_id"),
        *([] if slim else inside),
        _json("allmende:plain", "t.plain"),
        _left_open("t", parts),
    ]
    return _object(Paper, "t", own, web=_page_of("vorlagen"))


TYPES: Mapping[type[Thing], Callable[[bool], str]] = {
    Body: lambda slim: _body(slim=slim),
    LegislativeTerm: lambda _slim: _term("t"),
    Organization: lambda slim: _organization(slim=slim),
    Person: lambda slim: _person(slim=slim),
    Membership: lambda _slim: _membership("t"),
    Location: lambda _slim: _location("t"),
    Meeting: lambda slim: _meeting(slim=slim),
    AgendaItem: lambda slim: _item_alone(slim=slim),
    Paper: lambda slim: _paper(slim=slim),
    Consultation: lambda _slim: _consultation("t"),
    File: lambda _slim: _file("t"),
}


def statement(model: type[Thing], *, slim: bool) -> str:
    """Reads rows by their keys, in no order: SQL for (keys, whether also tombstones) → (key, text).

    `slim`: without objects inside of objects (`omit_internal`).
    """
    return _statement(model, slim, settings.PUBLIC_URL, settings.TIME_ZONE)


@cache
def _statement(model: type[Thing], slim: bool, *_settings: str) -> str:  # noqa: FBT001 - a key
    seen, gone = model.condition("t"), f"t.deleted AND {model.condition('t', ('was_public',))}"
    return (
        f"SELECT t.id, CASE WHEN t.deleted THEN {_tombstone(model, 't')} ELSE {TYPES[model](slim)} END"  # noqa: S608
        f" FROM {_table(model)} t WHERE t.id = ANY(%s) AND (({seen}) OR (%s AND {gone}))"
    )
