"""Contests as open data: what they ask, who takes part, how the plenary voted, who got which place and why."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet

from allmende.capabilities.participation.models import Contest, Entry, Place, Placing, PlenaryResult
from allmende.capabilities.participation.queries.opendata.columns import (
    EDITION,
    IDEA,
    PUBLIC,
    STORE,
    Column,
    Scope,
    Table,
    own,
    public,
    texts,
)

_OF_CONTEST = own("store", "integer", "Nummer des Wettbewerbs", "Number of the contest", "contest.store.number")


def _contests(scope: Scope) -> QuerySet[Any]:
    return Contest.objects.filter(store__in=scope.stores).select_related("store").prefetch_related("criteria")


def _criteria(contest: Contest) -> Iterator[dict[str, Any]]:
    for row in contest.criteria.all():
        yield {"store": contest.store, "order": row.order + 1, "names": row.names, "row": row}


def _entries(scope: Scope) -> QuerySet[Any]:
    rows = Entry.objects.filter(contest__published_at__lte=scope.at, **public(scope, "idea__"))
    return rows.select_related("idea__store")


def _placings(scope: Scope) -> QuerySet[Any]:
    return Placing.objects.filter(contest__store__in=scope.stores, at__lte=scope.at).select_related("contest__store")


def _places(scope: Scope) -> QuerySet[Any]:
    rows = Place.objects.filter(placing__in=_placings(scope).values("pk"), entry__idea__state__in=PUBLIC)
    return rows.select_related("placing__contest__store", "entry__idea")


def _plenaries(scope: Scope) -> QuerySet[Any]:
    shown = Entry.objects.filter(idea__state__in=PUBLIC).select_related("idea")
    rows = PlenaryResult.objects.filter(contest__store__in=scope.stores, at__lte=scope.at)
    return rows.select_related("contest__store").prefetch_related(Prefetch("contest__entries", shown))


def _votes(result: PlenaryResult) -> Iterator[dict[str, Any]]:
    """One line for each public entry that was voted on."""
    for entry in result.contest.entries.all():
        if str(entry.pk) in result.votes:
            yield {"result": result, "idea": entry.idea, "votes": result.votes[str(entry.pk)]}


CONTEST_TABLES = (
    Table(
        "contests",
        {"de": "Wettbewerbe", "en": "Contests"},
        {"de": "Wen ein Wettbewerb einlädt, und nach welchen Regeln.", "en": "Whom a contest invites, by which rules."},
        (
            STORE,
            Column(
                "groups", "string",
                {
                    "de": "Wer mitmachen kann, durch Leerzeichen getrennt: business, craft, gastronomy …, everybody",
                    "en": "Who can take part, separated by spaces: business, craft, gastronomy …, everybody",
                },
                lambda row: " ".join(row.groups),
            ),
            *texts("rules", "Regeln", "Rules"),
            *texts("prizes", "Preise, eine Zeile je Platz", "Prizes, one line per place"),
            own(
                "grace_minutes", "integer", "Minuten, die ein offenes Formular nach der Frist noch angenommen wird",
                "Minutes in which an open form is still taken after the deadline",
            ),
            own("tie_rule", "string", "Regel bei gleichem Ergebnis", "Rule where results are equal"),
            own("published_at", "datetime", "Beiträge veröffentlicht", "Entries published"),
        ),
        _contests,
    ),
    Table(
        "contest_criteria",
        {"de": "Merkmale der Jury", "en": "The jury's criteria"},
        {"de": "Was die Jury bewertet, und wie viel es zählt.", "en": "What the jury scores, and how much it counts."},
        (
            own("store", "integer", "Nummer des Wettbewerbs", "Number of the contest", "store.number"),
            own("position", "integer", "An wievielter Stelle", "Position", "order"),
            *texts("name", "Merkmal", "Criterion", "names"),
            own("weight", "integer", "Gewicht", "Weight", "row.weight"),
            own("scale", "integer", "Höchste Punktzahl", "Most points", "row.scale"),
        ),
        _contests,
        _criteria,
    ),
    Table(
        "contest_entries",
        {"de": "Beiträge zu Wettbewerben", "en": "Contest entries"},
        {
            "de": "Was ein Beitrag über seine Worte hinaus hat; die Worte stehen unter ideas.",
            "en": "What an entry has beside its words; the words are in ideas.",
        },
        (
            IDEA,
            own("store", "integer", "Nummer des Wettbewerbs", "Number of the contest", "idea.store.number"),
            own("entrant", "string", "Art dessen, der einreicht", "Kind of who hands it in"),
            own("admission", "string", "open, admitted, outside (ohne Rang)", "open, admitted, outside (not ranked)"),
        ),
        _entries,
    ),
    Table(
        "contest_votes",
        {"de": "Abstimmung der Vollversammlung", "en": "Votes of the plenary"},
        {"de": "Stimmen je Beitrag, wie sie festgehalten sind.", "en": "Votes per entry, as recorded."},
        (
            own("store", "integer", "Nummer des Wettbewerbs", "Number of the contest", "result.contest.store.number"),
            own("edition", "integer", "Fassung; die höchste gilt", "Edition; the highest one counts", "result.edition"),
            own("held_on", "date", "Tag der Versammlung", "Day of the assembly", "result.held_on"),
            own("voters", "integer", "Wie viele abstimmten", "How many voted", "result.voters"),
            IDEA,
            own("votes", "integer", "Stimmen", "Votes"),
            own("reason", "string", "Woher die Zahlen kommen", "Where the figures come from", "result.reason"),
        ),
        _plenaries,
        _votes,
    ),
    Table(
        "contest_placings",
        {"de": "Entscheidungen über die Plätze", "en": "Decisions on the places"},
        {"de": "Was der Stadtrat beschlossen hat, und warum.", "en": "What the council decided, and why."},
        (
            _OF_CONTEST,
            EDITION,
            own("decision", "string", "Beschluss in Worten", "The decision in words"),
            own("decision_url", "string", "Adresse des Beschlusses", "Address of the decision"),
            own("reason", "string", "Begründung", "Reason"),
            own("at", "datetime", "Wann", "When"),
        ),
        _placings,
    ),
    Table(
        "contest_places",
        {"de": "Plätze", "en": "Places"},
        {"de": "Wer welchen Platz hat; leer heißt ohne Platz.", "en": "Who got which place; empty: no place."},
        (
            own("store", "integer", "Nummer des Wettbewerbs", "Number of the contest", "placing.contest.store.number"),
            own("edition", "integer", "Fassung; die höchste gilt", "Edition; the highest counts", "placing.edition"),
            own("idea", "integer", "Nummer des Beitrags", "Number of the contribution", "entry.idea.number"),
            own("place", "integer", "Platz", "Place"),
            own("why", "string", "Warum anders als Jury oder Abstimmung", "Why it differs from jury or vote"),
        ),
        _places,
    ),
)  # fmt: skip
