"""Everything public as files: nothing else is in them, formulas do nothing, the manifest proves what was sent."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders
from allmende.capabilities.participation.queries import opendata
from allmende.capabilities.participation.views.documents import safe_cell
from allmende.capabilities.participation.views.opendata import dictionary
from allmende.engines.discussion import interface as discussion

NOW = timezone.now()


def body(response):
    return b"".join(response.streaming_content)


def fetched(table, form="csv"):
    content = body(Client().get(f"/mitmachen/offene-daten/{table}.{form}"))
    if form == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    return [json.loads(line) for line in content.decode().splitlines()]


def unpacked(address):
    return zipfile.ZipFile(io.BytesIO(body(Client().get(address))))


@pytest.fixture
def store(db):
    return builders.store()


def test_only_what_everybody_can_read_is_exported(store):
    author = people.person(display_name="Ahorn", email="geheim@example.org")
    shown = builders.published(store, author=author, title="Eine Bank", body="Im Schatten")
    builders.idea(store, title="Noch nicht geprüft", body="Wartet")
    refused = builders.idea(store, title="Verboten", body="Unfreundlich")
    moderator = people.actor(people.moderator("participation"))
    actions.refuse_idea(actor=moderator, object_id=refused.pk, reason="Kein Ton.", rule="respekt", at=timezone.now())
    draft = builders.store(opens_at=None, closes_at=None, title={"de": "Geheime Sammlung"})
    bundle = unpacked("/mitmachen/offene-daten/alles.zip")
    everything = b"\n".join(bundle.read(name) for name in bundle.namelist()).decode()
    assert "Eine Bank" in everything
    for secret in ("Noch nicht geprüft", "Verboten", "Kein Ton.", "geheim@example.org", str(author.pk), str(draft)):
        assert secret not in everything
    row = next(row for row in fetched("ideas", "jsonl") if row["number"] == shown.number)
    assert (row["title"], row["author"], row["store"], row["state"]) == (
        "Eine Bank",
        "Ahorn",
        store.number,
        "published",
    )


def test_the_manifest_says_what_each_file_holds_and_proves_it(store):
    for _ in range(3):
        builders.published(store)
    bundle = unpacked("/mitmachen/offene-daten/alles.zip")
    assert bundle.testzip() is None
    package = json.loads(bundle.read("datapackage.json"))
    assert package["licenses"][0]["path"].startswith("https://")
    assert {one["path"] for one in package["resources"]} | {
        "woerterbuch.md",
        "dictionary.md",
        "datapackage.json",
    } == set(bundle.namelist())
    for one in package["resources"]:
        content = bundle.read(one["path"])
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert one["bytes"] == len(content)
        names = [field["name"] for field in one["schema"]["fields"]]
        if one["format"] == "csv":
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
            assert rows[0] == names
            assert len(rows) - 1 == one["rows"]
        else:
            assert all(list(json.loads(line)) == names for line in content.decode().splitlines())
    ideas = next(one for one in package["resources"] if one["path"] == "ideas.csv")
    assert ideas["rows"] == 3


def test_nothing_in_a_table_is_run_by_a_spreadsheet(store):
    builders.published(store, title="=HYPERLINK(1)", body='@SUM(A1)\n"; DROP')
    row = fetched("ideas")[0]
    assert (row["title"], row["body"]) == ("'=HYPERLINK(1)", "'@SUM(A1)\n\"; DROP")
    assert fetched("ideas", "jsonl")[0]["title"] == "=HYPERLINK(1)"


@given(st.text())
def test_no_cell_begins_like_a_formula(text):
    assert safe_cell(text)[:1] not in set("=+-@\t\r")


def test_answers_themes_needs_comments_and_statuses_are_in(store):
    moderator, clerk = people.actor(people.moderator("participation")), people.actor(people.clerk("umwelt"))
    idea = builders.published(store)
    comment = discussion.add_comment(
        actor=people.actor(people.person()), ref=idea.ref, body="Gute Sache.", language="de", at=timezone.now()
    )
    actions.answer_idea(actor=clerk, idea_id=idea.pk, outcome="accepted", text="Ja, gern.", at=timezone.now())
    needs = builders.store(kind="need")
    need = builders.published(needs)
    theme = actions.order_ideas(
        actor=moderator, store_id=needs.pk, idea_ids=[need.pk], new_title={"de": "Orte"}, at=timezone.now()
    ).target
    data = actions.OfferData(kind="event", text="Mittwochs.", department="umwelt")
    actions.answer_needs(actor=clerk, theme_id=theme.pk, data=data, at=timezone.now())
    assert [row["text"] for row in fetched("answers")] == ["Ja, gern."]
    assert [(row["theme"], row["idea"]) for row in fetched("theme_ideas")] == [(str(theme.number), str(need.number))]
    assert [row["text"] for row in fetched("offers")] == ["Mittwochs."]
    assert [row["id"] for row in fetched("comments")] == ([str(comment.pk)] if comment.state == "published" else [])
    assert {row["verb"] for row in fetched("statuses")} >= {"submit", "release", "answer"}
    assert {row["kind"] for row in fetched("stores")} == {"store", "need"}
    assert len(fetched("projects")) == 2
    assert len(fetched("themes")) == 1


def test_a_project_exports_itself_alone(store):
    mine = builders.published(store)
    builders.published()
    bundle = unpacked(f"/mitmachen/projekte/{store.module.project.number}/offene-daten.zip")
    rows = [json.loads(line) for line in bundle.read("ideas.jsonl").decode().splitlines()]
    assert [row["number"] for row in rows] == [mine.number]
    assert len(bundle.read("projects.jsonl").splitlines()) == 1


def test_portions_leave_nothing_out(store, monkeypatch):
    ideas = [builders.published(store).number for _ in range(7)]
    monkeypatch.setattr(opendata.columns, "PORTION", 3)
    scope = opendata.scope_of(NOW + timedelta(hours=1))
    assert [row["number"] for row in opendata.BY_NAME["ideas"].rows(scope)] == ideas


def test_the_dictionary_names_every_column_in_both_languages(db):
    german, english = dictionary("de"), dictionary("en")
    for table in opendata.TABLES:
        assert {"de", "en"} <= set(table.titles) & set(table.meaning)
        for column in table.columns:
            assert f"| {column.name} | {column.type} | {column.meaning['de']} |" in german
            assert f"| {column.name} | {column.type} | {column.meaning['en']} |" in english
    assert Client().get("/mitmachen/offene-daten/").status_code == 200


@pytest.mark.parametrize("name", ["nichts.csv", "ideas.exe", "accounts.csv"])
def test_there_are_no_other_files(db, name):
    assert Client().get(f"/mitmachen/offene-daten/{name}").status_code == 404
