"""Pabulib's `.pb` files, in and out (pabulib.org/format; Faliszewski et al. 2023).

Three sections, META, PROJECTS, VOTES, each with a line of column names; `;` between fields, `,` inside a vote. What is
not understood or does not add up is refused with the number of its line: a file that was cut off or damaged shall not
be counted as if it were whole.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from allmende.engines.ballots.rules.counting.election import Ballot, BallotError, Election, Kind, Number, Option

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 256 * 1024 * 1024
"""Bytes; the largest published election has about 10 MB."""
MOST_PROJECTS = 10_000
MOST_VOTES = 3_000_000
LONGEST_FIELD = 100_000
KINDS = {
    "approval": Kind.APPROVAL,
    "choose-1": Kind.APPROVAL,
    "cumulative": Kind.POINTS,
    "scoring": Kind.POINTS,
    "ordinal": Kind.RANKING,
}
SECTIONS = ("META", "PROJECTS", "VOTES")
AMOUNT = re.compile(r"\d{1,15}(?:[.,]\d{1,6})?")
NOTHING = frozenset({"", "none"})


class PabulibError(BallotError):
    """A file that is no readable election; the message names the line."""


@dataclass
class _Sections:
    meta: dict[str, str] = field(default_factory=dict)
    projects: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    votes: list[tuple[int, dict[str, str]]] = field(default_factory=list)


def read_pb(content: bytes | str) -> Election:
    """An election from a file's content (UTF-8, with or without a mark at its beginning); raises `PabulibError`."""
    sections = _sections(_text(content))
    meta = sections.meta
    kind = KINDS.get(meta.get("vote_type", "").lower())
    if kind is None:
        raise PabulibError(f"META: there is no vote type {meta.get('vote_type', '')!r}.")
    for name, found in (("num_projects", len(sections.projects)), ("num_votes", len(sections.votes))):
        if name in meta and meta[name] != str(found):
            raise PabulibError(f"META says {name} {meta[name]}, the file has {found}: it is not whole.")
    options = tuple(_option(line, row) for line, row in sections.projects)
    places = {option.id: place for place, option in enumerate(options)}
    if len(places) != len(options):
        raise PabulibError("Two projects have the same id.")
    ballots = tuple(_ballot(line, row, places, kind) for line, row in sections.votes)
    budget = _amount(meta.get("budget", ""), "META: budget")
    longest = meta.get("max_length", "")
    return Election(kind, options, ballots, budget, int(longest) if longest.isdecimal() else None, meta)


def _text(content: bytes | str) -> str:
    if len(content) > LARGEST:
        raise PabulibError(f"The file is larger than {LARGEST // 1024 // 1024} MB.")
    text = content if isinstance(content, str) else _decoded(content)
    if "\0" in text:
        raise PabulibError("The file holds zero bytes: it is no text.")
    return text.removeprefix("\ufeff")


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(content[: error.start].split(b"\n"))
        raise PabulibError(f"Line {line}: this is not UTF-8; save the file as UTF-8.") from None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines as fields; in this format no field goes over several lines."""
    lines = re.split(r"\r\n|\n|\r", text)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(line) > LONGEST_FIELD:
            raise PabulibError(f"Line {number} is too long.")
        if '"' not in line:
            yield number, [part.strip() for part in line.split(";")]
            continue
        try:
            yield number, [part.strip() for part in next(csv.reader([line], delimiter=";", strict=True))]
        except csv.Error:
            # a quotation mark inside a text that was not quoted: taken as it stands
            yield number, [part.strip() for part in line.split(";")]


def _sections(text: str) -> _Sections:
    found = _Sections()
    header: list[str] = []
    seen: list[str] = []
    rows = _rows(text)
    for number, row in rows:
        if len(row) == 1 and row[0].upper() in SECTIONS:
            seen.append(row[0].upper())
            if seen != list(SECTIONS[: len(seen)]):
                raise PabulibError(f"Line {number}: META, PROJECTS and VOTES come once each and in this order.")
            header = [name.lower() for name in next(rows, (0, [""]))[1]]
            _check_header(seen[-1], header, number + 1)
        elif not seen:
            raise PabulibError(f"Line {number}: a Pabulib file begins with META.")
        else:
            _add(found, seen[-1], header, number, row)
    if len(seen) < len(SECTIONS):
        raise PabulibError(f"The section {SECTIONS[len(seen)]} is missing: the file is not whole.")
    return found


def _add(found: _Sections, section: str, header: list[str], number: int, row: list[str]) -> None:
    if section == "META":
        if len(row) < 2:  # noqa: PLR2004 - key and value
            raise PabulibError(f"Line {number}: key and value are to be separated by a semicolon.")
        found.meta[row[0].lower()] = ";".join(row[1:]).rstrip(";")
        return
    if len(row) > len(header) and not any(row[len(header) :]):
        row = row[: len(header)]  # empty columns at the end, as spreadsheets write them
    if len(row) != len(header):
        raise PabulibError(f"Line {number} has {len(row)} columns instead of {len(header)}.")
    into, most = (found.projects, MOST_PROJECTS) if section == "PROJECTS" else (found.votes, MOST_VOTES)
    into.append((number, dict(zip(header, row, strict=True))))
    if len(into) > most:
        raise PabulibError(f"There are more than {most} {section.lower()}.")


def _check_header(section: str, header: list[str], line: int) -> None:
    needed = {"META": {"key", "value"}, "PROJECTS": {"project_id", "cost"}, "VOTES": {"voter_id", "vote"}}[section]
    if missing := needed - set(header):
        raise PabulibError(f"Line {line}: {section} lacks the column {', '.join(sorted(missing))}.")
    if len(set(header)) != len(header):
        raise PabulibError(f"Line {line}: {section} has a column twice.")


def _amount(text: str, where: str) -> Number:
    if not AMOUNT.fullmatch(text):
        raise PabulibError(f"{where}: {text[:40]!r} is no amount.")
    exact = Fraction(text.replace(",", "."))
    return exact.numerator if exact.denominator == 1 else exact


def _option(line: int, row: dict[str, str]) -> Option:
    if not row["project_id"] or "," in row["project_id"]:
        raise PabulibError(f"Line {line}: {row['project_id']!r} is no project id.")
    name = row.get("name", "")
    return Option(row["project_id"], "" if name.lower() in NOTHING else name, _amount(row["cost"], f"Line {line}"))


def _ballot(line: int, row: dict[str, str], places: dict[str, int], kind: Kind) -> Ballot:
    named = [] if row["vote"].lower() in NOTHING else [part.strip() for part in row["vote"].split(",")]
    try:
        choices = tuple(places[name] for name in named if name)
    except KeyError as error:
        raise PabulibError(f"Line {line}: there is no project {str(error.args[0])[:40]!r}.") from None
    if len(set(choices)) != len(choices):
        raise PabulibError(f"Line {line} names a project twice.")
    if kind is not Kind.POINTS:
        return Ballot(choices)
    given = row.get("points", "")
    points = [] if given.lower() in NOTHING else [part.strip() for part in given.split(",")]
    if len(points) != len(choices):
        raise PabulibError(f"Line {line} has {len(points)} points for {len(choices)} projects.")
    return Ballot(choices, tuple(_amount(part, f"Line {line}") for part in points))


def write_pb(election: Election, *, rule: str = "", selected: tuple[int, ...] | None = None) -> str:
    """The election as a `.pb` file; ballots are numbered as they stand. `selected` marks the winners."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    kinds = {Kind.APPROVAL: "approval", Kind.POINTS: "scoring", Kind.RANKING: "ordinal"}
    meta = {
        "description": "",
        "country": "",
        "unit": "",
        "instance": "",
        **{name: _line(value) for name, value in election.meta.items()},
        "num_projects": str(len(election.options)),
        "num_votes": str(len(election.ballots)),
        "budget": _decimal(election.budget),
        "rule": rule or election.meta.get("rule", "unknown"),
    }
    if KINDS.get(meta.get("vote_type", "")) is not election.kind:
        meta["vote_type"] = kinds[election.kind]
    if election.longest:
        meta["max_length"] = str(election.longest)
    writer.writerows([["META"], ["key", "value"], *meta.items(), ["PROJECTS"]])
    totals = election.supporters(), election.scores()
    columns = ["project_id", "cost", "votes", *(["score"] if election.kind is not Kind.APPROVAL else []), "name"]
    writer.writerow([*columns, *(["selected"] if selected is not None else [])])
    for place, option in enumerate(election.options):
        score = [_decimal(totals[1][place])] if election.kind is not Kind.APPROVAL else []
        chosen = [str(int(place in selected))] if selected is not None else []
        writer.writerow([option.id, _decimal(option.cost), str(totals[0][place]), *score, _line(option.name), *chosen])
    scored = election.kind is Kind.POINTS
    writer.writerows([["VOTES"], ["voter_id", "vote", *(["points"] if scored else [])]])
    ids = [option.id for option in election.options]
    for number, ballot in enumerate(election.ballots, 1):
        points = [",".join(map(_decimal, ballot.points))] if scored else []
        writer.writerow([str(number), ",".join(ids[choice] for choice in ballot.choices), *points])
    return out.getvalue()


def _line(text: str) -> str:
    """Texts stay on their line."""
    return re.sub(r"[\r\n]+", " ", text)


def _decimal(amount: Number) -> str:
    """A decimal of at most six places; raises `PabulibError` for what the format cannot say exactly."""
    exact = Fraction(amount)
    if exact.denominator == 1:
        return str(exact.numerator)
    text = f"{float(exact):.6f}".rstrip("0")
    if Fraction(text) != exact:
        raise PabulibError(f"{exact} has more than six decimals.")
    return text
