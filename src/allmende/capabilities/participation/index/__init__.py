"""How ideas, the city's answers, topic stores, groups and meetings appear in the public index."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils import formats, timezone

from allmende.capabilities.participation import queries, rules, workflow
from allmende.capabilities.participation.models import (
    Idea,
    Meeting,
    Offer,
    OfficialAnswer,
    PartnerOffer,
    Poll,
    Project,
    StoreDocument,
    Theme,
    TopicStore,
    WorkingGroup,
)
from allmende.capabilities.participation.queries import needs as reading
from allmende.capabilities.participation.workflow import Outcome, State, StoreState, Texts, needs, phases
from allmende.capabilities.participation.workflow.needs import OfferKind
from allmende.core import city
from allmende.core.manifest import EntryData
from allmende.engines.ballots.interface import voting
from allmende.engines.places import interface as places

SUMMARY = 240
"""Characters of an idea's text in a list."""
MODERATORS = f"role:moderator:{rules.SCOPE}"


REMOVED = {"de": "[Text entfernt]", "en": "[text removed]"}
"""Title of an idea whose author was erased with their words."""


def office(slug: str) -> Mapping[str, str]:
    """The office's names per language, or nothing for one that the city no longer has."""
    found = city.current().department(slug)
    return dict(found.names) if found else {}


def office_of(idea: Idea) -> Mapping[str, str]:
    """Who sees to the idea's next step: the moderators until it is released, then its office."""
    if idea.awaits_proof:
        return {}  # the next step is its guest's
    return workflow.CHECKING if idea.state == State.SUBMITTED else office(idea.department)


def _short(text: str) -> str:
    return text if len(text) <= SUMMARY else text[:SUMMARY].rpartition(" ")[0] + " …"


def _both(texts: Texts) -> dict[str, str]:
    return {language: text for language, text in texts.items() if text}


def _state_labels(idea: Idea) -> Texts:
    """What its state is called; a wish says that it is one."""
    labels = workflow.STATES[State(idea.state)].labels
    return needs.STATES.get(idea.state, labels) if idea.store.is_need else labels


def idea_entry(idea_id: UUID) -> EntryData | None:
    """Public when released; moderators find what waits; what was refused or taken back nobody finds."""
    idea = queries.idea(idea_id)
    if idea is None or idea.version is None:
        return None
    info = workflow.STATES[State(idea.state)]
    waits = idea.state == State.SUBMITTED and not idea.awaits_proof
    visibility = "public" if info.public else MODERATORS if waits else "hidden"
    figures = {"comments": idea.comment_count}
    if idea.store.counts_support:
        figures = {"supports": idea.support_count, **figures}
    centre = places.centre_of(idea.district) if idea.longitude is None or idea.latitude is None else None
    longitude, latitude = centre or (idea.longitude, idea.latitude)
    return EntryData(
        ref=idea.ref,
        titles={idea.language: idea.version.title} if idea.version.title else dict(REMOVED),
        summaries={idea.language: _short(idea.version.body)},
        bodies={idea.language: idea.version.body},
        language=idea.language,
        url=f"/mitmachen/ideen/{idea.number}/",
        state=idea.state,
        state_labels=_state_labels(idea),
        happened_at=idea.received_at,
        visibility=visibility,
        visible_from=idea.published_at,
        next_step=_both(idea.next_step),
        office=office_of(idea) if idea.next_step else {},
        due=idea.due_at,
        district=idea.district,
        longitude=longitude,
        latitude=latitude,
        figures=figures,
        within=str(idea.store.ref),
    )


def idea_ids() -> Iterable[UUID]:
    return Idea.objects.order_by("id").values_list("pk", flat=True).iterator()


def idea_url(idea_id: UUID) -> str | None:
    number = Idea.objects.filter(pk=idea_id).values_list("number", flat=True).first()
    return None if number is None else f"/mitmachen/ideen/{number}/"


def answer_entry(answer_id: UUID) -> EntryData | None:
    """The city's answer as a station of its own: seen as long as its idea is, with the idea's next step."""
    answer = OfficialAnswer.objects.filter(pk=answer_id).first()
    idea = idea_entry(answer.idea_id) if answer is not None else None
    if answer is None or idea is None:
        return None
    outcome = workflow.OUTCOMES[Outcome(answer.outcome)]
    return EntryData(
        ref=answer.ref,
        titles=_both(outcome),
        summaries={answer.language: _short(answer.text)},
        bodies={answer.language: f"{answer.text} {answer.alternative}"},
        url=f"{idea.url}#answer-title",
        state=answer.outcome,
        state_labels=outcome,
        happened_at=answer.at,
        visibility=idea.visibility,
        visible_from=idea.visible_from,
        next_step=idea.next_step,
        office=office(answer.department),
        due=idea.due,
        district=idea.district,
    )


def answer_ids() -> Iterable[UUID]:
    return OfficialAnswer.objects.order_by("id").values_list("pk", flat=True).iterator()


def answer_url(answer_id: UUID) -> str | None:
    idea_id = OfficialAnswer.objects.filter(pk=answer_id).values_list("idea_id", flat=True).first()
    path = idea_url(idea_id) if idea_id else None
    return f"{path}#answer-title" if path else None


def store_entry(store_id: UUID) -> EntryData | None:
    """Public from its announcement on. Its state is as of now: it is indexed anew when its period begins and ends."""
    store = TopicStore.objects.select_related("group").filter(pk=store_id).first()
    if store is None:
        return None
    at = timezone.now()
    state = rules.store_state(store, at)
    step = queries.store_step(store, at)
    return EntryData(
        ref=store.ref,
        titles=_both(store.title),
        summaries=_both(store.description),
        bodies={
            language: " ".join(str(text.get(language, "")) for text in store.contract.values())
            for language in store.title
        },
        url=f"/mitmachen/speicher/{store.number}/",
        state=state.value,
        state_labels=workflow.STORE_STATES[state],
        happened_at=store.opens_at or store.created_at,
        visibility="hidden" if state == StoreState.DRAFT else "public",
        open_until=store.closes_at if state == StoreState.OPEN else None,
        next_step=_both(step.texts),
        office=office(store.group.department),
        due=step.due,
        figures={"ideas": store.idea_count},
    )


def store_ids() -> Iterable[UUID]:
    return TopicStore.objects.order_by("id").values_list("pk", flat=True).iterator()


def store_url(store_id: UUID) -> str | None:
    number = TopicStore.objects.filter(pk=store_id).values_list("number", flat=True).first()
    return None if number is None else f"/mitmachen/speicher/{number}/"


def project_entry(project_id: UUID) -> EntryData | None:
    """Public from its announcement on, unless its topic store says everything: then that one is found, not both."""
    project = queries.project(project_id)
    if project is None:
        return None
    at = timezone.now()
    spans = [span for module in project.modules.all() for span in module.spans()]
    now = phases.running(spans, at)
    label = phases.PHASES[now[0].kind] if now else {"de": "Projekt", "en": "Project"}
    return EntryData(
        ref=project.ref,
        titles=_both(project.title),
        summaries=_both(project.summary),
        bodies={
            language: " ".join(str(text.get(language, "")) for text in project.contract.values())
            for language in project.title
        },
        url=f"/mitmachen/projekte/{project.number}/",
        state=now[0].kind.value if now else "project",
        state_labels=label,
        happened_at=project.announced_at or project.created_at,
        visibility="hidden" if project.announced_at is None or project.is_store_only else "public",
        open_until=now[0].ends_at if now else None,
        office=office(project.group.department),
    )


def project_ids() -> Iterable[UUID]:
    return Project.objects.order_by("id").values_list("pk", flat=True).iterator()


def project_url(project_id: UUID) -> str | None:
    number = Project.objects.filter(pk=project_id).values_list("number", flat=True).first()
    return None if number is None else f"/mitmachen/projekte/{number}/"


def poll_entry(poll_id: UUID) -> EntryData | None:
    """A vote: while it can be voted on, until when; afterwards, that it is counted."""
    poll = queries.poll(poll_id)
    vote = voting.vote(poll.vote_id) if poll is not None else None
    if poll is None or vote is None:
        return None
    project = poll.module.project
    counted = vote.result is not None
    day = formats.date_format(timezone.localtime(vote.closes_at), "d.m.Y")
    step = {} if counted else {"de": f"Gezählt wird nach dem {day}.", "en": f"Counted after {day}."}
    return EntryData(
        ref=poll.ref,
        titles=_both(poll.title),
        summaries=_both(poll.text),
        bodies={"de": " ".join(option.title for option in vote.options.all())},
        url=f"/mitmachen/abstimmungen/{poll.number}/",
        state="counted" if counted else "vote",
        state_labels={"de": "ausgezählt", "en": "counted"} if counted else {"de": "Abstimmung", "en": "Vote"},
        happened_at=vote.closed_at or vote.opens_at,
        visibility="hidden" if project.announced_at is None else "public",
        reached=counted,
        open_until=None if counted else vote.closes_at,
        next_step=step,
        office=office(project.group.department),
    )


def poll_ids() -> Iterable[UUID]:
    return Poll.objects.order_by("id").values_list("pk", flat=True).iterator()


def poll_url(poll_id: UUID) -> str | None:
    number = Poll.objects.filter(pk=poll_id).values_list("number", flat=True).first()
    return None if number is None else f"/mitmachen/abstimmungen/{number}/"


def theme_entry(theme_id: UUID) -> EntryData | None:
    """Public with its store; one that was merged says into which. A group of needs says what the city answered."""
    theme = queries.theme(theme_id)
    if theme is None:
        return None
    state: str = "theme"
    labels: Texts = {"de": "geordnet", "en": "ordered"}
    answer = reading.offers_of(theme.pk)[:1] if theme.store.is_need else []
    waits = theme.store.is_need and not answer and theme.dissolved_at is None
    if answer:
        state, labels = answer[0].kind, needs.OFFERS[OfferKind(answer[0].kind)]
    elif waits:
        state, labels = "waiting", needs.WAITING
    if theme.merged_into is not None:
        state, labels = "merged", {"de": "in einem anderen Thema aufgegangen", "en": "merged into another theme"}
    elif theme.dissolved_at is not None:
        state, labels = "dissolved", {"de": "aufgelöst", "en": "dissolved"}
    hidden = theme.store.opens_at is None or state == "dissolved"
    return EntryData(
        ref=theme.ref,
        titles=_both(theme.title),
        summaries=_both(theme.summary),
        url=_theme_path(theme),
        state=state,
        state_labels=labels,
        happened_at=theme.created_at,
        visibility="hidden" if hidden else "public",
        next_step=needs.ANSWERING if waits else {},
        due=theme.answer_due if waits else None,
        office=office(theme.store.group.department),
        within=str(theme.store.ref),
    )


def theme_ids() -> Iterable[UUID]:
    return Theme.objects.order_by("id").values_list("pk", flat=True).iterator()


def _theme_path(theme: Theme) -> str:
    return f"/mitmachen/{'bedarf' if theme.store.is_need else 'themen'}/{theme.number}/"


def theme_url(theme_id: UUID) -> str | None:
    theme = queries.theme(theme_id)
    return None if theme is None else _theme_path(theme)


def offer_entry(offer_id: UUID) -> EntryData | None:
    """The city's answer to a group of needs as a station of its own: seen as long as its group is."""
    offer = reading.offer(offer_id)
    theme = theme_entry(offer.theme_id) if offer is not None else None
    if offer is None or theme is None:
        return None
    labels = needs.OFFERS[OfferKind(offer.kind)]
    return EntryData(
        ref=offer.ref,
        titles={
            language: f"{text}: {theme.titles.get(language, theme.titles.get('de', ''))}"
            for language, text in _both(labels).items()
        },
        summaries=theme.summaries,
        bodies={offer.language: f"{offer.text} {offer.alternative} {offer.partner_name}"},
        url=f"{theme.url}#offer-title",
        state=offer.kind,
        state_labels=labels,
        happened_at=offer.at,
        visibility=theme.visibility,
        next_step=needs.ask_again(offer.ask_again_on) if offer.ask_again_on else {},
        office=office(offer.department),
        within=theme.within,
    )


def offer_ids() -> Iterable[UUID]:
    return Offer.objects.order_by("id").values_list("pk", flat=True).iterator()


def offer_url(offer_id: UUID) -> str | None:
    found = reading.offer(offer_id)
    return None if found is None else f"{_theme_path(found.theme)}#offer-title"


def partner_entry(partner_id: UUID) -> EntryData | None:
    """What partners offer is told to the city and stays there: nobody finds it."""
    found = reading.partner_offer_by_id(partner_id)
    if found is None:
        return None
    return EntryData(
        ref=found.ref,
        titles={found.language: found.title},
        summaries={},
        url=partner_url(partner_id) or "",
        state=found.state,
        state_labels=needs.PARTNER_STATES[needs.PartnerState(found.state)],
        happened_at=found.at,
        visibility="hidden",
    )


def partner_ids() -> Iterable[UUID]:
    return PartnerOffer.objects.order_by("id").values_list("pk", flat=True).iterator()


def partner_url(_partner_id: UUID) -> str | None:
    """Where its sender reads what became of it."""
    return "/mitmachen/bedarf/partner/"


def document_entry(document_id: UUID) -> EntryData | None:
    """An edition of a condensed store."""
    document = queries.document_by_id(document_id)
    if document is None:
        return None
    store = document.store
    names = {"de": "Ergebnis: %s", "en": "Result: %s"}
    return EntryData(
        ref=document.ref,
        titles={language: names.get(language, names["de"]) % text for language, text in _both(store.title).items()},
        summaries={},
        url=f"/mitmachen/speicher/{store.number}/ergebnis/?fassung={document.edition}",
        state="published",
        state_labels={"de": f"{document.edition}. Fassung", "en": f"edition {document.edition}"},
        happened_at=document.at,
        office=office(store.group.department),
        within=str(store.ref),
    )


def document_ids() -> Iterable[UUID]:
    return StoreDocument.objects.order_by("id").values_list("pk", flat=True).iterator()


def document_url(document_id: UUID) -> str | None:
    found = queries.document_by_id(document_id)
    return None if found is None else f"/mitmachen/speicher/{found.store.number}/ergebnis/?fassung={found.edition}"


def group_entry(group_id: UUID) -> EntryData | None:
    group = WorkingGroup.objects.filter(pk=group_id).first()
    if group is None:
        return None
    return EntryData(
        ref=group.ref,
        titles=_both(group.names),
        summaries=_both(group.summary),
        url=f"/mitmachen/gruppen/{group.slug}/",
        state="active",
        state_labels={"de": "arbeitet", "en": "at work"},
        happened_at=group.created_at,
        office=office(group.department),
    )


def group_ids() -> Iterable[UUID]:
    return WorkingGroup.objects.order_by("id").values_list("pk", flat=True).iterator()


def group_url(group_id: UUID) -> str | None:
    slug = WorkingGroup.objects.filter(pk=group_id).values_list("slug", flat=True).first()
    return None if slug is None else f"/mitmachen/gruppen/{slug}/"


def meeting_entry(meeting_id: UUID) -> EntryData | None:
    """Its place on the Trace is its date; a cancelled meeting stays to be found as cancelled."""
    meeting = Meeting.objects.select_related("group").filter(pk=meeting_id).first()
    if meeting is None:
        return None
    cancelled = meeting.cancelled_at is not None
    names = _both(meeting.group.names)
    return EntryData(
        ref=meeting.ref,
        titles={
            language: f"{names.get(language, names['de'])}: {text}" for language, text in _both(meeting.topic).items()
        },
        summaries=_both(meeting.place),
        bodies=_both(meeting.notes),
        url=f"/mitmachen/termine/{meeting.number}/",
        state="cancelled" if cancelled else "planned",
        state_labels={"de": "abgesagt", "en": "cancelled"} if cancelled else {"de": "geplant", "en": "planned"},
        happened_at=meeting.starts_at,
        open_until=None,
        office=office(meeting.group.department),
    )


def meeting_ids() -> Iterable[UUID]:
    return Meeting.objects.order_by("id").values_list("pk", flat=True).iterator()


def meeting_url(meeting_id: UUID) -> str | None:
    number = Meeting.objects.filter(pk=meeting_id).values_list("number", flat=True).first()
    return None if number is None else f"/mitmachen/termine/{number}/"
