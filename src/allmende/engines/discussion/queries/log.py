"""The public log of moderation (DSA Art. 15(1)): what was decided by which rule, how often, how fast. No texts."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import median

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy

from allmende.core import city
from allmende.core.texts import Text
from allmende.engines.discussion.models import Case
from allmende.engines.discussion.workflow import CaseState, Decision

COLUMNS: dict[str, Text] = {
    "month": gettext_lazy("Monat der Entscheidung (Jahr-Monat)"),
    "capability": gettext_lazy("Bereich des Portals"),
    "kind": gettext_lazy("Art des Beitrags"),
    "cause": gettext_lazy("Anlass der Prüfung"),
    "decision": gettext_lazy("Entscheidung"),
    "rule": gettext_lazy("Schlüssel der Regel, bei einer Ablehnung"),
    "count": gettext_lazy("Anzahl"),
    "in_time": gettext_lazy("davon in der zugesagten Zeit"),
    "median_hours": gettext_lazy("Stunden vom Eingang bis zur Entscheidung (Median)"),
}
"""Column → what it means: the data dictionary."""


@dataclass(frozen=True)
class LogRow:
    """Decisions of one month that have everything in common."""

    month: str
    capability: str
    kind: str
    cause: str
    decision: str
    rule: str
    count: int
    in_time: int
    median_hours: float

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def public_log(at: datetime) -> Iterator[LogRow]:
    """Everything decided until `at`, newest month first; what authors took back themselves is no decision."""
    took = ExpressionWrapper(F("decided_at") - F("opened_at"), output_field=DurationField())
    rows = (
        Case.objects.filter(state=CaseState.DECIDED, decided_at__lte=at)
        .exclude(decision=Decision.WITHDRAWN)
        .annotate(month=TruncMonth("decided_at", tzinfo=city.current().zone))
        .values("month", "capability", "kind", "cause", "decision", "rule")
        .annotate(n=Count("id"), in_time=Count("id", filter=Q(decided_at__lte=F("due_at"))), took=ArrayAgg(took))
        .order_by("-month", "capability", "kind", "cause", "decision", "rule")
    )
    for row in rows:
        hours = median(value.total_seconds() / 3600 for value in row["took"])
        yield LogRow(
            month=f"{row['month']:%Y-%m}",
            capability=row["capability"],
            kind=row["kind"],
            cause=row["cause"],
            decision=row["decision"],
            rule=row["rule"],
            count=row["n"],
            in_time=row["in_time"],
            median_hours=round(hours, 1),
        )
