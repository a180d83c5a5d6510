"""What a benchmark fills in is what people would have written: the same facts hold in both."""

import importlib.util
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

BENCHMARKS = Path(__file__).resolve().parents[4] / "benchmarks"

FACTS = {
    "an idea counts its supports": """
        SELECT i.id FROM participation_idea i WHERE support_count <>
        (SELECT count(*) FROM participation_support s WHERE s.idea_id = i.id)""",
    "an idea counts its public comments": """
        SELECT i.id FROM participation_idea i WHERE comment_count <>
        (SELECT count(*) FROM discussion_comment c WHERE c.object_id = i.id AND c.state = 'published')""",
    "a store counts its public ideas": """
        SELECT s.id FROM participation_topicstore s WHERE idea_count <>
        (SELECT count(*) FROM participation_idea i WHERE i.store_id = s.id
         AND i.state IN ('published', 'in_review', 'answered'))""",
    "an idea shows words of its own": """
        SELECT i.id FROM participation_idea i LEFT JOIN participation_ideaversion v ON v.id = i.version_id
        WHERE v.idea_id IS DISTINCT FROM i.id""",
    "a comment shows words of its own": """
        SELECT c.id FROM discussion_comment c LEFT JOIN discussion_commentversion v ON v.id = c.current_id
        WHERE c.state = 'published' AND v.comment_id IS DISTINCT FROM c.id""",
    "a public idea was submitted and released": """
        SELECT i.id FROM participation_idea i WHERE i.state = 'published' AND NOT (
        EXISTS (SELECT FROM participation_statuschange h WHERE h.idea_id = i.id AND h.verb = 'submit')
        AND EXISTS (SELECT FROM participation_statuschange h WHERE h.idea_id = i.id AND h.verb = 'release'))""",
    "a public idea was checked": """
        SELECT i.id FROM participation_idea i WHERE i.state = 'published' AND NOT EXISTS (
        SELECT FROM discussion_case c WHERE c.object_id = i.id AND c.state = 'decided')""",
    "a public idea is in the index as it is": """
        SELECT i.id FROM participation_idea i LEFT JOIN search_entry e ON e.object_id = i.id
        WHERE i.state = 'published' AND (e.state IS DISTINCT FROM i.state OR e.visibility <> 'public'
        OR e.removed_at IS NOT NULL OR e.titles = '{}')""",
    "nothing is published before it was handed in": """
        SELECT id FROM participation_idea WHERE published_at < submitted_at OR submitted_at < received_at""",
    "an author has a pseudonym": """
        SELECT i.id FROM participation_idea i WHERE author_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM accounts_personkey k WHERE k.person_id = i.author_id)""",
    "what stands in a live theme is public, of its store, and linked to it": """
        SELECT p.id FROM participation_themeplace p JOIN participation_theme t ON t.id = p.theme_id
        JOIN participation_idea i ON i.id = p.idea_id WHERE t.dissolved_at IS NULL AND (i.store_id <> t.store_id
        OR i.published_at IS NULL OR NOT EXISTS (SELECT FROM trace_edge e WHERE e.source_id = i.id
        AND e.target_id = t.id AND e.retracted_at IS NULL))""",
    "a step says which ideas it put where": """
        SELECT s.id FROM participation_themestep s WHERE s.undone_at IS NULL AND s.kind = 'group' AND EXISTS (
        SELECT FROM unnest(s.ideas) one WHERE NOT EXISTS (SELECT FROM participation_themeplace p
        WHERE p.idea_id = one AND p.theme_id = s.target_id))""",
    "themes of a store stand in an order": """
        SELECT store_id FROM participation_theme WHERE dissolved_at IS NULL GROUP BY store_id, "order"
        HAVING count(*) > 1""",
    "a live theme is in the index": """
        SELECT t.id FROM participation_theme t LEFT JOIN search_entry e ON e.object_id = t.id
        WHERE t.dissolved_at IS NULL AND (e.visibility IS DISTINCT FROM 'public' OR e.titles = '{}')""",
    "numbers follow each other": """
        SELECT number FROM participation_idea WHERE number < 1 OR number > (SELECT last_value
        FROM participation_idea_number)""",
}

MORE = {"parent_id", "place"}
"""Allowed by the actions, only not among the examples: comments that answer others, ideas with a place."""


@pytest.fixture(scope="module")
def fillers():
    """The modules that fill tables, by their names: they import one another as scripts do."""
    found = {}
    for name in ("tend", "fill", "fill_themes"):
        spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
        found[name] = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(found[name])
    yield found
    for name in found:
        del sys.modules[name]


def broken(fact):
    with connection.cursor() as cursor:
        cursor.execute(FACTS[fact])
        return cursor.fetchall()


def always_and_never_empty(table, where):
    """Which columns are empty in every one of these rows, and in none."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {where}")
        names = [column.name for column in cursor.description]
        rows = cursor.fetchall()
    assert rows, f"the examples hold no such row: {table} {where}"
    filled = [{name for name, value in zip(names, row, strict=True) if value not in (None, "", {}, [])} for row in rows]
    return set.intersection(*filled), set(names) - set.union(*filled)


def test_what_is_filled_in_is_what_people_would_have_written(full_city, fillers, subtests):
    tables = {
        "participation_idea": "state = 'published'",
        "participation_ideaversion": "TRUE",
        "participation_statuschange": "verb = 'release'",
        "participation_support": "TRUE",
        "discussion_comment": "state = 'published' AND NOT is_official",
        "discussion_commentversion": "TRUE",
        "discussion_case": "decision = 'released' AND kind = 'idea'",
        "participation_theme": "dissolved_at IS NULL",
        "participation_themeplace": "TRUE",
        "participation_themestep": "kind = 'group' AND undone_at IS NULL",
        "trace_edge": "target_kind = 'theme' AND source_kind = 'idea'",
    }
    by_people = {table: always_and_never_empty(table, where) for table, where in tables.items()}
    with connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    for fact in FACTS:
        with subtests.test(fact, who="people"):
            assert not broken(fact)
    made = fillers["fill"].fill(30, 200, 60, at=timezone.now())
    assert (made["ideas"], made["supports"], made["comments"]) == (30, 200, 60)
    made = fillers["fill_themes"].fill(3, 6, at=timezone.now())
    assert (made["places"], made["edges"]) == (6, 6)
    for fact in FACTS:
        with subtests.test(fact, who="filled"):
            assert not broken(fact)
    for table, where in tables.items():
        with subtests.test(table=table):
            always, never = by_people[table]
            both_always, both_never = always_and_never_empty(table, where)
            assert not always - both_always, "people's rows always hold these, the filled ones do not"
            assert not never - both_never - MORE, "the filled ones hold these, people's rows never do"
