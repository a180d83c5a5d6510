"""What the pages share: crumbs, until when a page stays as it is, what stands in a store's box."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.capabilities.participation import queries, rules, workflow
from allmende.capabilities.participation.forms import CONTRACT_LABELS
from allmende.capabilities.participation.models import TopicStore
from allmende.capabilities.participation.workflow import StoreState
from allmende.core import city
from allmende.core.errors import Invalid
from allmende.core.http import Request
from allmende.ui.forms import Form

type Crumbs = list[tuple[str, str]]

SOON = timedelta(days=7)
"""What ends within this time is marked as urgent."""


def ours[R: HttpResponseBase](view: Callable[..., R]) -> Callable[..., R]:
    """Types the request: the middlewares have made it one of ours."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> R:
        return view(cast("Request", request), *args, **kwargs)

    return run


def crumbs(*more: tuple[str, str]) -> Crumbs:
    return [(_("Mitmachen"), reverse("participation:overview")), *more]


def until(response: HttpResponse, *instants: datetime | None, at: datetime) -> HttpResponse:
    """Tells the page cache when the page will look different by itself: an instant on it, or the day's end."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    coming = [instant for instant in instants if instant is not None and instant > at]
    response["X-Allmende-Until"] = min([*coming, midnight, at + timedelta(hours=1)]).isoformat()
    return response


def word(texts: Any, language: str) -> str:
    """A text of the city in the language, else in German."""
    return "" if not texts else str(texts.get(language) or texts.get("de", ""))


def office_name(slug: str, language: str) -> str:
    found = city.current().department(slug)
    return found.name(language) if found else ""


def time_left(closes_at: datetime, at: datetime) -> str:
    """„noch 3 Tage“: whole local days, today included when it is the last."""
    last = timezone.localtime(closes_at - timedelta(microseconds=1)).date()
    days = (last - timezone.localtime(at).date()).days
    if days <= 0:
        return _("endet heute")
    return ngettext("noch %(n)s Tag", "noch %(n)s Tage", days) % {"n": days}


@dataclass(frozen=True)
class StoreCard:
    """A store in a list."""

    title: str
    url: str
    tag: str
    tag_kind: str
    text: str
    meta: Sequence[str]
    store: TopicStore
    decides: str


def store_card(store: TopicStore, at: datetime, language: str) -> StoreCard:
    """With the state in words, and of the contract who decides and when."""
    state = rules.store_state(store, at)
    tag, kind = word(workflow.STORE_STATES[state], language), "quiet"
    if state == StoreState.OPEN and store.closes_at is not None:
        tag = time_left(store.closes_at, at)
        kind = "hot" if store.closes_at - at < SOON else ""
    elif state == StoreState.PLANNED and store.opens_at is not None:
        opens = timezone.localtime(store.opens_at)
        tag = _("öffnet am %(day)s") % {"day": f"{opens:%d.%m.%Y}" if language == "de" else f"{opens:%d/%m/%Y}"}
    if store.is_question:
        count = ngettext("%(n)s Antwort", "%(n)s Antworten", store.idea_count) % {"n": store.idea_count}
    elif store.is_need:
        count = ngettext("%(n)s Wunsch", "%(n)s Wünsche", store.idea_count) % {"n": store.idea_count}
    else:
        count = ngettext("%(n)s Idee", "%(n)s Ideen", store.idea_count) % {"n": store.idea_count}
    return StoreCard(
        title=word(store.title, language),
        url=reverse("participation:store", args=[store.number]),
        tag=tag,
        tag_kind=kind,
        text=word(store.description, language),
        meta=[word(store.group.names, language), count],
        store=store,
        decides=word(store.who_decides, language),
    )


def contract_facts(store: TopicStore, language: str) -> list[tuple[str, str]]:
    """The five answers, and what kind of participation it is."""
    rows = [(str(label), word(getattr(store, name), language)) for name, label in CONTRACT_LABELS.items()]
    kind = _("förmliche Beteiligung nach Gesetz") if store.is_formal else _("informelle Beteiligung")
    return [*rows, (_("Art"), kind)]


def store_next_step(store: TopicStore, at: datetime, language: str) -> dict[str, Any]:
    """Context of ui/parts/next_step.html."""
    step = queries.store_step(store, at)
    return {
        "step": word(step.texts, language),
        "office": office_name(store.group.department, language),
        "due": step.due,
        "at": at,
    }


def remap(error: Invalid, names: dict[str, str]) -> Invalid:
    """The action's fields under the names that the form has for them."""
    return Invalid(error.message, fields={names.get(name, name): text for name, text in error.fields.items()})


def keep_fields(form: Form, names: Sequence[str]) -> dict[str, str]:
    """What was typed in these fields, as it was typed."""
    return {name: str(form.data.get(name, "")) for name in names if form.data.get(name)}
