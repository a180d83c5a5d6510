"""The team answers what was said, one by one or many at once; what is taken over is written into the next version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.strategy import rules
from allmende.capabilities.strategy.actions.texts import draft_wording, locked_text, open_draft, put, words_of
from allmende.capabilities.strategy.events import DraftChanged, FeedbackAnswered
from allmende.capabilities.strategy.models import Answer, Feedback, Text, Version, Wording
from allmende.capabilities.strategy.models.feedback import ANSWER_LIMIT
from allmende.capabilities.strategy.rules.words import merge
from allmende.capabilities.strategy.workflow.texts import Heard, Kind, Outcome
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.engines.discussion import interface as discussion

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Answering:
    """What was answered, and what contradicts the words that stand there by now and so waits for a hand."""

    answered: Sequence[Feedback]
    conflicts: Sequence[Feedback]


def _chosen(text: Text, ids: Sequence[UUID]) -> list[Feedback]:
    """Shown and without an answer, most supported first. Raises Invalid, NotFound, Conflict."""
    wanted = set(ids)
    if not wanted:
        raise Invalid(fields={"feedback": _("Bitte wählen Sie mindestens eine Rückmeldung aus.")})
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid(fields={"feedback": _("Bitte wählen Sie höchstens %(n)s auf einmal aus.") % {"n": MOST_AT_ONCE}})
    rows = Feedback.objects.select_for_update(of=("self",)).select_related("paragraph", "version")
    found = list(rows.filter(pk__in=wanted, text=text, state=Heard.SHOWN).order_by("-supports", "number"))
    if len(found) != len(wanted):
        raise NotFound
    if any(one.answer_id is not None for one in found):
        raise Conflict(_("Davon ist inzwischen etwas beantwortet. Bitte laden Sie die Seite neu."))
    return found


def _reason(reason: str) -> str:
    kept = discussion.tidy(reason).strip()
    if not kept:
        raise Invalid(fields={"reason": _("Bitte schreiben Sie, warum.")})
    if len(kept) > ANSWER_LIMIT:
        raise Invalid(fields={"reason": _("Bitte kürzen Sie die Begründung auf %(n)s Zeichen.") % {"n": ANSWER_LIMIT}})
    return kept


def base_of(said: Feedback) -> str:
    """The words to which a wording was suggested; empty when the version does not hold the paragraph."""
    found = Wording.objects.filter(version=said.version_id, paragraph=said.paragraph_id).values_list("body", flat=True)
    return found.first() or ""


def _take_over(actor: Actor, said: Feedback, draft: Version, at: datetime) -> bool:
    """Writes the suggestion into the draft; False when it contradicts what stands there."""
    try:
        wording = draft_wording(draft, said.paragraph)
    except NotFound:
        return False
    both = merge(base_of(said), wording.body, said.wording)
    if both.conflict or not both.text.strip():
        return False
    put(actor, wording, both.text, at)
    return True


def _answer(actor: Actor, text: Text, said: Sequence[Feedback], outcome: Outcome, reason: str, at: datetime) -> None:
    answer = Answer.objects.create(text=text, outcome=outcome.value, reason=reason, language=actor.language, at=at)
    for one in said:
        one.answer = answer
        one.save(update_fields=["answer", "taken_into"])
        events.publish(actor, FeedbackAnswered(ref=one.ref, answer_id=answer.pk))


@action
def answer_feedback(
    *, actor: Actor, text_id: UUID, feedback_ids: Sequence[UUID], outcome: str, reason: str, at: datetime
) -> Answering:
    """One answer to all of these. Suggested wordings that are adopted are written into the next version, most supported
    first; what contradicts the words that stand there by then gets no answer and is handed back, nothing is lost.

    A wording that is taken over in part, or a comment, is written by hand (`write_paragraph`, `adopt_wording`).
    """
    rules.require_may_edit(actor.viewer)
    text = locked_text(text_id)
    kept = _reason(reason)
    chosen = _chosen(text, feedback_ids)
    what = Outcome(outcome)
    done: list[Feedback] = []
    conflicts: list[Feedback] = []
    if what is Outcome.NO:
        done = chosen
    else:
        draft = open_draft(text, at)
        for one in chosen:
            taken = what is not Outcome.ADOPTED or one.kind == Kind.COMMENT or _take_over(actor, one, draft, at)
            if taken:
                one.taken_into = draft
            (done if taken else conflicts).append(one)
    if done:
        _answer(actor, text, done, what, kept, at)
        audit.record(actor, "strategy.answer_feedback", text.ref, fields=["answers"])
        events.publish(actor, DraftChanged(ref=text.ref))
    return Answering(done, conflicts)


@action
def adopt_wording(
    *, actor: Actor, feedback_id: UUID, outcome: str, reason: str, body: str, revision: int, at: datetime
) -> Feedback:
    """Answers one suggestion with words that the team wrote from it and from what stands there.

    `revision` is what the team had before them; raises Conflict when somebody changed the paragraph meanwhile.
    """
    rules.require_may_edit(actor.viewer)
    found = Feedback.objects.filter(pk=feedback_id).first()
    if found is None:
        raise NotFound
    text = locked_text(found.text_id)
    kept = _reason(reason)
    (said,) = _chosen(text, [feedback_id])
    what = Outcome(outcome)
    if what is not Outcome.NO:
        draft = open_draft(text, at)
        wording = draft_wording(draft, said.paragraph)
        if wording.revision != revision:
            raise Conflict(_("Der Absatz wurde inzwischen noch einmal geändert. Bitte sehen Sie ihn neu an."))
        put(actor, wording, words_of(body), at)
        said.taken_into = draft
    _answer(actor, text, [said], what, kept, at)
    audit.record(actor, "strategy.adopt_wording", said.ref, fields=["answer"])
    events.publish(actor, DraftChanged(ref=text.ref))
    return said
