"""Whoever brought an idea in hears what the council decided on it, and what the city did then."""

from datetime import timedelta

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.council import actions
from allmende.capabilities.council import builders as councils
from allmende.capabilities.council.rules.tracking import TaskData
from allmende.capabilities.participation import builders as ideas
from allmende.core import city
from allmende.engines.notify.interface import Notice
from allmende.engines.trace.interface import link_things


def heard(person):
    return list(Notice.objects.filter(person=person).order_by("id").values_list("subjects__de", flat=True))


def test_the_author_of_an_idea_hears_of_the_decision_and_of_what_follows(begun_city, deliver):
    author, stranger = people.person(), people.person()
    idea = ideas.published(author=author)
    council = councils.council()
    deliver()
    link_things(
        actor=people.actor(people.clerk("umwelt")),
        source=idea.ref,
        target=council.paper.ref,
        reason="Die Vorlage nimmt die Idee auf.",
        at=timezone.now(),
    )
    deliver()
    before = len(heard(author))
    councils.take([councils.decided(council)], quiet=False)
    deliver()
    assert heard(author)[before:] == ["Ergebnis: Neue Wege am Fluss"]
    office = next(iter(city.current().departments))
    actions.assign_task(
        actor=councils.OFFICE,
        item_id=council.item.pk,
        data=TaskData("Den Weg bauen", office, timezone.localdate() + timedelta(days=20), is_public=True),
        at=timezone.now(),
    )
    deliver()
    assert heard(author)[before + 1 :] == ["Wie es nach dem Beschluss weitergeht"]
    assert not heard(stranger)
