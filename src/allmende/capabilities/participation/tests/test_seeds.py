"""The examples of both cities: groups always, the rest once, all through the actions."""

from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from allmende.accounts import seeds as people
from allmende.capabilities.participation import seeds
from allmende.capabilities.participation.models import (
    Entry,
    Idea,
    Meeting,
    Offer,
    OfficialAnswer,
    PartnerOffer,
    Placing,
    Project,
    ScoreSheet,
    StoreDocument,
    Theme,
    TopicStore,
    WorkingGroup,
)
from allmende.capabilities.participation.workflow import phases
from allmende.core import city
from allmende.core.city import CityPack
from allmende.core.models import AuditEntry
from allmende.engines.ballots.models import Vote

CITIES = Path(__file__).resolve().parents[5] / "cities"


def test_the_groups_of_the_city_are_there_from_the_first_start_and_stay_as_changed(db):
    pack = city.pack()
    call_command("start_city")
    assert WorkingGroup.objects.count() == len(pack.content["groups"]) == 5
    WorkingGroup.objects.update(names={"de": "Umbenannt"})
    call_command("start_city")
    assert {str(group) for group in WorkingGroup.objects.all()} == {"Umbenannt"}


@pytest.mark.parametrize("name", ["gera", "jena"])
def test_the_examples_of_the_pack_go_the_way_of_every_idea(db, name, monkeypatch, settings):
    settings.CITY_PACK = CITIES / name
    pack = CityPack(CITIES / name)
    from allmende.core.actor import SYSTEM
    from allmende.core.changes import start_city

    start_city(actor=SYSTEM, pack=pack)
    people.seed(pack)
    seeds.first_start(pack)
    for _ in range(2):
        seeds.seed(pack)
    content = pack.content
    parts = [part for row in content["projects"] for part in phases.BLUEPRINTS[row["blueprint"]].parts]
    in_projects = sum(part.kind in phases.COLLECTING for part in parts)
    assert TopicStore.objects.count() == len(content["stores"]) + in_projects
    assert Project.objects.count() == len(content["stores"]) + len(content["projects"])
    ended = [row for row in (*content["stores"], *content["projects"]) if row["closes"] < 0]
    assert ended
    condensed = [row for row in ended if row.get("blueprint") != "contest"]  # a contest has its places instead
    assert StoreDocument.objects.count() == len(condensed)
    assert Theme.objects.count() == len(content["themes"])
    assert Meeting.objects.count() == len(content["meetings"])
    proposed = [one for row in content["projects"] for one in row.get("proposals", []) if not one.get("own")]
    grouped = {title for row in content["themes"] if "offer" in row for title in row["ideas"]}
    states = ["answered" if row["title"] in grouped else row["state"] for row in content["ideas"]]
    states += ["published" for _one in proposed]
    assert Counter(Idea.objects.filter(entry=None).values_list("state", flat=True)) == Counter(states)
    votes = [row["vote"] for row in content["projects"] if "vote" in row]
    assert sorted(Vote.objects.values_list("state", flat=True)) == ["closed", "open", "open"]
    assert Vote.objects.get(gate="verified").state == "open"  # the demonstration has somebody whose residence is known
    counted = Vote.objects.get(state="closed")
    assert counted.result["winners"]
    assert counted.result["ballots"] == next(row["ballots"] for row in votes if row.get("receipts"))
    assert set(counted.channels) == {"paper", "web"}
    assert Offer.objects.count() == sum("offer" in row for row in content["themes"]) > 0
    assert PartnerOffer.objects.count() == len(content["partner_offers"]) > 0
    contests = [row["contest"] for row in content["projects"] if "contest" in row]
    entries = [one for row in contests for one in row["entries"]]
    assert entries
    assert Entry.objects.count() == len(entries)
    placed = [row for row in contests if "placing" in row]
    assert Placing.objects.count() == len(placed)
    assert ScoreSheet.objects.count() == sum(
        bool(points) for row in placed for one in row["entries"] for points in one["points"]
    )
    public = Entry.objects.filter(idea__state="published").count()
    assert public == sum(len(row["entries"]) for row in placed)  # the running one shows nothing before its deadline
    assert OfficialAnswer.objects.count() == sum("answer" in row for row in content["ideas"])
    assert sum(Idea.objects.values_list("support_count", flat=True)) == sum(row["supports"] for row in content["ideas"])
    for model in (TopicStore, Meeting, Idea, Project, Theme, Offer, PartnerOffer):
        assert not model.objects.filter(is_example=False).exists()
    assert AuditEntry.objects.filter(action="participation.submit_idea").count() == len(states) + len(entries)
    for store in TopicStore.objects.all():
        assert store.idea_count == Idea.objects.public().filter(store=store).count()
