"""What the city does for an opinion map: set it up, check and merge statements, take one in, give the data out."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.actions import opinion as actions
from allmende.capabilities.surveys.actions.opinion_import import ImportData, import_conversation
from allmende.capabilities.surveys.forms.opinion import ConversationForm, ImportForm, MergeForm, OpenForm
from allmende.capabilities.surveys.models import Conversation, DrawnMap, Statement
from allmende.capabilities.surveys.queries import drawing
from allmende.capabilities.surveys.queries import opinion as reading
from allmende.capabilities.surveys.rules.opinion import access, polis
from allmende.capabilities.surveys.rules.opinion.mapping import least_votes
from allmende.capabilities.surveys.views.opinion import about, opinion_crumbs
from allmende.capabilities.surveys.views.pages import crumbs, ours, word
from allmende.capabilities.surveys.workflow.opinion import SAID_WORDS, Said, Talk
from allmende.core import city
from allmende.core.actor import SYSTEM
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.core.http import Request
from allmende.ui.views import render_form

FILES = {"summary": polis.SUMMARY, "comments": polis.COMMENTS, "votes": polis.VOTES,
         "participants-votes": polis.PARTICIPANTS}  # fmt: skip
OPEN_DATA = {"summary", "comments"}


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_new(request: Request) -> HttpResponse:
    """A new conversation, as a draft."""
    return _edit(request, None)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_edit(request: Request, number: int) -> HttpResponse:
    """A draft, until somebody else opens it."""
    rules.require_may_edit(request.viewer)
    return _edit(request, reading.conversation_by_number(number, request.viewer))


def _edit(request: Request, held: Conversation | None) -> HttpResponse:
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    if held is not None and held.state != Talk.DRAFT:
        raise Conflict(_("Das ist schon offen und wird nicht mehr geändert."))
    form = ConversationForm(request.POST or None, language=language, zone=city.current().zone, conversation=held)
    if form.is_bound and form.is_valid():
        with form.attempt():
            try:
                made = actions.save_conversation(
                    actor=request.actor, data=form.data_of(), conversation_id=held.pk if held else None, at=request.at
                )
            except Invalid as error:
                fields = {form.FIELDS_OF_ACTION.get(name, name): text for name, text in error.fields.items()}
                raise Invalid(error.message, fields=fields) from error
            messages.success(request, _("Der Entwurf ist gespeichert. Eine zweite Person prüft und öffnet ihn."))
            return redirect("surveys:opinion_office", number=made.number)
    back = reverse("surveys:opinion", args=[held.number]) if held else reverse("surveys:surveys")
    title = _("Meinungskarte ändern") if held else _("Neue Meinungskarte")
    context = {"title": title, "submit": _("Entwurf speichern"), "cancel_url": back, "crumbs": crumbs((title, ""))}
    return render_form(request, "surveys/opinion/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_office(request: Request, number: int) -> HttpResponse:
    """All statements as moderators see them; whoever may, opens the conversation here."""
    viewer, language = request.viewer, request.viewer.language
    access.require_may_moderate(viewer)
    found = reading.conversation_by_number(number, viewer)
    form = OpenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        with form.attempt():
            actions.open_conversation(actor=request.actor, conversation_id=found.pk, at=request.at)
            messages.success(request, _("Die Meinungskarte ist geöffnet."))
            return redirect("surveys:opinion", number=number)
    state = request.GET.get("stand", "")
    state = state if state in {one.value for one in Said} else ""
    after = request.GET.get("after", "")
    rows = reading.all_statements(found, int(after) if after.isdecimal() and len(after) < 9 else -1, state)  # noqa: PLR2004
    counts = reading.statement_counts(found)
    here = reverse("surveys:opinion_office", args=[number])
    more = rows[reading.PAGE - 1].number if len(rows) > reading.PAGE else None
    tabs = [(_("Alle"), here, not state)]
    tabs += [
        (f"{word(SAID_WORDS[one], language)} ({counts.get(one.value, 0)})", f"{here}?stand={one}", state == one)
        for one in Said
    ]
    context = about(found, request) | {
        "rows": [_row(one, found, language) for one in rows[: reading.PAGE]],
        "tabs": tabs,
        "more_url": f"{here}?stand={state}&after={more}" if more is not None else "",
        "is_draft": found.state == Talk.DRAFT,
        "may_open": access.may_open(found, request.actor),
        "waiting": counts.get(Said.WAITING.value, 0),
        "crumbs": opinion_crumbs(found, language, (_("Aussagen prüfen"), "")),
    }
    return render_form(request, "surveys/opinion/office.html", form, context)


def _row(one: Statement, found: Conversation, language: str) -> dict[str, Any]:
    can_merge = one.state in {Said.SHOWN, Said.WAITING} and found.state != Talk.CLOSED
    return {
        "one": one,
        "state": word(SAID_WORDS[one.state], language),
        "tag": {"shown": "good", "waiting": "warn", "refused": "bad"}.get(one.state, "quiet"),
        "merge_url": reverse("surveys:opinion_merge", args=[found.number, one.number]) if can_merge else "",
    }


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_merge(request: Request, number: int, statement: int) -> HttpResponse:
    """A double and the statement that says the same."""
    access.require_may_moderate(request.viewer)
    found = reading.conversation_by_number(number, request.viewer)
    double = Statement.objects.filter(conversation=found, number=statement).first() if statement < 2**31 else None
    if double is None:
        raise NotFound
    others = Statement.objects.filter(conversation=found, state=Said.SHOWN).exclude(pk=double.pk)
    form = MergeForm(request.POST or None, statements=list(others))
    back = reverse("surveys:opinion_office", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            into = int(form.cleaned_data["into"])
            actions.merge_statement(actor=request.actor, statement_id=double.pk, into=into, at=request.at)
            messages.success(request, _("Zusammengelegt. Die Antworten gehen nicht verloren."))
            return redirect(back)
    context = about(found, request) | {
        "double": double,
        "submit": _("Zusammenlegen"),
        "cancel_url": back,
        "crumbs": opinion_crumbs(
            found, request.viewer.language, (_("Aussagen prüfen"), back), (_("Zusammenlegen"), "")
        ),
    }
    return render_form(request, "surveys/opinion/merge.html", form, context)


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_import(request: Request) -> HttpResponse:
    """Files from Polis: first what they hold and what is wrong with them, then the deed."""
    rules.require_may_edit(request.viewer)
    form = ImportForm(request.POST or None, request.FILES or None)
    title = _("Meinungskarte einlesen")
    context: dict[str, Any] = {
        "title": title,
        "cancel_url": reverse("surveys:surveys"),
        "crumbs": crumbs((title, "")),
    }
    if form.is_bound and form.is_valid():
        accounts.limit(request, "surveys.opinion_import", times=30, per=reading.EVERY)
        read = form.read()
        context |= {"read": read, "facts": _facts(read)}
        if request.POST.get("step") == "do" and not read.faults:
            with form.attempt():
                made = import_conversation(
                    actor=request.actor, read=read, data=ImportData(
                        title=form.cleaned_data["title"], source=form.cleaned_data["source"],
                        language=form.cleaned_data["language"],
                    ), at=request.at,
                )  # fmt: skip
                actions.keep_map(actor=SYSTEM, conversation_id=made.pk, drawing=drawing.draw(made), at=request.at)
                messages.success(request, _("Die Meinungskarte ist eingelesen und gezeichnet."))
                return redirect("surveys:opinion", number=made.number)
    return render_form(request, "surveys/opinion/import.html", form, context)


def _facts(read: polis.Conversation) -> list[tuple[str, str]]:
    rejected = sum(one.moderated < 0 for one in read.comments)
    return [
        (_("Frage"), read.topic),
        (_("Aussagen"), _("%(n)s, davon %(no)s nicht aufgenommen") % {"n": len(read.comments), "no": rejected}),
        (_("Menschen"), str(len(read.voters))),
        (
            pgettext("surveys", "Antworten"),
            _("%(n)s, dazu %(old)s später geänderte") % {"n": len(read.votes), "old": read.changed},
        ),
        (
            _("Nicht lesbar"),
            ngettext("%(n)s Zeile bleibt draußen", "%(n)s Zeilen bleiben draußen", read.skipped_rows)
            % {"n": read.skipped_rows}
            if read.skipped_rows
            else "",
        ),
    ]


# Data for everybody


@ours
@require_safe
def opinion_file(request: Request, number: int, name: str) -> HttpResponseBase:
    """One of Polis's four files. Single votes are given out after the close, where that was said beforehand."""
    found = reading.conversation_by_number(number, request.viewer)
    if name not in FILES:
        raise NotFound
    open_now = found.gives_votes and found.state == Talk.CLOSED
    if name not in OPEN_DATA and not open_now and not rules.may_edit(request.viewer):
        raise NotAllowed(_("Die einzelnen Antworten werden nicht veröffentlicht."))
    lines = {
        "summary": _summary, "comments": _comments, "votes": _votes, "participants-votes": _participants,
    }[name](found)  # fmt: skip
    response = StreamingHttpResponse((line.encode() for line in lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{FILES[name]}"'
    return response


def _summary(found: Conversation) -> Iterator[str]:
    drawn = reading.drawn_map(found)
    result: dict[str, Any] = drawn.result if drawn is not None else {"people": 0, "groups": []}
    counts = reading.statement_counts(found)
    yield from polis.write_summary(
        found.title.get("de", ""), found.source_url, result["people"], sum(counts.values()), len(result["groups"]),
        found.summary.get("de", ""),
    )  # fmt: skip


def _comments(found: Conversation) -> Iterator[str]:
    """Everything that is public: shown and merged statements. Counts as in the map, so none below five people."""
    drawn = reading.drawn_map(found)
    tallies = drawn.result["tallies"] if drawn is not None else {}

    def rows() -> Iterator[tuple[polis.Comment, str, int, int]]:
        for one in Statement.objects.filter(conversation=found).order_by("number").iterator(500):
            if one.state not in {Said.SHOWN, Said.MERGED} and not found.source:
                continue
            noon = datetime.combine(one.day, time(), UTC)
            moderated = 1 if one.state == Said.SHOWN else -1
            counts = tallies.get(str(one.number), [])
            comment = polis.Comment(one.number, 0, one.text, moderated, int(noon.timestamp() * 1000))
            yield comment, one.day.isoformat(), sum(row[0] for row in counts), sum(row[1] for row in counts)

    yield from polis.write_comments(rows())


def _people(found: Conversation) -> Iterator[polis.Participant]:
    """Voices under numbers that stand for nobody, with the group they stand nearest to."""
    axes = DrawnMap.objects.filter(conversation=found).values_list("axes", flat=True).first() or {}
    numbers = set(Statement.objects.filter(conversation=found).values_list("number", flat=True))
    least = least_votes(len(numbers))
    for number, (_id, choices) in enumerate(reading.voices(found)):
        group = reading.nearest_group(axes, choices) if len(choices) >= least else None
        yield polis.Participant(
            number, group, {int(key): value for key, value in choices.items() if int(key) in numbers}
        )


def _votes(found: Conversation) -> Iterator[str]:
    yield from polis.write_votes(_people(found))


def _participants(found: Conversation) -> Iterator[str]:
    numbers = list(Statement.objects.filter(conversation=found).order_by("number").values_list("number", flat=True))
    yield from polis.write_participants(numbers, _people(found))
