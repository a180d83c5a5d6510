"""What everybody reads of a contest: the call with its steps, the entries, the result, a certificate for each entry."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.models import Entry, Idea, Place, PlenaryResult
from allmende.capabilities.participation.queries import ContestPage, Edition, Filters, JuryResult
from allmende.capabilities.participation.views.pages import (
    Crumbs,
    contract_facts,
    crumbs,
    office_name,
    ours,
    store_card,
    until,
    word,
)
from allmende.capabilities.participation.views.projects import phase_rows
from allmende.capabilities.participation.workflow import StoreState
from allmende.capabilities.participation.workflow import contest as words
from allmende.capabilities.participation.workflow.contest import Admission, Entrant, TieRule
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.ballots.interface import voting
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui import pdf


def contest_crumbs(page: ContestPage, language: str, *more: tuple[str, str]) -> Crumbs:
    group = page.store.group
    here = reverse("participation:contest", args=[page.store.number]) if more else ""
    return crumbs(
        (word(group.names, language), reverse("participation:group", args=[group.slug])),
        (word(page.store.title, language), here),
        *more,
    )


def deadline(closes_at: datetime | None, language: str) -> str:
    """„31. Dezember 2026, 23:59 Uhr (MEZ)“; what ends at midnight ends „24:00 Uhr“ of the day before."""
    if closes_at is None:
        return ""
    local = timezone.localtime(closes_at)
    hour, day = f"{local:%H:%M}", local
    if hour == "00:00":
        hour, day = "24:00", local - timedelta(minutes=1)
    values = {"day": formats.date_format(day, "DATE_FORMAT"), "hour": hour, "zone": words.zone_name(local, language)}
    return _("%(day)s, %(hour)s Uhr (%(zone)s)") % values


def entry_title(entry: Entry) -> str:
    return (entry.idea.version.title if entry.idea.version else "") or _("[Text entfernt]")


def number(value: Fraction | None) -> str:
    """A mean with one decimal; exact figures stand beside it."""
    return "" if value is None else formats.number_format(float(round(value, 1)), decimal_pos=1)


def places_of(edition: Edition | None, language: str, prizes: Mapping[str, str]) -> list[dict[str, Any]]:
    """Who got which place, the first first, with the prize; then everybody who took part."""
    if edition is None:
        return []
    lines = [line.strip() for line in word(prizes, language).splitlines() if line.strip()]
    return [
        {
            "place": row.place,
            "label": _("%(n)s. Platz") % {"n": row.place} if row.place else _("ohne Platz"),
            "entry": row.entry,
            "title": entry_title(row.entry),
            "language": row.entry.idea.language,
            "author": row.entry.idea.author_name or _("Gast"),
            "url": reverse("participation:idea", args=[row.entry.idea.number]),
            "prize": lines[row.place - 1] if row.place and row.place <= len(lines) else "",
            "why": row.why,
        }
        for row in edition.places
    ]


def entry_box(idea: Idea, language: str, *, own: bool) -> dict[str, Any] | None:
    """Context of participation/parts/contest_entry.html; None for an idea that is no entry. At most two queries."""
    entry = queries.entry_of(idea)
    if entry is None:
        return None
    place = queries.place_of(entry) if idea.is_public and entry.contest.published_at is not None else None
    lines = [line.strip() for line in word(entry.contest.prizes, language).splitlines() if line.strip()]
    address = reverse("participation:contest_certificate", args=[idea.store.number, idea.number])
    return {
        "entrant": word(words.ENTRANTS[Entrant(entry.entrant)], language) if entry.entrant else "",
        "label": "" if place is None else _("%(n)s. Platz") % {"n": place.place} if place.place else _("ohne Platz"),
        "prize": lines[place.place - 1] if place is not None and place.place and place.place <= len(lines) else "",
        "outside": entry.admission == Admission.OUTSIDE,
        "reason": entry.admission_reason if own else "",
        "certificate": address if place is not None else "",
    }


def _staff_links(page: ContestPage, request: Request) -> list[tuple[str, str]]:
    """What the jury, the office and editors can do next."""
    viewer, number_ = request.viewer, page.store.number
    links = []
    if page.juror is not None:
        links.append((_("Beiträge bewerten"), reverse("participation:contest_jury", args=[number_])))
    if rules.may_run_contest(viewer, page.store, page.function):
        links.append((_("Wettbewerb führen"), reverse("participation:contest_office", args=[number_])))
    if rules.may_edit_store(viewer, page.function):
        links.append((_("Wettbewerb einstellen"), reverse("participation:contest_settings", args=[number_])))
    return links


@ours
@require_safe
def contest(request: Request, number: int) -> HttpResponse:
    """The call: what it is about, until when, who can take part, how it is decided; then entries and places."""
    language, at = request.viewer.language, request.at
    page = queries.contest_by_number(number, request.viewer, at)
    made, store = page.contest, page.store
    state = rules.store_state(store, at)
    found = queries.ideas(Filters(store=store.number), at, language=language, after=request.GET.get("after", "")[:120])
    more = f"?after={found.next}" if found.next else ""
    listed = {"cards": found.cards, "total": found.total, "more_url": more, "at": at, "in_store": True}
    if request.htmx and request.GET.get("after"):
        return render(request, "participation/parts/more_ideas.html", listed)
    placings = queries.placings(made.pk, only_latest=True) if made.published_at is not None else []
    total = sum(row.weight for row in page.criteria)
    context = {
        **listed,
        "store": store,
        "title": word(store.title, language),
        "description": word(store.description, language),
        "card": store_card(store, at, language),
        "state": state.value,
        "is_open": state == StoreState.OPEN,
        "deadline": deadline(store.closes_at, language),
        "grace": made.grace_minutes,
        "invited": [word(words.GROUPS[Entrant(group)], language) for group in made.groups],
        "rules": word(made.rules, language),
        "prizes": [line for line in word(made.prizes, language).splitlines() if line.strip()],
        "criteria": [(word(row.names, language), round(100 * row.weight / total), row.scale) for row in page.criteria],
        "tie_rule": word(words.TIE_RULES[TieRule(made.tie_rule)], language),
        "jurors": [row.name for row in page.jurors if row.name],
        "phases": phase_rows([store.module], at, language),
        "facts": contract_facts(store, language),
        "group_title": word(store.group.names, language),
        "group_url": reverse("participation:group", args=[store.group.slug]),
        "office": office_name(store.group.department, language),
        "published": made.published_at,
        "places": [row for row in places_of(placings[0], language, made.prizes) if row["place"]] if placings else [],
        "enter_url": f"{reverse('participation:idea_new')}?speicher={store.number}",
        "paper_url": reverse("participation:paper", args=[store.number]),
        "result_url": reverse("participation:contest_result", args=[store.number])
        if placings or rules.jury_is_public(store, at)
        else "",
        "links": _staff_links(page, request),
        "may_enter": rules.may_enter(request.viewer),
        "follow": notify.follow_box(request, store.ref, about=word(store.title, language)),
        "trace": trace.trace_of(store.ref, request.viewer, at),
        "crumbs": contest_crumbs(page, language),
        "example": store.is_example,
    }
    turns = [instant for span in store.module.spans() for instant in (span.starts_at, span.ends_at)]
    return until(render(request, "participation/contest.html", context), *turns, at=at)


def _whole(score: Fraction | None) -> int | None:
    """Votes or points as people say them; what a rule counts in fractions is told by its place alone."""
    return score.numerator if score is not None and score.denominator == 1 else None


def result_rows(
    entries: Sequence[Entry],
    jury: JuryResult | None,
    public: queries.PublicVote | None,
    plenary: PlenaryResult | None,
    places: Mapping[UUID, Place],
) -> list[dict[str, Any]]:
    """One row per entry: what jury, public, plenary and council say of it, side by side."""
    by_entry = {row.entry: row for row in jury.results} if jury is not None else {}
    by_public = public.places if public is not None else {}
    by_votes = queries.plenary_places(plenary)
    given = max((row.place or 0 for row in places.values()), default=0)
    rows = []
    for entry in entries:
        scored, place = by_entry.get(entry.pk), places.get(entry.pk)
        jury_place = scored.place if scored is not None else None
        own = place.place if place is not None else None
        rows.append(
            {
                "entry": entry,
                "title": entry_title(entry),
                "language": entry.idea.language,
                "url": reverse("participation:idea", args=[entry.idea.number]),
                "author": entry.idea.author_name or _("Gast"),
                "outside": entry.admission == Admission.OUTSIDE,
                "jury_place": jury_place,
                "mean": number(scored.mean) if scored is not None else "",
                "exact": str(scored.mean)
                if scored is not None and scored.mean is not None and (10 * scored.mean).denominator != 1
                else "",
                "spread": _("%(low)s bis %(high)s") % {"low": number(scored.lowest), "high": number(scored.highest)}
                if scored is not None and scored.mean is not None
                else "",
                "count": scored.count if scored is not None else 0,
                "shared": scored.shared if scored is not None else False,
                "conflicts": jury.conflicts.get(entry.pk, 0) if jury is not None else 0,
                "public_votes": _whole(public.scores.get(entry.pk)) if public is not None else None,
                "public_place": by_public.get(entry.pk),
                "votes": plenary.votes.get(str(entry.pk)) if plenary is not None else None,
                "plenary_place": by_votes.get(entry.pk),
                "place": own,
                "placed": place is not None,
                "why": place.why if place is not None else "",
                "differs": place is not None
                and any(
                    words.differs(own, other, given=given)
                    for other in (jury_place, by_public.get(entry.pk), by_votes.get(entry.pk))
                ),
            }
        )
    return sorted(
        rows,
        key=lambda row: (
            row["outside"], row["place"] is None, row["place"] or 0, row["jury_place"] is None, row["jury_place"] or 0,
        ),
    )  # fmt: skip


def result_context(
    page: ContestPage, at: datetime, language: str, *, staff: bool, entries: Sequence[Entry] | None = None
) -> dict[str, Any]:
    """What stands in the table of results, as far as its reader may see it."""
    made, store = page.contest, page.store
    placings = queries.placings(made.pk)
    shows_jury = staff or bool(placings) or rules.jury_is_public(store, at)
    found = queries.entries(made.pk) if entries is None else [row for row in entries if row.idea.is_public]
    jury = queries.jury_result(made, found, page.criteria) if shows_jury else None
    plenaries = queries.plenaries(made.pk)
    latest = placings[0] if placings else None
    plenary = plenaries[0] if plenaries else None
    public = queries.public_vote(made, queries.ranked(found))
    rows = result_rows(found, jury, public, plenary, {row.entry_id: row for row in latest.places} if latest else {})
    for row in rows:
        row["certificate"] = (
            reverse("participation:contest_certificate", args=[store.number, row["entry"].idea.number])
            if latest is not None and row["placed"]
            else ""
        )
        row["conflict_words"] = (
            ngettext("%(n)s Mitglied befangen", "%(n)s Mitglieder befangen", row["conflicts"]) % {"n": row["conflicts"]}
            if row["conflicts"]
            else ""
        )
    return {
        "rows": rows,
        "has_jury": jury is not None and any(row.mean is not None for row in jury.results),
        "public": public,
        "public_points": public is not None and public.vote.way == voting.Way.POINTS,
        "public_url": reverse("participation:poll", args=[public.poll.number]) if public is not None else "",
        "plenary": plenary,
        "plenaries": plenaries[1:],
        "placing": latest.placing if latest is not None else None,
        "earlier": [(row.placing, places_of(row, language, {})) for row in placings[1:]],
        "places": [row for row in places_of(latest, language, made.prizes) if row["place"]],
        "fewest": words.FEWEST_SHEETS,
        "notes": jury.notes if jury is not None and staff else {},
    }


@ours
@require_safe
def contest_result(request: Request, number: int) -> HttpResponse:
    """Who got which place, and beside it what the jury and the plenary said; where it differs, why."""
    language, at = request.viewer.language, request.at
    page = queries.contest_by_number(number, request.viewer, at)
    context = {
        **result_context(page, at, language, staff=False),
        "store": page.store,
        "title": word(page.store.title, language),
        "tie_rule": word(words.TIE_RULES[TieRule(page.contest.tie_rule)], language),
        "published": page.contest.published_at,
        "contest_url": reverse("participation:contest", args=[number]),
        "trace": trace.trace_of(page.contest.placing_ref, request.viewer, at),
        "crumbs": contest_crumbs(page, language, (_("Ergebnis"), "")),
        "example": page.store.is_example,
    }
    turns = [instant for span in page.store.module.spans() for instant in (span.starts_at, span.ends_at)]
    return until(render(request, "participation/contest_result.html", context), *turns, at=at)


@ours
@require_safe
def contest_certificate(request: Request, number: int, entry: int) -> HttpResponse:
    """For each entry that took part: tagged (PDF/UA-1), in its author's language, with place and prize.

    A person who has no public name (under 16, erased) writes it in by hand.
    """
    page = queries.contest_by_number(number, request.viewer, request.at)
    found = queries.entry_by_number(page.contest.pk, entry)
    place = queries.place_of(found)
    if place is None:
        raise NotFound
    language = request.viewer.language
    lines = [line.strip() for line in word(page.contest.prizes, language).splitlines() if line.strip()]
    values = {
        "heading": _("Urkunde"),
        "contest": word(page.store.title, language),
        "name": found.idea.author_name,
        "entry_words": _("mit dem Beitrag"),
        "entry": entry_title(found),
        "entry_language": found.idea.language,
        "place": _("%(n)s. Platz") % {"n": place.place} if place.place else _("hat teilgenommen"),
        "prize": lines[place.place - 1] if place.place and place.place <= len(lines) else "",
        "decided": place.placing.decision,
        "city": city.current().name,
        "day": formats.date_format(timezone.localtime(place.placing.at), "DATE_FORMAT"),
        "group": word(page.store.group.names, language),
        "thanks": _("Danke, dass Sie für die Stadt mitgedacht haben."),
        "signature": office_name(page.store.group.department, language),
        "colour": city.current().colours["primary_deep"],
    }
    made = pdf.make(
        "participation/pdf/contest_certificate.typ",
        values,
        title=_("Urkunde: %(title)s") % {"title": values["contest"]},
        language=language,
        author=city.current().name,
        at=place.placing.at,
    )
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="urkunde-{number}-{entry}.pdf"'
    return response
