"""Kinds of faults with which a city starts, and example reports of the city pack, through the actions. Days count
from now.
"""

import tomllib
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import actions
from allmende.capabilities.reports.actions.assets import KindData, import_assets
from allmende.capabilities.reports.actions.partners import PartnerData, save_partner
from allmende.capabilities.reports.actions.patterns import draw_pattern
from allmende.capabilities.reports.actions.webhooks import add_target, switch_target
from allmende.capabilities.reports.adapters.asset_files import AssetRow
from allmende.capabilities.reports.models import Category, Report, Route
from allmende.capabilities.reports.rules import SCOPE
from allmende.capabilities.reports.rules.asking import QuestionData
from allmende.core import city
from allmende.core.actor import SYSTEM, Actor, Channel, Grant, Role, Viewer
from allmende.core.city import CityPack

STEP_AFTER = timedelta(hours=20)


def _content(pack: CityPack) -> dict[str, Any]:
    path = pack.folder / "reports.toml"
    return tomllib.loads(path.read_text()) if path.is_file() else {}


def first_start(pack: CityPack) -> None:
    """Categories and the routing table of the pack; what the city has changed since stays as it is."""
    for order, row in enumerate(_content(pack).get("categories", []), start=1):
        made, fresh = Category.objects.get_or_create(
            slug=row["slug"],
            defaults={
                "names": row["names"],
                "hints": row.get("hints", {}),
                "keywords": row.get("keywords", []),
                "department": row.get("department", ""),
                "elsewhere": row.get("elsewhere", {}),
                "danger": row.get("danger", {}),
                "target_days": row.get("target_days", 10),
                "retention_days": row.get("retention_days", 730),
                "deletion_days": row.get("deletion_days", 3650),
                "publishes": row.get("publishes", True),
                "order": 10 * order,
            },
        )
        if fresh:
            Route.objects.bulk_create(
                Route(category=made, district=district, department=office)
                for district, office in row.get("routes", {}).items()
            )
            _ask(made, row.get("questions", []))


def _ask(category: Category, rows: list[dict[str, Any]]) -> None:
    if rows:
        actions.save_questions(
            actor=SYSTEM.via(Channel.SEED),
            category_id=category.pk,
            asked=[
                QuestionData(one["labels"], one.get("kind", "select_one"), options=one.get("options", []),
                             required=one.get("required", False), public=one.get("public", False))
                for one in rows
            ],
            at=timezone.now(),
        )  # fmt: skip


def clerk() -> Actor:
    """One of the demonstration's people, for this room."""
    found = accounts.demo_person("clerk")
    assert found is not None, "accounts are seeded first"
    viewer = Viewer(found.pk, frozenset({Grant(Role.CLERK, SCOPE)}))
    return Actor(viewer=viewer, key=accounts.key_of(found.pk), channel=Channel.SEED)


class Example:
    """Fills one city."""

    def __init__(self, pack: CityPack, now: datetime) -> None:
        self.content = _content(pack)
        self.rows: list[dict[str, Any]] = self.content.get("reports", [])
        self.storm: list[dict[str, Any]] = self.content.get("storm", [])
        self.now = now
        self.clerk = clerk()
        resident = accounts.demo_person("resident")
        assert resident is not None, "accounts are seeded first"
        self.resident = Actor(viewer=Viewer(resident.pk), key=accounts.key_of(resident.pk), channel=Channel.SEED)

    def fill(self) -> None:
        for row in self.rows:
            self.bring(row)
        self.split_one()
        self.hand_over_one()
        self.bring_storm()
        self.bring_rules()
        self.bring_assets()
        for row in self.content.get("patterns", []):
            draw_pattern(actor=self.clerk, is_example=True, at=self.now, **row)

    def bring_assets(self) -> None:
        """A few numbered things, as an office's file would name them."""
        for kind in self.content.get("assets", []):
            rows = [AssetRow(row["number"], row["at"][0], row["at"][1], row.get("place", "")) for row in kind["rows"]]
            data = KindData(kind["slug"], kind["names"], kind.get("keywords", []), kind["category"], kind["owner"])
            import_assets(actor=SYSTEM.via(Channel.SEED), kind=data, rows=rows, is_example=True, at=self.now)

    def bring_storm(self) -> None:
        """A night of which the desk sees one thing."""
        night = [self.bring({**row, "days_ago": 1, "hours": 2 - number / 20}) for number, row in enumerate(self.storm)]
        actions.bring_incident(actor=SYSTEM, report_ids=[one.pk for one in night])

    def split_one(self) -> None:
        """For one example another office has a part to do."""
        report = Report.objects.filter(state="checked").order_by("number").first()
        office = next((slug for slug in city.current().departments if report and slug != report.department), None)
        if report is not None and office is not None:
            words = "Bitte den Weg für einen halben Tag sperren."
            actions.give_subtask(actor=self.clerk, report_id=report.pk, department=office, words=words, at=self.now)

    def hand_over_one(self) -> None:
        """One example lies with somebody outside."""
        report = Report.objects.filter(is_public=True, state="in_work").order_by("number").first()
        if report is None:
            return
        data = actions.HandoverData("Stadtwerke", "stoerung@stadtwerke.example", report.public_words)
        actions.hand_over(actor=self.clerk, report_id=report.pk, data=data, at=self.now)

    def bring_rules(self) -> None:
        """An example of the rules, of the pack; reports that are there already stay where they are."""
        here = city.current()
        for row in self.content.get("rules", []):
            districts = [slug for slug in row.get("districts", []) if slug in here.districts]
            data = actions.RuleData(**{**row, "districts": districts})
            actions.save_rule(actor=self.clerk, rule_id=None, data=data, at=self.now)

    def bring(self, row: dict[str, Any]) -> Report:
        at = self.now - timedelta(days=row["days_ago"], hours=row.get("hours", 3))
        actor = self.resident if row.get("mine") else SYSTEM.via(Channel.SEED)
        report = actions.submit_report(
            actor=actor,
            data=actions.ReportData(
                row["words"], row["category"], row["place"], detail=row.get("detail", ""), answers=row.get("answers")
            ),
            language=row.get("language", "de"),
            is_example=True,
            at=at,
        )
        for number, step in enumerate(row.get("steps", []), start=1):
            when = min(at + number * STEP_AFTER, self.now)
            if step["verb"] == "confirm":
                report = actions.confirm_done(actor=actor, report_id=report.pk, token=report.token, at=when)
                continue
            report = actions.move_report(
                actor=self.clerk,
                report_id=report.pk,
                verb=step["verb"],
                words=step.get("words", ""),
                note=step.get("note", ""),
                department=step.get("department", ""),
                publish=True if number == 1 and row.get("public", True) else None,
                at=when,
            )
        return report


def example_interfaces() -> None:
    """Another body and a receiver of messages as examples: switched off, since there are none."""
    person = accounts.demo_person("administrator")
    assert person is not None, "accounts are seeded first"
    viewer = Viewer(person.pk, frozenset({Grant(Role.ADMINISTRATOR)}))
    actor = Actor(viewer=viewer, key=accounts.key_of(person.pk), channel=Channel.SEED)
    data = PartnerData(
        "Stadtwerke (Beispiel)", "https://stadtwerke.example.org/open311/v2/", is_active=False,
        services=[("licht", "lights", False)],
    )  # fmt: skip
    save_partner(actor=actor, data=data, at=timezone.now())
    target = add_target(actor=actor, label="Lagekarte (Beispiel)", url="https://lage.example.org/", at=timezone.now())
    switch_target(actor=actor, target_id=target.pk, on=False, at=timezone.now())


def seed(pack: CityPack) -> None:
    """The examples of the pack, once, on an empty city; the demonstration's clerk sees to all of them."""
    if Report.objects.exists():
        return
    made = Example(pack, timezone.now())
    assert made.clerk.person_id is not None
    accounts.grant_role(
        actor=SYSTEM.via(Channel.SEED), person_id=made.clerk.person_id, role=Role.CLERK, scope=SCOPE, at=timezone.now()
    )
    made.fill()
    public = Report.objects.filter(is_public=True).exclude(district="").order_by("-published_at")
    for district in public.values_list("district", flat=True)[:1]:
        actions.name_area(actor=SYSTEM.via(Channel.SEED), district=district, at=timezone.now())
    example_interfaces()
