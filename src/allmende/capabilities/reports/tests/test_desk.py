"""The offices' inbox, one report on the desk, the same thing reported twice, and those who see it too."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders
from allmende.capabilities.reports.actions import moderation
from allmende.capabilities.reports.builders import category, clerk, desk, move, public, report
from allmende.capabilities.reports.models import Join, Report
from allmende.capabilities.reports.queries import categories, inbox
from allmende.capabilities.reports.queries.inbox import Filters
from allmende.core import city
from allmende.core.actor import Role
from allmende.core.errors import Closed, Conflict, Invalid, NotFound
from allmende.engines.discussion import interface as discussion
from allmende.engines.media import builders as pictures
from allmende.engines.media import interface as media
from allmende.engines.notify.models import Notice
from allmende.engines.trace.interface import Edge

pytestmark = pytest.mark.django_db


def client_of(person=None):
    client = Client(headers={"host": "localhost"})
    if person is not None:
        client.force_login(person)
    return client


@pytest.fixture
def office():
    """Somebody who sees to the reports of one office, at their desk."""
    return client_of(people.with_role(Role.CLERK, f"department:{builders.OFFICE}"))


def page(client, name, *args, query=""):
    answer = client.get(reverse(f"reports:{name}", args=args) + query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def test_the_inbox_holds_what_lies_with_ones_own_offices(office):
    mine, theirs = report(words="Unsere Sache"), report(words="Fremde Sache", kind=category(department="kultur"))
    found = page(office, "inbox")
    assert "Unsere Sache" in found
    assert "Fremde Sache" not in found
    assert "Fremde Sache" in page(client_of(people.with_role(Role.CLERK, "reports")), "inbox")
    assert client_of(people.person()).get(reverse("reports:inbox")).status_code == 403
    assert office.get(reverse("reports:handle", args=[theirs.number])).status_code == 404
    assert mine.words in page(office, "handle", mine.number)


def test_the_inbox_narrows_down_and_pages_on(django_assert_max_num_queries, office):
    lamp, tree = category(), category()
    for number in range(45):
        report(kind=lamp, words=f"Lampe {number}")
    late = report(kind=tree, words="Baum", at=timezone.now() - timedelta(days=60))
    viewer, at = clerk().viewer, timezone.now()
    first, cursor = inbox.inbox(viewer, Filters(), at)
    second, last = inbox.inbox(viewer, Filters(), at, after=cursor)
    assert (len(first), len(second), last) == (40, 6, "")
    assert {row.pk for row in first}.isdisjoint(row.pk for row in second)
    assert [row.pk for row in inbox.inbox(viewer, Filters(state="late"), at)[0]] == [late.pk]
    assert [row.pk for row in inbox.inbox(viewer, Filters(category=tree.slug), at)[0]] == [late.pk]
    assert inbox.inbox(viewer, Filters(order="frist"), at)[0][0].pk == late.pk
    assert inbox.inbox(viewer, Filters(state="done"), at)[0] == []
    page(office, "inbox")
    city.forget()
    with django_assert_max_num_queries(12):
        page(office, "inbox")


def test_a_clerk_checks_takes_private_matters_out_and_publishes(office):
    one = report(words="Frau Beispiel hat die Bank zerstört.")
    form = page(office, "step", one.number, "check")
    assert "Frau Beispiel" in form
    sent = {"words": "Danke.", "publish": "yes", "public_words": "Die Bank ist zerstört.", "note": "Anzeige läuft."}
    assert office.post(reverse("reports:step", args=[one.number, "check"]), sent).status_code == 302
    shown = page(client_of(), "report", one.number)
    assert "Die Bank ist zerstört." in shown
    assert "Frau Beispiel" not in shown
    assert "Anzeige läuft." not in shown
    assert "Anzeige läuft." in page(office, "handle", one.number)


def test_a_photo_is_public_only_by_a_decision_of_its_own(office):
    image = media.take_image(pictures.jpeg(), alt="Bank")
    one = report(image_id=image.pk)
    office.post(reverse("reports:step", args=[one.number, "check"]), {"publish": "yes", "public_words": "Bank."})
    assert "<picture>" not in page(client_of(), "report", one.number)
    sent = {"publish": "yes", "public_words": "Bank.", "with_image": "on"}
    assert office.post(reverse("reports:show", args=[one.number]), sent).status_code == 302
    assert "<picture>" in page(client_of(), "report", one.number)
    office.post(reverse("reports:show", args=[one.number]), {"publish": "no", "public_words": "Bank."})
    assert client_of().get(reverse("reports:report", args=[one.number])).status_code == 404
    image.refresh_from_db()
    assert image.state == "private"


def test_a_public_photo_is_not_described_by_private_words_and_a_later_one_waits(office):
    image = media.take_image(pictures.jpeg(), alt="Frau Beispiel vor der Bank")
    one = report(image_id=image.pk, words="Frau Beispiel hat die Bank zerstört.")
    sent = {"publish": "yes", "public_words": "Die Bank ist zerstört.", "with_image": "on"}
    office.post(reverse("reports:step", args=[one.number, "check"]), sent)
    one.refresh_from_db()
    move(one, "finish", words="Neue Bank.")
    later = media.take_image(pictures.jpeg(), alt="Frau Beispiel schon wieder")
    actions.object_to_done(
        actor=clerk(), report_id=one.pk, token=one.token, words="Nein.", image_id=later.pk, at=timezone.now()
    )
    for shown in (page(client_of(), "report", one.number), page(client_of(), "reports")):
        assert shown.count("<picture>") == 1
        assert 'alt="Die Bank ist zerstört."' in shown
        assert "Frau Beispiel" not in shown


def test_private_reports_of_other_offices_are_neither_proposed_nor_merged_with(office):
    kind = category()
    mine = report(kind=kind, point=HERE)
    theirs = report(kind=category(department="kultur"), point=HERE, words=mine.words)
    assert inbox.same_as(mine, clerk().viewer) == []
    with pytest.raises(NotFound):
        actions.merge_reports(actor=clerk(), report_id=mine.pk, main_id=theirs.pk, at=timezone.now())
    sent = {"main": theirs.number}
    assert "gibt es nicht" in office.post(reverse("reports:merge", args=[mine.number]), sent).content.decode()
    move(theirs, "check", publish=True)
    assert [near.report.pk for near in inbox.same_as(mine, clerk().viewer)] == [theirs.pk]


def test_before_the_check_nothing_can_be_shown():
    with pytest.raises(Conflict):
        actions.show_report(actor=desk(), report_id=report().pk, publish=True, public_words="x", at=timezone.now())


def test_another_kind_moves_the_report_to_its_office(office):
    one, other = report(), category(department="kultur", target_days=1)
    sent = {"category": other.slug, "place": one.place, "detail": "links"}
    answer = office.post(reverse("reports:correct", args=[one.number]), sent)
    assert answer["Location"] == reverse("reports:inbox")  # it is no longer theirs
    one.refresh_from_db()
    assert (one.category, one.department, one.detail) == (other, "kultur", "links")


HERE, CLOSE, AWAY = (12.0800, 50.8800), (12.0801, 50.8803), (12.0900, 50.8850)


def test_what_may_be_the_same_is_proposed_by_place_kind_and_words():
    kind = category()
    one = report(kind=kind, point=HERE, words="Die Laterne brennt nicht")
    same = report(kind=kind, point=CLOSE, words="Laterne dunkel")
    report(kind=kind, point=AWAY, words="Laterne dunkel")
    report(point=CLOSE, words="Ein Baum")
    other_kind = report(point=CLOSE, words="Die Laterne brennt nicht mehr")
    assert [near.report.pk for near in inbox.same_as(one, desk().viewer)] == [same.pk, other_kind.pk]


def test_two_become_one_and_two_again_and_all_reporters_hear_of_it(deliver, office):
    kind = category()
    main = public(kind=kind, point=HERE)
    contact = {"contact_kind": "email", "email": "ines@example.org"}
    one = report(kind=kind, point=CLOSE, contact=contact)
    deliver()
    assert "Ist es dasselbe?" in page(office, "handle", one.number)
    assert office.post(reverse("reports:merge", args=[one.number]), {"main": main.number}).status_code == 302
    one.refresh_from_db()
    main.refresh_from_db()
    assert (one.state, one.main, main.join_count) == ("duplicate", main, 1)
    assert Edge.objects.filter(source_id=one.pk, target_id=main.pk, retracted_at=None).exists()
    move(main, "begin", words="Die Werkstatt kommt.")
    deliver()
    assert any("Die Werkstatt kommt." in row.bodies["de"] for row in Notice.objects.filter(person=one.reporter))
    assert office.post(reverse("reports:split", args=[one.number])).status_code == 302
    one.refresh_from_db()
    main.refresh_from_db()
    assert (one.state, one.main, main.join_count) == ("received", None, 0)
    assert not Edge.objects.filter(source_id=one.pk, target_id=main.pk, retracted_at=None).exists()


def test_a_report_is_not_merged_with_itself_or_in_a_circle():
    one, other = report(), report()
    for main in (one, other):
        if main is one:
            with pytest.raises(Invalid):
                actions.merge_reports(actor=desk(), report_id=one.pk, main_id=main.pk, at=timezone.now())
    actions.merge_reports(actor=desk(), report_id=one.pk, main_id=other.pk, at=timezone.now())
    for pair in ((other, one), (one, other)):
        with pytest.raises((Invalid, Conflict)):
            actions.merge_reports(actor=desk(), report_id=pair[0].pk, main_id=pair[1].pk, at=timezone.now())


def test_somebody_who_sees_it_too_is_counted_once_and_told(deliver):
    one = public()
    person = people.person()
    client = client_of(person)
    deliver()
    for _twice in range(2):
        assert client.post(reverse("reports:join", args=[one.number])).status_code == 302
    visitor = client_of()
    assert visitor.post(reverse("reports:join", args=[one.number]), {"email": "kim@example.org"}).status_code == 302
    one.refresh_from_db()
    assert one.join_count == Join.objects.count() == 2
    move(one, "begin", words="Los geht es.")
    deliver()
    assert Notice.objects.filter(person=person).exists()
    assert Notice.objects.filter(person__contact_email="kim@example.org").exists()


def test_nobody_joins_what_is_private_or_over():
    with pytest.raises(NotFound):
        actions.join_report(actor=people.actor(people.person()), report_id=report().pk, at=timezone.now())
    done = move(public(), "finish", words="Fertig.")
    with pytest.raises(Closed):
        actions.join_report(actor=people.actor(people.person()), report_id=done.pk, at=timezone.now())


def test_before_sending_one_sees_what_is_reported_nearby():
    kind = category()
    near = public(kind=kind, point=HERE, words="Genau diese Bank")
    report(kind=kind, point=HERE, words="Noch geheim")
    fields = {"step": "3", "go": "next", "words": "Bank kaputt", "place": "Hier", "place_for": "Hier",
              "place_at": f"p:{CLOSE[0]},{CLOSE[1]}", "category": kind.slug}  # fmt: skip
    shown = client_of().post("/meldungen/neu/", fields).content.decode()
    assert "Genau diese Bank" in shown
    assert reverse("reports:join", args=[near.number]) in shown
    assert "Noch geheim" not in shown
    assert Report.objects.count() == 2


def test_the_desk_fills_the_routing_table_and_new_reports_follow_it():
    kind, there = category(), "stadtmitte"
    table = client_of(people.with_role(Role.CLERK, "reports"))
    assert kind.name("de") in page(table, "routing")
    address = reverse("reports:category", args=[kind.slug])
    assert client_of(people.with_role(Role.CLERK, "department:umwelt")).get(address).status_code == 403
    sent = {"name_de": "Lampe", "name_en": "Lamp", "keywords": "lampe\nlaterne", "target_days": "3",
            "retention_days": "90", "deletion_days": "400", "publishes": "on", "is_active": "on",
            "department": "umwelt", f"in_{there}": "kultur"}  # fmt: skip
    assert table.post(address, sent).status_code == 302
    kind.refresh_from_db()
    assert (kind.names["en"], kind.target_days, kind.keywords) == ("Lamp", 3, ["lampe", "laterne"])
    assert categories.office_for(kind, there) == "kultur"
    assert categories.office_for(kind, "lusan") == "umwelt"
    assert table.post(address, {**sent, "department": "gibt-es-nicht"}).status_code == 422


def test_a_template_begins_the_answer_with_number_kind_and_place(office):
    one = public(place="Am Bach 3")
    begun = page(office, "step", one.number, "finish", query="?vorlage=3")
    assert f"Die Meldung {one.number} ({one.category.name('de')}, Am Bach 3) ist erledigt." in begun
    for odd in ("0", "99", "²", "x"):
        assert page(office, "step", one.number, "finish", query=f"?vorlage={odd}")


def test_what_moderators_took_down_no_office_shows_again(office):
    one = public()
    at, moderator = timezone.now(), people.actor(people.with_role(Role.MODERATOR))
    discussion.open_case(moderator, one.ref, scope="reports", cause="reported", at=at)
    moderation.refuse_report(actor=moderator, object_id=one.pk, reason="Beleidigung.", rule="respekt", at=at)
    with pytest.raises(Conflict):
        actions.show_report(actor=desk(), report_id=one.pk, publish=True, public_words="Doch.", at=at)
    sent = {"publish": "yes", "public_words": "Doch."}
    answer = office.post(reverse("reports:show", args=[one.number]), sent)
    assert answer.status_code == 422
    assert "Moderation" in answer.content.decode()
    assert not move(one, "begin", publish=True).is_public
    moderation.hold_report(actor=moderator, object_id=one.pk, at=at)
    assert not move(one, "plan", words="Bald.", publish=True).is_public
    assert moderation.release_report(actor=moderator, object_id=one.pk, reason="", at=at).is_public
