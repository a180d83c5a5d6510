"""Where one can have a say, all ideas, one's own, and how it works."""

from collections.abc import Collection

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, workflow
from allmende.capabilities.participation.views.filters import KEYS, narrowed
from allmende.capabilities.participation.views.pages import crumbs, ours, store_card, until, word
from allmende.capabilities.participation.views.projects import project_card
from allmende.capabilities.participation.workflow.ages import AGE_GROUPS, AgeGroup
from allmende.core import city
from allmende.core.errors import NotSignedIn
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.discussion import interface as discussion
from allmende.engines.trace import interface as trace

TRACED, LATEST = 40, 3
"""Ideas of which one's own page tells what they led to, and to how much each."""


@ours
def overview(request: Request) -> HttpResponse:
    """„Wo kann ich jetzt mitreden?“: open stores first, what ends soonest on top."""
    language, at = request.viewer.language, request.at
    found = queries.overview(at)
    groups = [
        {
            "title": word(group.names, language),
            "text": word(group.summary, language),
            "url": reverse("participation:group", args=[group.slug]),
            "meeting": found.meetings.get(group.pk),
        }
        for group in found.groups
    ]
    context = {
        "open": [store_card(store, at, language) for store in found.open],
        "planned": [store_card(store, at, language) for store in found.planned],
        "closed": [store_card(store, at, language) for store in found.closed],
        "projects": [
            project_card(project, at, language) for project in queries.announced_projects(at, with_stores=False)
        ],
        "groups": groups,
        "groups_word": city.current().word("groups", language),
        "ideas": queries.latest(at, language=language),
    }
    response = render(request, "participation/overview.html", context)
    stores = [*found.open, *found.planned]
    return until(response, queries.next_change(stores, at), *(m.ends_at for m in found.meetings.values()), at=at)


@ours
def ideas(request: Request) -> HttpResponse:
    """All public ideas: filters that stay, three orders, keyset. With htmx only the next ones."""
    language, at = request.viewer.language, request.at
    filters, selects = narrowed(request.GET, at, language)
    found = queries.ideas(filters, at, language=language, after=request.GET.get("after", "")[:120])
    more = ""
    if found.next:
        values = request.GET.copy()
        values["after"] = found.next
        more = f"?{values.urlencode()}"
    context = {"cards": found.cards, "total": found.total, "more_url": more, "at": at}
    if request.htmx and request.GET.get("after"):
        return render(request, "participation/parts/more_ideas.html", context)
    chosen = any(request.GET.get(name) for name in KEYS)
    context |= {
        "selects": selects,
        "text": filters.text,
        "clear_url": reverse("participation:ideas") if chosen else "",
        "narrowed": chosen,
        "crumbs": crumbs((_("Alle Ideen"), "")),
    }
    return until(render(request, "participation/ideas.html", context), at=at)


@ours
def how(request: Request) -> HttpResponse:
    """The workflow as a page that a clerk can read."""
    language = request.viewer.language
    states = [
        {
            "label": word(info.labels, language),
            "meaning": word(info.meaning, language),
            "next": word(info.next_step, language),
            "days": info.days,
            "public": info.public,
        }
        for info in workflow.STATES.values()
    ]
    steps = [
        {
            "label": word(step.labels, language),
            "sources": ", ".join(workflow.label(s, language) for s in workflow.State if s in step.sources),
            "target": workflow.label(step.target, language),
            "who": word(step.who, language),
            "follows": word(step.follows, language),
        }
        for step in workflow.TRANSITIONS.values()
    ]
    context = {"states": states, "steps": steps, "crumbs": crumbs((_("So funktioniert es"), ""))}
    return render(request, "participation/how.html", context)


def _became(ideas: Collection[Ref], request: Request) -> dict[Ref, list[trace.TraceStation]]:
    """The latest things to which each idea led, the newest first; its own collection says nothing new. Two queries."""
    found = trace.traces_of(ideas, request.viewer, request.at) if ideas else {}
    return {
        ref: [
            one for one in reversed(way.outcomes) if one.entry and one.entry.reached and one.entry.ref.kind != "store"
        ][:LATEST]
        for ref, way in found.items()
    }


@ours
def mine(request: Request) -> HttpResponse:
    """What became of what I said: one's own contributions and drafts."""
    person = request.viewer.person_id
    if person is None:
        raise NotSignedIn
    language, ideas = request.viewer.language, list(queries.mine(person))
    became = _became([idea.ref for idea in ideas[:TRACED] if idea.is_public], request)
    rows = [
        {
            "idea": idea,
            "became": became.get(idea.ref, []),
            "url": reverse("participation:idea", args=[idea.number]),
            "title": idea.version.title if idea.version else "",
            "state": workflow.label(idea.state, language),
            "tag": {"answered": "good", "refused": "bad", "submitted": "quiet"}.get(idea.state, ""),
            "store": word(idea.store.title, language),
            "step": word(idea.next_step, language),
        }
        for idea in ideas
    ]
    drafts = [
        {
            "title": str(draft.fields.get("title") or _("ohne Titel")),
            "url": f"{reverse('participation:idea_new')}?entwurf={draft.pk}",
            "saved_at": draft.saved_at,
            "expires_at": draft.expires_at,
        }
        for draft in queries.drafts_of(person, request.at)
    ]
    ages = [
        {
            "project": word(row.project.title, language),
            "group": AGE_GROUPS[AgeGroup(row.group)],
            "url": reverse("participation:age", args=[row.project.number]),
        }
        for row in queries.stated_ages(person)
    ]
    context = {
        "rows": rows,
        "drafts": drafts,
        "ages": ages,
        "comments": discussion.own_comments(request.viewer, request.at),
        "at": request.at,
        "crumbs": crumbs((_("Meine Ideen"), "")),
    }
    return render(request, "participation/mine.html", context)
