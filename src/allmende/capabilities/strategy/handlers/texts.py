"""What moderators read before they decide, and who is told what about texts."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.strategy.events import FeedbackAnswered, FeedbackDecided, TextMoved, VersionPublished
from allmende.capabilities.strategy.handlers.notices import short
from allmende.capabilities.strategy.models import Feedback, Version
from allmende.capabilities.strategy.queries import feedback as reading
from allmende.capabilities.strategy.queries import texts
from allmende.capabilities.strategy.rules import SCOPE
from allmende.capabilities.strategy.workflow.texts import KINDS, OUTCOMES, STATES, Heard, Kind, Outcome, State
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText, Preview
from allmende.core.refs import Ref

SHORTEST = timedelta(microseconds=1)
"""A day ends this much before the next one begins."""


def previews(ids: Collection[UUID]) -> Mapping[UUID, Preview]:
    """For many at once: one query."""
    rows = Feedback.objects.select_related("text", "paragraph").filter(pk__in=list(ids))
    return {
        row.pk: Preview(
            title=_("Absatz %(n)s in „%(title)s“") % {"n": row.paragraph.number, "title": row.text},
            body="\n\n".join(words for words in (row.wording, row.body) if words),
            language=row.language,
            author=row.author_name,
            author_person_id=row.author_id,
            url=f"/strategie/rueckmeldung/{row.number}/",
            scope=SCOPE,
            group_scopes=(accounts.group_scope(row.organisation_id),) if row.organisation_id else (),
        )
        for row in rows
    }


def preview(feedback_id: UUID) -> Preview | None:
    return previews([feedback_id]).get(feedback_id)


def _author(event: Stored) -> Iterable[UUID]:
    row = Feedback.objects.filter(pk=event.ref.id).only("author_id").first()
    return () if row is None or row.author_id is None else (row.author_id,)


def _itself(event: Stored) -> Iterable[Ref]:
    return (event.ref,)


def _text_of_version(event: Stored) -> Iterable[Ref]:
    return (Ref("strategy", "text", UUID(event.payload["text_id"])),)


def _named(found: Feedback, language: str) -> dict[str, str]:
    key = language if language == "en" else "de"
    title = str(found.text.title.get(language) or found.text)
    return {
        "kind": KINDS[Kind(found.kind)][key],
        "n": str(found.number),
        "paragraph": str(found.paragraph.number),
        "title": short(title),
    }


def decided(event: Stored, language: str) -> NoticeText | None:
    """To the author: everybody can read it now. A refusal is told by the moderation itself."""
    found = reading.feedback(event.ref.id)
    if found is None or found.state != Heard.SHOWN or event.payload.get("state") != Heard.SHOWN or found.answer_id:
        return None
    return NoticeText(
        _("Veröffentlicht: %(kind)s zu Absatz %(paragraph)s von „%(title)s“") % _named(found, language),
        _("Ihr Beitrag ist geprüft. Alle können ihn jetzt lesen und unterstützen."),
        found.ref,
    )


def answered(event: Stored, language: str) -> NoticeText | None:
    """To author and followers, once for each answer."""
    found = reading.feedback(event.ref.id)
    if found is None or found.answer is None or str(found.answer_id) != event.payload.get("answer_id"):
        return None
    key = language if language == "en" else "de"
    outcome = OUTCOMES[Outcome(found.answer.outcome)][key]
    return NoticeText(
        _("Die Stadt hat geantwortet: %(kind)s zu Absatz %(paragraph)s von „%(title)s“") % _named(found, language),
        _("%(outcome)s. Der Grund: %(reason)s")
        % {"outcome": f"{outcome[:1].upper()}{outcome[1:]}", "reason": found.answer.reason},
        found.ref,
    )


def moved(event: Stored, language: str) -> NoticeText | None:
    """To followers of a text: where it stands now."""
    found = texts.text(event.ref.id)
    if found is None or found.state != event.payload.get("state") or found.state == State.DRAFT:
        return None
    key = language if language == "en" else "de"
    info = STATES[State(found.state)]
    lines = [info.next_step.get(key, "")]
    if found.state == State.CONSULTATION and found.closes_at is not None:
        day = formats.date_format(timezone.localtime(found.closes_at - SHORTEST), "DATE_FORMAT")
        lines = [_("Sie können bis %(day)s zu jedem Absatz etwas sagen.") % {"day": day}]
    if found.state == State.ADOPTED:
        lines = [found.decision]
    return NoticeText(
        _("„%(title)s“: %(state)s")
        % {"title": short(str(found.title.get(language) or found)), "state": info.labels[key]},
        " ".join(filter(None, lines)),
        found.ref,
    )


def published(event: Stored, language: str) -> NoticeText | None:
    """To followers of a text, from the second version on: what is new, and where it is explained."""
    found = Version.objects.select_related("text").filter(pk=event.ref.id).first()
    if found is None or found.number == 1:
        return None
    title = str(found.text.title.get(language) or found.text)
    words = _("Alle Änderungen stehen mit ihrem Grund auf der Seite des Textes.")
    return NoticeText(
        _("Fassung %(n)s ist da: „%(title)s“") % {"n": found.number, "title": short(title)},
        " ".join(filter(None, [found.note, words])),
        found.ref,
    )


RULES = (
    NoticeRule(FeedbackDecided.name, decided, people=_author),
    NoticeRule(FeedbackAnswered.name, answered, people=_author, followed=_itself, owned=_itself),
    NoticeRule(TextMoved.name, moved, followed=_itself),
    NoticeRule(VersionPublished.name, published, followed=_text_of_version),
)
