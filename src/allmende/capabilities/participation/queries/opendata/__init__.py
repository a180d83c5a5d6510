"""Everything public of participation as tables: one declaration for files, data dictionary and page.

Only what anybody can read on the pages anyway is in them: released words, the names they were signed with, counts. Rows
come by number in portions, so that a city of any size is exported with little memory.
"""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

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
    WorkingGroup,
)
from allmende.capabilities.participation.queries.opendata.columns import (
    DEPARTMENT,
    EXAMPLE,
    IDEA,
    LANGUAGE,
    STORE,
    Column,
    Scope,
    Table,
    own,
    public,
    texts,
)
from allmende.capabilities.participation.queries.opendata.contests import CONTEST_TABLES
from allmende.capabilities.participation.queries.opendata.groups import GROUP_TABLES
from allmende.engines.ballots.interface.voting import Vote
from allmende.engines.discussion.interface import Comment

OPEN_LICENCE = "Datenlizenz Deutschland – Namensnennung – Version 2.0"
OPEN_LICENCE_URL = "https://www.govdata.de/dl-de/by-2-0"
"""Unless the city says otherwise."""


def _votes(scope: Scope) -> QuerySet[Any]:
    modules = Module.objects.filter(project__in=scope.projects).values("pk")
    about = Q(object_id__in=scope.projects) | Q(object_id__in=scope.stores) | Q(object_id__in=modules)
    return Vote.objects.filter(about, capability="participation", closed_at__lte=scope.at)


def _comments(scope: Scope) -> QuerySet[Any]:
    ideas = Idea.objects.filter(**public(scope)).values("pk")
    about = Q(kind="idea", object_id__in=ideas) | Q(kind="project", object_id__in=scope.projects)
    return Comment.objects.published().filter(about, capability="participation").select_related("current")


TABLES: tuple[Table, ...] = (
    Table(
        "projects",
        {"de": "Projekte", "en": "Projects"},
        {"de": "Angekündigte Projekte.", "en": "Announced projects."},
        (
            own("number", "integer", "Nummer des Projekts", "Number of the project"),
            own("group", "string", "Kürzel der Gruppe", "Short name of the group", "group.slug"),
            own("blueprint", "string", "Vorlage, aus der es entstand", "Blueprint it was made from"),
            *texts("title", "Name", "Name"),
            *texts("summary", "Worum es geht", "What it is about"),
            own("is_formal", "boolean", "Förmliche Beteiligung nach Gesetz", "Formal participation under the law"),
            own("announced_at", "datetime", "Angekündigt am", "Announced at"),
            EXAMPLE,
        ),
        lambda scope: Project.objects.filter(pk__in=scope.projects).select_related("group"),
    ),
    Table(
        "phases",
        {"de": "Phasen", "en": "Phases"},
        {"de": "Phasen von Projekten mit ihren Tagen.", "en": "Dated phases of projects."},
        (
            own("project", "integer", "Nummer des Projekts", "Number of the project", "module.project.number"),
            own("module", "string", "Art des Teils", "Kind of the part", "module.kind"),
            own("kind", "string", "Art der Phase", "Kind of the phase"),
            own("starts_at", "datetime", "Beginn", "Beginning"),
            own("ends_at", "datetime", "Ende (gehört nicht mehr dazu)", "End (exclusive)"),
            own("audience", "string", "Für wen offen", "Open to whom"),
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
            own("number", "integer", "Nummer der Sammlung", "Number of the collection"),
            own("project", "integer", "Nummer des Projekts", "Number of the project", "module.project.number"),
            own("group", "string", "Kürzel der Gruppe", "Short name of the group", "group.slug"),
            own(
                "kind", "string", "Art: store (Ideen), future_question, contest, need (Bedarf)",
                "Kind: store (ideas), future_question, contest, need",
            ),
            *texts("title", "Die Frage", "The question"),
            *texts("description", "Worum es geht", "What it is about"),
            *texts("what_is_open", "Was ist offen?", "What is open?"),
            *texts("decided_already", "Was ist schon entschieden?", "What is decided already?"),
            *texts("who_decides", "Wer entscheidet?", "Who decides?"),
            *texts("when_decided", "Wann?", "When?"),
            *texts("what_it_changes", "Was ändert das Ergebnis?", "What does the result change?"),
            own("opens_at", "datetime", "Öffnet", "Opens"),
            own("closes_at", "datetime", "Schließt", "Closes"),
            own("idea_count", "integer", "Öffentliche Beiträge", "Public contributions"),
            EXAMPLE,
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
            own("number", "integer", "Nummer des Beitrags", "Number of the contribution"),
            STORE,
            own("category", "string", "Kürzel der Rubrik", "Short name of the category", "category.slug"),
            own("title", "string", "In einem Satz", "In one sentence", "version.title"),
            own("body", "string", "Text", "Text", "version.body"),
            LANGUAGE,
            own("author", "string", "Anzeigename, leer für Gäste", "Display name, empty for guests", "author_name"),
            own(
                "channel", "string", "Weg: web, api, paper, telephone, counter, email",
                "Channel: web, api, paper, telephone, counter, email",
            ),
            own("state", "string", "Stand: published, in_review, answered", "State: published, in_review, answered"),
            own("district", "string", "Kürzel des Stadtteils", "Short name of the district"),
            own("place", "string", "Ort in Worten", "Place in words"),
            own("longitude", "number", "Länge in Grad (WGS 84)", "Longitude in degrees (WGS 84)"),
            own("latitude", "number", "Breite in Grad (WGS 84)", "Latitude in degrees (WGS 84)"),
            Column(
                "supports",
                "integer",
                {"de": "Unterstützungen; leer, wo nicht gezählt wird", "en": "Supports; empty where none are counted"},
                lambda row: row.support_count if row.store.counts_support else None,
            ),
            own("comments", "integer", "Öffentliche Kommentare", "Public comments", "comment_count"),
            *texts("next_step", "Nächster Schritt", "Next step"),
            own("due_at", "datetime", "Bis wann", "Until when"),
            DEPARTMENT,
            own("received_at", "datetime", "Eingegangen", "Received"),
            own("published_at", "datetime", "Veröffentlicht", "Published"),
            EXAMPLE,
        ),
        lambda scope: Idea.objects.filter(**public(scope)).select_related("store", "category", "version"),
    ),
    Table(
        "statuses",
        {"de": "Stände", "en": "Statuses"},
        {"de": "Was mit einem Beitrag geschah, soweit es öffentlich ist.", "en": "What was done, as far as public."},
        (
            IDEA,
            own("verb", "string", "Was geschah", "What was done"),
            own("state", "string", "Stand danach", "State afterwards"),
            own("reason", "string", "Grund", "Reason"),
            DEPARTMENT,
            own("at", "datetime", "Wann", "When"),
        ),
        lambda scope: StatusChange.objects.filter(is_public=True, **public(scope, "idea__")).select_related("idea"),
    ),
    Table(
        "answers",
        {"de": "Antworten der Stadt", "en": "Answers by the city"},
        {"de": "Antworten auf einzelne Beiträge, auch frühere.", "en": "Answers to single contributions, earlier too."},
        (
            IDEA,
            own("outcome", "string", "accepted, partly, already, no", "accepted, partly, already, no"),
            own("text", "string", "Antwort mit Grund", "Answer with its reason"),
            own("alternative", "string", "Was stattdessen geht", "What is possible instead"),
            LANGUAGE,
            DEPARTMENT,
            own("ask_again_on", "date", "Ab wann man wieder fragen kann", "From when one may ask again"),
            own("at", "datetime", "Wann", "When"),
        ),
        lambda scope: OfficialAnswer.objects.filter(**public(scope, "idea__")).select_related("idea"),
    ),
    Table(
        "themes",
        {"de": "Themen und Gruppen von Bedarf", "en": "Themes and groups of needs"},
        {"de": "Wozu Beiträge zusammengefasst wurden.", "en": "What contributions were condensed to."},
        (
            own("number", "integer", "Nummer des Themas", "Number of the theme"),
            STORE,
            *texts("title", "Name", "Name"),
            *texts("summary", "Zusammenfassung", "Summary"),
            own("merged_into", "integer", "Aufgegangen in Nummer", "Merged into number", "merged_into.number"),
            own("dissolved_at", "datetime", "Aufgelöst", "Dissolved"),
            own("created_at", "datetime", "Gebildet", "Formed"),
            EXAMPLE,
        ),
        lambda scope: Theme.objects.filter(store__in=scope.stores).select_related("store", "merged_into"),
    ),
    Table(
        "theme_ideas",
        {"de": "Beiträge in Themen", "en": "Contributions in themes"},
        {"de": "Welcher Beitrag in welchem Thema steht.", "en": "Which contribution stands in which theme."},
        (
            own("theme", "integer", "Nummer des Themas", "Number of the theme", "theme.number"),
            IDEA,
            own("at", "datetime", "Seit", "Since"),
        ),
        lambda scope: ThemePlace.objects.filter(theme__dissolved_at=None, **public(scope, "idea__")).select_related(
            "theme", "idea"
        ),
    ),
    Table(
        "offers",
        {"de": "Angebote der Stadt", "en": "Offers by the city"},
        {"de": "Antworten auf Gruppen von Bedarf.", "en": "Answers to groups of needs."},
        (
            own("theme", "integer", "Nummer der Gruppe", "Number of the group", "theme.number"),
            own("kind", "string", "event, pilot, partner, research, no", "event, pilot, partner, research, no"),
            own("text", "string", "Antwort mit Grund", "Answer with its reason"),
            own("alternative", "string", "Was stattdessen geht", "What is possible instead"),
            LANGUAGE,
            own("url", "string", "Adresse anderswo", "Address elsewhere"),
            own("thing", "string", "Sache in diesem Portal", "Thing of this portal"),
            own("starts_on", "date", "Ab wann", "From when"),
            own("partner", "string", "Partner, wenn er genannt werden will", "Partner, if it agreed", "partner_name"),
            DEPARTMENT,
            own("ask_again_on", "date", "Ab wann man wieder fragen kann", "From when one may ask again"),
            own("at", "datetime", "Wann", "When"),
            EXAMPLE,
        ),
        lambda scope: Offer.objects.filter(theme__store__in=scope.stores).select_related("theme"),
    ),
    Table(
        "comments",
        {"de": "Kommentare", "en": "Comments"},
        {"de": "Kommentare zu Beiträgen und Projekten.", "en": "Comments on contributions and projects."},
        (
            own("id", "string", "Kennung", "Identifier"),
            own("about", "string", "Wozu: Art", "About: kind", "kind"),
            own("about_id", "string", "Wozu: Kennung", "About: identifier", "object_id"),
            own("parent", "string", "Antwort auf", "Reply to", "parent_id"),
            own("body", "string", "Text", "Text"),
            LANGUAGE,
            own("author", "string", "Anzeigename", "Display name", "public_name"),
            own("stance", "string", "pro, contra, neutral", "pro, contra, neutral"),
            own("is_official", "boolean", "Antwort eines Amtes", "Answer by an office"),
            DEPARTMENT,
            own("channel", "string", "Weg", "Channel"),
            own("written_at", "datetime", "Geschrieben", "Written"),
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
            own("id", "string", "Kennung", "Identifier"),
            own("about", "string", "Wozu: Art", "About: kind", "kind"),
            own("about_id", "string", "Wozu: Kennung", "About: identifier", "object_id"),
            own("title", "string", "Frage", "Question"),
            own("way", "string", "Weise abzustimmen", "Way of voting"),
            own("rule", "string", "Regel der Auszählung", "Rule of counting"),
            own("opens_at", "datetime", "Beginn", "Beginning"),
            own("closes_at", "datetime", "Ende", "End"),
            Column(
                "result", "string", {"de": "Ergebnis als JSON", "en": "Result as JSON"}, lambda row: _json(row.result)
            ),
        ),
        _votes,
    ),
    *CONTEST_TABLES,
    *GROUP_TABLES,
)  # fmt: skip
BY_NAME = {table.name: table for table in TABLES}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value is not None else ""


def scope_of(at: datetime, project_id: UUID | None = None) -> Scope:
    """All that is announced, or one project of it. Three queries."""
    projects = Project.objects.filter(announced_at__lte=at)
    if project_id is not None:
        projects = projects.filter(pk=project_id)
    stores = TopicStore.objects.filter(opens_at__isnull=False)
    if project_id is not None:
        stores = stores.filter(module__project=project_id)
    groups = WorkingGroup.objects.all() if project_id is None else WorkingGroup.objects.none()
    projects_, stores_, groups_ = (list(rows.values_list("pk", flat=True)) for rows in (projects, stores, groups))
    return Scope(projects_, stores_, at, groups_)
