"""People say when and by which channel they hear of what: at once, collected by day or week, or only in the portal."""

import re
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule
from allmende.engines.notify import actions, handlers
from allmende.engines.notify.builders import RULES, _text, by_letter, happen, telling_room, thing
from allmende.engines.notify.models import Errand, Mail, Notice, Wishes
from allmende.engines.search.builders import drop_thing

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # 10 o'clock in the city


def wants(person, mail, *, quiet=None, weekday=0):
    topics = {"own": {"mail": mail}, "example": {"mail": mail}}
    Wishes.objects.update_or_create(
        person=person,
        defaults={
            "topics": topics,
            "weekday": weekday,
            "quiet_from": quiet and quiet[0],
            "quiet_until": quiet and quiet[1],
        },
    )


def follow(person, ref):
    actions.follow(actor=people.actor(person), ref=ref, at=timezone.now())


def tell(event: Stored, at=WEDNESDAY) -> int:
    return actions.tell_people(actor=SYSTEM, event=event, at=at)


def raw(letter):
    path = settings.EMAIL_OUTBOX / f"{letter.name}.eml"
    return message_from_bytes(path.read_bytes(), policy=policy.default)


@pytest.fixture
def reader(db):
    return people.person(display_name="Ahorn 7")


def test_collected_by_day_all_comes_in_one_mail_by_thing(reader, send_mail):
    benches, lamps = thing(title="Bänke & Linden"), thing(title="Laternen")
    wants(reader, "daily")
    for ref in (benches, lamps, benches):
        follow(reader, ref)
    for ref in (benches, lamps, benches):
        tell(happen(ref))
    assert send_mail(WEDNESDAY + timedelta(hours=21)) == []  # 7 o'clock
    [letter] = send_mail(WEDNESDAY + timedelta(hours=22))
    assert letter.subject.startswith("3 Neuigkeiten · ")
    assert letter.body.startswith("Guten Tag Ahorn 7,")
    assert letter.body.count("== Bänke & Linden ==") == letter.body.count("== Laternen ==") == 1
    assert letter.body.index("== Bänke") < letter.body.index("== Laternen")
    html = raw(letter).get_body(("html",)).get_content()
    assert 'lang="de"' in html
    assert html.count("<h2>") == 2
    assert "Bänke &amp; Linden" in html
    assert Notice.objects.filter(sent_at=None).count() == 0
    assert len(send_mail(WEDNESDAY + timedelta(days=2))) == 1  # nothing new, nothing sent


def test_collected_by_week_it_comes_on_the_day_that_was_chosen(reader, send_mail):
    ref = thing()
    wants(reader, "weekly", weekday=4)
    follow(reader, ref)
    tell(happen(ref))
    assert Notice.objects.get().collect_at == datetime(2026, 11, 27, 7, 0, tzinfo=UTC)  # Friday, 8 o'clock
    send_mail(datetime(2026, 11, 27, 6, 59, tzinfo=UTC))
    assert not Mail.objects.exists()
    assert len(send_mail(datetime(2026, 11, 27, 7, 0, tzinfo=UTC))) == 1


def test_an_english_reader_gets_the_collected_mail_in_english(db, send_mail):
    person = people.person(language="en")
    wants(person, "daily")
    ref = thing()
    follow(person, ref)
    tell(happen(ref))
    [letter] = send_mail(WEDNESDAY + timedelta(days=1))
    assert letter.subject.startswith("1 piece of news")
    assert "so haben Sie es" not in letter.body


def test_a_collected_mail_sent_again_is_the_same(reader, send_mail):
    wants(reader, "daily")
    ref = thing()
    follow(reader, ref)
    tell(happen(ref))
    [letter] = send_mail(WEDNESDAY + timedelta(days=1))
    first = raw(letter)["Message-ID"]
    Mail.objects.update(state="waiting")
    tell(happen(ref), WEDNESDAY + timedelta(days=1, hours=1))  # something new meanwhile
    [again] = send_mail(WEDNESDAY + timedelta(days=1, hours=2))
    assert raw(again)["Message-ID"] == first
    assert again.subject.startswith("1 Neuigkeit ")


def test_what_was_withdrawn_meanwhile_is_not_in_it(reader, send_mail):
    wants(reader, "daily")
    stays, goes = thing(title="Bleibt"), thing(title="Geht")
    for ref in (stays, goes):
        follow(reader, ref)
        tell(happen(ref))
    drop_thing(goes)
    [letter] = send_mail(WEDNESDAY + timedelta(days=1))
    assert "Bleibt" in letter.body
    assert "Geht" not in letter.body


def test_not_at_all_means_only_in_the_portal(reader, send_mail):
    wants(reader, "never")
    ref = thing()
    follow(reader, ref)
    tell(happen(ref))
    assert send_mail(WEDNESDAY + timedelta(days=9)) == []
    assert Notice.objects.get().way == "none"


def test_letters_too_can_be_ruled_out(db):
    person = by_letter()
    wants(person, "never")
    tell(happen(thing(person), author=person))
    assert not Errand.objects.exists()


def test_in_quiet_hours_mail_waits_and_urgent_mail_does_not(reader, send_mail):
    wants(reader, "at_once", quiet=(time(22), time(7)))
    night = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)  # 23:30 in the city
    ref = thing(reader)
    tell(happen(ref, author=reader), night)
    assert send_mail(night) == []
    urgent = NoticeRule("example.thing_changed", _text, people=RULES[0].people, urgent=True)
    with telling_room((urgent,)):
        tell(happen(ref, author=reader), night)
    assert len(send_mail(night)) == 1
    assert len(send_mail(datetime(2026, 11, 26, 5, 59, tzinfo=UTC))) == 1
    assert len(send_mail(datetime(2026, 11, 26, 6, 0, tzinfo=UTC))) == 2


def test_urgent_is_told_at_once_to_those_who_collect(reader, send_mail):
    wants(reader, "weekly")
    urgent = NoticeRule("example.thing_changed", _text, people=RULES[0].people, urgent=True)
    with telling_room((urgent,)):
        tell(happen(thing(reader), author=reader))
    assert len(send_mail(WEDNESDAY)) == 1


def test_one_press_ends_collected_mail_without_login_and_again_changes_nothing(reader, send_mail):
    wants(reader, "daily")
    ref = thing()
    follow(reader, ref)
    tell(happen(ref))
    [letter] = send_mail(WEDNESDAY + timedelta(days=1))
    message = raw(letter)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.fullmatch(r"<(http.+)>", message["List-Unsubscribe"])[1].removeprefix(settings.PUBLIC_URL)
    visitor = Client(enforce_csrf_checks=True)
    assert "keine gesammelten E-Mails mehr bekommen" in visitor.get(path).content.decode()
    assert Wishes.objects.get().topics["example"]["mail"] == "daily"
    for _ in range(2):
        done = visitor.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert done.status_code == 200
    assert Wishes.objects.get().topics["example"]["mail"] == "never"
    tell(happen(ref))
    assert len(send_mail(WEDNESDAY + timedelta(days=3))) == 1  # still the one from before


def test_the_settings_page_keeps_what_was_chosen(reader):
    browser = people.login(Client(), reader)
    page = browser.get("/mitteilungen/einstellungen/").content.decode()
    assert "Was sollen wir Ihnen wann sagen?" in page
    assert reader.email in page
    given = dict.fromkeys(re.findall(r'name="(mail_\w+)"', page), "daily")
    assert {"mail_own", "mail_example"} <= set(given)
    given |= {"weekday": "2", "quiet_from": "22:00", "quiet_until": "07:00"}
    assert browser.post("/mitteilungen/einstellungen/", given).status_code == 302
    row = Wishes.objects.get()
    assert row.topics["own"]["mail"] == "daily"
    assert (row.weekday, row.quiet_from, row.quiet_until) == (2, time(22), time(7))
    page = browser.get("/mitteilungen/einstellungen/").content.decode()
    assert '<option value="22:00" selected>' in page


def test_half_a_quiet_time_is_asked_for_again(reader):
    browser = people.login(Client(), reader)
    page = browser.get("/mitteilungen/einstellungen/").content.decode()
    given = dict.fromkeys(re.findall(r'name="(mail_\w+)"', page), "at_once")
    answer = browser.post("/mitteilungen/einstellungen/", given | {"weekday": "0", "quiet_from": "22:00"})
    assert answer.status_code == 422
    assert "Bitte wählen Sie Anfang und Ende der Ruhezeit." in answer.content.decode()


def test_programs_read_and_change_the_settings(reader):
    client = people.login(Client(), reader)
    found = client.get("/api/v1/notify/settings").json()
    assert found["topics"]["own"] == {"mail": "at_once", "push": True}
    wanted = {"topics": {"own": {"mail": "weekly"}}, "weekday": 6, "quiet_from": "21:00", "quiet_until": "08:00"}
    answer = client.put("/api/v1/notify/settings", wanted, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["topics"]["own"]["mail"] == "weekly"
    assert Wishes.objects.get().quiet_from == time(21)
    for wrong in (
        {**wanted, "weekday": 7},
        {**wanted, "topics": {"no": {"mail": "daily"}}},
        {**wanted, "quiet_until": None},
    ):
        assert client.put("/api/v1/notify/settings", wrong, content_type="application/json").status_code == 422


def test_a_feed_has_a_secret_address_that_can_be_ended(reader):
    import feedparser

    ref = thing(title="Bänke <b> & Linden\x0b")
    follow(reader, ref)
    handlers.tell(happen(ref))
    Notice.objects.update(bodies={"de": "<img src=x onerror=y> & mehr"})
    browser = people.login(Client(), reader)
    browser.post("/mitteilungen/einstellungen/feed/")
    page = browser.get("/mitteilungen/einstellungen/").content.decode()
    path = re.search(r'href="([^"]+/mitteilungen/feed/[^"]+\.atom)"', page)[1].removeprefix(settings.PUBLIC_URL)
    for address in (path, path.replace(".atom", ".rss")):
        answer = Client().get(address)
        assert answer.status_code == 200
        assert answer["Cache-Control"].startswith("private")
        found = feedparser.parse(answer.content)
        assert not found.bozo
        assert [entry.title for entry in found.entries] == ["Neues zu „Bänke <b> & Linden“"]
        assert found.feed.language == "de"
        # Readers show what stands there as HTML, so what people wrote is escaped once more.
        assert b"&lt;p&gt;&amp;lt;img src=x onerror=y&amp;gt; &amp;amp; mehr" in answer.content
    assert Client().get(path.replace("feed/", "feed/A")).status_code == 404
    browser.post("/mitteilungen/einstellungen/feed/")  # a new one
    assert Client().get(path).status_code == 404
    browser.post("/mitteilungen/einstellungen/feed/", {"action": "close"})
    assert Wishes.objects.get().feed is None


def test_public_things_have_a_feed_for_everybody_without_followers_and_without_names(db):
    import feedparser

    author = people.person(display_name="Ahorn 7")
    ref, hidden = thing(author, title="Bänke"), thing(author, title="Geheim", visibility="hidden")
    for one in (ref, hidden):
        handlers.tell(happen(one, author=author))
        handlers.tell(happen(one, author=author))
    for address in ("/neues.atom", "/neues.rss", f"/folgen/example/thing/{ref.id}/neues.atom"):
        found = feedparser.parse(Client().get(address).content)
        assert not found.bozo
        assert [entry.title for entry in found.entries] == ["Neues zu „Bänke“"] * 2, address
        assert "Geheim" not in str(found)
        assert "Ahorn" not in str(found)
    assert Client().get(f"/folgen/example/thing/{hidden.id}/neues.atom").status_code == 404
    english = feedparser.parse(Client().get("/en/neues.atom").content)
    assert english.entries[0].title == "News of “Bänke”"
    drop_thing(ref)
    assert feedparser.parse(Client().get("/neues.atom").content).entries == []
