"""An example council for the cities of the demonstration: functions and groups named after trees, nobody real."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from allmende.accounts import interface as accounts
from allmende.capabilities.council import actions
from allmende.capabilities.council.models import AgendaItem, Body, File
from allmende.capabilities.council.queries.votes import entitled
from allmende.capabilities.council.rules.attendance import AttendanceData, Stay
from allmende.capabilities.council.rules.votes import VoteData, counted
from allmende.capabilities.council.seeds import authoring, parts, tracking
from allmende.capabilities.council.seeds.example import Example
from allmende.core.actor import SYSTEM, Actor, Channel, Role
from allmende.core.city import CityPack
from allmende.engines.media import interface as media
from allmende.ui import pdf


def _vote(example: Example, actor: Actor) -> None:
    """A named vote on the paper of the fourteen proposals: most are for it, one of each group thinks otherwise."""
    item = AgendaItem.objects.select_related("meeting").get(pk=example.key("council-past-3"))
    choices = ["yes", "yes", "no", "yes", "yes", "abstention", "yes", "yes", "yes", "yes", "no", "absent"]
    members = entitled(item)
    names = {key: choices[place % len(choices)] for place, key in enumerate(members)}
    groups: dict[UUID, list[str]] = {}
    for key, row in members.items():
        if row.on_behalf_of_id is not None:
            groups.setdefault(row.on_behalf_of_id, []).append(names[key])
    whole = sum(map(len, groups.values())) == len(names)
    counts = {key: counted(chosen) for key, chosen in groups.items()} if whole else {}
    there = {key: Stay() for key, choice in names.items() if choice != "absent"}
    attendance = AttendanceData(there)
    actions.record_attendance(actor=actor, meeting_id=item.meeting_id, data=attendance, at=example.now, is_example=True)
    data = VoteData("named", "simple", counted(names.values()), len(members), "minutes", counts, names)
    actions.record_vote(actor=actor, item_id=item.pk, data=data, at=example.now, quiet=True, is_example=True)


def _minutes(example: Example, actor: Actor) -> None:
    """Released, not yet approved."""
    data = actions.MinutesData(
        "Die Sitzung wurde im Internet übertragen (Beispiel).", is_released=True, approved_on=None
    )
    key = UUID(example.key("council-past"))
    actions.keep_minutes(actor=actor, meeting_id=key, data=data, at=example.now, quiet=True, is_example=True)


def _office(actor: Actor, at: datetime) -> None:
    """The demonstration's clerk sits in the council's office too."""
    clerk = accounts.demo_person("clerk")
    if clerk is not None:
        accounts.grant_role(actor=actor, person_id=clerk.pk, role=Role.COUNCIL_OFFICE, at=at)


def seed(pack: CityPack) -> None:
    """Once, on an empty city, where the pack asks for it."""
    settings = pack.content.get("council")
    if settings is None or Body.objects.exists():
        return
    now = timezone.now()
    example = Example(settings, now)
    actor = SYSTEM.via(Channel.SEED)
    actions.take_in(actor=actor, records=example.records(), at=now, quiet=True, is_example=True)
    _vote(example, actor)
    parts.seed_parts(example, actor)
    tracking.seed_tasks(example, actor)
    _minutes(example, actor)
    _office(actor, now)
    authoring.seed_drafts(example, actor)
    authoring.seed_agendas(example, actor)
    for key, heading, text, points in example.documents():
        content = pdf.make(
            "council/pdf/paper.typ",
            {"heading": heading, "facts": [["Art", "Beispiel"]], "paragraphs": [text], "points": points},
            title=heading,
            language="de",
            at=now,
        )
        words = media.Words(heading, text, "de")
        medium = media.take_document(content, words=words, actor=actor, at=now)
        file = File.objects.get(pk=key)
        digest = hashlib.sha512(content).hexdigest()
        actions.attach_document(actor=actor, file_id=file.pk, medium_id=medium.pk, size=len(content), sha512=digest)
