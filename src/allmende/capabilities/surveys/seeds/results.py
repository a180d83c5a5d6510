"""Results of the example surveys: told apart and weighted as an editor would, computed at once, drawn later."""

from datetime import datetime

from allmende.capabilities.surveys import actions, queries
from allmende.capabilities.surveys.models import Finding, Survey, Topic
from allmende.capabilities.surveys.rules.variables import variables
from allmende.core.actor import Actor

GROUPS = ("age", "district", "main")
MARGINS = ("age",)
TOPICS = {
    "Bus": {"de": "Mehr Busse am Abend", "en": "More buses in the evening"},
    "Radweg": {"de": "Sichere Radwege", "en": "Safe bike paths"},
    "Haltestelle": {"de": "Haltestellen ohne Stufen", "en": "Stops without steps"},
}
"""Key word of the answers and what the topic is called."""


def evaluate(survey: Survey, actor: Actor, at: datetime) -> None:
    """As the editors leave it before publication."""
    definition = queries.definition_of(survey.version_id)
    known = {one.name: one for one in variables(definition)}
    evaluation = actions.ask_results(
        actor=actor, survey_id=survey.pk, at=at, groups=[name for name in GROUPS if name in known],
        weigh_by=[name for name in MARGINS if name in known and queries.margin_for(known[name])],
    )  # fmt: skip
    actions.keep_results(
        actor=actor, survey_id=survey.pk, prepared=queries.prepare(survey, evaluation, definition), at=at
    )
    for row in Finding.objects.filter(survey=survey, table__form="topics"):
        texts = queries.texts_of(row)
        for word, title in TOPICS.items():
            found = [key for key, text in texts.items() if word in text]
            texts = {key: text for key, text in texts.items() if word not in text}
            if found:
                actions.move_answers(actor=actor, finding_id=row.pk, answers=found, target_id=None, new=True)
                topic = Topic.objects.filter(finding=row, title={}).get()
                Topic.objects.filter(pk=topic.pk).update(words=[word])
                actions.save_topic(actor=actor, topic_id=topic.pk, title=title, released=True)
