"""A resolution paper on its way to the council: written, signed by others, brought in, and told to nobody before."""

import re
import threading
from dataclasses import replace
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.actions import drafts as drafting
from allmende.capabilities.council.models import Consultation, Draft, File, Paper, Signature
from allmende.capabilities.council.queries.drafts import next_reference, waiting_for
from allmende.capabilities.council.rules.drafts import DraftData, Way, turn
from allmende.capabilities.council.workflow import DRAFT_STATES, DRAFT_STEPS, DraftState
from allmende.core import city
from allmende.core.actor import Role
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.core.models import AuditEntry, Event
from allmende.engines.search import interface as search

pytestmark = pytest.mark.central

SECRET = "Schwanenteich"


@pytest.fixture
def council(begun_city):
    return builders.council()


def offices() -> list[str]:
    return list(city.current().departments)


def data(**changes) -> DraftData:
    first, second, third = offices()[:3]
    return replace(
        DraftData(
            f"Ein Steg am {SECRET}",
            f"Der Stadtrat beschließt einen Steg am {SECRET}.",
            "Viele möchten ans Wasser.",
            "9.000 Euro",
            first,
            is_public=True,
            in_order=False,
            signers=(second, third),
            stations=(
                Way(UUID(builders.key("committee")), "Vorberatung"),
                Way(UUID(builders.key("council")), "Entscheidung"),
            ),
        ),
        **changes,
    )


def begun(**changes) -> Draft:
    return actions.begin_draft(actor=builders.OFFICE, data=data(**changes), at=timezone.now())


def sent(**changes) -> Draft:
    one = begun(**changes)
    return actions.send_draft(actor=builders.OFFICE, number=one.number, version=one.version, at=timezone.now())


def clerk(place: int):
    return accounts.actor(accounts.clerk(offices()[place]))


def sign(one: Draft, place: int, version: int = 1, remark: str = "") -> Draft:
    return actions.sign_draft(
        actor=clerk(place), number=one.number, department=offices()[place], version=version, remark=remark,
        at=timezone.now(),
    )  # fmt: skip


def submit(one: Draft) -> Draft:
    return actions.submit_draft(actor=builders.OFFICE, number=one.number, version=one.version, at=timezone.now())


def signed(**changes) -> Draft:
    one = sent(**changes)
    sign(one, 1)
    return sign(one, 2)


def test_every_state_has_a_name_and_every_step_leads_on():
    assert set(DRAFT_STATES) == set(DraftState)
    for step in DRAFT_STEPS.values():
        assert step.target not in step.sources
        assert DraftState.SUBMITTED not in step.sources
        assert DraftState.WITHDRAWN not in step.sources


@given(st.lists(st.text(min_size=1), unique=True), st.booleans())
def test_one_after_the_other_it_is_the_first_who_signs(waiting, in_order):
    found = turn(waiting, in_order=in_order)
    assert list(found) == (waiting[:1] if in_order else waiting)


@given(st.lists(st.integers(1, 900)), st.booleans())
def test_the_next_number_is_one_more_and_tells_nothing_of_what_is_closed(numbers, is_public):
    taken = [f"{number:03}/2026" for number in numbers] + [f"N {number:03}/2026" for number in (7, 950)]
    expected = max(numbers, default=0) + 1 if is_public else 951
    assert next_reference(2026, is_public=is_public, taken=taken) == f"{'' if is_public else 'N '}{expected:03}/2026"


def test_from_draft_to_paper(council, deliver):
    one = signed()
    assert one.state == DraftState.SIGNED
    one = submit(one)
    deliver()
    paper = one.paper
    assert paper is not None
    assert paper.public
    assert re.fullmatch(r"\d{3}/\d{4}", paper.reference)
    way = Consultation.objects.filter(paper=paper).order_by("created", "id")
    assert [(row.role, row.authoritative) for row in way] == [("Vorberatung", False), ("Entscheidung", True)]
    shown = Client().get(paper.path).content.decode()
    assert paper.reference in shown
    assert "Ausschuss für Wege" in shown
    file = File.objects.get(paper=paper)
    assert file.mime_type == "application/pdf"
    assert f"einen Steg am {SECRET}" in file.text
    kept = re.search(r'href="([^"]+\.pdf)"', shown)
    assert kept
    assert Client().get(kept[1])["Content-Type"] == "application/pdf"
    assert file.size is not None
    assert file.size > 5000
    told = {"begin_draft", "send_draft", "sign_draft", "submit_draft"}
    assert told <= {one.removeprefix("council.") for one in AuditEntry.objects.values_list("action", flat=True)}
    second = submit(signed(title="Noch ein Steg"))
    assert int(second.paper.reference[:3]) == int(paper.reference[:3]) + 1


def test_a_paper_behind_closed_doors_stays_there(council, deliver):
    paper = submit(signed(is_public=False)).paper
    deliver()
    assert paper.reference.startswith("N ")
    assert Client().get(paper.path).status_code == 404
    assert Client().get(paper.oparl_path).status_code == 404
    assert not Consultation.objects.public().filter(paper=paper).exists()
    assert not File.objects.public().filter(paper=paper).exists()
    open_one = submit(signed(title="Ein anderer Steg")).paper
    assert open_one.reference.startswith("001/")


@pytest.mark.parametrize("state", ["draft", "signing", "returned", "signed"])
def test_a_draft_is_told_to_nobody(council, deliver, state):
    one = begun() if state == "draft" else sent()
    if state == "returned":
        actions.return_draft(
            actor=builders.OFFICE, number=one.number, version=1, reason=f"{SECRET}: fehlt", at=timezone.now()
        )
    if state == "signed":
        sign(one, 1)
        sign(one, 2)
    deliver()
    public = Client()
    body = builders.key("body")
    for path in (
        "/stadtrat/", "/stadtrat/vorlagen/", "/stadtrat/vorlagen/neu.rss", f"/suche/?q={SECRET}", "/neues.atom",
        f"/oparl/1.1/body/{body}/paper", f"/oparl/1.1/body/{body}/file", f"/oparl/1.1/body/{body}/consultation",
        "/stadtrat/gremien/1/",
    ):  # fmt: skip
        response = public.get(path)
        told = b"".join(response.streaming_content) if response.streaming else response.content
        assert f"am {SECRET}" not in told.decode(), path
    for path in ("", "bearbeiten/", "entwurf.pdf", "send/"):
        assert public.get(f"/stadtrat/entwuerfe/{one.number}/{path}").status_code in {302, 401}
        resident = accounts.login(Client(), accounts.person())
        assert resident.get(f"/stadtrat/entwuerfe/{one.number}/{path}").status_code == 403
    assert not Event.objects.filter(payload__icontains=SECRET).exists()
    assert not Paper.objects.filter(name__icontains=SECRET).exists()


def test_departments_see_what_is_theirs_and_what_they_are_asked_for(council):
    one = begun()
    author, asked, other = (accounts.login(Client(), accounts.clerk(slug)) for slug in (*offices()[:2], offices()[4]))
    address = f"/stadtrat/entwuerfe/{one.number}/"
    assert [who.get(address).status_code for who in (author, asked, other)] == [200, 404, 404]
    actions.send_draft(actor=builders.OFFICE, number=one.number, version=1, at=timezone.now())
    assert [who.get(address).status_code for who in (author, asked, other)] == [200, 200, 404]
    assert SECRET not in other.get("/stadtrat/entwuerfe/").content.decode()
    assert "Wartet auf Sie" in asked.get("/stadtrat/entwuerfe/").content.decode()
    assert asked.get(f"{address}bearbeiten/").status_code == 403
    assert asked.get(f"{address}submit/").status_code == 409
    assert author.get(f"{address}sign/").status_code == 403


def test_one_after_the_other_waits_for_the_first(council):
    one = sent(in_order=True)
    first, second = (accounts.clerk(slug) for slug in offices()[1:3])
    assert waiting_for(accounts.actor(first).viewer) == 1
    assert waiting_for(accounts.actor(second).viewer) == 0
    with pytest.raises(Conflict):
        sign(one, 2)
    sign(one, 1)
    assert waiting_for(accounts.actor(second).viewer) == 1
    assert sign(one, 2).state == DraftState.SIGNED
    assert waiting_for(builders.OFFICE.viewer) == 1


def test_nobody_signs_for_another_department_and_nobody_signs_twice(council):
    one = sent()
    with pytest.raises(NotAllowed):
        actions.sign_draft(actor=clerk(1), number=one.number, department=offices()[2], version=1, at=timezone.now())
    office = accounts.actor(accounts.with_role(Role.COUNCIL_OFFICE))
    with pytest.raises(NotAllowed):
        actions.sign_draft(actor=office, number=one.number, department=offices()[2], version=1, at=timezone.now())
    sign(one, 1)
    with pytest.raises(Conflict):
        sign(one, 1)
    with pytest.raises(Conflict):
        submit(one)


def test_who_refuses_says_why_and_the_author_is_asked_to_change_it(council):
    one = sent()
    sign(one, 1, remark="Gern.")
    common = {"actor": clerk(2), "number": one.number, "department": offices()[2], "version": 1, "at": timezone.now()}
    with pytest.raises(Invalid) as refused:
        actions.refuse_draft(**common, reason=" ")
    assert set(refused.value.fields) == {"reason"}
    actions.refuse_draft(**common, reason="Der Steg liegt im Schutzgebiet.")
    author = accounts.login(Client(), accounts.clerk(offices()[0]))
    shown = author.get(f"/stadtrat/entwuerfe/{one.number}/").content.decode()
    assert "Der Steg liegt im Schutzgebiet." in shown
    assert "Gern." in shown
    actions.change_draft(
        actor=clerk(0), number=one.number, version=1, data=data(reasons="Am anderen Ufer."), at=timezone.now()
    )
    again = actions.send_draft(actor=clerk(0), number=one.number, version=2, at=timezone.now())
    assert again.state == DraftState.SIGNING
    assert set(again.signatures.values_list("state", flat=True)) == {"asked"}


def test_another_text_takes_the_signatures_back_and_says_so(council):
    one = sent()
    sign(one, 1)
    author = accounts.login(Client(), accounts.clerk(offices()[0]))
    address = f"/stadtrat/entwuerfe/{one.number}/bearbeiten/"
    page = author.get(address)
    assert "werden diese Mitzeichnungen zurückgenommen" in page.content.decode()
    told = {name: value for name, value in page.context["form"].initial.items() if value not in {False, None}}
    same = author.post(address, told, follow=True)
    assert "zurückgenommen" not in same.content.decode()
    assert Draft.objects.get().state == DraftState.SIGNING
    changed = author.post(address, {**told, "costs": "Nichts"}, follow=True)
    assert "Die Mitzeichnungen sind zurückgenommen." in changed.content.decode()
    one.refresh_from_db()
    assert (one.state, one.version) == (DraftState.DRAFT, 2)
    assert not Signature.objects.exclude(state="asked").exists()
    late = author.post(address, {**told, "costs": "Etwas anderes"})
    assert late.status_code == 422
    assert "Etwas anderes" in late.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"department": "mondamt"}, "department"),
        ({"signers": ("mondamt",)}, "signer1"),
        ({"stations": (Way(UUID(int=7), "Vorberatung"),)}, "station1"),
        ({"stations": (Way(UUID(builders.key("council")), "Träumen"),)}, "role1"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(council, wrong, field):
    with pytest.raises(Invalid) as refused:
        begun(**wrong)
    assert set(refused.value.fields) == {field}
    first, second = offices()[:2]
    with pytest.raises(Invalid):
        begun(signers=(first,))
    with pytest.raises(Invalid):
        begun(signers=(second, second))


@pytest.mark.parametrize("missing", ["resolution", "reasons", "stations"])
def test_what_is_not_finished_is_given_to_nobody(council, missing):
    one = begun(**{missing: () if missing == "stations" else ""})
    with pytest.raises(Invalid):
        actions.send_draft(actor=builders.OFFICE, number=one.number, version=1, at=timezone.now())


def test_without_others_it_can_be_brought_in_at_once_and_a_withdrawn_one_never(council):
    one = sent(signers=())
    assert one.state == DraftState.SIGNED
    two = sent(signers=())
    actions.withdraw_draft(actor=clerk(0), number=two.number, version=1, at=timezone.now())
    with pytest.raises(Conflict):
        submit(two)
    with pytest.raises(NotAllowed):
        actions.submit_draft(actor=clerk(0), number=one.number, version=1, at=timezone.now())
    with pytest.raises(NotFound):
        actions.submit_draft(actor=builders.OFFICE, number=10**9, version=1, at=timezone.now())


def test_a_form_with_empty_places_says_what_is_wrong_where_it_is(council):
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    first, second = offices()[:2]
    told = {"title": "Bänke", "department": first, "signer2": second, "signer4": second}
    response = office.post("/stadtrat/entwuerfe/neu/", told)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["signer4"]
    assert office.post("/stadtrat/entwuerfe/neu/", {**told, "signer4": ""}).status_code == 302


def race(*jobs) -> tuple[list[object], list[Exception]]:
    """Runs the jobs at the same instant; returns what they gave, and what they were refused with."""
    barrier = threading.Barrier(len(jobs))
    done, refused = [], []

    def run(job):
        try:
            barrier.wait(timeout=60)
            done.append(job())
        except Exception as error:  # noqa: BLE001 - told by the test
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, refused


@pytest.mark.parametrize("protected", [False, True])
@pytest.mark.django_db(transaction=True)
def test_nobody_signs_a_text_that_changes_at_the_same_instant(monkeypatch, protected):
    """The department has read the old text, and signs while the new one is being saved."""
    call_command("start_city")
    builders.council()
    one = sent(signers=(offices()[1],))
    author, signer = clerk(0), clerk(1)
    if not protected:
        monkeypatch.setattr(drafting, "lock", lambda rows, **conditions: rows.get(**conditions))
    checked, changed = threading.Event(), threading.Event()
    original = drafting.drafts.require_version

    def require(known, now):
        original(known, now)
        if threading.current_thread().name == "signer":
            checked.set()
            changed.wait(1.5)

    monkeypatch.setattr(drafting.drafts, "require_version", require)
    at = timezone.now()

    def signs():
        threading.current_thread().name = "signer"
        return actions.sign_draft(actor=signer, number=one.number, department=offices()[1], version=1, at=at)

    def changes():
        checked.wait(60)
        new = data(signers=(offices()[1],), costs="Viel mehr")
        done = actions.change_draft(actor=author, number=one.number, version=1, data=new, at=at)
        changed.set()
        return done

    race(signs, changes)
    one.refresh_from_db()
    stands = (one.version, one.costs, one.state, one.signatures.get().state)
    as_it_should = (2, "Viel mehr", "draft", "asked")
    assert (stands == as_it_should) == protected


@pytest.mark.django_db(transaction=True)
def test_papers_brought_in_at_the_same_instant_get_their_own_numbers():
    call_command("start_city")
    builders.council()
    ready = [sent(signers=(), title=f"Steg {place}") for place in range(4)]
    done, refused = race(*(lambda one=one: submit(one) for one in ready))
    assert not refused
    assert len({one.paper.reference for one in done}) == 4
    twice = sent(signers=())
    done, refused = race(lambda: submit(twice), lambda: submit(twice))
    assert len(done) == len(refused) == 1
    assert Paper.objects.filter(name=twice.title).count() == 1


def test_search_finds_it_once_it_is_brought_in_and_not_before(council, deliver):
    one = signed()
    deliver()
    assert not search.Entry.objects.filter(titles__icontains=SECRET).exists()
    submit(one)
    deliver()
    assert search.Entry.objects.filter(titles__icontains=SECRET).exists()
