"""Somebody outside of the administration sees to a report, by a link and without an account."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.models import OutgoingMail
from allmende.capabilities.reports import actions, builders, tasks
from allmende.capabilities.reports.builders import clerk, move, public, report
from allmende.capabilities.reports.models import Handover
from allmende.core.actor import Actor, Role
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.engines.media import builders as pictures
from allmende.engines.media import interface as media
from allmende.engines.notify.models import Notice

pytestmark = pytest.mark.django_db


def client_of(person=None):
    client = Client(headers={"host": "localhost"})
    if person is not None:
        client.force_login(person)
    return client


def given(one=None, **fields):
    data = {"party": "Stadtwerke", "email": "netz@werke.example", "message": "Kabel hängt heraus.", **fields}
    one = one or public()
    return actions.hand_over(
        actor=clerk(), report_id=one.pk, data=actions.HandoverData(**data), at=timezone.now()
    )  # fmt: skip


def address(found):
    return f"{reverse('reports:outside')}?schein={found.link}"


def test_the_office_hands_it_over_with_its_own_words_and_a_picture():
    image = media.take_image(pictures.jpeg(), alt="Kabel")
    one = move(report(image_id=image.pk, words="Frau Beispiel sagt: Kabel hängt."), "check", publish=True)
    office = client_of(people.with_role(Role.CLERK, f"department:{builders.OFFICE}"))
    sent = {"party": "Stadtwerke", "email": "netz@werke.example", "message": "Kabel hängt heraus.", "days": "10",
            "with_images": "on"}  # fmt: skip
    assert office.post(reverse("reports:hand_over", args=[one.number]), sent).status_code == 302
    one.refresh_from_db()
    found = Handover.objects.get()
    assert (one.state, found.party) == ("forwarded", "Stadtwerke")
    letter = OutgoingMail.objects.get(to="netz@werke.example")
    assert found.link in letter.body
    assert "Kabel hängt heraus." in letter.body
    visitor = client_of()
    page = visitor.get(address(found)).content.decode()
    assert "Kabel hängt heraus." in page
    assert "Frau Beispiel" not in page
    shown = visitor.get(f"{reverse('reports:outside_image', args=[0])}?schein={found.link}")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert visitor.get(f"{reverse('reports:outside_image', args=[1])}?schein={found.link}").status_code == 404
    assert "Stadtwerke" in visitor.get(reverse("reports:report", args=[one.number])).content.decode()
    assert mail.outbox == []


def test_a_program_that_opens_the_link_changes_nothing():
    found = given()
    visitor = client_of()
    for call in (visitor.get, visitor.head):
        for _ in range(2):
            answer = call(f"{address(found)}&state=done&words=x")
            assert answer.status_code == 200
            assert answer["Cache-Control"] == "private, no-store"
    found.refresh_from_db()
    assert (found.state, found.report.updates.filter(verb__startswith="ext").count()) == ("sent", 0)


def test_a_browser_names_its_origin_when_the_forms_behind_private_links_are_sent():
    """Under „no-referrer“ it would say „null“, and the check against forged forms would refuse everybody."""
    one = report()
    for page in (f"{reverse('reports:mine')}?schein={one.token}", address(given())):
        assert client_of().get(page)["Referrer-Policy"] == "same-origin"


def test_those_outside_answer_and_the_office_hears_of_it(deliver):
    person = people.with_role(Role.CLERK, f"department:{builders.OFFICE}")
    found = given()
    visitor = client_of()
    assert visitor.post(address(found), {"state": "in_work"}).status_code == 302
    found.report.refresh_from_db()
    assert found.report.state == "in_work"
    photo = SimpleUploadedFile("neu.jpg", pictures.jpeg(), "image/jpeg")
    sent = {"state": "done", "words": "Neu verlegt, Herr Monteur 0171.", "photo": photo}
    assert visitor.post(address(found), sent).status_code == 302
    assert len(media.images_of([found.report.ref])[found.report.ref]) == 1
    found.refresh_from_db()
    found.report.refresh_from_db()
    assert (found.state, found.report.state) == ("done", "in_work")
    deliver()
    said = " ".join(text for one in Notice.objects.filter(person=person) for text in one.bodies.values())
    assert "Neu verlegt" in said
    office = client_of(person).get(reverse("reports:handle", args=[found.report.number])).content.decode()
    assert "Neu verlegt" in office
    assert "Herr Monteur" not in visitor.get(reverse("reports:report", args=[found.report.number])).content.decode()
    assert "nichts mehr zu tun" in visitor.get(address(found)).content.decode()
    assert visitor.post(address(found), {"state": "not_ours", "words": "x"}).status_code == 200
    with pytest.raises(Conflict):
        actions.answer_handover(actor=Actor(), link=found.link, state="in_work", words="", at=timezone.now())


def test_not_ours_needs_words_and_gives_it_back():
    found = given()
    with pytest.raises(Invalid):
        actions.answer_handover(actor=Actor(), link=found.link, state="not_ours", words=" ", at=timezone.now())
    actions.answer_handover(
        actor=Actor(), link=found.link, state="not_ours", words="Das ist die Bahn.", at=timezone.now()
    )
    found.report.refresh_from_db()
    assert found.report.state == "checked"


def test_an_answer_that_comes_too_late_moves_nothing_but_is_kept():
    found = given()
    move(found.report, "finish", words="Selbst behoben.")
    actions.answer_handover(actor=Actor(), link=found.link, state="done", words="Fertig.", at=timezone.now())
    found.report.refresh_from_db()
    assert found.report.state == "done"
    assert "Fertig." in found.report.updates.get(verb="note").note


def test_a_link_that_was_taken_back_made_up_or_is_over_opens_nothing():
    found, at = given(days=3), timezone.now()
    visitor = client_of()
    for link in ("", "x", found.link[:-2], found.link + "a", "\0", "9" * 5000):
        answer = visitor.get(reverse("reports:outside"), {"schein": link})
        assert answer.status_code == (404 if link else 200)
    with pytest.raises(NotFound):
        actions.answer_handover(actor=Actor(), link=found.link, state="done", words="", at=at + timedelta(days=4))
    with pytest.raises(Conflict):
        given(found.report)
    office = client_of(people.with_role(Role.CLERK, "reports"))
    assert office.post(reverse("reports:take_back", args=[found.report.number, found.pk])).status_code == 302
    assert visitor.get(address(found)).status_code == 404
    assert office.post(reverse("reports:take_back", args=[found.report.number, found.pk])).status_code == 409
    assert given(found.report).state == "sent"


def test_those_outside_are_reminded_weekly_and_the_office_is_told_when_nobody_answered(deliver):
    person = people.with_role(Role.CLERK, f"department:{builders.OFFICE}")
    found, at = given(days=20), timezone.now()
    assert tasks.watch_handovers(at + timedelta(days=6)) == 0
    assert tasks.watch_handovers(at + timedelta(days=8)) == 1
    assert tasks.watch_handovers(at + timedelta(days=9)) == 0
    assert OutgoingMail.objects.filter(subject__startswith="Erinnerung").count() == 1
    assert tasks.watch_handovers(at + timedelta(days=21)) == 1
    found.refresh_from_db()
    found.report.refresh_from_db()
    assert (found.state, found.report.state) == ("lapsed", "checked")
    deliver()
    assert any("hat nicht geantwortet" in one.subjects["de"] for one in Notice.objects.filter(person=person))


def test_words_for_those_outside_go_with_the_report():
    one = public(kind=builders.category(retention_days=30))
    found = given(one)
    move(one, "finish", words="Fertig.")
    from allmende.capabilities.reports.actions.personal_data import expire_reports

    assert expire_reports(timezone.now() + timedelta(days=31)) == 1
    found.refresh_from_db()
    assert (found.message, found.answer) == ("", "")
    with pytest.raises(NotFound):
        actions.answer_handover(actor=Actor(), link=found.link, state="done", words="", at=timezone.now())
