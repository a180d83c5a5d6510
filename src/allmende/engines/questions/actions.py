"""Changes to questionnaires and to answers in progress.

What a room needs within an action of its own is a plain function: `add_questionnaire`, `freeze`, `open_sitting`,
`take_sitting`. The others are actions.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Viewer
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.media import interface as media
from allmende.engines.questions import queries
from allmende.engines.questions.events import VersionFrozen
from allmende.engines.questions.models import Questionnaire, Sitting, Version
from allmende.engines.questions.rules import access
from allmende.engines.questions.rules.conditions import faults
from allmende.engines.questions.rules.definition import Definition, Kind, definition_to_json
from allmende.engines.questions.rules.reading import definition_from_json

KEPT = timedelta(days=30)
"""Answers in progress are kept so long after they were last touched."""
BATCH = 500
LARGEST = 300_000
"""Signs of the answers in progress of one sitting."""


@action
def create_questionnaire(
    *, actor: Actor, capability: str, definition: Definition | Mapping[str, Any], at: datetime
) -> Version:
    """A new questionnaire with its first version, open to changes. Raises NotAllowed, DefinitionError."""
    version = add_questionnaire(actor=actor, capability=capability, definition=definition, at=at)
    audit.record(actor, "questions.create_questionnaire", version.this, fields=["definition"])
    return version


def add_questionnaire(
    *, actor: Actor, capability: str, definition: Definition | Mapping[str, Any], at: datetime
) -> Version:
    """As `create_questionnaire`, inside an action of the room, which audits it."""
    access.require_may_build(actor, capability)
    questionnaire = Questionnaire.objects.create(capability=capability, created_at=at)
    return Version.objects.create(questionnaire=questionnaire, number=1, definition=_data(definition), saved_at=at)


@action
def save_version(
    *,
    actor: Actor,
    questionnaire_id: UUID,
    definition: Definition | Mapping[str, Any],
    at: datetime,
    seen: tuple[int, int] | None = None,
) -> Version:
    """Changes the version that is open, or makes the next one where the last is frozen.

    `seen` is (number, revision) of what the builder had before them; when somebody else was quicker, Conflict is
    raised and nothing is overwritten. Raises DefinitionError for what cannot be read; broken conditions may be saved.
    """
    questionnaire = lock(Questionnaire.objects.all(), id=questionnaire_id)
    access.require_may_build(actor, questionnaire.capability)
    latest = Version.objects.filter(questionnaire=questionnaire).order_by("-number").first()
    if seen is not None and latest is not None and seen != (latest.number, latest.revision):
        raise Conflict(
            _("Inzwischen hat jemand anderes den Fragebogen geändert. Ihre Fassung ist noch nicht gespeichert.")
        )
    if latest is None or latest.frozen_at is not None:
        number = latest.number + 1 if latest else 1
        latest = Version(questionnaire=questionnaire, number=number, revision=0)
    latest.definition, latest.saved_at = _data(definition), at
    latest.revision += 1
    latest.save()
    audit.record(actor, "questions.save_version", latest.this, fields=["definition"])
    return latest


@action
def freeze_version(*, actor: Actor, version_id: UUID, at: datetime) -> Version:
    """Makes a version unchangeable, before the first answer: see `freeze`."""
    version = freeze(actor=actor, version_id=version_id, at=at)
    audit.record(actor, "questions.freeze_version", version.this, fields=["frozen_at"])
    return version


def freeze(*, actor: Actor, version_id: UUID, at: datetime) -> Version:
    """Makes a version unchangeable, inside an action of the room. Frozen already: nothing happens.

    Raises Invalid when conditions are broken: people would be asked the wrong questions for good.
    """
    found = Version.objects.filter(pk=version_id).values_list("questionnaire_id", flat=True).first()
    if found is None:
        raise NotFound
    questionnaire = lock(Questionnaire.objects.all(), id=found)  # the same lock as for changes
    access.require_may_build(actor, questionnaire.capability)
    version = Version.objects.get(pk=version_id)
    if version.frozen_at is not None:
        return version
    wrong = faults(definition_from_json(version.definition))
    if wrong:
        message = _("Der Fragebogen kann so noch nicht beantwortet werden: %(fault)s")
        raise Invalid(message % {"fault": wrong[0].message})
    version.frozen_at = at
    version.save(update_fields=["frozen_at"])
    events.publish(actor, VersionFrozen(ref=version.this))
    return version


def _data(definition: Definition | Mapping[str, Any]) -> dict[str, Any]:
    read = definition if isinstance(definition, Definition) else definition_from_json(definition)
    return definition_to_json(read)


# answers in progress


@action
def begin_sitting(*, actor: Actor, version_id: UUID, ref: Ref, at: datetime) -> Sitting:
    """Opens a sitting; its code is in `sitting.code`, here and now only. Audited without who."""
    sitting = open_sitting(version_id=version_id, ref=ref, at=at)
    audit.record(nameless(actor), "questions.begin_sitting", sitting.this)
    return sitting


def open_sitting(*, version_id: UUID, ref: Ref, at: datetime) -> Sitting:
    """As `begin_sitting`, inside an action of the room. `ref` is the thing that asks. Raises Conflict: not frozen."""
    if not Version.objects.filter(pk=version_id, frozen_at__isnull=False).exists():
        raise Conflict(_("Dieser Fragebogen ist noch in Arbeit."))
    code = access.new_code()
    sitting = Sitting.objects.create(
        version_id=version_id,
        capability=ref.capability,
        kind=ref.kind,
        object_id=ref.id,
        mark=access.mark(code),
        opened_at=at,
        expires_on=(at + KEPT).date(),
    )
    sitting.code = code
    return sitting


@action
def save_sitting(
    *,
    actor: Actor,
    sitting_id: UUID,
    step: str,
    answers: Mapping[str, Any],
    at: datetime,
    seen: int | None = None,
    window: str = "",
    files: Mapping[str, UUID] | None = None,
    done: bool = False,
) -> Sitting:
    """Keeps what one step was answered with, right or wrong; None takes an answer away.

    Only this step's names change, so two windows on different steps never disturb each other. `seen` is the number of
    saves of this step when its page was made: where another window has saved other answers since, `Elsewhere` is
    raised with the answers there, and nothing is overwritten. `window` names the page that saves: what it has saved
    itself a moment ago, while one typed, is no other window. `files` are media to attach; those that no answer names
    any more are let go. `done`: the person has gone on from this step. Who saves is not audited, only that it began.
    """
    sitting = Sitting.objects.select_for_update().filter(pk=sitting_id).first()
    if sitting is None:
        raise NotFound(
            _("Ihr Entwurf ist nicht mehr da: Er wurde schon abgesendet oder war zu lange liegen geblieben.")
        )
    now = int(sitting.revisions.get(step, 0))
    other = {name: sitting.answers.get(name) for name, value in answers.items() if sitting.answers.get(name) != value}
    if not other and sitting.step == step and bool(sitting.revisions.get(f"{step}!")) == done:
        return sitting
    last = sitting.revisions.get(f"{step}@", "")
    if seen is not None and seen != now and other and (not window or window != last):
        raise Elsewhere(other, now)
    before, merged = sitting.answers, {**sitting.answers, **answers}
    sitting.answers = {name: value for name, value in merged.items() if value not in (None, "", [], {})}
    if len(str(sitting.answers)) > LARGEST:
        raise Invalid(_("Das sind zu viele Angaben für einen Fragebogen. Bitte kürzen Sie Ihre Texte."))
    if not sitting.revisions:
        audit.record(nameless(actor), "questions.save_sitting", sitting.this, fields=["answers"])
    sitting.step, sitting.revisions = step, {
        **sitting.revisions, step: now + bool(other), f"{step}@": window, f"{step}!": done
    }  # fmt: skip
    sitting.expires_on = (at + KEPT).date()
    for medium_id in (files or {}).values():
        media.attach(medium_id, sitting.this)
    if other:
        definition = queries.definition(sitting.version_id)
        for medium_id in set(file_ids(definition, before)).difference(file_ids(definition, sitting.answers)):
            media.detach(medium_id, at=at)
    sitting.save(update_fields=["answers", "step", "revisions", "expires_on"])
    return sitting


class Elsewhere(Conflict):
    """Another window has saved this step since: `answers` are the other window's where they differ."""

    def __init__(self, answers: Mapping[str, Any], revision: int) -> None:
        self.answers, self.revision = dict(answers), revision
        super().__init__(_("Diese Seite wurde inzwischen in einem anderen Fenster ausgefüllt. Es ist nichts verloren."))


def take_sitting(sitting_id: UUID, *, at: datetime) -> Sitting:
    """Ends a sitting inside the action that sends it: its row is locked and deleted, what it held is returned.

    Whoever sends the same answers from a second window comes too late and gets NotFound: they count once. Its files
    are handed out to be attached to something else in the same transaction, else they are gone after a day.
    """
    sitting = Sitting.objects.select_for_update().filter(pk=sitting_id).first()
    if sitting is None:
        raise NotFound(_("Diese Antworten sind schon abgesendet. Sie zählen ein Mal."))
    definition = queries.definition(sitting.version_id)
    for medium_id in file_ids(definition, sitting.answers):
        media.detach(medium_id, at=at)
    if any(question.kind == Kind.FILE for question in definition.questions):
        media.discard_of(sitting.this)  # what no answer names: nobody would find it again
    Sitting.objects.filter(pk=sitting_id).delete()
    return sitting


@action
def discard_sitting(*, actor: Actor, sitting_id: UUID) -> None:
    """Throws answers in progress away, because whoever holds the code wants so."""
    if Sitting.objects.filter(pk=sitting_id).exists():
        _forget(Sitting.objects.get(pk=sitting_id))
        audit.record(nameless(actor), "questions.discard_sitting", Ref("questions", "sitting", sitting_id))


def forget_old_sittings(at: datetime) -> int:
    """Deletes answers that nobody has gone on with, with their files. Returns how many."""
    gone = 0
    while True:
        with transaction.atomic():
            due = Sitting.objects.select_for_update(skip_locked=True).filter(expires_on__lte=at.date())
            found = list(due[:BATCH])
            for sitting in found:
                _forget(sitting)
        gone += len(found)
        if len(found) < BATCH:
            return gone


def _forget(sitting: Sitting) -> None:
    media.discard_of(sitting.this)
    Sitting.objects.filter(pk=sitting.pk).delete()


def file_ids(definition: Definition, answers: Mapping[str, Any]) -> list[UUID]:
    """The media among answers."""
    names = [question.name for question in definition.questions if question.kind == Kind.FILE]
    rounds = [one for value in answers.values() if isinstance(value, list) for one in value if isinstance(one, dict)]
    found: list[UUID] = []
    for one in (answers, *rounds):
        for name in names:
            with suppress(ValueError):
                if one.get(name):
                    found.append(UUID(str(one[name])))
    return found


def nameless(actor: Actor) -> Actor:
    """The channel stays; the person, the request and whoever it was for do not."""
    return replace(actor, viewer=Viewer(language=actor.language), key=None, on_behalf_of=None, request_id="")
