"""Groups at first start; topic stores, meetings and ideas of the city pack as marked examples, through the actions."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from allmende.accounts import interface as accounts
from allmende.capabilities.participation import actions
from allmende.capabilities.participation.models import (
    CONTRACT_FIELDS,
    Idea,
    Meeting,
    Task,
    TopicStore,
    WorkingGroup,
)
from allmende.capabilities.participation.seeds.contest import hold_contest
from allmende.capabilities.participation.seeds.voting import NAMES, put_to_vote
from allmende.core import city, manifest
from allmende.core.actor import SYSTEM, Actor, Channel, Grant, Role, Viewer
from allmende.core.city import CityPack
from allmende.core.ids import uuid7
from allmende.engines.discussion import interface as discussion

SEED = SYSTEM.via(Channel.SEED)


def first_start(pack: CityPack) -> None:
    """The city's groups; what is there already stays as the city has it."""
    at = timezone.now()
    for order, row in enumerate(pack.content.get("groups", [])):
        actions.ensure_group(
            actor=SYSTEM,
            slug=row["slug"],
            names=row["name"],
            summary=row.get("summary", {}),
            department=row["department"],
            order=order,
            at=at,
        )


def _staff(person_id: UUID, *grants: Grant) -> Actor:
    """One of the demonstration's people, acting with these roles."""
    return Actor(viewer=Viewer(person_id, frozenset(grants)), key=accounts.key_of(person_id), channel=Channel.SEED)


def _person(key: str) -> UUID:
    found = accounts.demo_person(key)
    assert found is not None, "accounts are seeded first"
    return found.pk


class Example:
    """Fills one city; times count from `now`."""

    def __init__(self, pack: CityPack, now: datetime) -> None:
        self.content = pack.content
        self.now = now
        self.zone = city.current().zone
        self.editor = _staff(_person("editor"), Grant(Role.EDITOR))
        self.moderator = _staff(_person("moderator"), Grant(Role.MODERATOR))
        self.clerk_id = _person("clerk")
        self.asking = [row["group"] for row in self.content.get("stores", [])]
        self.resident = accounts.demo_person("resident")
        self.groups = {group.slug: group for group in WorkingGroup.objects.all()}
        self.stores: dict[str, TopicStore] = {}
        self.ideas: dict[str, Idea] = {}
        self.crowd: list[Actor] = []
        self.held: list[tuple[UUID, dict[str, Any]]] = []

    def day(self, offset: int) -> datetime:
        """The beginning of a local day, so many days from now."""
        day = (self.now + timedelta(days=offset)).astimezone(self.zone).date()
        return datetime.combine(day, time(), self.zone)

    def fill(self) -> None:
        self.members()
        for row in self.content.get("meetings", []):
            self.meeting(row)
        for row in self.content.get("stores", []):
            self.store(row)
        most = max((int(row.get("supports", 0)) for row in self.content.get("ideas", [])), default=0)
        self.crowd = [self.somebody(number) for number in range(most)]
        for number, row in enumerate(self.content.get("ideas", [])):
            self.ideas[row["title"]] = self.idea(number, row)
        for row in self.content.get("themes", []):
            self.theme(row)
        for row in self.content.get("partner_offers", []):
            self.partner(row)
        for slug, store in self.stores.items():  # what has ended is condensed with all that was ordered
            self.stores[slug] = actions.note_period(actor=SEED, store_id=store.pk, at=self.now)
        for row in self.content.get("projects", []):
            self.project(row)
        for meeting_id, row in self.held:
            self.minutes(meeting_id, row)
        self.certificate()

    def members(self) -> None:
        """The first group that asks: the demonstration has its chair, a member, and the clerk who answers for it."""
        chair = accounts.demo_person("chair")
        if not self.asking or chair is None:
            return
        group = self.groups[self.asking[0]]
        answering = [group, *(self.groups[row["group"]] for row in self.content["stores"] if row.get("kind") == "need")]
        for scope in dict.fromkeys(f"department:{one.department}" for one in answering):
            accounts.grant_role(actor=SEED, person_id=self.clerk_id, role=Role.CLERK, scope=scope, at=self.now)
        actions.appoint_member(actor=SEED, group_id=group.pk, person_id=chair.pk, function="chair", at=self.day(-90))
        if self.resident is not None:
            actions.appoint_member(
                actor=SEED, group_id=group.pk, person_id=self.resident.pk, function="member", at=self.day(-60)
            )

    def somebody(self, number: int) -> Actor:
        """A person who is not real, so that supports are counted as people's are."""
        person = accounts.Person.objects.create_user(
            None, is_guest=True, is_demo=True, contact_kind="none", display_name=NAMES[number % len(NAMES)]
        )
        return Actor(viewer=Viewer(person.pk), key=accounts.key_of(person.pk), channel=Channel.SEED)

    def meeting(self, row: dict[str, Any]) -> None:
        hour, minute = (int(part) for part in row["time"].split(":"))
        starts = self.day(row["in_days"]) + timedelta(hours=hour, minutes=minute)
        meeting = actions.plan_meeting(
            actor=self.editor,
            group_id=self.groups[row["group"]].pk,
            topic=row["topic"],
            starts_at=starts,
            ends_at=starts + timedelta(minutes=row.get("minutes", 90)),
            place=row.get("place", {}),
            online_url=row.get("online", ""),
            notes=row.get("notes", {}),
            is_example=True,
            at=min(self.now, starts - timedelta(days=14)),
        )
        if row.get("minutes_of"):
            self.held.append((meeting.pk, row["minutes_of"]))

    def minutes(self, meeting_id: UUID, row: dict[str, Any]) -> None:
        """A meeting that took place: written by the clerk's side, checked by the group's chair."""
        meeting = Meeting.objects.select_related("group").get(pk=meeting_id)
        at = meeting.ends_at + timedelta(hours=1)
        members = list(meeting.group.members.filter(until=None).values_list("person_id", flat=True))
        actions.save_agenda(
            actor=self.editor, meeting_id=meeting_id, titles=[item["title"] for item in row["items"]], at=at
        )
        there = actions.There(
            members=dict.fromkeys(members, ("place", False)),
            uncounted=row.get("guests", 0),
            offline=row.get("offline", 0),
            interests={
                **dict.fromkeys(row.get("spoke", []), "there"),
                **dict.fromkeys(row.get("missing", []), "missing"),
            },
            heard_later=row.get("heard_later", ""),
        )
        actions.record_attendance(actor=self.editor, meeting_id=meeting_id, there=there, at=at)
        names = {name: str(idea.number) for name, idea in self.ideas.items()}
        items = [
            {
                "title": item["title"],
                "said": item.get("said", ""),
                "weighed": item.get("weighed", ""),
                "decisions": "\n".join(self.line(line, names) for line in item.get("decisions", [])),
            }
            for item in row["items"]
        ]
        actions.save_minutes(actor=self.editor, meeting_id=meeting_id, items=items, revision=1, at=at)
        actions.submit_minutes(actor=self.editor, meeting_id=meeting_id, at=self.now)
        actions.publish_minutes(actor=self.editor, meeting_id=meeting_id, at=self.now)
        for task in Task.objects.filter(decision__meeting_id=meeting_id, text__in=row.get("done", [])):
            actions.finish_task(
                actor=self.editor, task_id=task.pk, result=row.get("result", ""), at=self.now - timedelta(days=2)
            )

    def certificate(self) -> None:
        """The demonstration's resident has worked along and keeps a certificate of it."""
        if self.resident is None or not self.asking:
            return
        asked = actions.request_certificate(
            actor=_staff(self.resident.pk), group_id=self.groups[self.asking[0]].pk, name="Beispiel: Einwohnerin",
            hours=12, at=self.now,
        )  # fmt: skip
        actions.issue_certificate(actor=self.editor, certificate_id=asked.pk, hours=12, at=self.now)

    def line(self, row: dict[str, Any], ideas: dict[str, str]) -> str:
        """A decision as people write it: text, who, until when, about which idea."""
        parts = [row["text"]]
        if "in_days" in row:
            due = (self.now + timedelta(days=row["in_days"])).astimezone(self.zone)
            parts += [row.get("who", "Gruppe"), f"{due:%d.%m.%Y}"]
        if row.get("idea") in ideas:
            parts.append(f"Idee {ideas[row['idea']]}")
        return " | ".join(parts)

    def store(self, row: dict[str, Any]) -> None:
        opens = self.day(row["opens"])
        data = actions.StoreData(
            title=row["title"],
            description=row.get("description", {}),
            contract={name: row["contract"][name] for name in CONTRACT_FIELDS},
            kind=row.get("kind", "store"),
            is_formal=row.get("formal", False),
            asks_age=row.get("asks_age", False),
            opens_at=opens,
            closes_at=self.day(row["closes"] + 1),
            categories=[
                (category["slug"], {key: category[key] for key in ("de", "en") if key in category})
                for category in row.get("categories", [])
            ],
            next_step=row.get("next_step", {}),
            is_example=True,
        )
        store = actions.save_store(
            actor=self.editor, group_id=self.groups[row["group"]].pk, data=data, at=min(opens, self.now)
        )
        self.stores[row["slug"]] = store

    def theme(self, row: dict[str, Any]) -> None:
        """Ordered by the moderator, an hour before now."""
        at = self.now - timedelta(hours=1)
        store = self.stores[row["store"]]
        step = actions.order_ideas(
            actor=self.moderator,
            store_id=store.pk,
            idea_ids=[self.ideas[title].pk for title in row["ideas"]],
            new_title=row["title"],
            at=at,
        )
        assert step.target is not None
        actions.save_theme(
            actor=self.moderator, theme_id=step.target.pk, title=row["title"], summary=row["summary"], at=at
        )
        if "offer" in row:
            self.offer(step.target.pk, row["offer"])

    def offer(self, theme_id: UUID, row: dict[str, Any]) -> None:
        """The city's answer to a group of needs, half an hour before now."""
        again, starts = row.get("ask_again_in_days"), row.get("starts_in_days")
        actions.answer_needs(
            actor=_staff(self.clerk_id, Grant(Role.CLERK, "participation")),
            theme_id=theme_id,
            data=actions.OfferData(
                kind=row["kind"],
                text=row["text"],
                department=row["department"],
                starts_on=self.day(starts).date() if starts else None,
                alternative=row.get("alternative", ""),
                ask_again_on=self.day(again).date() if again else None,
                is_example=True,
            ),
            at=self.now - timedelta(minutes=30),
        )

    def partner(self, row: dict[str, Any]) -> None:
        """What an organisation that is not real told the city."""
        actions.offer_as_partner(
            actor=SEED,
            title=row["title"],
            body=row["body"],
            name=row["name"],
            may_be_named=row.get("may_be_named", False),
            is_example=True,
            at=self.now - timedelta(days=row["days_ago"]),
        )

    def project(self, row: dict[str, Any]) -> None:
        """From its blueprint; announced on the day it opens, at the latest now."""
        opens = self.day(row["opens"])
        at = min(opens, self.now)
        made = actions.create_project(
            actor=self.editor,
            group_id=self.groups[row["group"]].pk,
            blueprint=row["blueprint"],
            data=actions.ProjectData(
                title=row["title"], summary=row["summary"], contract=row["contract"], is_example=True
            ),
            opens_at=opens,
            closes_at=self.day(row["closes"] + 1),
            at=at,
        )
        for module in made.modules.exclude(store=None):
            assert module.store_id is not None
            if "contest" in row:
                hold_contest(self, module.store_id, row["contest"])
            actions.note_period(actor=SEED, store_id=module.store_id, at=self.now)
        if "vote" in row:
            put_to_vote(self, made, row)
        actions.note_turn(actor=SEED, project_id=made.pk, at=self.now)

    def idea(self, number: int, row: dict[str, Any]) -> Idea:
        """Handed in, checked, supported, discussed, answered: each at its time, by who does it in life."""
        at = max(
            self.now - timedelta(days=row["days_ago"], hours=1 + number % 7),
            self.stores[row["store"]].opens_at or self.now,
        )
        by_hand = row.get("channel", "") in {"paper", "telephone", "counter"}
        own = self.resident is not None and number == 0
        if own and self.resident is not None:
            sender = Actor(viewer=Viewer(self.resident.pk), key=accounts.key_of(self.resident.pk), channel=Channel.SEED)
        else:
            sender = _staff(self.moderator.person_id or uuid7(), *self.moderator.viewer.grants) if by_hand else SEED
        idea = actions.submit_idea(
            actor=sender.via(Channel(row["channel"])) if by_hand else sender,
            store_id=self.stores[row["store"]].pk,
            title=row["title"],
            body=row["body"],
            category=row.get("category", ""),
            place=row.get("place", ""),
            district=row.get("district", ""),
            language=row.get("language", "de"),
            entry=actions.EntryData(entrant=row["entrant"]) if "entrant" in row else None,
            guest=None
            if own
            else {"display_name": row.get("author", NAMES[number % len(NAMES)]), "contact_kind": "number"},
            is_example=True,
            at=at,
        )
        state = row.get("state", "published")
        if state == "submitted":
            return idea
        # Whoever entered an idea does not decide on it.
        checker = _staff(self.editor.person_id or uuid7(), Grant(Role.MODERATOR)) if by_hand else self.moderator
        released = at + timedelta(hours=5)
        if state == "refused":
            return actions.refuse_idea(
                actor=checker, object_id=idea.pk, reason=row["reason"], rule=row.get("rule", "respekt"), at=released
            )
        actions.release_idea(actor=checker, object_id=idea.pk, at=released)
        for offset, supporter in enumerate(self.crowd[: int(row.get("supports", 0))]):
            actions.support_idea(actor=supporter, idea_id=idea.pk, at=released + timedelta(hours=offset + 1))
        for offset, comment in enumerate(row.get("comments", [])):
            self.comment(idea, comment, number + offset + 5, released + timedelta(hours=9 + 7 * offset))
        self.office(idea, row, state, released)
        return idea

    def comment(self, idea: Idea, text: str, number: int, at: datetime) -> None:
        """Put there by somebody; a moderator releases what stands out."""
        if not self.crowd:
            self.crowd = [self.somebody(0)]
        comment = discussion.add_comment(
            actor=self.crowd[number % len(self.crowd)], ref=idea.ref, body=text, language=idea.language, at=at
        )
        if comment.state == "held":
            kind = manifest.moderated_kinds()["discussion", "comment"]
            kind.release(actor=self.moderator, object_id=comment.pk, reason="", at=at + timedelta(hours=2))

    def office(self, idea: Idea, row: dict[str, Any], state: str, released: datetime) -> None:
        if state not in {"in_review", "answered"}:
            return
        clerk = _staff(self.clerk_id, Grant(Role.CLERK, "participation"))
        actions.take_up_idea(actor=clerk, idea_id=idea.pk, at=released + timedelta(days=2))
        if state != "answered":
            return
        answer = row["answer"]
        at = max(self.now - timedelta(days=answer.get("days_ago", 1)), released + timedelta(days=3))
        again = answer.get("ask_again_in_days")
        department = answer.get("department", idea.department)
        if department != idea.department:
            actions.set_next_step(
                actor=clerk,
                idea_id=idea.pk,
                texts={"de": "Das Amt antwortet.", "en": "The office answers."},
                due_on=(at + timedelta(days=7)).astimezone(self.zone).date(),
                department=department,
                at=released + timedelta(days=2, hours=1),
            )
        actions.answer_idea(
            actor=clerk,
            idea_id=idea.pk,
            outcome=answer["outcome"],
            text=answer["text"],
            alternative=answer.get("alternative", ""),
            ask_again_on=(self.now + timedelta(days=again)).astimezone(self.zone).date() if again else None,
            at=at,
        )


def seed(pack: CityPack) -> None:
    """The examples of the pack, once, on an empty city."""
    if TopicStore.objects.exists():
        return
    Example(pack, timezone.now()).fill()
