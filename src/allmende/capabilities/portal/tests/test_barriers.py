"""Reported barriers: anybody can, by every way; the office answers in time; the words are nobody else's."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.models import Person
from allmende.capabilities.portal.actions import barriers as actions
from allmende.capabilities.portal.actions.barriers.personal_data import KEPT_FOR, erase, expire, export
from allmende.capabilities.portal.builders import barriers as builders
from allmende.capabilities.portal.models import BarrierAnswer, BarrierReport
from allmende.capabilities.portal.queries import barriers as queries
from allmende.capabilities.portal.tasks.official import remind_offices
from allmende.core.actor import Actor, Channel, Viewer
from allmende.core.errors import Invalid, NotAllowed, NotFound
from allmende.core.models import Event
from allmende.engines.notify.interface import Notice, receipt_of
from allmende.engines.search.interface import entry, find

LETTER = {
    "kind": "perceive", "body": "Der Vorleser liest die Kurve nicht.", "page": "/bekanntmachungen/", "tools": "",
    "contact_kind": "letter", "postal_address": "Musterweg 1\n07545 Gera", "display_name": "Frau Linde",
}  # fmt: skip


def browser() -> Client:
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize(
    "contact",
    [
        {"contact_kind": "email", "email": "gast@example.org"},
        {"contact_kind": "letter", "postal_address": "Musterweg 1"},
        {"contact_kind": "telephone", "telephone": "030 23125 115"},
        {"contact_kind": "number"},
        {"contact_kind": "none"},
    ],
    ids=lambda contact: contact["contact_kind"],
)
def test_a_guest_reports_and_is_answered_in_the_way_they_chose(db, contact):
    client = browser()
    form = client.get("/barriere-melden/?seite=/karte/").content.decode()
    assert 'value="/karte/"' in form
    sent = {key: value for key, value in LETTER.items() if key not in {"contact_kind", "postal_address"}}
    answer = client.post("/barriere-melden/", {**sent, **contact})
    assert answer.status_code == 302, answer.content.decode()
    made = BarrierReport.objects.get()
    assert (made.state, made.proven) == ("received", False)  # without a script it is taken all the same
    assert made.author.contact_kind == contact["contact_kind"]
    shown = client.get(answer["Location"]).content.decode()
    receipt = receipt_of(made.ref, made.author_id)
    assert receipt.number in shown
    assert receipt.code in shown
    # Whoever holds number and code sees how it stands, and nobody else's words.
    looked = client.post("/nachsehen/", {"number": receipt.number, "code": receipt.code}).content.decode()
    assert "eingegangen" in looked
    assert "Gemeldete Barriere" in looked


def test_what_is_missing_is_said_and_what_was_typed_stays(db):
    answer = browser().post("/barriere-melden/", {**LETTER, "kind": "", "postal_address": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Der Vorleser liest die Kurve nicht." in page
    assert page.count('aria-invalid="true"') >= 1
    assert not BarrierReport.objects.exists()


def test_a_link_from_elsewhere_fills_in_nothing(db):
    for odd in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", '/"><script>'):
        page = browser().get("/barriere-melden/", {"seite": odd}).content.decode()
        assert re.search(r'<input[^>]*name="page"[^>]*>', page)[0].count("value=") == odd.startswith('/"')
        assert "<script>" not in page.split("<main", 1)[1]


def test_its_office_answers_and_the_person_is_told(db, deliver):
    author, clerk = people.person(), people.actor(people.clerk("steuerung"))
    made = builders.report(author=author)
    deliver()
    assert Notice.objects.filter(person_id=clerk.person_id, subjects__de__startswith="Neue gemeldete Barriere").exists()
    at = timezone.now()
    with pytest.raises(Invalid) as refused:
        actions.answer_barrier(actor=clerk, report_id=made.pk, outcome="in_work", text=" ", at=at)
    assert set(refused.value.fields) == {"text", "due_on"}
    due = timezone.localtime(at).date() + timedelta(days=20)
    row = actions.answer_barrier(
        actor=clerk, report_id=made.pk, outcome="in_work", text="Wir bauen das um.", due_on=due, at=at
    )
    assert timezone.localtime(row.due_at - timedelta(seconds=1)).date() == due
    row = actions.answer_barrier(actor=clerk, report_id=made.pk, outcome="solved", text="Es geht jetzt.", at=at)
    assert (row.due_at, row.closed_at) == (None, at)
    deliver()
    told = list(Notice.objects.filter(person_id=author.pk).order_by("id").values_list("subjects__de", flat=True))
    assert told == ["Zu Ihrer gemeldeten Barriere: in Arbeit", "Zu Ihrer gemeldeten Barriere: behoben"]
    guest = builders.report(guest={"contact_kind": "email", "email": "gast@example.org"})
    deliver()
    received = Notice.objects.get(person_id=guest.author_id)
    assert received.subjects["de"] == f"Barriere gemeldet: {guest}"
    assert receipt_of(guest.ref, guest.author_id).number in received.bodies["de"]
    own = people.login(browser(), author).get(f"/barriere-melden/{made.number}/").content.decode()
    assert "Es geht jetzt." in own
    assert 'name="outcome"' not in own
    assert people.login(browser(), people.person()).get(f"/barriere-melden/{made.number}/").status_code == 404
    assert queries.figures() == queries.BarrierFigures(reported=2, solved=1, open=1)
    assert "Behoben: 1. Offen: 1." in browser().get("/stadt/barrierefreiheit/").content.decode()


def test_nobody_else_learns_who_met_which_barrier(db, deliver):
    made = builders.report(body="Zitronenpresse klemmt")
    deliver()
    at = timezone.now()
    assert entry(made.ref, Viewer(), at) is None
    assert find("Zitronenpresse", people.actor(people.administrator()).viewer, at, language="de").total == 0
    with pytest.raises(NotFound):
        queries.by_number(made.number, people.actor(people.clerk("kultur")).viewer)
    for stranger in (people.person(), people.moderator()):
        with pytest.raises(NotAllowed):
            queries.by_number(made.number, people.actor(stranger).viewer)
    assert people.login(browser(), people.person()).get(f"/verwaltung/barrieren/{made.number}/").status_code == 403


def test_a_late_office_is_reminded_and_a_week_later_its_deputy(db):
    made = builders.report()
    late = made.due_at
    for at in (late - timedelta(seconds=1), late, late + timedelta(days=1), late + timedelta(days=7)):
        remind_offices(at)
    remind_offices(late + timedelta(days=30))
    rows = Event.objects.filter(name="portal.barrier_overdue").order_by("sequence")
    told = [(row.payload["department"], row.payload["for_deputy"]) for row in rows]
    assert told == [("steuerung", False), ("beteiligung", True)]
    with pytest.raises(NotAllowed):
        actions.remind_of_barrier(actor=people.actor(people.editor()), report_id=made.pk, at=late)


def test_the_database_keeps_a_date_on_everything_open(db):
    made = builders.report()
    with pytest.raises(IntegrityError), transaction.atomic():
        BarrierReport.objects.filter(pk=made.pk).update(due_at=None)


def test_staff_enter_what_was_told_on_the_telephone(db):
    client = people.login(browser(), people.clerk("steuerung"))
    yesterday = timezone.localtime().date() - timedelta(days=1)
    answer = client.post(
        "/verwaltung/barrieren/neu/", {**LETTER, "channel": "telephone", "received_on": yesterday.isoformat()}
    )
    assert answer.status_code == 302, answer.content.decode()
    made = BarrierReport.objects.get()
    assert (made.channel, made.author.contact_kind) == ("telephone", "letter")
    assert timezone.localtime(made.received_at).date() == yesterday
    assert made.entered_by_id is not None
    with pytest.raises(NotAllowed):
        actions.report_barrier(
            actor=people.actor(people.person()).via(Channel.TELEPHONE), kind="other", body="x", at=timezone.now()
        )
    with pytest.raises(Invalid):
        actions.report_barrier(actor=Actor(channel=Channel.WEB), kind="other", body="x", at=timezone.now())


def test_a_person_takes_their_words_with_them(db, deliver):
    author, at = people.person(), timezone.now()
    made = builders.report(author=author, tools="Screenreader Nachtigall")
    actions.answer_barrier(
        actor=people.actor(people.editor()), report_id=made.pk, outcome="solved", text="Liebe Frau Linde", at=at
    )
    (row,) = export(author.pk)
    assert (row["text"], row["tools"]) == (made.body, "Screenreader Nachtigall")
    assert [answer["text"] for answer in row["answers"]] == ["Liebe Frau Linde"]
    erase(author.pk, True)  # noqa: FBT003 - the manifest's call
    made.refresh_from_db()
    assert (made.author, made.body, made.tools) == (None, "–", "")
    assert BarrierAnswer.objects.get().text == "–"
    assert expire(at + KEPT_FOR - timedelta(seconds=1)) == 0
    assert expire(at + KEPT_FOR + timedelta(seconds=1)) > 0
    assert not BarrierReport.objects.exists()
    assert Person.objects.filter(pk=author.pk).exists()


def test_every_page_leads_to_the_form_and_names_itself(db):
    for path in ("/bekanntmachungen/", "/stadt/barrierefreiheit/", "/feeds/"):
        page = browser().get(path).content.decode()
        assert f'/barriere-melden/?seite={path}"' in page, path
