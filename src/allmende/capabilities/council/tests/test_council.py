"""Records become rows once, what is hidden stays hidden on every page, and the way of a paper is told in order."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders, seeds
from allmende.capabilities.council.models import AgendaItem, Batch, File, Meeting, Membership, Organization, Paper
from allmende.capabilities.council.queries.pages import is_sitting
from allmende.capabilities.council.rules.records import Record
from allmende.core.actor import Actor, Role
from allmende.core.city import CityPack
from allmende.core.errors import NotAllowed, NotSignedIn
from allmende.core.models import AuditEntry, Event
from allmende.engines.search.interface import Entry


def text(path: str, client: Client | None = None) -> str:
    response = (client or Client()).get(path)
    assert response.status_code == 200, (path, response.status_code)
    return re.sub(r"\s+", " ", response.content.decode())


def test_taking_in_the_same_records_again_changes_nothing(db):
    council = builders.council()
    rows = {model: dict(model.objects.values_list("pk", "modified")) for model in (Meeting, Paper, AgendaItem, File)}
    again = builders.take(council.records)
    assert (again.batch.new, again.batch.different, again.batch.same) == (0, 0, len(council.records))
    for model, before in rows.items():
        assert dict(model.objects.values_list("pk", "modified")) == before


def test_one_batch_is_one_action_with_one_audit_entry(db):
    before = AuditEntry.objects.count()
    builders.council()
    assert AuditEntry.objects.count() == before + 1
    assert AuditEntry.objects.filter(action="council.take_in").count() == 1


def test_a_record_that_lacks_what_it_needs_is_left_out_and_named(db):
    lost = Record(
        "agenda_item", "https://other.example/item/1", {"name": "Punkt", "place": 0}, {"meeting": "https://x/1"}
    )
    found = builders.take([lost])
    assert not AgendaItem.objects.exists()
    assert found.missing == [(lost, "meeting")]
    assert found.batch.unread == 1


def test_nobody_but_the_office_takes_records_in(db):
    records = builders.records()
    with pytest.raises(NotSignedIn):
        actions.take_in(actor=Actor(), records=records, at=timezone.now())
    with pytest.raises(NotAllowed):
        actions.take_in(actor=accounts.actor(accounts.editor()), records=records, at=timezone.now())
    office = accounts.actor(accounts.with_role(Role.COUNCIL_OFFICE))
    assert actions.take_in(actor=office, records=records, at=timezone.now()).batch.new == len(records)


def test_a_paper_tells_in_plain_words_who_decides_when_and_what_came_before(db):
    council = builders.council()
    page = text(council.paper.path)
    assert "Wer entscheidet wann?" in page
    assert "Was sich für alle ändert" in page
    way = page[page.index("Der Weg durch die Gremien") :]
    assert way.index("Ausschuss") < way.index("entscheidet")
    builders.take([builders.decided(council)])
    page = text(council.paper.path)
    assert "Was wurde entschieden?" in page
    assert "einstimmig beschlossen" in page


def test_a_change_of_a_point_moves_the_date_of_its_meeting_and_a_hidden_one_moves_nothing(db):
    council = builders.council()
    before = Meeting.objects.get(pk=council.meeting.pk).modified
    builders.take([builders.hidden_changed(council)])
    assert Meeting.objects.get(pk=council.meeting.pk).modified == before
    builders.take([builders.decided(council)])
    assert Meeting.objects.get(pk=council.meeting.pk).modified > before


def test_what_is_hidden_stands_on_no_page_in_no_feed_and_in_no_index(full_pages, deliver):
    council = full_pages
    deliver()
    paths = [
        *("/stadtrat/", "/stadtrat/sitzungen/", "/stadtrat/vorlagen/", "/stadtrat/sitzungen/alle.ics"),
        *("/stadtrat/vorlagen/neu.rss", "/feed/", "/sitemap.xml", "/suche/?q=Vorlage"),
        *(council.meeting.path, council.paper.path, council.organization.path, council.person.path),
        *(f"{council.meeting.path}termin.ics", f"{council.organization.path}termine.ics"),
    ]
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    for client in (Client(), office):
        for path in paths:
            page = text(path, client)
            assert builders.HIDDEN not in page, path
    assert not Entry.objects.filter(titles__de__contains=builders.HIDDEN).exists()
    assert not Entry.objects.filter(bodies__de__contains=builders.HIDDEN).exists()
    hidden = Paper.objects.get(name__contains=builders.HIDDEN)
    assert Client().get(hidden.path).status_code == 404
    assert Client().get(f"/r/paper/{hidden.pk}/").status_code == 404
    assert not Event.objects.filter(object_id=hidden.pk).exists()


@pytest.fixture
def full_pages(begun_city):
    return builders.council()


def test_what_is_withdrawn_is_gone_with_all_that_belongs_to_it(full_pages, deliver):
    council = full_pages
    deliver()
    assert Entry.objects.filter(object_id=council.paper.pk, removed_at=None).exists()
    actions.withdraw_thing(actor=builders.OFFICE, kind="paper", thing_id=council.paper.pk, reason="Irrtum")
    deliver()
    assert Client().get(council.paper.path).status_code == 404
    assert council.paper.name not in text(council.meeting.path)
    assert not Entry.objects.filter(object_id=council.paper.pk, removed_at=None).exists()
    assert not File.objects.public().filter(paper=council.paper).exists()


def test_a_seat_holds_from_its_first_to_its_last_day(db):
    today = timezone.localdate()
    seat = Membership(start_date=today, end_date=today)
    assert is_sitting(seat, today)
    assert not is_sitting(seat, today - timedelta(days=1))
    assert not is_sitting(seat, today + timedelta(days=1))


def test_who_has_left_stands_among_those_who_were_there_before(db):
    council = builders.council()
    page = text(council.organization.path)
    assert page.index("Wer darin sitzt") < page.index("Mitglied Eins") < page.index("Früher dabei")
    assert page.index("Früher dabei") < page.index("Mitglied Zwei")


def test_lists_go_on_page_by_page_and_name_each_thing_once(db):
    builders.council()
    more = [
        Record("paper", builders.key(f"more-{n}"), {"name": f"Vorlage Nr. {n:03}"}, {"body": builders.key("body")})
        for n in range(40)
    ]
    builders.take(more)
    first = text("/stadtrat/vorlagen/")
    following = re.search(r'href="(/stadtrat/vorlagen/\?before=\d+)"', first)
    assert following
    second = text(following[1])
    names = re.findall(r"Vorlage Nr\. \d{3}", first) + re.findall(r"Vorlage Nr\. \d{3}", second)
    assert sorted(names) == [f"Vorlage Nr. {n:03}" for n in range(40)]


def test_meetings_of_one_hour_are_all_listed_page_by_page(db):
    builders.council()
    start = timezone.now() - timedelta(days=400)
    fields = {"start": start, "end": start + timedelta(hours=1)}
    more = [
        Record(
            "meeting", builders.key(f"m{n}"), {"name": f"Sitzung Nr. {n:03}", **fields}, {"body": builders.key("body")}
        )
        for n in range(45)
    ]
    builders.take(more)
    first = text("/stadtrat/sitzungen/")
    following = re.search(r'href="(/stadtrat/sitzungen/\?before=[^"]+)"', first)
    assert following
    second = text(following[1].replace("&amp;", "&"))
    names = re.findall(r"Sitzung Nr\. \d{3}", first) + re.findall(r"Sitzung Nr\. \d{3}", second)
    assert sorted(names) == [f"Sitzung Nr. {n:03}" for n in range(45)]


def test_related_papers_name_each_other(db):
    council = builders.council()
    other = Record(
        "paper", builders.key("other"), {"name": "Ein Antrag dazu"}, {"body": builders.key("body")},
        {"related": (builders.key("paper"),)},
    )  # fmt: skip
    builders.take([other])
    assert "Ein Antrag dazu" in text(council.paper.path)
    assert council.paper.name in text(Paper.objects.get(pk=builders.key("other")).path)


def test_a_meeting_that_is_called_off_says_so_in_page_and_calendar(db):
    council = builders.council()
    before = Meeting.objects.get(pk=council.meeting.pk).sequence
    builders.take([builders.called_off(council)])
    assert "Diese Sitzung fällt aus" in text(council.meeting.path)
    calendar = Client().get(f"{council.meeting.path}termin.ics").content.decode()
    assert "STATUS:CANCELLED" in calendar
    assert f"SEQUENCE:{before + 1}" in calendar


def test_followers_of_a_committee_hear_of_its_meeting_and_of_results(full_pages, deliver):
    from allmende.engines.notify import interface as notify

    council = full_pages
    reader = accounts.person()
    notify.follow(actor=accounts.actor(reader), ref=council.paper.ref, at=timezone.now())
    deliver()
    builders.take([builders.decided(council)], quiet=False)
    deliver()
    told = notify.Notice.objects.filter(person=reader, object_id=council.paper.pk)
    assert told.count() == 1


@pytest.mark.parametrize("name", ["gera", "jena"])
def test_the_example_council_is_marked_and_holds_the_fourteen_proposals(begun_city, name):
    seeds.seed(CityPack(settings.CITY_PACK.parent / name))
    page = text("/stadtrat/")
    assert "Welche der 14 Vorschläge werden umgesetzt?" in page
    assert Batch.objects.filter(source="", new__gte=50).count() == 1
    batches = Batch.objects.count()
    seeds.seed(CityPack(settings.CITY_PACK.parent / name))
    assert Batch.objects.count() == batches
    points = AgendaItem.objects.public().filter(label__startswith="3.")
    assert points.count() == 14
    assert all(Organization.objects.values_list("is_example", flat=True))


def test_the_office_says_in_plain_words_what_a_paper_is_about_and_nobody_else_does(full_pages):
    council = full_pages
    address = f"{council.paper.path}einfache-worte/"
    assert Client().get(address).status_code in {302, 401}
    assert accounts.login(Client(), accounts.editor()).get(address).status_code == 403
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    assert "Einfache Worte schreiben" in text(council.paper.path, office)
    assert "Einfache Worte schreiben" not in text(council.paper.path)
    sent = office.post(address, {"de": "Es gibt neue Bänke am Fluss.", "en": ""})
    assert sent["Location"] == council.paper.path
    assert "Es gibt neue Bänke am Fluss." in text(council.paper.path)
    assert office.post(address, {"de": "x" * 1501}).status_code == 422


def test_papers_that_speak_of_one_place_are_a_layer_of_the_city_map(full_pages, deliver):
    place = {"description": "Brücke", "longitude": 12.09, "latitude": 50.89}
    council = full_pages
    builders.take(
        [
            Record("location", builders.key("bridge"), place, {"body": builders.key("body")}),
            replace(
                next(one for one in council.records if one.key == builders.key("paper")),
                many={"locations": (builders.key("bridge"),)},
            ),
            Record("paper", builders.key("hidden-there"), {"name": builders.HIDDEN}, {"body": builders.key("body")},
                   {"locations": (builders.key("bridge"),)}, public=False),
        ]
    )  # fmt: skip
    deliver()
    entry = Entry.objects.get(object_id=council.paper.pk, removed_at=None)
    assert (entry.longitude, entry.latitude) == (12.09, 50.89)
    shown = text("/karte/?ebene=vorlagen")
    assert council.paper.name in shown
    assert builders.HIDDEN not in shown
