"""Reading and writing conversations in Polis's files: comments, votes, participants-votes and summary.

`votes.csv` is a log: the last vote of a person on a statement counts. 1 agree, -1 disagree, 0 pass; `moderated` -1 was
refused, 0 not looked at, 1 accepted. `agrees` and `disagrees` of `comments.csv` count every row of the log, also votes
that were changed later. An empty `group-id` is somebody outside all groups.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

COMMENTS, VOTES, PARTICIPANTS, SUMMARY = "comments.csv", "votes.csv", "participants-votes.csv", "summary.csv"
FILES = (COMMENTS, VOTES, PARTICIPANTS, SUMMARY)
LARGEST = 80 * 1024 * 1024
"""Bytes of one file."""
MOST_STATEMENTS, MOST_PEOPLE, MOST_ROWS = 4000, 100_000, 5_000_000
LONGEST = 1000
"""Characters of a statement."""
MOST_FAULTS = 50
LARGEST_NUMBER = 2**53


@dataclass(frozen=True)
class Fault:
    """What is wrong, where. `line` counts as editors count; 0 is the whole file."""

    file: str
    line: int
    message: str


@dataclass(frozen=True)
class Comment:
    """A statement. `moderated` as in the file."""

    id: int
    author: int
    body: str
    moderated: int = 0
    millisecond: int = 0


@dataclass(frozen=True)
class Vote:
    millisecond: int
    comment: int
    voter: int
    choice: int


@dataclass
class Conversation:
    """What was read. With `faults` nothing of it may be used; `skipped` rows are left out, and said so."""

    topic: str = ""
    description: str = ""
    url: str = ""
    comments: list[Comment] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    """The last of each person on each statement, in the order cast."""
    changed: int = 0
    """Votes of the log that were replaced by a later one."""
    groups: dict[int, int | None] = field(default_factory=dict)
    """Official group per person where the files say so."""
    faults: list[Fault] = field(default_factory=list)
    skipped: list[Fault] = field(default_factory=list)
    skipped_rows: int = 0

    @property
    def voters(self) -> list[int]:
        """Everybody who voted, in the order of their numbers."""
        return sorted({vote.voter for vote in self.votes})

    def skip(self, file: str, line: int, message: str) -> None:
        self.skipped_rows += 1
        if len(self.skipped) < MOST_FAULTS:
            self.skipped.append(Fault(file, line, message))


class _Wrong(Exception):
    """This row cannot be read; the sentence says why."""


def read_polis(files: Mapping[str, bytes]) -> Conversation:
    """Reads what Polis gives out. Never raises: what cannot be used stands in `faults`, rows left out in `skipped`."""
    read = Conversation()
    texts: dict[str, str] = {}
    for name in FILES:
        if name in files:
            text = _text(name, files[name], read)
            if text is not None:
                texts[name] = text
        elif name in (COMMENTS, VOTES):
            read.faults.append(Fault(name, 0, _("Diese Datei fehlt.")))
    if read.faults:
        return read
    _read_summary(texts.get(SUMMARY, ""), read)
    _read_comments(texts[COMMENTS], read)
    if not read.faults:
        _read_votes(texts[VOTES], read)
    if not read.faults and PARTICIPANTS in texts:
        _read_groups(texts[PARTICIPANTS], read)
    return read


def _text(name: str, data: bytes, read: Conversation) -> str | None:
    """The file as text: UTF-8, or UTF-16 with its mark. Anything else is said and not guessed."""
    if len(data) > LARGEST:
        read.faults.append(Fault(name, 0, _("Diese Datei ist größer als %(n)s MB.") % {"n": LARGEST // 2**20}))
        return None
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1 if coding == "utf-8-sig" else 0
        said = _("Diese Datei ist nicht in UTF-8 gespeichert. Bitte speichern Sie sie neu als „CSV UTF-8“.")
        read.faults.append(Fault(name, line, said))
        return None
    if "\0" in text:
        read.faults.append(Fault(name, text[: text.index("\0")].count("\n") + 1, _("Das ist keine CSV-Datei.")))
        return None
    return text


def _rows(name: str, text: str, wanted: Sequence[str], read: Conversation) -> Iterator[tuple[int, list[str]]]:
    """(line, the wanted columns) of each row. Rows of another length than the heading are skipped."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = [cell.strip() for cell in next(reader, [])]
        missing = [column for column in wanted if column not in heading]
        if missing:
            said = _("Es fehlt die Spalte „%(name)s“.") % {"name": missing[0]}
            read.faults.append(Fault(name, 1, said))
            return
        places = [heading.index(column) for column in wanted]
        for number, row in enumerate(reader):
            if number >= MOST_ROWS:
                said = _("Diese Datei hat mehr als %(n)s Zeilen.") % {"n": MOST_ROWS}
                read.faults.append(Fault(name, reader.line_num, said))
                return
            if len(row) == len(heading):
                yield reader.line_num, [row[place] for place in places]
            elif row:
                said = _("Diese Zeile hat %(here)s statt %(there)s Angaben.")
                read.skip(name, reader.line_num, said % {"here": len(row), "there": len(heading)})
    except csv.Error:
        said = _("Ab hier lässt sich die Datei nicht lesen. Vielleicht ist sie abgeschnitten.")
        read.faults.append(Fault(name, reader.line_num, said))


def _number(cell: str, what: str) -> int:
    text = cell.strip()
    if not text.removeprefix("-").isdecimal() or not text.isascii() or len(text) > 16:  # noqa: PLR2004 - fits 2^53
        raise _Wrong(_("„%(text)s“ ist keine Zahl (Spalte „%(name)s“).") % {"text": text[:20], "name": what})
    value = int(text)
    if abs(value) > LARGEST_NUMBER:
        raise _Wrong(_("„%(text)s“ ist keine Zahl (Spalte „%(name)s“).") % {"text": text[:20], "name": what})
    return value


def _require(holds: bool, said: str) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise _Wrong(said)


def _one_of(cell: str, what: str, allowed: tuple[int, ...]) -> int:
    value = _number(cell, what)
    if value not in allowed:
        said = _("„%(value)s“ gibt es in der Spalte „%(name)s“ nicht.")
        raise _Wrong(said % {"value": value, "name": what})
    return value


def _read_summary(text: str, read: Conversation) -> None:
    """Topic, description and address: pairs without a heading."""
    try:
        pairs = {row[0]: row[1] for row in csv.reader(io.StringIO(text, newline=""), strict=True) if len(row) == 2}  # noqa: PLR2004 - a pair
    except csv.Error:
        read.faults.append(
            Fault(SUMMARY, 0, _("Ab hier lässt sich die Datei nicht lesen. Vielleicht ist sie abgeschnitten."))
        )
        return
    read.topic = _unsafe(_plain(pairs.get("topic", "")))[:200]
    read.description = _unsafe(pairs.get("conversation-description", "").strip())[:4000]
    url = pairs.get("url", "").strip()
    read.url = url[:500] if url.startswith("https://") else ""


def _plain(text: str) -> str:
    """On one line, without signs that cannot be seen but can turn the line around."""
    return " ".join("".join(one for one in text if one.isprintable() or one.isspace()).split())


def _read_comments(text: str, read: Conversation) -> None:
    wanted = ("timestamp", "comment-id", "author-id", "moderated", "comment-body")
    seen: set[int] = set()
    for line, (time, number, author, moderated, body) in _rows(COMMENTS, text, wanted, read):
        try:
            said = _unsafe(_plain(body))
            _require(bool(said), _("Die Aussage ist leer."))
            _require(len(said) <= LONGEST, _("Die Aussage ist länger als %(n)s Zeichen.") % {"n": LONGEST})
            comment = Comment(
                _number(number, "comment-id"),
                _number(author or "0", "author-id"),
                said,
                _one_of(moderated or "0", "moderated", (-1, 0, 1)),
                max(0, _number(time or "0", "timestamp")),
            )
            _require(comment.id not in seen, _("Die Nummer %(n)s kommt zweimal vor.") % {"n": comment.id})
        except _Wrong as wrong:
            read.skip(COMMENTS, line, str(wrong))
            continue
        seen.add(comment.id)
        read.comments.append(comment)
    read.comments.sort(key=lambda one: one.id)
    if not read.faults and not read.comments:
        read.faults.append(Fault(COMMENTS, 0, _("In dieser Datei steht keine Aussage.")))
    if len(read.comments) > MOST_STATEMENTS:
        read.faults.append(
            Fault(COMMENTS, 0, _("Mehr als %(n)s Aussagen nehmen wir nicht an.") % {"n": MOST_STATEMENTS})
        )


def _read_votes(text: str, read: Conversation) -> None:
    known = {comment.id for comment in read.comments}
    log: list[Vote] = []
    wanted = ("timestamp", "comment-id", "voter-id", "vote")
    for line, (time, number, voter, choice) in _rows(VOTES, text, wanted, read):
        try:
            vote = Vote(
                _number(time, "timestamp"),
                _number(number, "comment-id"),
                _number(voter, "voter-id"),
                _one_of(choice, "vote", (-1, 0, 1)),
            )
            _require(vote.comment in known, _("Eine Aussage mit der Nummer %(n)s gibt es nicht.") % {"n": vote.comment})
        except _Wrong as wrong:
            read.skip(VOTES, line, str(wrong))
            continue
        log.append(vote)
    log.sort(key=lambda one: one.millisecond)  # rows of one instant keep the order of the file
    last = {(vote.voter, vote.comment): vote for vote in log}
    read.votes = list(last.values())
    read.changed = len(log) - len(last)
    if len({vote.voter for vote in read.votes}) > MOST_PEOPLE:
        read.faults.append(Fault(VOTES, 0, _("Mehr als %(n)s Menschen nehmen wir nicht an.") % {"n": MOST_PEOPLE}))


def _read_groups(text: str, read: Conversation) -> None:
    for line, (number, group) in _rows(PARTICIPANTS, text, ("participant", "group-id"), read):
        try:
            read.groups[_number(number, "participant")] = _number(group, "group-id") if group.strip() else None
        except _Wrong as wrong:
            read.skip(PARTICIPANTS, line, str(wrong))


# Writing


@dataclass(frozen=True)
class Participant:
    """A voter of the files: a number that stands for nobody, the group (None: outside), the votes by comment."""

    number: int
    group: int | None
    votes: Mapping[int, int]


FORMULA = ("=", "+", "-", "@")
"""A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection)."""


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _unsafe(text: str) -> str:
    """What `_safe` made of it, back again."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def _line(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(list(cells))
    return out.getvalue()


def write_summary(topic: str, url: str, voters: int, comments: int, groups: int, description: str) -> Iterator[str]:
    """summary.csv."""
    pairs = (
        ("topic", _safe(topic)), ("url", url), ("voters", voters), ("voters-in-conv", voters), ("comments", comments),
        ("groups", groups), ("conversation-description", _safe(description)),
    )  # fmt: skip
    yield from (_line(pair) for pair in pairs)


def write_comments(rows: Iterable[tuple[Comment, str, int, int]]) -> Iterator[str]:
    """comments.csv from (comment, its time in words, agrees, disagrees)."""
    yield _line(
        ("timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body")
    )
    for one, time, agrees, disagrees in rows:
        yield _line((one.millisecond, time, one.id, one.author, agrees, disagrees, one.moderated, _safe(one.body)))


def write_votes(people: Iterable[Participant]) -> Iterator[str]:
    """votes.csv. We keep no times of votes, so each says 0; there is one row per person and statement."""
    yield _line(("timestamp", "datetime", "comment-id", "voter-id", "vote"))
    for person in people:
        for comment, choice in sorted(person.votes.items()):
            yield _line((0, "", comment, person.number, choice))


def write_participants(comments: Sequence[int], people: Iterable[Participant]) -> Iterator[str]:
    """participants-votes.csv: a row per person, a column per statement."""
    yield _line(("participant", "xid", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree", *comments))
    for one in people:
        said = list(one.votes.values())
        group = "" if one.group is None else one.group
        cells = [one.votes.get(comment, "") for comment in comments]
        yield _line((one.number, "", group, 0, len(said), said.count(1), said.count(-1), *cells))
