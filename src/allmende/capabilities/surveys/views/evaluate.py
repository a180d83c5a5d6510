"""The editors' side of results: have them computed, look through them, hold back, order open answers, publish."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods

from allmende.capabilities.surveys import actions, queries, rules
from allmende.capabilities.surveys.forms.results import NEW, OUT, EvaluateForm, JudgeForm, MoveForm, TopicForm
from allmende.capabilities.surveys.models import Finding, Survey, Topic
from allmende.capabilities.surveys.rules.variables import Form, variables
from allmende.capabilities.surveys.views import figures
from allmende.capabilities.surveys.views.pages import ours, survey_crumbs, word
from allmende.capabilities.surveys.workflow import State
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.questions import interface as questions
from allmende.ui.views import render_form

DIGITS = 6
EDIT = ("GET", "HEAD", "POST")


def _survey(request: Request, number: int) -> Survey:
    """Raises NotSignedIn, NotAllowed, NotFound."""
    rules.require_may_edit(request.viewer)
    return queries.survey_by_number(number, request.viewer)


def _state(row: Finding) -> str:
    if row.is_held:
        return _("zurückgehalten")
    return {"few": _("zu wenige Antworten"), "empty": _("keine Antworten")}.get(
        row.table.get("state", ""), _("wird gezeigt")
    )


@ours
@require_http_methods(EDIT)
def evaluate(request: Request, number: int) -> HttpResponse:
    """What is computed, and what came of it."""
    survey = _survey(request, number)
    language = request.viewer.language
    row = queries.evaluation_of(survey)
    wanted = variables(questions.definition(survey.version_id))
    groups = [(one.name, word(one.label, language)) for one in wanted if one.may_group]
    margins = [(one.name, word(one.label, language)) for one in wanted if one.may_group and queries.margin_for(one)]
    initial = {"groups": row.groups, "weigh_by": row.weigh_by} if row else {}
    form = EvaluateForm(request.POST or None, initial=initial, groups=groups, margins=margins)
    here = reverse("surveys:evaluate", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.ask_results(
                actor=request.actor, survey_id=survey.pk, at=request.at,
                groups=form.cleaned_data.get("groups", []), weigh_by=form.cleaned_data.get("weigh_by", []),
            )  # fmt: skip
            messages.success(request, _("Die Auswertung läuft. Laden Sie die Seite in einer Minute neu."))
            return redirect(here)
    findings = queries.all_findings(survey)
    over = survey.state in {State.CLOSED, State.PUBLISHED}
    context = {
        "survey": survey,
        "title": word(survey.title, language),
        "title_language": figures.spoken(survey.title, language),
        "evaluation": row,
        "answers": figures.people(row.answers) if row else "",
        "weighting": figures.weighting_facts(row, language) if row else [],
        "rows": [
            {
                "title": figures.titled(one, language),
                "language": figures.spoken(one.title, language),
                "url": reverse("surveys:judge", args=[number, one.place]),
                "sentence": figures.sentence(one.table, language),
                "state": _state(one),
                "topics_url": reverse("surveys:topics", args=[number, one.place])
                if one.table.get("form") == Form.TOPICS and survey.raw_deleted_at is None
                else "",
            }
            for one in findings
        ],
        "is_over": over,
        "may_compute": over and survey.raw_deleted_at is None,
        "may_publish": survey.state == State.CLOSED and row is not None and row.prepared_at is not None,
        "results_url": reverse("surveys:results", args=[number]) if row and row.prepared_at and over else "",
        "publish_url": reverse("surveys:step", args=[number]),
        "crumbs": survey_crumbs(survey, language, (_("Auswertung"), "")),
    }
    return render_form(request, "surveys/evaluate.html", form, context)


@ours
@require_http_methods(EDIT)
def judge(request: Request, number: int, place: int) -> HttpResponse:
    """One finding: held back or not, and a word to it."""
    survey = _survey(request, number)
    language = request.viewer.language
    row = queries.finding_at(survey, place)
    initial = {"held": row.is_held, "note": row.note.get("de", ""), "note_en": row.note.get("en", "")}
    form = JudgeForm(request.POST or None, initial=initial)
    back = reverse("surveys:evaluate", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            note = {"de": form.cleaned_data["note"], "en": form.cleaned_data["note_en"]}
            actions.judge_finding(actor=request.actor, finding_id=row.pk, held=form.cleaned_data["held"], note=note)
            messages.success(request, _("Gespeichert."))
            return redirect(back)
    title = figures.titled(row, language)
    context: dict[str, Any] = {
        "title": title,
        "title_language": figures.spoken(row.title, language),
        "sentence": figures.sentence(row.table, language),
        "table": figures.rows_of(row.table, language),
        "back_url": back,
        "crumbs": survey_crumbs(survey, language, (_("Auswertung"), back), (title, "")),
    }
    return render_form(request, "surveys/judge.html", form, context)


@ours
@require_http_methods(EDIT)
def topics(request: Request, number: int, place: int) -> HttpResponse:
    """Open answers: suggestions of topics, and where each answer stands."""
    survey = _survey(request, number)
    language = request.viewer.language
    row = queries.finding_at(survey, place)
    if row.table.get("form") != Form.TOPICS:
        raise NotFound
    after = request.GET.get("after", "")
    skipped = int(after) if after.isdecimal() and after.isascii() and len(after) <= DIGITS else 0
    found = queries.topic_board(row, request.GET.get("thema", ""), skipped)
    here = reverse("surveys:topics", args=[number, place])
    names = {
        topic.pk: word(topic.title, language) or ", ".join(topic.words) or _("ohne Namen") for topic in found.topics
    }
    others = [(str(key), name) for key, name in names.items() if found.chosen is None or key != found.chosen.pk]
    moved = request.POST if "target" in request.POST else None
    form = MoveForm(moved, topics=others)
    if request.method == "POST" and moved is None:
        number_found = actions.suggest_topics(actor=request.actor, finding_id=row.pk, at=request.at)
        said = ngettext("%(n)s Thema vorgeschlagen.", "%(n)s Themen vorgeschlagen.", number_found)
        messages.success(request, said % {"n": number_found})
        return redirect(here)
    if form.is_bound and form.is_valid():
        with form.attempt():
            target = form.cleaned_data["target"]
            actions.move_answers(
                actor=request.actor, finding_id=row.pk, answers=form.chosen, new=target == NEW,
                target_id=None if target in {NEW, OUT} else UUID(target),
            )  # fmt: skip
            messages.success(request, _("Verschoben."))
            return redirect(here)
    title = figures.titled(row, language)
    tabs = [(f"{_('In keinem Thema')} ({found.loose})", here, found.chosen is None)]
    tabs += [
        (
            f"{names[one.pk]} ({one.count})",
            f"{here}?thema={one.pk}",
            found.chosen is not None and one.pk == found.chosen.pk,
        )
        for one in found.topics
    ]
    context = {
        "title": title,
        "title_language": figures.spoken(row.title, language),
        "tabs": tabs,
        "answers": found.answers,
        "ticked": set(form.chosen) if form.is_bound else set(),
        "topic_name": names[found.chosen.pk] if found.chosen else "",
        "topic_url": reverse("surveys:topic", args=[found.chosen.pk]) if found.chosen else "",
        "may_suggest": found.chosen is None and found.loose > 1,
        "more_url": f"{here}?thema={found.chosen.pk if found.chosen else ''}&after={found.next}" if found.next else "",
        "crumbs": survey_crumbs(
            survey,
            language,
            (_("Auswertung"), reverse("surveys:evaluate", args=[number])),
            (pgettext("surveys", "Themen"), ""),
        ),
    }
    return render_form(request, "surveys/topics.html", form, context)


@ours
@require_http_methods(EDIT)
def topic(request: Request, topic_id: UUID) -> HttpResponse:
    """A topic's name, and whether it is shown."""
    rules.require_may_edit(request.viewer)
    found = Topic.objects.select_related("finding__survey").filter(pk=topic_id).first()
    if found is None:
        raise NotFound
    language = request.viewer.language
    survey, row = found.finding.survey, found.finding
    back = reverse("surveys:topics", args=[survey.number, row.place])
    initial = {
        "title": found.title.get("de", ""),
        "title_en": found.title.get("en", ""),
        "is_released": found.is_released,
    }
    form = TopicForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        with form.attempt():
            title = {"de": form.cleaned_data["title"], "en": form.cleaned_data["title_en"]}
            actions.save_topic(
                actor=request.actor, topic_id=found.pk, title=title, released=form.cleaned_data["is_released"]
            )
            messages.success(request, _("Gespeichert."))
            return redirect(back)
    context = {
        "words": ", ".join(found.words),
        "count": figures.people(found.count),
        "back_url": back,
        "crumbs": survey_crumbs(survey, language, (pgettext("surveys", "Themen"), back), (_("Thema benennen"), "")),
    }
    return render_form(request, "surveys/topic.html", form, context)
