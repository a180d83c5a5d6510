"""How a vote went, for everybody; and the form in which the council's office records it."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from allmende.capabilities.council import actions, rules
from allmende.capabilities.council.forms import VoteForm
from allmende.capabilities.council.models import AgendaItem, Membership, NamedVote, Organization, Vote
from allmende.capabilities.council.queries.attendance import present_at, recused_from
from allmende.capabilities.council.queries.votes import all_votes_of, entitled, groups_of
from allmende.capabilities.council.rules.votes import MAJORITIES, Count, VoteData, counted
from allmende.capabilities.council.views.pages import crumbs, named, ours
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.views import render_form

type Row = dict[str, object]
COLUMNS = ("yes", "no", "abstention", "absent")
TEN = 10
"""So many votes on one point and no more: the point itself and nine motions to change it."""
LARGEST = 4
"""Digits of a number of members."""
CHOICES = {
    "yes": gettext_lazy("Ja"),
    "no": gettext_lazy("Nein"),
    "abstention": gettext_lazy("Enthaltung"),
    "absent": gettext_lazy("nicht da"),
}


def vote_row(vote: Vote | None) -> Row | None:
    """A vote as pages show it: one sentence, a bar, groups, names."""
    if vote is None:
        return None
    groups = [
        (one.organization.name, reverse("council:organization", args=[one.organization.number]), one)
        for one in vote.seen_groups  # type: ignore[attr-defined]
    ]
    names = [(one.person.name, one.person.path, CHOICES[one.choice]) for one in vote.seen_names]  # type: ignore[attr-defined]
    rule = MAJORITIES.get(vote.majority)
    present = max(1, vote.yes + vote.no + vote.abstention)
    yes, no, abstention = (100 * part / present for part in (vote.yes, vote.no, vote.abstention))
    parts = ((0.0, yes, "1"), (yes, no, "0.5"), (yes + no, abstention, "0.2"))
    return {
        "vote": vote,
        "kind": {
            Vote.Kind.OPEN: _("offen abgestimmt"),
            Vote.Kind.NAMED: _("namentlich abgestimmt"),
            Vote.Kind.SECRET: _("geheim abgestimmt"),
        }[Vote.Kind(vote.kind)],
        "subject": vote.subject,
        "recused": vote.recused,  # type: ignore[attr-defined]
        "rule": rule.label if rule else "",
        "source": rule.source if rule else "",
        "groups": groups,
        "names": names,
        "bar": [(f"{left:.2f}", f"{width:.2f}", strength) for left, width, strength in parts],
    }


def vote_rows(items: Sequence[UUID]) -> tuple[dict[UUID, Row | None], dict[UUID, list[Row | None]]]:
    """Item → how it was voted on; and how the motions to change it were voted on before, in their order."""
    found = all_votes_of(items) if items else {}
    own = {key: vote_row(votes[-1]) for key, votes in found.items() if not votes[-1].order}
    return own, {key: [vote_row(one) for one in votes if one.order] for key, votes in found.items()}


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LARGEST else 0


def _group_counts(data: QueryDict, groups: Sequence[Organization]) -> dict[UUID, Count]:
    """What was typed per group; groups without any number have said nothing."""
    found = {one.pk: Count(*(_number(data.get(f"g-{one.number}-{name}", "")) for name in COLUMNS)) for one in groups}
    return {key: count for key, count in found.items() if count.total}


def _names(data: QueryDict, members: dict[UUID, Membership]) -> dict[UUID, str]:
    chosen = {key: data.get(f"p-{row.person.number}", "") for key, row in members.items()}
    return {key: choice for key, choice in chosen.items() if choice in NamedVote.Choice.values}


def _recused(data: QueryDict, members: dict[UUID, Membership]) -> frozenset[UUID]:
    return frozenset(key for key, row in members.items() if f"r-{row.person.number}" in data)


def _order(request: Request) -> int:
    """Which vote on the point: 0 is the one on itself; more than nine motions to change it are not voted on."""
    text = request.GET.get("antrag", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 1 else 0


def _read(form: VoteForm, groups: Sequence[Organization], members: dict[UUID, Membership], order: int) -> VoteData:
    told = form.cleaned_data
    sent = form.data if isinstance(form.data, QueryDict) else QueryDict()
    counts, names = _group_counts(sent, groups), _names(sent, members)
    count = Count(*(told[name] or 0 for name in COLUMNS))
    if told["kind"] == Vote.Kind.NAMED:
        count = counted(names.values())
        by_group: dict[UUID, list[str]] = {}
        for key, choice in names.items():
            if behalf := members[key].on_behalf_of:
                by_group.setdefault(behalf.pk, []).append(choice)
        whole = sum(map(len, by_group.values())) == len(names)
        counts = {key: counted(choices) for key, choices in by_group.items()} if whole else {}
    else:
        names = {}
    return VoteData(
        told["kind"],
        told["majority"],
        count,
        told["seats"],
        told["channel"],
        counts,
        names,
        _recused(sent, members),
        order,
        told.get("subject", ""),
    )


def _initial(vote: Vote | None, members: dict[UUID, Membership]) -> Row:
    if vote is None:
        return {"kind": "open", "majority": "simple", "channel": "minutes", "seats": len(members) or None}
    fields = ("subject", "kind", "majority", "channel", "seats", *COLUMNS)
    return {name: getattr(vote, name) for name in fields}


def _before(vote: Vote | None) -> dict[str, str]:
    """What the fields of groups and members hold of a vote that is there."""
    found: dict[str, str] = {}
    if vote is not None:
        for group in vote.seen_groups:  # type: ignore[attr-defined]
            found |= {f"g-{group.organization.number}-{name}": str(getattr(group, name)) for name in COLUMNS}
        for one in vote.seen_names:  # type: ignore[attr-defined]
            found[f"p-{one.person.number}"] = one.choice
    return found


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def record(request: Request, number: int, item: UUID) -> HttpResponse:
    """The vote on one point of a meeting."""
    rules.require_may_write(request.viewer)
    rows = AgendaItem.objects.public().select_related("meeting")
    point = rows.filter(pk=item, meeting__number=number).first() if number < 2**63 else None
    if point is None:
        raise NotFound
    groups, members, order = groups_of(point), entitled(point), _order(request)
    votes = all_votes_of([point.pk]).get(point.pk, [])
    vote = next((one for one in votes if one.order == order), None)
    form = VoteForm(request.POST or None, initial=_initial(vote, members), order=order)
    back = reverse("council:meeting", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            data = _read(form, groups, members, order)
            actions.record_vote(actor=request.actor, item_id=point.pk, data=data, at=request.at)
            messages.success(request, _("Gespeichert."))
            return redirect(back)
    typed = request.POST.get if form.is_bound else _before(vote).get
    recused = _recused(request.POST, members) if form.is_bound else recused_from(point)
    present = present_at(point)
    here = reverse("council:vote", args=[number, item])
    following = max((one.order for one in votes), default=0) + 1
    context = {
        "item": point,
        "order": order,
        "motions": [(one.subject, f"{here}?antrag={one.order}", one.order == order) for one in votes if one.order],
        "item_url": here,
        "next_url": f"{here}?antrag={following}" if following < TEN else "",
        "present": None if present is None else len(present),
        "recusable": [(row.person.name, f"r-{row.person.number}", key in recused) for key, row in members.items()],
        "recused": bool(recused),
        "back_url": back,
        "groups": [
            (one.name, [(f"g-{one.number}-{name}", typed(f"g-{one.number}-{name}", "")) for name in COLUMNS])
            for one in groups
        ],
        "members": [
            (
                row.person.name,
                row.on_behalf_of.name if row.on_behalf_of else "",
                f"p-{row.person.number}",
                typed(f"p-{row.person.number}", ""),
            )
            for row in members.values()
        ],
        "columns": list(CHOICES.values()),
        "choices": list(CHOICES.items()),
        "crumbs": crumbs(
            (_("Sitzungen"), reverse("council:meetings")), (named(point.meeting.name), back), (_("Abstimmung"), "")
        ),
    }
    return render_form(request, "council/vote.html", form, context)
