"""Words are learned from what the offices have closed; the desk takes out what misleads."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.models import Category, LearnedWord, Lesson
from allmende.capabilities.reports.models.learning import WORD_LIMIT
from allmende.capabilities.reports.queries import categories
from allmende.capabilities.reports.queries import learning as queries
from allmende.capabilities.reports.rules import learning
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.refs import Ref


@action
def learn_words(*, actor: Actor, at: datetime) -> Lesson:
    """Learns everything anew, in this database and nowhere else. What was taken out stays out."""
    if actor.channel != Channel.SYSTEM:
        rules.require_desk(actor.viewer)
    kinds = {one.slug: one for one in Category.objects.all()}
    struck = LearnedWord.objects.filter(is_struck=True)
    out = set(struck.values_list("word", "category__slug"))
    keys = [(one.slug, one.keywords) for one in categories.active() if not one.elsewhere]
    found = learning.learn(queries.closed_reports(), keys, out)
    LearnedWord.objects.filter(is_struck=False).delete()
    LearnedWord.objects.bulk_create(
        LearnedWord(
            word=word,
            written=found.written.get(word, word)[:WORD_LIMIT],
            category=kinds[slug],
            weight=weight,
            count=found.counts[word, slug],
        )
        for word, by_kind in found.weights.items()
        if len(word) <= WORD_LIMIT
        for slug, weight in by_kind.items()
    )
    made, _fresh = Lesson.objects.update_or_create(
        pk=1,
        defaults={
            "at": at, "looked_at": found.looked_at, "tried": found.tried, "hit": found.hit,
            "hit_by_keys": found.hit_by_keys, "is_used": found.helps,
        },
    )  # fmt: skip
    audit.record(actor, "reports.learn_words", Ref("reports", "category", UUID(int=0)), fields=["words"])
    return made


@action
def strike_words(*, actor: Actor, category_id: UUID, word_ids: Collection[UUID], at: datetime) -> int:  # noqa: ARG001
    """Of a kind's learned words, these are not used, now and after every lesson; the others are. Returns how many."""
    rules.require_desk(actor.viewer)
    rows = LearnedWord.objects.filter(category_id=category_id)
    rows.filter(is_struck=True).exclude(pk__in=word_ids).update(is_struck=False)
    rows.filter(pk__in=word_ids).update(is_struck=True)
    audit.record(actor, "reports.strike_words", Ref("reports", "category", category_id), fields=["words"])
    return len(word_ids)
