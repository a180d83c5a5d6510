"""Papers that are entered, what a counted vote says, proposals with their checks; and what races must not break."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Conflict
from allmende.engines.ballots.interface import count, read_pb, voting
from allmende.engines.ballots.models import CastBallot
from allmende.engines.notify.models import Notice

NOW = timezone.now()
DAY = timedelta(days=1)
budget_project, checked, poll, close = builders.budget_project, builders.checked, builders.poll, builders.count_votes
PROPOSALS = builders.PROPOSALS


@pytest.fixture
def editor(db):
    return people.editor()


def client(person=None):
    made = Client(headers={"host": "localhost"})
    if person is not None:
        made.force_login(person)
    return made


def address(made, rest=""):
    return f"/mitmachen/abstimmungen/{made.number}/{rest}"


def paper(made, browser, **values):
    return browser.post(address(made, "stimmzettel/"), {"cast": "1", **values})


def past_the_end(made):
    """As if the clock had moved on: the vote has ended, and nobody has counted yet."""
    voting.Vote.objects.filter(pk=made.vote_id).update(opens_at=NOW - 9 * DAY, closes_at=NOW - timedelta(seconds=1))


class TestPaper:
    def test_papers_take_the_same_path_and_each_number_counts_once(self, editor):
        made = poll(editor)
        clerk = client(people.clerk("umwelt"))
        assert clerk.post(address(made, "zettel/"), {"paper": "17", "choices": ["0"]}).status_code == 302
        again = clerk.post(address(made, "zettel/"), {"paper": " 17 ", "choices": ["1"]})
        assert again.status_code == 422
        assert "Dieser Zettel zählt nicht noch einmal" in again.content.decode()
        assert clerk.post(address(made, "zettel/"), {"choices": ["1"]}).status_code == 422
        over = clerk.post(address(made, "zettel/"), {"paper": "18", "choices": ["1", "2"]})
        assert over.status_code == 422
        assert [(row.choices, row.channel) for row in CastBallot.objects.all()] == [([[0, 0]], "paper")]
        assert client(people.person()).post(address(made, "zettel/"), {"paper": "3"}).status_code == 403
        paper(made, client(people.person()), choices=["0"])
        assert close(made).channels == {"paper": 1, "web": 1}

    def test_online_nobody_takes_the_place_of_a_paper_and_the_other_way_round(self, editor):
        made = poll(editor, gate="code")
        first, second = voting.make_codes(actor=people.actor(editor), vote_id=made.vote_id, number=2, at=NOW)
        clerk = people.actor(people.clerk("umwelt")).via(Channel.PAPER)
        voting.cast_ballot(actor=clerk, vote_id=made.vote_id, choices=[(0, 0)], at=NOW, code=first)
        answer = paper(made, client(), code=first, choices=["1"])
        assert answer.status_code == 422
        assert "auf Papier eingegangen" in answer.content.decode()
        voting.cast_ballot(actor=Actor(), vote_id=made.vote_id, choices=[(1, 0)], at=NOW, code=second)
        with pytest.raises(Conflict):
            voting.cast_ballot(actor=clerk, vote_id=made.vote_id, choices=[(0, 0)], at=NOW, code=second)
        assert sorted(row.choices[0][0] for row in CastBallot.objects.all()) == [0, 1]

    def test_papers_that_came_in_time_are_entered_until_the_count(self, editor):
        made = poll(editor, paper_until=NOW + 40 * DAY)
        past_the_end(made)
        assert paper(made, client(people.person()), choices=["0"]).status_code == 422
        clerk = client(people.clerk("umwelt"))
        assert clerk.post(address(made, "zettel/"), {"paper": "1", "choices": ["0"]}).status_code == 302
        assert close(made).result["ballots"] == 1
        assert clerk.post(address(made, "zettel/"), {"paper": "2", "choices": ["0"]}).status_code == 422

    def test_the_paper_to_print_is_for_everybody(self, editor):
        made = poll(editor)
        answer = client().get(address(made, "stimmzettel.pdf"))
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")


class TestResult:
    def test_winners_figures_protocol_and_files_say_the_same(self, editor):
        made = poll(editor, rule="equal-shares", eligible=200)
        for choices in (["0", "1"], ["0", "1"], ["2"]):
            paper(made, client(people.person()), choices=choices)
        page = client().get(address(made)).content.decode()
        assert "Das hat gewonnen" not in page
        for name in ("ergebnis.pdf", "ergebnis.json", "stimmen.pb"):
            assert client().get(address(made, name)).status_code == 404
        close(made)
        page = client().get(address(made)).content.decode()
        assert "2 von 3 Vorschlägen haben gewonnen. Zusammen kosten sie 800 € von 1.000 €." in page
        assert "3 Menschen haben abgestimmt." in page
        assert "1,5 Prozent" in page
        assert "„Bänke“ kommt dazu." in page
        assert "allmende ballots count" in page
        english = client().get(f"/en{address(made)}").content.decode()
        assert "is taken" in english
        assert '“<span lang="de">Bänke</span>”' in english
        again = count(read_pb(client().get(address(made, "stimmen.pb")).content), "equal-shares")
        data = json.loads(client().get(address(made, "ergebnis.json")).content)
        assert again.winner_ids == data["result"]["winners"] == ["1", "2"]
        for language in ("", "/en"):
            assert client().get(f"{language}{address(made, 'ergebnis.pdf')}").content.startswith(b"%PDF")

    def test_who_follows_and_whose_idea_won_is_told(self, editor, deliver):
        project = budget_project(editor)
        store = project.modules.get(kind="ideas").store
        author = people.person()
        idea = actions.submit_idea(
            actor=people.actor(author), store_id=store.pk, title="Eine Bank", body="Zum Sitzen.", language="de",
            guest=None, at=NOW - 40 * DAY,
        )  # fmt: skip
        actions.release_idea(
            actor=people.actor(people.moderator("participation")), object_id=idea.pk, at=NOW - 39 * DAY
        )
        module = project.modules.get(kind="budget")
        data = actions.ProposalData(title="Eine Bank", cost=300_00)
        actions.check_proposal(actor=people.actor(editor), module_id=module.pk, idea_id=idea.pk, data=data, at=NOW)
        checked(editor, project)
        made = actions.open_poll(
            actor=people.actor(editor),
            module_id=module.pk,
            data=actions.PollData(title={"de": "Wofür?"}, way="budget", budget=1000_00),
            at=NOW,
        )
        paper(made, client(people.person()), choices=["0"])
        close(made)
        deliver()
        said = str(list(Notice.objects.filter(person_id=author.pk).values()))
        assert "Ihre Idee hat gewonnen" in said
        assert "Eine Bank" in client().get(address(made)).content.decode().partition('class="trace')[2]
        assert "Ihr Vorschlag ist geprüft" in said

    def test_the_project_leads_to_its_vote(self, editor):
        made = poll(editor)
        page = client().get(f"/mitmachen/projekte/{made.module.project.number}/").content.decode()
        assert address(made) in page
        assert "Abstimmung läuft" in page


class TestProposals:
    def test_the_list_says_cost_state_and_reason(self, editor):
        project = budget_project(editor)
        store = project.modules.get(kind="ideas").store
        idea = actions.submit_idea(
            actor=Actor(), store_id=store.pk, title="Ein Brunnen", body="Wasser.", language="de",
            guest={"contact_kind": "none"}, at=NOW - 40 * DAY,
        )  # fmt: skip
        actions.release_idea(
            actor=people.actor(people.moderator("participation")), object_id=idea.pk, at=NOW - 39 * DAY
        )
        url = f"/mitmachen/projekte/{project.number}/vorschlaege/"
        assert "wird geprüft" in client().get(url).content.decode()
        check = f"{url}idee-{idea.number}/"
        assert client(people.person()).get(check).status_code == 403
        office = client(people.clerk("umwelt"))
        assert office.post(check, {"title": "Brunnen", "is_feasible": "yes"}).status_code == 422
        assert office.post(check, {"title": "Brunnen", "is_feasible": "no"}).status_code == 422
        assert office.post(check, {"title": "Brunnen", "is_feasible": "yes", "cost": "12.500,50"}).status_code == 302
        assert "12.500,50 €" in client().get(url).content.decode()
        proposal = project.modules.get(kind="budget").proposals.get()
        edit = f"{url}{proposal.number}/"
        assert office.post(
            edit, {"title": "Brunnen", "is_feasible": "no", "reason": "Dort liegt eine Leitung."}
        ).status_code == 302  # fmt: skip
        for view in ("", "?ansicht=tabelle"):
            assert "nicht machbar" in client().get(url + view).content.decode()
        assert "Dort liegt eine Leitung." in client().get(url).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_and_its_job_share_no_transaction_with_the_ballot():
    """Rows of one transaction share their number: a mail written with the ballot would say whose it is."""
    editor = people.editor()
    made = poll(editor)
    for place in ("0", "1", "2"):
        paper(made, client(people.person()), choices=[place], confirm="1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM ballots_castballot")
        ballots = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT xmin::text FROM accounts_outgoingmail")
        others = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT xmin::text FROM procrastinate_jobs WHERE args ? 'mail_id'")
        others += [row[0] for row in cursor.fetchall()]
    assert len(ballots) == 3
    assert len(others) == 6
    assert not ballots & set(others)


@pytest.mark.django_db(transaction=True)
def test_the_same_code_online_and_on_paper_at_one_instant_counts_once():
    editor = people.editor()
    made = poll(editor, gate="code")
    codes = voting.make_codes(actor=people.actor(editor), vote_id=made.vote_id, number=6, at=NOW)
    clerk = people.actor(people.clerk("umwelt")).via(Channel.PAPER)
    barrier, accepted, refused, broken = threading.Barrier(12), [], [], []

    def run(actor, code):
        try:
            barrier.wait(timeout=120)
            accepted.append(
                voting.cast_ballot(actor=actor, vote_id=made.vote_id, choices=[(0, 0)], at=NOW, code=code).pk
            )
        except Conflict:
            refused.append(code)
        except Exception as error:  # noqa: BLE001 - told by the test
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(actor, code)) for code in codes for actor in (Actor(), clerk)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broken
    assert sorted(refused) == sorted(codes)  # of each two, one was the first
    assert close(made).result["ballots"] == len(accepted) == 6


def test_pages_of_a_vote_ask_at_most_fifteen_times_however_much_stands_on_the_paper(
    editor, django_assert_max_num_queries
):
    store = builders.store(opens_at=NOW - 9 * DAY, closes_at=NOW + DAY)
    for _ in range(20):
        builders.published(store)
    actions.save_phases(
        actor=people.actor(editor),
        project_id=store.module.project_id,
        wanted=[actions.PhaseData(store.module.pk, "vote", NOW - DAY, NOW + 5 * DAY, "account")],
        at=NOW,
    )
    data = actions.PollData(title={"de": "Welche?"})
    made = actions.open_poll(actor=people.actor(editor), module_id=store.module.pk, data=data, at=NOW)
    browser = client(people.person())
    paper(made, browser, choices=["0"])
    for rest in ("", "stimmzettel/"):
        with django_assert_max_num_queries(15):
            assert browser.get(address(made, rest)).status_code == 200
    close(made)
    with django_assert_max_num_queries(15):
        assert browser.get(address(made)).status_code == 200
