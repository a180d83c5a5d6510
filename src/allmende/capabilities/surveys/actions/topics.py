"""Topics of open answers: suggested by key words, decided by a person. An answer stands in one at most."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.surveys import queries, rules
from allmende.capabilities.surveys.actions.results import require_computable
from allmende.capabilities.surveys.models import Finding, Topic
from allmende.capabilities.surveys.workflow import Texts
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound

TITLE_LIMIT = 160


def _locked(finding_id: UUID) -> Finding:
    try:
        row = lock(Finding.objects.select_related("survey"), pk=finding_id)
    except Finding.DoesNotExist:
        raise NotFound from None
    if row.table.get("form") != "topics":
        raise NotFound
    return row


def _show(row: Finding) -> None:
    """Brings the published table up to date with the topics."""
    evaluation = queries.evaluation_of(row.survey)
    least = evaluation.least if evaluation else queries.least_people()
    row.table = {**row.table, "rows": queries.topic_rows(row.survey, row.variable, least)}
    row.save(update_fields=["table"])


@action
def suggest_topics(*, actor: Actor, finding_id: UUID, at: datetime) -> int:
    """Groups the answers that stand in no topic yet by their key words. Returns how many topics came of it."""
    rules.require_may_edit(actor.viewer)
    row = _locked(finding_id)
    require_computable(row.survey)
    taken = {member for topic in Topic.objects.filter(finding=row) for member in topic.members}
    texts = {key: text for key, text in queries.texts_of(row).items() if key not in taken}
    found = queries.grouped(texts)
    Topic.objects.bulk_create(
        Topic(finding=row, title={}, words=list(one.words), members=list(one.keys), count=len(one.keys))
        for one in found
    )
    audit.record(actor, "surveys.suggest_topics", row.ref, fields=["topics"], reason=at.isoformat())
    return len(found)


@action
def save_topic(*, actor: Actor, topic_id: UUID, title: Texts, released: bool) -> Topic:
    """A person names a topic and lets it be shown, or takes it back."""
    rules.require_may_edit(actor.viewer)
    topic = Topic.objects.filter(pk=topic_id).first()
    if topic is None:
        raise NotFound
    row = _locked(topic.finding_id)
    german = " ".join(title.get("de", "").split())
    if not german or len(german) > TITLE_LIMIT:
        raise Invalid(
            fields={
                "title": _("Bitte geben Sie dem Thema einen Namen mit höchstens %(n)s Zeichen.") % {"n": TITLE_LIMIT}
            }
        )
    topic.title, topic.is_released = {**title, "de": german}, released
    topic.save(update_fields=["title", "is_released"])
    _show(row)
    audit.record(actor, "surveys.save_topic", row.ref, fields=["title", "is_released"])
    return topic


@action
def move_answers(
    *, actor: Actor, finding_id: UUID, answers: Collection[str], target_id: UUID | None, new: bool = False
) -> Finding:
    """Puts answers into a topic, a new one, or none; a topic that is left empty goes. To merge, move all of one."""
    rules.require_may_edit(actor.viewer)
    row = _locked(finding_id)
    require_computable(row.survey)
    moved = set(answers) & queries.texts_of(row).keys()
    if not moved:
        raise Conflict(_("Diese Antworten sind nicht mehr da. Bitte laden Sie die Seite neu."))
    topics: Mapping[UUID, Topic] = {topic.pk: topic for topic in Topic.objects.filter(finding=row)}
    if target_id is not None and target_id not in topics:
        raise NotFound
    for topic in topics.values():
        members = [key for key in topic.members if key not in moved]
        members += sorted(moved) if topic.pk == target_id else []
        if members == topic.members:
            continue
        topic.members, topic.count = members, len(members)
        if members:
            topic.save(update_fields=["members", "count"])
        else:
            topic.delete()
    if new:
        Topic.objects.create(finding=row, members=sorted(moved), count=len(moved))
    _show(row)
    audit.record(actor, "surveys.move_answers", row.ref, fields=["members"])
    return row
