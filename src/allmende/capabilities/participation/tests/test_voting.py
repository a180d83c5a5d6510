"""Votes as people see them: the paper behind its gate, the closing second, letters."""

import io
import json
import re
import zipfile
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.models import OutgoingMail
from allmende.capabilities.participation import actions, builders
from allmende.capabilities.participation.models import Poll
from allmende.core.errors import Invalid, NotAllowed
from allmende.engines.ballots.interface import voting
from allmende.engines.ballots.models import CastBallot, CountedBallot, VotingCode

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


def token_in(mail):
    return unquote(re.search(r"\?zugang=(\S+)", mail.body)[1])


class TestOpening:
    def test_what_stands_on_the_paper_is_what_an_office_found_feasible(self, editor):
        project = budget_project(editor)
        module = checked(editor, project)
        actions.check_proposal(
            actor=people.actor(editor),
            module_id=module.pk,
            data=actions.ProposalData(title="Seilbahn", is_feasible=False, reason="Zu teuer."),
            at=NOW,
        )
        made = actions.open_poll(
            actor=people.actor(editor),
            module_id=module.pk,
            data=actions.PollData(title={"de": "Wofür?"}, way="budget", budget=1000_00),
            at=NOW,
        )
        vote = voting.vote(made.vote_id)
        assert [(one.title, one.cost) for one in vote.options.all()] == list(PROPOSALS)
        assert vote.closes_at == module.phases.get(kind="vote").ends_at
        assert vote.gate == "account"

    def test_only_the_office_the_editors_and_the_lead_open_one(self, editor):
        module = checked(editor, budget_project(editor))
        data = actions.PollData(title={"de": "Wofür?"}, way="budget", budget=1000_00)
        for person in (people.person(), people.moderator(), people.clerk("elsewhere")):
            with pytest.raises(NotAllowed):
                actions.open_poll(actor=people.actor(person), module_id=module.pk, data=data, at=NOW)
        assert actions.open_poll(actor=people.actor(people.clerk("umwelt")), module_id=module.pk, data=data, at=NOW)

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"title": {}}, "title"),
            ({"budget": 0}, "budget"),
            ({"budget": 800_00}, "budget"),  # less than the dearest proposal
            ({"way": "points"}, "most_points"),
            ({"gate": "guest"}, "gate"),  # the phase invites accounts
            ({"rule": "stv"}, "rule"),
            ({"paper_until": NOW}, "paper_until"),
        ],
    )
    def test_what_could_not_be_counted_fairly_is_refused_with_its_field(self, editor, fields, wrong):
        with pytest.raises(Invalid) as refused:
            poll(editor, **fields)
        assert wrong in refused.value.fields
        assert not Poll.objects.exists()

    def test_without_a_phase_there_is_nothing_to_open(self, editor):
        module = checked(editor, budget_project(editor))
        with pytest.raises(Invalid):
            actions.open_poll(
                actor=people.actor(editor),
                module_id=module.pk,
                data=actions.PollData(title={"de": "Wofür?"}, way="budget", budget=1000_00),
                at=NOW + 90 * DAY,
            )

    def test_ideas_and_entries_are_put_to_the_vote_without_more_ado(self, editor):
        store = builders.store(opens_at=NOW - 9 * DAY, closes_at=NOW + DAY)
        ideas = [builders.published(store) for _ in range(3)]
        module = store.module
        actions.save_phases(
            actor=people.actor(editor),
            project_id=module.project_id,
            wanted=[actions.PhaseData(module.pk, "vote", NOW + DAY, NOW + 5 * DAY, "account")],
            at=NOW,
        )
        made = actions.open_poll(
            actor=people.actor(editor), module_id=module.pk, data=actions.PollData(title={"de": "Welche?"}), at=NOW
        )
        vote = voting.vote(made.vote_id)
        assert [one.thing for one in vote.options.all()] == [str(idea.ref) for idea in ideas]
        assert vote.opens_at == NOW + DAY

    def test_the_form_folds_away_what_only_experts_change(self, editor):
        project = budget_project(editor)
        checked(editor, project)
        url = f"/mitmachen/projekte/{project.number}/abstimmung/neu/"
        browser = client(editor)
        page = browser.get(url)
        assert page.status_code == 200
        folded = page.content.decode().partition('<details class="disclose"')[2].partition("</details>")[0]
        assert {"id_rule", "id_gate", "id_tie", "id_completion", "id_has_receipts"} <= set(
            re.findall(r'id="(\w+)"', folded)
        )
        values = {"title": "Wofür?", "way": "budget", "budget": "1.000", "gate": "account", "completion": "add1u"}
        assert browser.post(url, values).status_code == 422  # not sure yet
        answer = browser.post(url, {**values, "sure": "on"})
        assert answer.status_code == 302
        assert voting.vote(Poll.objects.get().vote_id).budget == 1000_00


class TestThePaper:
    def test_one_votes_changes_it_and_sees_what_one_chose(self, editor):
        made = poll(editor)
        browser = client(people.person())
        page = browser.get(address(made, "stimmzettel/")).content.decode()
        assert "Wie geheim ist das?" in page
        assert "Schlüssel" in page
        answer = paper(made, browser, choices=["0", "1"])
        assert answer.status_code == 200
        assert "Danke für Ihre Stimme" in answer.content.decode()
        again = browser.get(address(made, "stimmzettel/")).content.decode()
        assert "Sie haben schon abgestimmt" in again
        assert len(re.findall(r'name="choices"[^>]* checked', again)) == 2
        assert "geändert" in paper(made, browser, choices=["2"]).content.decode()
        assert [row.choices for row in CastBallot.objects.all()] == [[[2, 0]]]

    def test_overspending_is_said_in_euros_and_keeps_everything(self, editor):
        made = poll(editor)
        browser = client(people.person())
        answer = paper(made, browser, choices=["1", "2"])
        said = answer.content.decode()
        assert answer.status_code == 422
        assert "Ihre Auswahl kostet 1.400 €. Das sind 400 € mehr als das Budget." in said
        assert len(re.findall(r'name="choices"[^>]* checked', said)) == 2
        assert not CastBallot.objects.exists()

    def test_points_are_counted_and_too_many_are_named(self, editor):
        made = poll(editor, way="points", most_points=5)
        browser = client(people.person())
        answer = paper(made, browser, points_0="4", points_2="3")
        assert answer.status_code == 422
        assert "Sie haben 7 Punkte vergeben und haben 5. Bitte nehmen Sie 2 zurück." in answer.content.decode()
        assert 'value="4"' in answer.content.decode()
        assert paper(made, browser, points_0="-1").status_code == 422
        assert paper(made, browser, points_0="viele").status_code == 422
        assert paper(made, browser, points_0="2", points_2="3").status_code == 200
        assert CastBallot.objects.get().choices == [[0, 2], [2, 3]]

    def test_who_only_forgot_to_choose_is_asked_and_may_abstain(self, editor):
        made = poll(editor, way="agree")
        browser = client(people.person())
        answer = paper(made, browser)
        assert answer.status_code == 422
        assert "Ich enthalte mich" in answer.content.decode()
        assert paper(made, browser, abstain="on").status_code == 200
        assert CastBallot.objects.get().choices == []

    def test_sent_twice_it_counts_once(self, editor):
        made = poll(editor)
        browser = client(people.person())
        once = {"_once": "a" * 32, "choices": ["0"]}
        assert paper(made, browser, **once).status_code == 200
        assert paper(made, browser, **once).status_code == 200
        assert paper(made, browser, **{**once, "choices": ["1"]}).status_code == 200  # back, and changed
        assert [row.choices for row in CastBallot.objects.all()] == [[[1, 0]]]

    def test_in_the_closing_second_it_is_said_clearly_and_nothing_is_lost(self, editor):
        made = poll(editor)
        browser = client(people.person())
        past_the_end(made)
        answer = paper(made, browser, choices=["0", "1"])
        said = answer.content.decode()
        assert answer.status_code == 422
        assert "Die Abstimmung ist beendet. Ihre Stimme konnte nicht mehr gezählt werden." in said
        assert len(re.findall(r'name="choices"[^>]* checked', said)) == 2
        close(made)
        assert paper(made, browser, choices=["0"]).status_code == 422
        assert CountedBallot.objects.count() == 0
        assert browser.get(address(made, "stimmzettel/")).status_code == 302

    def test_a_confirmation_says_that_one_voted_and_not_how(self, editor):
        made = poll(editor)
        person = people.person()
        paper(made, client(person), choices=["0"], confirm="1")
        mail = OutgoingMail.objects.get()
        assert mail.to == person.email
        assert not [title for title, _cost in PROPOSALS if title in mail.subject + mail.body]
        paper(made, client(people.person()), choices=["0"])
        assert OutgoingMail.objects.count() == 1

    def test_a_receipt_is_shown_once_and_found_in_the_public_list(self, editor):
        made = poll(editor, has_receipts=True)
        said = paper(made, client(people.person()), choices=["0"]).content.decode()
        receipt = CastBallot.objects.get().receipt
        assert receipt in said
        assert client().get(address(made, "stimmen/")).status_code == 404
        close(made)
        found = client().get(address(made, "stimmen/"), {"beleg": receipt.lower()}).content.decode()
        assert receipt in found
        assert "Bänke" in found
        plain = poll(editor)
        close(plain)
        assert client().get(address(plain, "stimmen/")).status_code == 404


class TestGates:
    def test_a_visitor_learns_who_votes_and_signs_in(self, editor):
        made = poll(editor)
        page = client().get(address(made, "stimmzettel/"))
        assert page.status_code == 200
        assert "next=" in page.content.decode()
        assert 'name="choices"' not in page.content.decode()
        paper(made, client(), choices=["0"])
        assert not CastBallot.objects.exists()

    def test_who_is_not_verified_learns_how_and_cannot_vote(self, editor):
        made = poll(editor, audience="verified")
        browser = client(people.person())
        assert "Wohnort ist noch nicht bestätigt" in browser.get(address(made, "stimmzettel/")).content.decode()
        paper(made, browser, choices=["0"])
        assert not CastBallot.objects.exists()

    def test_a_guest_votes_with_a_link_and_once(self, editor):
        made = poll(editor, audience="everyone")
        browser = client()
        answer = browser.post(address(made, "stimmzettel/"), {"email": "Nachbarin+a@example.org"})
        assert "Link" in answer.content.decode()
        link = token_in(OutgoingMail.objects.get())
        page = browser.get(address(made, "stimmzettel/"), {"zugang": link})
        assert 'name="choices"' in page.content.decode()
        assert paper(made, browser, zugang=link, choices=["0"]).status_code == 200
        browser.post(address(made, "stimmzettel/"), {"email": "nachbarin@example.org"})
        other = token_in(OutgoingMail.objects.order_by("-pk")[0])
        assert paper(made, client(), zugang=other, choices=["1"]).status_code == 200
        assert [row.choices for row in CastBallot.objects.all()] == [[[1, 0]]]
        # With an account of the same address it is still the same voter.
        person = people.person(email="nachbarin@example.org")
        assert paper(made, client(person), choices=["2"]).status_code == 200
        assert [row.choices for row in CastBallot.objects.all()] == [[[2, 0]]]
        stored = json.dumps([list(map(str, row)) for row in CastBallot.objects.values_list()])
        assert "nachbarin" not in stored.lower()

    @pytest.mark.parametrize("token", ["", "erfunden", "YQ:1abc:xyz"])
    def test_a_made_up_link_opens_nothing(self, editor, token):
        made = poll(editor, audience="everyone")
        page = client().get(address(made, "stimmzettel/"), {"zugang": token})
        assert 'name="choices"' not in page.content.decode()
        assert paper(made, client(), zugang=token, choices=["0"]).status_code == 422
        assert not CastBallot.objects.exists()

    def test_a_link_belongs_to_one_vote(self, editor):
        first, second = poll(editor, audience="everyone"), poll(editor, audience="everyone")
        client().post(address(first, "stimmzettel/"), {"email": "a@example.org"})
        link = token_in(OutgoingMail.objects.get())
        paper(second, client(), zugang=link, choices=["0"])
        assert not CastBallot.objects.exists()

    def test_codes_come_once_in_a_file_and_each_is_one_vote(self, editor):
        made = poll(editor, gate="code")
        answer = client(editor).post(address(made, "briefe/"), {"number": "2", "_once": "b" * 32})
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.read("briefe.pdf").startswith(b"%PDF")
            rows = archive.read("codes.csv").decode("utf-8-sig").splitlines()[1:]
        assert client(editor).post(address(made, "briefe/"), {"number": "2", "_once": "b" * 32}).status_code == 422
        assert VotingCode.objects.count() == 2
        code = rows[0].partition(";")[0]
        browser = client()
        wrong = browser.post(address(made, "stimmzettel/"), {"code": "AAAA-AAAA-AAAA"})
        assert wrong.status_code == 422
        assert "Diesen Code gibt es nicht" in wrong.content.decode()
        assert 'name="choices"' in browser.post(address(made, "stimmzettel/"), {"code": code}).content.decode()
        assert paper(made, browser, code=code, choices=["0"]).status_code == 200
        assert paper(made, browser, code=code.lower(), choices=["1"]).status_code == 200
        assert CastBallot.objects.count() == 1
        assert client(people.moderator()).post(address(made, "briefe/"), {"number": "2"}).status_code == 403
