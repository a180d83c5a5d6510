"""What the council decides on a contest, in a part of its paper, leads to the form for the places and to the Trace."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.council import builders as council
from allmende.capabilities.participation import actions, builders, tasks
from allmende.capabilities.participation.models import Contest, Entry
from allmende.core.actor import Viewer
from allmende.engines.trace.interface import Edge, trace_of

DAY = timedelta(days=1)


@pytest.fixture
def contest(db):
    """Over, with three entries that everybody can read; the council's turn."""
    now, editor = timezone.now(), people.actor(people.editor())
    project = actions.create_project(
        actor=editor,
        group_id=builders.group().pk,
        blueprint="contest",
        data=actions.ProjectData(title={"de": "Wettbewerb", "en": "Contest"}, contract=builders.CONTRACT),
        opens_at=now - 60 * DAY,
        closes_at=now - 40 * DAY,
        at=now - 60 * DAY,
    )
    made = Contest.objects.select_related("store").get(store__module__project=project)
    for _ in range(3):
        at = now - 45 * DAY
        idea = builders.idea(made.store, at=at, entry=actions.EntryData(entrant="everybody"))
        actions.release_idea(actor=people.actor(people.moderator("participation")), object_id=idea.pk, at=at)
    tasks.note_periods(now - 40 * DAY + timedelta(minutes=1))
    made.refresh_from_db()
    return made


def path(contest, rest):
    return f"/mitmachen/wettbewerbe/{contest.store.number}/{rest}/"


def test_the_form_for_the_places_begins_with_the_councils_decision_and_the_result_leads_back_to_it(contest, deliver):
    entries = list(Entry.objects.order_by("idea__number"))
    deliver()
    made = council.council()
    whole, one = council.parts(
        made.paper, ("Wer die Preise bekommt", str(contest.store.ref)), ("Der Anhänger", str(entries[0].idea.ref))
    )
    deliver()
    office = people.login(Client(), people.clerk("umwelt"))
    assert "Das hat der Stadtrat entschieden" not in office.get(path(contest, "plaetze")).content.decode()
    council.decide(whole, "accepted", days_ago=2)
    council.decide(one, "accepted", days_ago=2)
    deliver()
    for rest in ("fuehren", "plaetze"):
        shown = office.get(path(contest, rest)).content.decode()
        assert "Das hat der Stadtrat entschieden" in shown
        assert f'href="{made.paper.path}#teil-{whole.number}"' in shown
    assert "Wer die Preise bekommt (Teil einer Vorlage · angenommen)" in shown
    assert f'{made.paper.path}"' in shown
    sent = {f"place_{entry.pk}": place for place, entry in enumerate(entries, start=1)}
    sent |= {"decision": "Wie beschlossen.", "decision_url": "", "reason": "Nach Beratung."}
    assert office.post(path(contest, "plaetze"), sent).status_code == 302
    deliver()
    result = Client().get(path(contest, "ergebnis")).content.decode()
    assert "Wer die Preise bekommt" in result
    back = trace_of(contest.placing_ref, Viewer(), timezone.now())
    assert {whole.ref, one.ref, made.paper.ref} <= {station.entry.ref for station in back.origins if station.entry}


def test_what_was_put_off_or_taken_back_leads_nowhere(contest, deliver):
    deliver()
    (part,) = council.parts(council.council().paper, ("Wer die Preise bekommt", str(contest.store.ref)))
    council.decide(part, "postponed")
    deliver()
    edges = Edge.objects.filter(target_id=contest.pk, retracted_at=None)
    assert not edges.exists()
    council.decide(part, "rejected")
    council.decide(part, "rejected")
    deliver()
    assert edges.count() == 1
    council.decide(part, "")
    deliver()
    assert not edges.exists()


def test_a_contest_whose_entries_nobody_sees_yet_is_not_offered(contest, deliver):
    Contest.objects.update(published_at=None)
    made = council.council()
    deliver()
    office = people.login(Client(), people.with_role(people.Role.COUNCIL_OFFICE))
    council.parts(made.paper, ("Etwas", ""))
    shown = office.get(f"{made.paper.path}teile/").content.decode()
    assert str(contest.store.pk) not in shown
