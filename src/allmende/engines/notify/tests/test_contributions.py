"""Every new link of a contribution's Trace tells its author once, in words; a page shows what became of all of them."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.core.events import Stored
from allmende.core.models import Event
from allmende.engines.notify import actions, handlers
from allmende.engines.notify.builders import by_letter, thing
from allmende.engines.notify.models import Errand, Notice
from allmende.engines.notify.queries.contributions import contributions_of
from allmende.engines.search.builders import put_thing
from allmende.engines.trace import interface as trace
from allmende.engines.trace.builders import put_edge

NOW = timezone.now()


def brought_in(person, title, **changes):
    """A thing that is this person's contribution."""
    ref = thing(person, title=title, **changes)
    with transaction.atomic():
        actions.issue_receipt(ref, person.pk, NOW)
    return ref


def link(source, target):
    """Staff link the two, and whoever it concerns is told."""
    edge = trace.link_things(
        actor=people.actor(people.moderator()), source=source, target=target, reason="Gleiches Anliegen.", at=NOW
    )
    handlers.tell(Stored.of(Event.objects.filter(name="trace.edge_linked").latest("sequence")))
    return edge


@pytest.fixture
def way(db):
    """Two people's ideas that led to a theme, which is about to lead to a goal."""
    first, second = people.person(), by_letter()
    ideas = brought_in(first, "Bänke am Fluss"), brought_in(second, "Sitzplätze für Ältere")
    theme, goal = thing(title="Ausruhen in der Stadt"), thing(title="Ziel 3: Orte zum Bleiben")
    for idea in ideas:
        put_edge(idea, theme, happened_at=NOW - timedelta(days=9))
    return first, second, ideas, theme, goal


def test_authors_hear_of_every_further_step_by_their_own_way_without_following(way):
    first, second, ideas, theme, goal = way
    link(theme, goal)
    told = {row.person_id: row for row in Notice.objects.all()}
    assert set(told) == {first.pk, second.pk}
    notice = told[first.pk]
    assert notice.subject("de") == "„Ausruhen in der Stadt“ ist jetzt Teil von „Ziel 3: Orte zum Bleiben“"
    assert notice.body("de") == "Ihr Beitrag „Bänke am Fluss“ gehört dazu. Die Begründung: Gleiches Anliegen."
    assert notice.body("en").startswith("Your contribution “Bänke am Fluss” is part of it.")
    assert (notice.because, notice.via) == (Notice.Because.OWN, str(ideas[0]))
    assert "Sitzplätze für Ältere" in Errand.objects.get(person=second).body


def test_nobody_is_told_twice_of_one_link(way):
    first, _second, ideas, theme, goal = way
    actions.follow(actor=people.actor(first), ref=ideas[0], at=NOW)
    actions.follow(actor=people.actor(first), ref=goal, at=NOW)
    third = brought_in(first, "Schatten")
    put_edge(third, theme, happened_at=NOW)
    link(theme, goal)
    handlers.tell(Stored.of(Event.objects.filter(name="trace.edge_linked").latest("sequence")))
    link(theme, goal)  # the same link again is the same link
    assert Notice.objects.filter(person=first).count() == 1


def test_followers_of_what_led_there_hear_too_and_the_author_of_the_link_itself_without_further_words(way):
    first, _second, ideas, theme, goal = way
    reader = people.person()
    actions.follow(actor=people.actor(reader), ref=ideas[1], at=NOW)
    link(theme, goal)
    assert Notice.objects.get(person=reader).because == Notice.Because.FOLLOWED
    link(ideas[0], goal)
    assert Notice.objects.filter(person=first).latest("id").body("de") == "Die Begründung: Gleiches Anliegen."


def test_a_link_taken_back_is_told_to_the_same_people(way):
    first, second, _ideas, theme, goal = way
    edge = link(theme, goal)
    trace.retract_edge(actor=people.actor(people.moderator()), edge_id=edge.id, reason="Irrtum.", at=NOW)
    handlers.tell(Stored.of(Event.objects.get(name="trace.edge_retracted")))
    last = Notice.objects.filter(person__in=[first, second]).order_by("-id")[:2]
    assert {row.person_id for row in last} == {first.pk, second.pk}
    assert all("gehört doch nicht zu" in row.subject("de") for row in last)


def test_many_authors_take_few_queries(db, django_assert_max_num_queries):
    theme, goal = thing(title="Thema"), thing(title="Ziel")
    for _ in range(30):
        put_edge(brought_in(people.person(), "Idee"), theme, happened_at=NOW)
    trace.link_things(actor=people.actor(people.moderator()), source=theme, target=goal, reason="So.", at=NOW)
    event = Stored.of(Event.objects.filter(name="trace.edge_linked").latest("sequence"))
    with django_assert_max_num_queries(30 + 35):  # each thing's own room is asked once whether everybody may see it
        handlers.tell(event)
    assert Notice.objects.count() == 30


def test_the_page_shows_each_with_its_way_and_only_to_whoever_it_is_of(way):
    first, _second, _ideas, theme, goal = way
    hidden = brought_in(first, "Noch in Prüfung", visibility="hidden")
    link(theme, goal)
    browser = people.login(Client(), first)
    page = browser.get("/mitteilungen/beitraege/").content.decode()
    for words in ("Bänke am Fluss", "Ausruhen in der Stadt", "Ziel 3: Orte zum Bleiben", "Der ganze Weg"):
        assert words in page
    assert "Sitzplätze für Ältere" not in page
    assert "nicht öffentlich" in page
    own = next(row for row in contributions_of(people.actor(first).viewer, NOW) if row.receipt.ref == hidden)
    address = f"/mitteilungen/beitraege/{own.receipt.id}/"
    assert address in page
    assert "Noch in Prüfung" in browser.get(address).content.decode()
    assert people.login(Client(), people.person()).get(address).status_code == 404
    assert Client().get(address).status_code != 200
    assert Client().get("/mitteilungen/beitraege/").status_code != 200


def test_a_long_list_comes_in_parts_and_takes_few_queries(db, django_assert_max_num_queries):
    person, browser = people.person(), Client()
    for number in range(23):
        brought_in(person, f"Idee {number:02}")
    people.login(browser, person)
    with django_assert_max_num_queries(15):
        page = browser.get("/mitteilungen/beitraege/").content.decode()
    assert page.index("Idee 22") < page.index("Idee 13")
    assert "Idee 12" not in page
    viewer = people.actor(person).viewer
    last = contributions_of(viewer, NOW, limit=10)[-1].receipt.id
    more = browser.get(f"/mitteilungen/beitraege/?after={last}", headers={"HX-Request": "true"}).content.decode()
    assert "Idee 12" in more
    assert "<html" not in more


def test_whoever_brought_nothing_in_reads_what_will_be_there(db):
    page = people.login(Client(), people.person()).get("/mitteilungen/beitraege/").content.decode()
    assert "Noch nichts von Ihnen" in page


def test_the_list_of_what_one_follows_leads_there_and_ends_it(db, django_assert_max_num_queries):
    person = people.person()
    browser = people.login(Client(), person)
    assert "Sie folgen noch nichts" in browser.get("/mitteilungen/folgen/").content.decode()
    things = [thing(title=f"Ding {number:02}") for number in range(33)]
    for ref in things:
        actions.follow(actor=people.actor(person), ref=ref, at=NOW)
    with django_assert_max_num_queries(15):
        page = browser.get("/mitteilungen/folgen/").content.decode()
    assert page.index("Ding 32") < page.index("Ding 03")
    assert "Ding 02" not in page
    browser.post(f"/folgen/example/thing/{things[32].id}/", {"action": "unfollow", "next": "/mitteilungen/folgen/"})
    page = browser.get("/mitteilungen/folgen/").content.decode()
    assert "Ding 32" not in page
    assert "Ding 02" in page
    put_thing("Ding 31", id_=things[31].id, visibility="hidden")
    page = browser.get("/mitteilungen/folgen/").content.decode()
    assert "Ding 31" not in page
    assert "Das gibt es nicht mehr" in page
    assert Client().get("/mitteilungen/folgen/").status_code != 200
