"""Everything public of participation as tables: one declaration for files, data dictionary and page.

Only what anybody can read on the pages anyway is in them: released words, the names they were signed with, counts. Rows
come by number in portions, so that a city of any size is exported with little memory.
"""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from allmende.capabilities.participation.models import (
    Idea,
    Module,
    Offer,
    OfficialAnswer,
    Phase,
    Project,
    StatusChange,
    Theme,
    ThemePlace,
    TopicStore,
)
from allmende.capabilities.participation.workflow import PUBLIC_STATES, Texts
from allmende.engines.ballots.interface.voting import Vote
from allmende.engines.discussion.interface import Comment

OPEN_LICENCE = "Datenlizenz Deutschland – Namensnennung – Version 2.0"
OPEN_LICENCE_URL = "https://www.govdata.de/dl-de/by-2-0"
"""Unless the city says otherwise."""
PORTION = 500
"""Rows read at a time."""
type Value = str | int | float | bool | None


@dataclass(frozen=True)
class Scope:
    """What is exported: these projects and their stores, as everybody sees them at this time."""

    projects: Collection[UUID]
    stores: Collection[UUID]
    at: datetime


@dataclass(frozen=True)
class Column:
    """A column: its name in every file, its type (Frictionless Table Schema), what it means, where it comes from."""

    name: str
    type: str
    meaning: Texts
    value: Callable[[Any], Any]


@dataclass(frozen=True)
class Table:
    """A table: its name in every file, what it holds, its columns; the first is its key."""

    name: str
    titles: Texts
    meaning: Texts
    columns: tuple[Column, ...]
    query: Callable[[Scope], QuerySet[Any]]

    def rows(self, scope: Scope) -> Iterator[dict[str, Value]]:
        """Plain values in the order of the columns."""
        for row in _in_portions(self.query(scope)):
            yield {column.name: plain(column.value(row)) for column in self.columns}


def _in_portions(rows: QuerySet[Any]) -> Iterator[Model]:
    """All rows by key, so many at a time."""
    last: UUID | None = None
    while True:
        portion = list((rows.filter(pk__gt=last) if last else rows).order_by("pk")[:PORTION])
        yield from portion
        if len(portion) < PORTION:
            return
        last = portion[-1].pk


def plain(value: Any) -> Value:
    """A value as it stands in a file: instants in ISO 8601 with offset."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _own(name: str, kind: str, german: str, english: str, path: str = "") -> Column:
    """A column that is an attribute of the row, reached by `path` (its name unless said)."""

    def value(row: Any) -> Any:
        for part in (path or name).split("."):
            row = getattr(row, part, None)
        return row

    return Column(name, kind, {"de": german, "en": english}, value)


def _texts(name: str, german: str, english: str, path: str = "") -> tuple[Column, ...]:
    """A text of the city in both languages."""
    found = _own(name, "string", german, english, path)

    def of(language: str) -> Callable[[Any], Any]:
        return lambda row: (found.value(row) or {}).get(language, "")

    return (
        Column(f"{name}_de", "string", {"de": f"{german} (deutsch)", "en": f"{english} (German)"}, of("de")),
        Column(f"{name}_en", "string", {"de": f"{german} (englisch)", "en": f"{english} (English)"}, of("en")),
    )


_PUBLIC = [state.value for state in PUBLIC_STATES]
_STORE = _own("store", "integer", "Nummer der Sammlung", "Number of the collection", "store.number")
_IDEA = _own("idea", "integer", "Nummer des Beitrags", "Number of the contribution", "idea.number")
_LANGUAGE = _own("language", "string", "Sprache der Worte: de, en", "Language of the words: de, en")
_EXAMPLE = _own("is_example", "boolean", "Beispiel, kein echter Beitrag", "An example, not a real one")
_DEPARTMENT = _own("department", "string", "Kürzel des zuständigen Amtes", "Short name of the office in charge")


def _public(scope: Scope, prefix: str = "") -> dict[str, Any]:
    """Conditions under which a contribution, or what hangs on it, is in the export."""
    return {f"{prefix}store__in": scope.stores, f"{prefix}state__in": _PUBLIC, f"{prefix}published_at__lte": scope.at}


def _votes(scope: Scope) -> QuerySet[Any]:
    modules = Module.objects.filter(project__in=scope.projects).values("pk")
    about = Q(object_id__in=scope.projects) | Q(object_id__in=scope.stores) | Q(object_id__in=modules)
    return Vote.objects.filter(about, capability="participation", closed_at__lte=scope.at)


def _comments(scope: Scope) -> QuerySet[Any]:
    ideas = Idea.objects.filter(**_public(scope)).values("pk")
    about = Q(kind="idea", object_id__in=ideas) | Q(kind="project", object_id__in=scope.projects)
    return Comment.objects.published().filter(about, capability="participation").select_related("current")


TABLES: tuple[Table, ...] = (
    Table(
        "projects",
        {"de": "Projekte", "en": "Projects"},
        {"de": "Angekündigte Projekte.", "en": "Announced projects."},
        (
            _own("number", "integer", "Nummer des Projekts", "Number of the project"),
            _own("group", "string", "Kürzel der Gruppe", "Short name of the group", "group.slug"),
            _own("blueprint", "string", "Vorlage, aus der es entstand", "Blueprint it was made from"),
            *_texts("title", "Name", "Name"),
            *_texts("summary", "Worum es geht", "What it is about"),
            _own("is_formal", "boolean", "Förmliche Beteiligung nach Gesetz", "Formal participation under the law"),
            _own("announced_at", "datetime", "Angekündigt am", "Announced at"),
            _EXAMPLE,
        ),
        lambda scope: Project.objects.filter(pk__in=scope.projects).select_related("group"),
    ),
    Table(
        "phases",
        {"de": "Phasen", "en": "Phases"},
        {"de": "Phasen von Projekten mit ihren Tagen.", "en": "Dated phases of projects."},
        (
            _own("project", "integer", "Nummer des Projekts", "Number of the project", "module.project.number"),
            _own("module", "string", "Art des Teils", "Kind of the part", "module.kind"),
            _own("kind", "string", "Art der Phase", "Kind of the phase"),
            _own("starts_at", "datetime", "Beginn", "Beginning"),
            _own("ends_at", "datetime", "Ende (gehört nicht mehr dazu)", "End (exclusive)"),
            _own("audience", "string", "Für wen offen", "Open to whom"),
        ),
        lambda scope: Phase.objects.filter(module__project__in=scope.projects).select_related("module__project"),
    ),
    Table(
        "stores",
        {"de": "Sammlungen", "en": "Collections"},
        {
            "de": "Themenspeicher, Zukunftsfragen, Wettbewerbe und Sammlungen von Bedarf, sobald sie angekündigt sind.",
            "en": "Topic stores, future questions, contests and collections of needs, once announced.",
        },
        (
            _own("number", "integer", "Nummer der Sammlung", "Number of the collection"),
            _own("project", "integer", "Nummer des Projekts", "Number of the project", "module.project.number"),
            _own("group", "string", "Kürzel der Gruppe", "Short name of the group", "group.slug"),
            _own(
                "kind", "string", "Art: store (Ideen), future_question, contest, need (Bedarf)",
                "Kind: store (ideas), future_question, contest, need",
            ),
            *_texts("title", "Die Frage", "The question"),
            *_texts("description", "Worum es geht", "What it is about"),
            *_texts("what_is_open", "Was ist offen?", "What is open?"),
            *_texts("decided_already", "Was ist schon entschieden?", "What is decided already?"),
            *_texts("who_decides", "Wer entscheidet?", "Who decides?"),
            *_texts("when_decided", "Wann?", "When?"),
            *_texts("what_it_changes", "Was ändert das Ergebnis?", "What does the result change?"),
            _own("opens_at", "datetime", "Öffnet", "Opens"),
            _own("closes_at", "datetime", "Schließt", "Closes"),
            _own("idea_count", "integer", "Öffentliche Beiträge", "Public contributions"),
            _EXAMPLE,
        ),
        lambda scope: TopicStore.objects.filter(pk__in=scope.stores).select_related("group", "module__project"),
    ),
    Table(
        "ideas",
        {"de": "Ideen, Antworten und Wünsche", "en": "Ideas, answers and wishes"},
        {
            "de": "Jeder öffentliche Beitrag, wie er zu lesen ist. Wünsche liegen in Sammlungen der Art need.",
            "en": "Each public contribution in the words that can be read. Wishes lie in collections of kind need.",
        },
        (
            _own("number", "integer", "Nummer des Beitrags", "Number of the contribution"),
            _STORE,
            _own("category", "string", "Kürzel der Rubrik", "Short name of the category", "category.slug"),
            _own("title", "string", "In einem Satz", "In one sentence", "version.title"),
            _own("body", "string", "Text", "Text", "version.body"),
            _LANGUAGE,
            _own("author", "string", "Anzeigename, leer für Gäste", "Display name, empty for guests", "author_name"),
            _own(
                "channel", "string", "Weg: web, api, paper, telephone, counter, email",
                "Channel: web, api, paper, telephone, counter, email",
            ),
            _own("state", "string", "Stand: published, in_review, answered", "State: published, in_review, answered"),
            _own("district", "string", "Kürzel des Stadtteils", "Short name of the district"),
            _own("place", "string", "Ort in Worten", "Place in words"),
            _own("longitude", "number", "Länge in Grad (WGS 84)", "Longitude in degrees (WGS 84)"),
            _own("latitude", "number", "Breite in Grad (WGS 84)", "Latitude in degrees (WGS 84)"),
            Column(
                "supports",
                "integer",
                {"de": "Unterstützungen; leer, wo nicht gezählt wird", "en": "Supports; empty where none are counted"},
                lambda row: row.support_count if row.store.counts_support else None,
            ),
            _own("comments", "integer", "Öffentliche Kommentare", "Public comments", "comment_count"),
            *_texts("next_step", "Nächster Schritt", "Next step"),
            _own("due_at", "datetime", "Bis wann", "Until when"),
            _DEPARTMENT,
            _own("received_at", "datetime", "Eingegangen", "Received"),
            _own("published_at", "datetime", "Veröffentlicht", "Published"),
            _EXAMPLE,
        ),
        lambda scope: Idea.objects.filter(**_public(scope)).select_related("store", "category", "version"),
    ),
    Table(
        "statuses",
        {"de": "Stände", "en": "Statuses"},
        {"de": "Was mit einem Beitrag geschah, soweit es öffentlich ist.", "en": "What was done, as far as public."},
        (
            _IDEA,
            _own("verb", "string", "Was geschah", "What was done"),
            _own("state", "string", "Stand danach", "State afterwards"),
            _own("reason", "string", "Grund", "Reason"),
            _DEPARTMENT,
            _own("at", "datetime", "Wann", "When"),
        ),
        lambda scope: StatusChange.objects.filter(is_public=True, **_public(scope, "idea__")).select_related("idea"),
    ),
    Table(
        "answers",
        {"de": "Antworten der Stadt", "en": "Answers by the city"},
        {"de": "Antworten auf einzelne Beiträge, auch frühere.", "en": "Answers to single contributions, earlier too."},
        (
            _IDEA,
            _own("outcome", "string", "accepted, partly, already, no", "accepted, partly, already, no"),
            _own("text", "string", "Antwort mit Grund", "Answer with its reason"),
            _own("alternative", "string", "Was stattdessen geht", "What is possible instead"),
            _LANGUAGE,
            _DEPARTMENT,
            _own("ask_again_on", "date", "Ab wann man wieder fragen kann", "From when one may ask again"),
            _own("at", "datetime", "Wann", "When"),
        ),
        lambda scope: OfficialAnswer.objects.filter(**_public(scope, "idea__")).select_related("idea"),
    ),
    Table(
        "themes",
        {"de": "Themen und Gruppen von Bedarf", "en": "Themes and groups of needs"},
        {"de": "Wozu Beiträge zusammengefasst wurden.", "en": "What contributions were condensed to."},
        (
            _own("number", "integer", "Nummer des Themas", "Number of the theme"),
            _STORE,
            *_texts("title", "Name", "Name"),
            *_texts("summary", "Zusammenfassung", "Summary"),
            _own("merged_into", "integer", "Aufgegangen in Nummer", "Merged into number", "merged_into.number"),
            _own("dissolved_at", "datetime", "Aufgelöst", "Dissolved"),
            _own("created_at", "datetime", "Gebildet", "Formed"),
            _EXAMPLE,
        ),
        lambda scope: Theme.objects.filter(store__in=scope.stores).select_related("store", "merged_into"),
    ),
    Table(
        "theme_ideas",
        {"de": "Beiträge in Themen", "en": "Contributions in themes"},
        {"de": "Welcher Beitrag in welchem Thema steht.", "en": "Which contribution stands in which theme."},
        (
            _own("theme", "integer", "Nummer des Themas", "Number of the theme", "theme.number"),
            _IDEA,
            _own("at", "datetime", "Seit", "Since"),
        ),
        lambda scope: ThemePlace.objects.filter(theme__dissolved_at=None, **_public(scope, "idea__")).select_related(
            "theme", "idea"
        ),
    ),
    Table(
        "offers",
        {"de": "Angebote der Stadt", "en": "Offers by the city"},
        {"de": "Antworten auf Gruppen von Bedarf.", "en": "Answers to groups of needs."},
        (
            _own("theme", "integer", "Nummer der Gruppe", "Number of the group", "theme.number"),
            _own("kind", "string", "event, pilot, partner, research, no", "event, pilot, partner, research, no"),
            _own("text", "string", "Antwort mit Grund", "Answer with its reason"),
            _own("alternative", "string", "Was stattdessen geht", "What is possible instead"),
            _LANGUAGE,
            _own("url", "string", "Adresse anderswo", "Address elsewhere"),
            _own("thing", "string", "Sache in diesem Portal", "Thing of this portal"),
            _own("starts_on", "date", "Ab wann", "From when"),
            _own("partner", "string", "Partner, wenn er genannt werden will", "Partner, if it agreed", "partner_name"),
            _DEPARTMENT,
            _own("ask_again_on", "date", "Ab wann man wieder fragen kann", "From when one may ask again"),
            _own("at", "datetime", "Wann", "When"),
            _EXAMPLE,
        ),
        lambda scope: Offer.objects.filter(theme__store__in=scope.stores).select_related("theme"),
    ),
    Table(
        "comments",
        {"de": "Kommentare", "en": "Comments"},
        {"de": "Kommentare zu Beiträgen und Projekten.", "en": "Comments on contributions and projects."},
        (
            _own("id", "string", "Kennung", "Identifier"),
            _own("about", "string", "Wozu: Art", "About: kind", "kind"),
            _own("about_id", "string", "Wozu: Kennung", "About: identifier", "object_id"),
            _own("parent", "string", "Antwort auf", "Reply to", "parent_id"),
            _own("body", "string", "Text", "Text"),
            _LANGUAGE,
            _own("author", "string", "Anzeigename", "Display name", "public_name"),
            _own("stance", "string", "pro, contra, neutral", "pro, contra, neutral"),
            _own("is_official", "boolean", "Antwort eines Amtes", "Answer by an office"),
            _DEPARTMENT,
            _own("channel", "string", "Weg", "Channel"),
            _own("written_at", "datetime", "Geschrieben", "Written"),
        ),
        _comments,
    ),
    Table(
        "votes",
        {"de": "Ergebnisse von Abstimmungen", "en": "Results of votes"},
        {
            "de": "Beendete Abstimmungen mit ausgezähltem Ergebnis (JSON). Die Stimmzettel stehen bei der Abstimmung.",
            "en": "Closed votes with the counted result (JSON); the ballots are at the vote itself.",
        },
        (
            _own("id", "string", "Kennung", "Identifier"),
            _own("about", "string", "Wozu: Art", "About: kind", "kind"),
            _own("about_id", "string", "Wozu: Kennung", "About: identifier", "object_id"),
            _own("title", "string", "Frage", "Question"),
            _own("way", "string", "Weise abzustimmen", "Way of voting"),
            _own("rule", "string", "Regel der Auszählung", "Rule of counting"),
            _own("opens_at", "datetime", "Beginn", "Beginning"),
            _own("closes_at", "datetime", "Ende", "End"),
            Column(
                "result", "string", {"de": "Ergebnis als JSON", "en": "Result as JSON"}, lambda row: _json(row.result)
            ),
        ),
        _votes,
    ),
)  # fmt: skip
BY_NAME = {table.name: table for table in TABLES}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value is not None else ""


def scope_of(at: datetime, project_id: UUID | None = None) -> Scope:
    """All that is announced, or one project of it. Two queries."""
    projects = Project.objects.filter(announced_at__lte=at)
    if project_id is not None:
        projects = projects.filter(pk=project_id)
    stores = TopicStore.objects.filter(opens_at__isnull=False)
    if project_id is not None:
        stores = stores.filter(module__project=project_id)
    return Scope(list(projects.values_list("pk", flat=True)), list(stores.values_list("pk", flat=True)), at)
