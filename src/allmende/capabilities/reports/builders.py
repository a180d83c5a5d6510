"""Reports for tests, made as the actions make them."""

import itertools
from typing import Any

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions
from allmende.capabilities.reports.actions.exchange import issue_key
from allmende.capabilities.reports.models import ApiKey, Category, Report
from allmende.capabilities.reports.rules.secrets import key_text
from allmende.core.actor import Actor, Role

_numbers = itertools.count(1)
OFFICE = "umwelt"


def category(**fields: Any) -> Category:
    number = next(_numbers)
    values: dict[str, Any] = {
        "slug": f"art-{number}",
        "names": {"de": f"Art {number}", "en": f"Kind {number}"},
        "keywords": [],
        "department": OFFICE,
    }
    return Category.objects.create(**{**values, **fields})


def clerk(department: str = OFFICE) -> Actor:
    """Somebody of the office that reports lie with."""
    return people.actor(people.with_role(Role.CLERK, f"department:{department}"))


def desk() -> Actor:
    """Somebody who sees to reports of every office."""
    return people.actor(people.with_role(Role.CLERK, "reports"))


def report(*, by: Actor | None = None, kind: Category | None = None, **fields: Any) -> Report:
    """A report that has just come in, by a visitor unless somebody is named."""
    data = {"words": "Die Lampe am Weg ist aus.", "place": "Am Bach", "point": None, "detail": "", **fields}
    options = {
        name: data.pop(name)
        for name in ("contact", "image_id", "draft_id", "recording_id", "at", "language")
        if name in data
    }
    options.setdefault("at", timezone.now())
    return actions.submit_report(
        actor=by or Actor(), data=actions.ReportData(category=(kind or category()).slug, **data), **options
    )


def public(**fields: Any) -> Report:
    """A report that was checked and that everybody may read."""
    made = report(**fields)
    return move(made, "check", publish=True)


def move(one: Report, verb: str, *, by: Actor | None = None, **fields: Any) -> Report:
    fields.setdefault("at", timezone.now())
    return actions.move_report(actor=by or desk(), report_id=one.pk, verb=verb, **fields)


def api_key(**fields: Any) -> tuple[ApiKey, str]:
    """A key for another program, and the text that it sends."""
    administrator = people.actor(people.administrator())
    made = issue_key(actor=administrator, at=timezone.now(), **{"label": "Landkreis", **fields})
    return made, key_text(made.pk)
