"""Official notices: two people, a day of provision, a wording that stands for good, corrections, embargo."""

import hashlib
from datetime import timedelta
from io import BytesIO
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.portal import index
from allmende.capabilities.portal.actions import notices as actions
from allmende.capabilities.portal.builders import notices as builders
from allmende.capabilities.portal.models import Notice, NoticeStep
from allmende.capabilities.portal.queries import notices as queries
from allmende.capabilities.portal.views.notices_pdf import blocks
from allmende.core.actor import SYSTEM, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.core.models import AuditEntry
from allmende.engines.search.interface import entry, find

pytestmark = pytest.mark.central

VISITOR = Viewer()


def page(path: str, **headers: str):
    return Client(headers={"host": "localhost", **headers}).get(path)


def test_a_second_person_checks_what_the_first_has_written(db):
    at = timezone.now()
    writer, other = people.actor(people.clerk("umwelt")), people.actor(people.clerk("umwelt"))
    data = actions.NoticeData(
        title="Satzung", text="§ 1", department="umwelt", legal_basis="ThürKO", signed_by="Leitung", paper_place="Amt"
    )
    made = actions.write_notice(actor=writer, data=data, at=at)
    with pytest.raises(NotAllowed, match="nicht geschrieben"):
        actions.check_notice(actor=writer, notice_id=made.pk, at=at)
    with pytest.raises(Conflict):
        actions.provide_notice(actor=other, notice_id=made.pk, at=at)
    actions.check_notice(actor=other, notice_id=made.pk, at=at)
    # Whatever is changed afterwards has to be checked again, and not by who changed it.
    actions.write_notice(actor=other, data=data, notice_id=made.pk, at=at)
    with pytest.raises(NotAllowed):
        actions.check_notice(actor=other, notice_id=made.pk, at=at)
    verbs = list(NoticeStep.objects.filter(notice=made).values_list("verb", flat=True))
    assert verbs == ["write", "check", "write"]
    assert AuditEntry.objects.filter(action="portal.check_notice").count() == 1


def test_the_deputy_office_stands_in_and_no_other(db):
    at = timezone.now()
    made = builders.draft(at=at)  # of the environment office, whose deputy is urban development
    with pytest.raises(NotAllowed):
        actions.check_notice(actor=people.actor(people.clerk("kultur")), notice_id=made.pk, at=at)
    with pytest.raises(NotAllowed):
        actions.check_notice(actor=people.actor(people.administrator()), notice_id=made.pk, at=at)
    deputy = people.actor(people.clerk("stadtentwicklung"))
    assert actions.check_notice(actor=deputy, notice_id=made.pk, at=at).state == "checked"


def test_a_notice_that_lacks_what_the_law_asks_for_is_not_checked(db):
    at = timezone.now()
    made = builders.draft(at=at, legal_basis=" ")
    with pytest.raises(Invalid, match="Rechtsgrundlage"):
        actions.check_notice(actor=people.actor(people.clerk("umwelt")), notice_id=made.pk, at=at)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE portal_notice SET text = text || ' nicht' WHERE id = %s",
        "UPDATE portal_notice SET provided_at = provided_at + interval '1 day' WHERE id = %s",
        "UPDATE portal_notice SET state = 'draft' WHERE id = %s",
        "UPDATE portal_notice SET sealed = 'x', content_hash = encode(sha256('x'), 'hex') WHERE id = %s",
        "UPDATE portal_notice SET corrects_id = NULL, department = 'kultur' WHERE id = %s",
        "DELETE FROM portal_notice WHERE id = %s",
    ],
)
def test_the_database_refuses_every_change_of_what_stands(db, change):
    made = builders.provided()
    NoticeStep.objects.filter(notice=made).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("allmende_app",)
        with pytest.raises(DatabaseError, match="stands from its provision on"), transaction.atomic():
            cursor.execute(change, [made.pk])
    found = Notice.objects.get(pk=made.pk)
    assert (found.text, found.sealed) == (made.text, made.sealed)


def test_the_app_role_can_take_neither_the_trigger_nor_the_table_away(db):
    builders.provided()
    for statement in (
        "ALTER TABLE portal_notice DISABLE TRIGGER portal_notice_stands",
        "DROP TRIGGER portal_notice_stands ON portal_notice",
        "TRUNCATE portal_notice CASCADE",
        "SET session_replication_role = replica",
    ):
        with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(statement)


def test_no_action_changes_what_stands(db):
    made = builders.provided()
    editor, at = people.actor(people.editor()), timezone.now()
    data = actions.NoticeData(title="Anders", text="Anders", department="umwelt")
    with pytest.raises(Conflict):
        actions.write_notice(actor=editor, data=data, notice_id=made.pk, at=at)
    with pytest.raises(Conflict, match="Berichtigung"):
        actions.send_back_notice(actor=editor, notice_id=made.pk, reason="Fehler", at=at)
    with pytest.raises(Conflict):
        actions.discard_notice(actor=editor, notice_id=made.pk, at=at)


def test_the_database_checks_the_seal(db):
    made = builders.checked()
    with pytest.raises(DatabaseError, match="portal_notice_sealed"), transaction.atomic():
        Notice.objects.filter(pk=made.pk).update(
            state="provided", year=2026, number=999, provided_at=timezone.now(), sealed="a", content_hash="0" * 64
        )


def test_whoever_downloads_the_wording_can_prove_it(db):
    made = builders.provided(title="Satzung über Bäume – „Ahorn“")
    answer = page(f"/bekanntmachungen/{made.year}/{made.number}/wortlaut.txt")
    assert hashlib.sha256(answer.content).hexdigest() == made.content_hash
    shown = page(f"/bekanntmachungen/{made.year}/{made.number}/").content.decode()
    assert made.content_hash in shown
    text = answer.content.decode()
    for part in ("Satzung über Bäume – „Ahorn“", made.text, "§ 3 Abs. 2 BauGB", "Bereitgestellt am", "Gezeichnet:"):
        assert part in text


def test_numbers_follow_one_another_within_the_year(db):
    at = timezone.now() - timedelta(minutes=5)
    first, second = builders.provided(at=at), builders.provided(at=at)
    assert (second.year, second.number) == (first.year, first.number + 1)
    next_year = builders.provided(at=at, not_before=at.replace(year=at.year + 1, month=1, day=3))
    assert next_year.number == 1


def test_a_correction_is_a_new_notice_and_both_name_each_other(db):
    first = builders.provided()
    second = builders.provided(title="Berichtigung", corrects=first.pk)
    assert f"Berichtigt die Bekanntmachung {first.label}" in second.sealed
    old = page(f"/bekanntmachungen/{first.year}/{first.number}/").content.decode()
    new = page(f"/bekanntmachungen/{second.year}/{second.number}/").content.decode()
    assert f"Berichtigt durch die Bekanntmachung {second.label}" in old
    assert f"/bekanntmachungen/{first.year}/{first.number}/" in new
    with pytest.raises(Invalid):
        builders.draft(corrects=builders.draft().pk)  # only what stands can be corrected


def test_before_its_minute_nobody_outside_learns_of_it(db, deliver, subtests):
    at = timezone.now()
    made = builders.provided(at=at, not_before=at + timedelta(hours=2), title="Geheimer Zitronenplan")
    deliver()
    address = f"/bekanntmachungen/{made.year}/{made.number}/"
    for path in (address, f"{address}wortlaut.txt", f"/api/v1/portal/notices/{made.year}/{made.number}"):
        with subtests.test(path=path):
            assert page(path).status_code == 404
    for path in (
        "/bekanntmachungen/", "/feeds/bekanntmachungen.atom", "/feeds/bekanntmachungen.rss", "/feed/",
        "/api/v1/portal/notices", "/suche/?q=Zitronenplan",
    ):  # fmt: skip
        with subtests.test(path=path):
            assert "Geheimer" not in page(path).content.decode()
    assert entry(made.ref, VISITOR, at) is None
    second_before, then = made.provided_at - timedelta(seconds=1), made.provided_at
    assert made not in queries.listed(second_before).notices
    assert made in queries.listed(then).notices
    assert entry(made.ref, VISITOR, second_before) is None
    assert entry(made.ref, VISITOR, then) is not None
    with pytest.raises(NotFound):
        queries.by_number(made.year, made.number, VISITOR, second_before)
    assert queries.by_number(made.year, made.number, people.actor(people.clerk("umwelt")).viewer, at).notice == made
    # The cached list is made anew at that very instant.
    assert page("/bekanntmachungen/")["X-Allmende-Until"] == then.isoformat()


def test_until_its_minute_it_can_be_recalled_but_not_changed(db):
    at = timezone.now()
    made = builders.provided(at=at, not_before=at + timedelta(days=1))
    with pytest.raises(DatabaseError, match="recalled before"), transaction.atomic():
        Notice.objects.filter(pk=made.pk).update(title="Anders")
    editor = people.actor(people.editor())
    back = actions.send_back_notice(actor=editor, notice_id=made.pk, reason="Zahlendreher", at=at)
    assert (back.state, back.sealed, back.provided_at) == ("draft", "", None)
    clerk = people.actor(people.clerk("umwelt"))
    actions.check_notice(actor=clerk, notice_id=made.pk, at=at)
    again = actions.provide_notice(actor=editor, notice_id=made.pk, at=at)
    assert again.number == made.number


def test_the_day_of_provision_is_never_in_the_past(db):
    at = timezone.now()
    made = builders.checked(at=at)
    editor = people.actor(people.editor())
    for wrong in (at - timedelta(days=1), at + timedelta(days=400)):
        with pytest.raises(Invalid):
            actions.provide_notice(actor=editor, notice_id=made.pk, not_before=wrong, at=at)


def test_where_a_law_limits_it_the_text_leaves_the_web_and_the_proof_stays(db, deliver):
    at = timezone.now()
    made = builders.provided(at=at - timedelta(days=2), text="Namen Kandidatenliste", online_until=at)
    deliver()
    actions.note_offline(actor=SYSTEM, notice_id=made.pk, at=at)
    deliver()
    shown = page(f"/bekanntmachungen/{made.year}/{made.number}/").content.decode()
    assert "Kandidatenliste" not in shown
    assert made.paper_place in shown
    assert page(f"/bekanntmachungen/{made.year}/{made.number}/wortlaut.txt").status_code == 404
    assert "Kandidatenliste" not in page("/feeds/bekanntmachungen.atom").content.decode()
    assert find("Kandidatenliste", VISITOR, at, language="de").total == 0
    assert queries.listed(at, words="Kandidatenliste").total == 0
    assert queries.gone_offline(at) == [made.pk]


def test_the_list_is_found_by_year_and_word_and_goes_on(db):
    at = timezone.now()
    rows = [builders.provided(at=at - timedelta(days=n), text=f"Straßenlaternen am Platz {n}") for n in range(5)]
    assert queries.listed(at, words="Straßenlaterne").total == 5
    assert queries.listed(at, words="Straßenlaterne -Platz").total == 0
    first = queries.listed(at, limit=2)
    second = queries.listed(at, limit=2, after=first.next)
    third = queries.listed(at, limit=2, after=second.next)
    assert [row.pk for row in first.notices + second.notices + third.notices] == [row.pk for row in rows]
    assert third.next == ""
    for nonsense in ("x", "2026-01-01_y", f"2026-01-01_{rows[0].pk}", "9999-12-31T23:59:59+23:00_" + str(rows[0].pk)):
        assert len(queries.listed(at, after=nonsense).notices) == 5
    assert sum(n for _year, n in queries.years(at)) == 5


def test_the_feed_holds_the_whole_text_and_says_when_nothing_is_new(db):
    made = builders.provided(text="## Ort\n\nDer **ganze** Text & mehr")
    answer = page("/feeds/bekanntmachungen.atom")
    tree = ET.fromstring(answer.content)
    atom = {"a": "http://www.w3.org/2005/Atom"}
    assert tree.findtext("a:entry/a:id", namespaces=atom) == f"urn:uuid:{made.pk}"
    assert "<strong>ganze</strong> Text &amp; mehr" in (tree.findtext("a:entry/a:content", namespaces=atom) or "")
    rss = ET.fromstring(page("/feeds/bekanntmachungen.rss").content)
    assert rss.findtext("channel/item/guid") == f"urn:uuid:{made.pk}"
    again = page("/feeds/bekanntmachungen.atom", if_none_match=answer["ETag"])
    assert again.status_code == 304
    builders.provided()
    assert page("/feeds/bekanntmachungen.atom", if_none_match=answer["ETag"]).status_code == 200


def test_programs_read_what_stands(db):
    made = builders.provided()
    found = page(f"/api/v1/portal/notices/{made.year}/{made.number}").json()
    assert hashlib.sha256(found["sealed"].encode()).hexdigest() == found["sha256"] == made.content_hash
    assert page("/api/v1/portal/notices?text=Auslegung").json()["total"] == 1
    assert index.notices.entry(made.pk).url == f"/bekanntmachungen/{made.year}/{made.number}/"


def test_the_paper_is_tagged_and_holds_every_part_of_the_wording(db):
    text = "# § 1 Zweck\n\nBäume **bleiben**.\n\n1. Ahorn\n2. Linde #set page\n\n- Eiche\n\n> Zitat"
    made = builders.provided(title="Satzung „Bäume“", text=text)
    answer = page(f"/bekanntmachungen/{made.year}/{made.number}/bekanntmachung.pdf")
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(BytesIO(answer.content)) as paper:
        assert str(paper.Root.Lang) == "de"
        assert "/StructTreeRoot" in paper.Root
        assert paper.Root.MarkInfo.Marked
        assert f"Bekanntmachung {made.label}" in str(paper.open_metadata()["dc:title"])
    kinds = [(one["kind"], one["mark"], one["text"]) for one in blocks(text)]
    assert kinds == [
        ("heading", "", "§ 1 Zweck"), ("paragraph", "", "Bäume bleiben."), ("item", "1.", "Ahorn"),
        ("item", "2.", "Linde #set page"), ("item", "–", "Eiche"), ("paragraph", "", "Zitat"),
    ]  # fmt: skip
    coming = builders.provided(at=timezone.now(), not_before=timezone.now() + timedelta(hours=1))
    assert page(f"/bekanntmachungen/{coming.year}/{coming.number}/bekanntmachung.pdf").status_code == 404


def test_an_office_goes_the_whole_way_in_the_browser(db):
    clerk, other = people.clerk("umwelt"), people.clerk("umwelt")
    first, second = Client(headers={"host": "localhost"}), Client(headers={"host": "localhost"})
    people.login(first, clerk)
    people.login(second, other)
    values = {
        "department": "umwelt", "title": "Baumschutzsatzung", "text": "## § 1\n\nBäume.", "legal_basis": "ThürKO",
        "signed_by": "Leitung", "paper_place": "Amt", "summary": "Bäume bleiben.",
    }  # fmt: skip
    answer = first.post("/verwaltung/bekanntmachungen/neu/", values)
    work = answer["Location"]
    assert "Jemand anderes prüft den Text" in first.get(work).content.decode()
    assert second.post(f"{work}check/").status_code == 302
    assert "Zu einer Uhrzeit gehört ein Tag" in first.post(f"{work}provide/", {"hour": "9:00"}).content.decode()
    assert first.post(f"{work}provide/", {}).status_code == 302
    assert first.get(f"{work}bearbeiten/").status_code == 409
    assert "Baumschutzsatzung" in page("/bekanntmachungen/").content.decode()
    found = Notice.objects.get()
    again = first.get(f"/verwaltung/bekanntmachungen/neu/?berichtigt={found.pk}").content.decode()
    assert f"Berichtigung der Bekanntmachung {found.label}: Baumschutzsatzung" in again
