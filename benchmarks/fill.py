"""Fills a city with ideas, supports and comments by COPY, as if people had written them.

The rows are made as the actions make them (participation `submit_idea`, `release_idea`, `support_idea`; discussion
`write_comment`), only many at a time; `src/allmende/project/tests/test_shell_benchmarks.py` compares what holds in
both. Texts have lengths and words of real ones, so that pages weigh what they will weigh.

Usage: python fill.py IDEAS SUPPORTS COMMENTS [STORES], with the settings of a running city; prints what it made as
JSON. STORES: into so many of the open stores at most.
"""

import json
import random
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection, models, transaction
from django.db.models import F
from tend import tend

from allmende.accounts.models import Person, PersonKey
from allmende.capabilities.participation import workflow
from allmende.capabilities.participation.models import Idea, IdeaVersion, StatusChange, Support, TopicStore
from allmende.engines.discussion.models import Case, Comment, CommentVersion
from allmende.engines.search import interface as search

PLACES = ("Sorge", "Johannisplatz", "Hofwiesenpark", "Lusan", "Bieblach", "Untermhaus", "Langenberg", "Zwötzen")
THINGS = ("Bänke", "Bäume", "Radbügel", "eine Trinkwasserstelle", "ein Zebrastreifen", "ein Lesecafé", "mehr Licht")
WISHES = ("fehlen", "würden helfen", "wünschen sich viele", "wären schön", "brauchen wir vor 2037")
SENTENCES = (
    "Wir gehen dort jeden Tag mit den Kindern entlang.",
    "Im Sommer ist es auf dem Platz so heiß, dass sich niemand aufhalten mag.",
    "Der Verein von nebenan würde die Pflege übernehmen.",
    "Eine Nachbarstadt hat damit gute Erfahrungen gemacht.",
    "Wer schlecht zu Fuß ist, muss bisher einen weiten Umweg machen.",
    "Die Händlerinnen und Händler in der Straße haben schon zugesagt, mitzumachen.",
    "Vielleicht lässt sich das mit der nächsten Baustelle verbinden.",
)

A_FEW = 2000


def copy(model: type[models.Model], rows: Iterable[models.Model]) -> int:
    """Writes rows by COPY. Columns that the database fills by itself are left to it; so are numbers."""
    fields = [field for field in model._meta.concrete_fields if not field.has_db_default() and not field.generated]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    count = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as to:
        for row in rows:
            to.write_row([_value(field, row) for field in fields])
            count += 1
    return count


def _value(field: Any, row: models.Model) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)


def words(chance: random.Random, sentences: int) -> str:
    return " ".join(chance.choice(SENTENCES) for _ in range(sentences))


def fill(
    ideas: int, supports: int, comments: int, most_stores: int | None = None, *, at: datetime, seed: int = 1
) -> dict[str, int]:
    """Fills the open stores of the city with published ideas; returns how many rows were made of each.

    Needs a store that is open and has categories. The index is rebuilt by the room's own description of what was added.
    """
    chance = random.Random(seed)
    stores = list(
        TopicStore.objects.filter(kind="store", opens_at__lte=at, closes_at__gt=at, categories__isnull=False)
        .distinct()
        .select_related("group")
        .prefetch_related("categories")
        .order_by("number")[:most_stores]
    )
    people = _people(max(40, supports // 50), at)
    rows = [_idea(chance, number, stores[number % len(stores)], people, at) for number in range(ideas)]
    checker = people[0]
    backing = _supports(chance, rows, people, supports)
    talk = _comments(chance, rows, people, comments, at)
    with transaction.atomic():
        made = {
            "persons": copy(Person, people),
            "keys": copy(PersonKey, [PersonKey(person=person) for person in people]),
            "ideas": copy(Idea, _without_version(rows)),
            "versions": copy(IdeaVersion, [_version(chance, row) for row in rows]),
            "history": copy(StatusChange, [change for row in rows for change in _history(row)]),
            "cases": copy(Case, [_case(row, checker) for row in rows]),
            "supports": copy(Support, backing),
            "comments": copy(Comment, talk),
            "comment_versions": copy(CommentVersion, [_said(chance, comment) for comment in talk]),
        }
        _point_at_versions()
        for store in stores:
            mine = sum(row.store_id == store.pk for row in rows)
            TopicStore.objects.filter(pk=store.pk).update(idea_count=F("idea_count") + mine)
    _index(rows)
    return made


def _index(rows: Sequence[Idea]) -> None:
    """One by one while they are few; many are read in bulk with everything else."""
    if len(rows) > A_FEW:
        search.rebuild()
    else:
        for row in rows:
            search.index_now(row.ref)
    tend()


def _people(count: int, at: datetime) -> list[Person]:
    people = [
        Person(display_name=f"Nachbarin {number + 1}", contact_kind="none", is_guest=True, created_at=at)
        for number in range(count)
    ]
    for person in people:
        person.set_unusable_password()
    return people


def _idea(chance: random.Random, number: int, store: TopicStore, people: list[Person], at: datetime) -> Idea:
    author = chance.choice(people)
    submitted = at - timedelta(days=30, seconds=chance.randrange(20 * 86400)) + timedelta(microseconds=number)
    published = submitted + timedelta(hours=5)
    categories = list(store.categories.all())
    return Idea(
        store=store,
        category=chance.choice(categories) if categories else None,
        author=author,
        author_name=author.display_name,
        state=workflow.State.PUBLISHED.value,
        place=chance.choice(PLACES),
        department=store.group.department,
        next_step=dict(workflow.STATES[workflow.State.PUBLISHED].next_step),
        due_at=workflow.due(workflow.State.PUBLISHED, published),
        created_at=submitted,
        received_at=submitted,
        submitted_at=submitted,
        published_at=published,
    )


def _version(chance: random.Random, idea: Idea) -> IdeaVersion:
    title = f"{chance.choice(THINGS)} {chance.choice(WISHES)}: {idea.place}"
    body = words(chance, chance.randrange(3, 12))
    return IdeaVersion(idea=idea, number=1, title=title[0].upper() + title[1:], body=body, at=idea.submitted_at)


def _without_version(rows: list[Idea]) -> list[Idea]:
    """Idea and version point at each other; the idea comes first and is pointed at its version afterwards."""
    for row in rows:
        row.version = None
    return rows


def _point_at_versions() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE participation_idea i SET version_id = v.id FROM participation_ideaversion v"
            " WHERE v.idea_id = i.id AND v.number = 1 AND i.version_id IS NULL AND i.state = 'published'"
        )
        cursor.execute(
            "UPDATE discussion_comment c SET current_id = v.id FROM discussion_commentversion v"
            " WHERE v.comment_id = c.id AND v.number = 1 AND c.current_id IS NULL AND c.state = 'published'"
        )


def _history(idea: Idea) -> list[StatusChange]:
    return [
        StatusChange(idea=idea, verb="submit", state="submitted", at=idea.submitted_at, created_at=idea.submitted_at),
        StatusChange(idea=idea, verb="release", state="published", at=idea.published_at, created_at=idea.published_at),
    ]


def _case(idea: Idea, checker: Person) -> Case:
    return Case(
        capability=idea.ref.capability,
        kind=idea.ref.kind,
        object_id=idea.ref.id,
        scope="participation",
        author_id=idea.author_id,
        cause="new",
        opened_at=idea.submitted_at,
        due_at=idea.submitted_at + timedelta(days=1),
        state="decided",
        decision="released",
        decided_by=checker,
        decided_at=idea.published_at,
    )


def _supports(chance: random.Random, ideas: list[Idea], people: list[Person], count: int) -> list[Support]:
    """Few ideas have many supports and many have few, as everywhere (rank-size rule)."""
    sums = list(accumulate(1 / (rank + 1) for rank in range(len(ideas))))
    places = range(len(ideas))
    chosen: set[tuple[int, int]] = set()
    while len(chosen) < count:
        idea = chance.choices(places, cum_weights=sums)[0] if chance.random() < 0.3 else chance.randrange(len(ideas))
        chosen.add((idea, chance.randrange(len(people))))
    rows = []
    for idea, person in sorted(chosen):
        ideas[idea].support_count += 1
        published = ideas[idea].published_at
        assert published is not None
        rows.append(Support(idea=ideas[idea], person=people[person], at=published + timedelta(minutes=person + 1)))
    return rows


def _comments(
    chance: random.Random, ideas: list[Idea], people: list[Person], count: int, at: datetime
) -> list[Comment]:
    """A third of them answers another one."""
    rows: list[Comment] = []
    last: dict[int, Comment] = {}
    for number in range(count):
        which = chance.randrange(len(ideas))
        idea, person = ideas[which], chance.choice(people)
        written = at - timedelta(days=5) + timedelta(seconds=number)
        comment = Comment(
            capability="participation",
            kind="idea",
            object_id=idea.pk,
            author=person,
            public_name=person.display_name,
            channel="web",
            state="published",
            written_at=written,
        )
        comment.place_below(last.get(which) if chance.random() < 0.33 else None, written)
        last[which] = comment
        idea.comment_count += 1
        rows.append(comment)
    return rows


def _said(chance: random.Random, comment: Comment) -> CommentVersion:
    return CommentVersion(
        comment=comment, number=1, body=words(chance, chance.randrange(1, 5)), written_at=comment.written_at
    )


if __name__ == "__main__":
    json.dump(fill(*(int(argument) for argument in sys.argv[1:5]), at=datetime.now(UTC)), sys.stdout)
