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
from allmende.engines.search import interface as search
from allmende.engines.trace import interface as trace

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


def index_paragraphs(event: Stored) -> None:
    """What reads differently in a version that was published is found by its new words. One job however many they are;
    each entry is computed from what stands there now, so a repetition changes nothing.
    """
    found = Version.objects.select_related("text").filter(pk=event.ref.id, published_at__isnull=False).first()
    if found is None:
        return
    for change in texts.changes(found.text, found):
        search.index_now(change.paragraph.ref)


def _author(event: Stored) -> Iterable[UUID]:
    row = Feedback.objects.filter(pk=event.ref.id).only("author_id").first()
    return () if row is None or row.author_id is None else (row.author_id,)


def _itself(event: Stored) -> Iterable[Ref]:
    return (event.ref,)


def _origins_of_version(event: Stored) -> Iterable[Ref]:
    """Goals, what led to them, and what was said: whoever brought that in hears how far it went."""
    return trace.origins_of(event.ref)


def _version_and_origins(event: Stored) -> Iterable[Ref]:
    return (Ref("strategy", "text", UUID(event.payload["text_id"])), *_origins_of_version(event))


def _origins_when_adopted(event: Stored) -> Iterable[Ref]:
    if event.payload.get("verb") != "adopt":
        return ()
    last = Version.objects.filter(text=event.ref.id, published_at__isnull=False).last()
    return () if last is None else trace.origins_of(last.ref)


def _text_and_origins_when_adopted(event: Stored) -> Iterable[Ref]:
    return (event.ref, *_origins_when_adopted(event))


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
    """To followers of a text: where it stands now. That it is adopted, to all whose words led to it as well."""
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
    """To followers of a text, and to all whose words led to it: what is new, and where it is explained."""
    found = Version.objects.select_related("text").filter(pk=event.ref.id, published_at__isnull=False).first()
    if found is None:
        return None
    title = str(found.text.title.get(language) or found.text)
    if found.number == 1:
        return NoticeText(
            _("Ein neuer Text der Strategie: „%(title)s“") % {"title": short(title)},
            _(
                "Darin geht es weiter mit dem, was Menschen der Stadt gesagt haben. "
                "Auf seiner Seite steht, was woher kommt."
            ),
            found.ref,
        )
    words = _("Alle Änderungen stehen mit ihrem Grund auf der Seite des Textes.")
    return NoticeText(
        _("Fassung %(n)s ist da: „%(title)s“") % {"n": found.number, "title": short(title)},
        " ".join(filter(None, [found.note, words])),
        found.ref,
    )


RULES = (
    NoticeRule(FeedbackDecided.name, decided, people=_author),
    NoticeRule(FeedbackAnswered.name, answered, people=_author, followed=_itself, owned=_itself),
    NoticeRule(TextMoved.name, moved, followed=_text_and_origins_when_adopted, owned=_origins_when_adopted),
    NoticeRule(VersionPublished.name, published, followed=_version_and_origins, owned=_origins_of_version),
)
