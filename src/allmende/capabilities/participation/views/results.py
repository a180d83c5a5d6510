"""What a counted vote says: winners in words, the figures, the protocol; as page, PDF, JSON and Pabulib file."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from allmende.capabilities.participation import queries
from allmende.capabilities.participation.queries import PollPage
from allmende.capabilities.participation.views.pages import crumbs, ours, until, word
from allmende.capabilities.participation.workflow import voting as words
from allmende.core import city
from allmende.core.actor import CHANNEL_LABELS, Channel
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.ballots.interface import voting
from allmende.ui import pdf

BALLOTS_ON_A_PAGE = 100


def option_rows(page: PollPage, language: str) -> list[dict[str, Any]]:
    """The lines of the paper with where one can read more."""
    return [
        {
            "place": option.place,
            "title": option.title,
            "language": option.language,
            "cost": words.euros(option.cost, language) if option.cost else "",
            "url": f"/r/{option.thing}" if option.thing else "",
        }
        for option in page.options
    ]


def _figure(score: Any, language: str) -> str:
    """An exact number as people read it; a fraction as a decimal."""
    if isinstance(score, str):
        over, _slash, under = score.partition("/")
        text = f"{int(over) / int(under or 1):,.2f}"
        return text.translate(str.maketrans(",.", ".,")) if language == "de" else text
    return formats.number_format(score, use_l10n=True, force_grouping=True)


def _as_number(score: Any) -> float:
    over, _slash, under = str(score).partition("/")
    return int(over) / int(under or 1)


def _percent(part: int, whole: int) -> str:
    return formats.number_format(100 * part / whole, decimal_pos=1)


def _turnout(page: PollPage) -> list[str]:
    """Sentences: how many voted, of how many who may, by which channel."""
    vote = page.vote
    count = vote.result["ballots"] if vote.result else 0
    said = ngettext("%(n)s Mensch hat abgestimmt.", "%(n)s Menschen haben abgestimmt.", count)
    lines = [said % {"n": formats.number_format(count, force_grouping=True)}]
    if vote.eligible and count:
        share = {
            "percent": _percent(count, vote.eligible),
            "n": formats.number_format(vote.eligible, force_grouping=True),
        }
        lines.append(_("Das sind %(percent)s Prozent von %(n)s, die abstimmen durften.") % share)
    came = [
        f"{CHANNEL_LABELS[Channel(name)]}: {formats.number_format(n, force_grouping=True)}"
        for name, n in sorted(vote.channels.items(), key=lambda row: -row[1])
    ]
    if len(came) > 1:
        lines.append(_("So kamen die Stimmen: %(ways)s.") % {"ways": ", ".join(came)})
    empty = vote.result["empty"] if vote.result else 0
    if empty:
        said = ngettext("%(n)s Mensch hat sich enthalten.", "%(n)s Menschen haben sich enthalten.", empty)
        lines.append(said % {"n": empty})
    return lines


def _finding(page: PollPage, winners: list[dict[str, Any]], language: str) -> str:
    """The result in one sentence."""
    result = page.vote.result or {}
    if not winners:
        return _("Niemand hat gewonnen: Es gab dafür nicht genug Stimmen.")
    count = {"n": len(winners), "all": len(page.options)}
    if page.vote.budget:
        spent = {"cost": words.euros(round(float(_as_number(result["cost"])) * 100), language)}
        spent["budget"] = words.euros(page.vote.budget, language)
        said = ngettext(
            "%(n)s von %(all)s Vorschlägen hat gewonnen. Er kostet %(cost)s von %(budget)s.",
            "%(n)s von %(all)s Vorschlägen haben gewonnen. Zusammen kosten sie %(cost)s von %(budget)s.",
            len(winners),
        )
        return said % {**count, **spent}
    return ngettext("Das hat gewonnen.", "Diese %(n)s haben gewonnen.", len(winners)) % count


def outcome(page: PollPage, language: str) -> dict[str, Any]:
    """Context of a counted vote's page. `page.vote.result` is what the count handed back."""
    result = page.vote.result
    assert result is not None
    by_points = page.vote.way == voting.Way.POINTS
    unit = _("Punkte") if by_points else pgettext("participation", "Stimmen")
    rows = option_rows(page, language)
    most = max((_as_number(option.get("score", 0)) for option in result["options"]), default=0) or 1
    for row, option in zip(rows, result["options"], strict=True):
        score = option.get("score", 0)
        row |= {
            "won": option["id"] in result["winners"],
            "score": _figure(score, language),
            "raw": _as_number(score),
            "share": round(1000 * _as_number(score) / most),
        }
    ranked = sorted(rows, key=lambda row: (not row["won"], -row["raw"], row["place"]))
    winners = [row for row in ranked if row["won"]]
    rounds: list[tuple[int, list[str]]] = []
    for step in result["protocol"]:
        if not rounds or rounds[-1][0] != step["round"]:
            rounds.append((step["round"], []))
        rounds[-1][1].append(step[language if language in step else "de"])
    number = page.poll.number
    name = f"abstimmung-{number}.pb"
    command = f"allmende ballots count {name} --rule {page.vote.rule}"
    if page.vote.rule == "equal-shares":
        command += f" --utility {page.vote.utility} --completion {page.vote.completion}"
    elif page.vote.seats > 1:
        command += f" --seats {page.vote.seats}"
    if page.vote.lot:
        command += f' --lot "{page.vote.lot}"'
    files = [("PDF", "poll_pdf"), ("Pabulib (.pb)", "poll_pb"), ("JSON", "poll_json")]
    return {
        "finding": _finding(page, winners, language),
        "winners": winners,
        "ranked": ranked,
        "unit": unit,
        "turnout": _turnout(page),
        "rounds": rounds,
        "settings": [
            (one[language if language in one else "de"]["name"], one[language if language in one else "de"]["value"])
            for one in result["settings"]
        ],
        "command": command,
        "files": [(label, reverse(f"participation:{url}", args=[number])) for label, url in files],
        "list_url": reverse("participation:poll_ballots", args=[number]) if page.vote.has_receipts else "",
    }


def _counted(request: Request, number: int) -> PollPage:
    """Raises NotFound before the count."""
    page = queries.poll_by_number(number, request.viewer, request.at)
    if page.vote.result is None:
        raise NotFound
    return page


def _file(content: bytes | str, kind: str, name: str, *, shown: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    return response


@ours
@require_safe
def poll_pdf(request: Request, number: int) -> HttpResponse:
    """The protocol on paper, tagged (PDF/UA-1); the same count gives the same file."""
    page = _counted(request, number)
    language = request.viewer.language
    found = outcome(page, language)
    title = _("Ergebnis: %(title)s") % {"title": word(page.poll.title, language)}
    assert page.vote.closed_at is not None
    day = formats.date_format(timezone.localtime(page.vote.closed_at), "DATETIME_FORMAT")
    values = {
        "heading": title,
        "project": word(page.project.title, language),
        "counted": _("Ausgezählt am %(day)s.") % {"day": day},
        "finding": found["finding"],
        "turnout": found["turnout"],
        "columns": [_("Vorschlag"), _("Kosten"), found["unit"], _("Ergebnis")],
        "rows": [
            {"cells": [row["title"], row["cost"] or "–", row["score"], _("gewonnen") if row["won"] else "–"],
             "language": row["language"]}
            for row in found["ranked"]
        ],
        "settings_title": _("Was vorher feststand"),
        "settings": found["settings"],
        "rounds_title": _("So wurde gezählt"),
        "round": _("Runde"),
        "rounds": [{"number": n, "lines": lines} for n, lines in found["rounds"]],
        "again_title": _("Selbst nachzählen"),
        "again": _("Alle Stimmzettel stehen ohne Namen und neu gemischt als Datei auf der Seite der Abstimmung. "
                   "Dieser Befehl zählt sie noch einmal:"),
        "command": found["command"],
    }  # fmt: skip
    made = pdf.make(
        "participation/pdf/protocol.typ", values, title=title, language=language, author=city.current().name,
        at=page.vote.closed_at,
    )  # fmt: skip
    return _file(made, "application/pdf", f"abstimmung-{number}.pdf", shown=True)


@ours
@require_safe
def poll_json(request: Request, number: int) -> HttpResponse:
    """What was declared, the result, and the protocol in both languages."""
    page = _counted(request, number)
    vote = page.vote
    values = {
        "number": number,
        "title": page.poll.title,
        "opens_at": vote.opens_at.isoformat(),
        "closes_at": vote.closes_at.isoformat(),
        "counted_at": vote.closed_at.isoformat() if vote.closed_at else None,
        "way": vote.way,
        "gate": vote.gate,
        "eligible": vote.eligible,
        "channels": vote.channels,
        "result": vote.result,
    }
    text = json.dumps(values, ensure_ascii=False, indent=1)
    return _file(text, "application/json", f"abstimmung-{number}.json")


@ours
@require_safe
def poll_pb(request: Request, number: int) -> HttpResponse:
    """All ballots as a Pabulib file, to count again."""
    page = _counted(request, number)
    return _file(voting.download(page.vote.pk), "text/plain; charset=utf-8", f"abstimmung-{number}.pb")


@ours
@require_safe
def poll_ballots(request: Request, number: int) -> HttpResponse:
    """The public list of ballots with their receipts, where the vote has one; else there is no such page."""
    page = _counted(request, number)
    if not page.vote.has_receipts:
        raise NotFound
    language = request.viewer.language
    asked, after = request.GET.get("beleg", "").strip()[:40], request.GET.get("after", "")
    start = int(after) if after.isdecimal() and after.isascii() and len(after) < 9 else 0  # noqa: PLR2004 - fits the column
    rows = voting.counted_ballots(page.vote, start, receipt=asked, limit=BALLOTS_ON_A_PAGE + 1)
    options = {option.place: option for option in page.options}
    here = reverse("participation:poll_ballots", args=[number])
    more = not asked and len(rows) > BALLOTS_ON_A_PAGE
    rows = rows[:BALLOTS_ON_A_PAGE] if not asked else rows
    title = word(page.poll.title, language)
    context = {
        "title": title,
        "asked": asked,
        "here": here,
        "ballots": [
            (row.receipt, row.number, [(options[place], points) for place, points in row.choices]) for row in rows
        ],
        "more_url": f"{here}?after={rows[-1].number}" if more else "",
        "example": page.poll.is_example,
        "crumbs": crumbs(
            (word(page.project.title, language), reverse("participation:project", args=[page.project.number])),
            (title, reverse("participation:poll", args=[number])),
            (_("Alle Stimmzettel"), ""),
        ),
    }
    return until(render(request, "participation/poll_ballots.html", context), at=request.at)
