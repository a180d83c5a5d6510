"""The pages of a contest as entrants, jurors, the office and everybody else use them."""

import re
from datetime import UTC, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import typst
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, queries, tasks
from allmende.capabilities.participation.models import Contest, Entry, Idea, Placing, PlenaryResult, ScoreSheet
from allmende.core.errors import Invalid
from allmende.engines.ballots.interface import voting

NEW = "/mitmachen/ideen/neu/"
NOW = timezone.now()
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def client(person=None) -> Client:
    made = Client(headers={"host": "localhost"})
    return made if person is None else people.login(made, person)


def contest(opens, closes, **fields):
    """A contest project; `opens` and `closes` in days from now."""
    start = NOW + opens * DAY
    made = actions.create_project(
        actor=people.actor(people.editor()),
        group_id=builders.group().pk,
        blueprint="contest",
        data=actions.ProjectData(title={"de": "Wettbewerb", "en": "Contest"}, contract=builders.CONTRACT),
        opens_at=start,
        closes_at=NOW + closes * DAY,
        at=start,
    )
    held = Contest.objects.select_related("store").get(store__module__project=made)
    rows = [actions.CriterionData(row.names, row.weight, row.scale, row.pk) for row in held.criteria.all()]
    data = {"groups": ["business", "pupils"], "prizes": {"de": "Gutschein\nBuch"}, "criteria": rows, **fields}
    actions.save_contest(
        actor=people.actor(people.editor()), store_id=held.store_id, data=actions.ContestData(**data), at=start
    )
    held.refresh_from_db()
    return held


def entries(made, count, at):
    moderator = people.actor(people.moderator("participation"))
    found = []
    for _ in range(count):
        idea = builders.idea(made.store, at=at, entry=actions.EntryData(entrant="business"))
        actions.release_idea(actor=moderator, object_id=idea.pk, at=at)
        found.append(idea)
    return found


@pytest.fixture
def judged(db):
    """The deadline was yesterday, three entries are public, the jury's phase runs."""
    made = contest(-10, -1)
    entries(made, 3, NOW - 2 * DAY)
    tasks.note_periods(NOW - 23 * timedelta(hours=1))
    made.refresh_from_db()
    return made


def jurors(made, count):
    found = []
    for number in range(count):
        person = people.person()
        actions.appoint_juror(
            actor=people.actor(people.editor()), store_id=made.store_id, person_id=person.pk,
            name=f"Frau Esche {number}", at=NOW,
        )  # fmt: skip
        found.append(person)
    return found


def url(made, rest=""):
    return f"/mitmachen/wettbewerbe/{made.store.number}/{rest}"


def words(store, **more):
    return {
        "store": store.number, "title": "Ein Rad für alle", "body": "Ein Lastenrad an jedem Markt.", "district": "",
        "place": "", "contact_kind": "number", "entrant": "pupils", "_once": uuid4().hex, **more,
    }  # fmt: skip


def concept() -> BytesIO:
    source = b'#set document(title: "Konzept")\n#set text(lang: "de")\n= Konzept\nEin Rad.'
    file = BytesIO(typst.compile(source, pdf_standards=["ua-1"]))
    file.name = "konzept.pdf"
    return file


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def test_an_entry_with_its_concept_is_private_until_the_deadline_and_public_with_its_file_after(db):
    made = contest(-5, 5)
    visitor = client()
    call = visitor.get(url(made)).content.decode()
    assert "Beitrag einreichen" in call
    assert "Unternehmen, Schülerinnen und Schüler" in call
    assert re.search(r"Uhr \(ME(S)?Z\)", call)
    assert visitor.get(f"/mitmachen/speicher/{made.store.number}/")["Location"] == url(made)
    form = visitor.get(f"{NEW}?speicher={made.store.number}").content.decode()
    assert "Wer reicht den Beitrag ein?" in form
    wrong = visitor.post(NEW, words(made.store, entrant="", concept=concept()))
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Ein Rad für alle" in page
    assert "konzept.pdf" in page
    assert "Bitte sagen Sie in wenigen Sätzen, was in der Datei steht." in page
    sent = words(
        made.store, concept_kept=hidden(page, "concept_kept"), concept_summary="Wo das Rad steht.",
        opened=hidden(page, "opened"),
    )  # fmt: skip
    assert visitor.post(NEW, sent).status_code == 302
    idea = Idea.objects.get()
    assert idea.entry.entrant == "pupils"
    address = f"/mitmachen/ideen/{idea.number}/"
    actions.release_idea(actor=people.actor(people.moderator("participation")), object_id=idea.pk, at=NOW)
    assert visitor.get(address).status_code == 404
    assert "Ein Rad für alle" not in visitor.get(url(made)).content.decode()
    made.store.closes_at = NOW
    made.store.save()
    tasks.note_periods(timezone.now())
    page = visitor.get(address).content.decode()
    assert "Wo das Rad steht." in page
    assert "Im Wettbewerb" in page
    assert "Ein Rad für alle" in visitor.get(url(made)).content.decode()


def test_a_form_that_was_open_at_the_deadline_keeps_every_word(db):
    made = contest(-5, 1)
    visitor = client()
    opened = hidden(visitor.get(f"{NEW}?speicher={made.store.number}").content.decode(), "opened")
    made.store.closes_at = timezone.now()
    made.store.save()
    late = visitor.post(NEW, words(made.store, opened=opened))
    page = late.content.decode()
    assert late.status_code == 422
    assert "Die Frist endete am" in page
    assert "Ein Lastenrad an jedem Markt." in page
    Contest.objects.update(grace_minutes=10)
    assert visitor.post(NEW, words(made.store)).status_code == 422  # opened nowhere, or after the end
    assert visitor.post(NEW, words(made.store, opened="x")).status_code == 422
    assert visitor.post(NEW, words(made.store, opened=opened)).status_code == 302


def test_editors_set_the_contest_up_and_name_the_jury(db):
    made = contest(-5, 5)
    editor = client(people.editor())
    page = editor.get(url(made, "einstellen/"))
    assert page.status_code == 200
    closes = timezone.localtime(NOW + 6 * DAY)
    sent = {
        "groups": ["club"], "closes_on": f"{closes:%Y-%m-%d}", "closes_time": "23:59", "grace_minutes": "5",
        "rules": "Alle dürfen.", "prizes": "Ein Buch", "tie_rule": "earlier",
    }  # fmt: skip
    for number, row in enumerate(made.criteria.all()):
        sent |= {f"criterion_{number}": row.names["de"], f"weight_{number}": row.weight, f"scale_{number}": 5}
    sent |= {"criterion_3": "Schönheit", "weight_3": 2, "scale_3": 11}
    wrong = editor.post(url(made, "einstellen/"), sent)
    assert wrong.status_code == 422
    before = made.store.module.phases.get(kind="judge").starts_at
    assert editor.post(url(made, "einstellen/"), {**sent, "scale_3": 10}).status_code == 302
    made = Contest.objects.select_related("store").get()
    assert [row.weight for row in made.criteria.all()] == [3, 2, 1, 2]
    assert f"{timezone.localtime(made.store.closes_at):%H:%M}" == "23:59"
    assert made.store.module.phases.get(kind="judge").starts_at > before
    assert "23:59 Uhr" in client().get(url(made)).content.decode()
    person = people.person(email="esche@example.org")
    named = url(made, "jury-benennen/")
    assert editor.post(named, {"email": "nobody@example.org", "name": "X"}).status_code == 422
    assert editor.post(named, {"email": "ESCHE@example.org", "name": "Frau Esche"}).status_code == 302
    seat = made.jurors.get()
    assert seat.person_id == person.pk
    assert "Frau Esche" in client().get(url(made)).content.decode()
    assert editor.post(named, {"end": str(uuid4())}).status_code == 404
    assert editor.post(named, {"end": str(seat.pk)}).status_code == 302
    assert made.jurors.filter(until=None).count() == 0
    for somebody in (None, people.person(), people.clerk("elsewhere")):
        assert client(somebody).get(named).status_code in {302, 401, 403}


def score(browser, made, number, points, **more):
    given = {str(row.pk): points for row in made.criteria.all()}
    return browser.post(url(made, f"jury/{number}/"), {**given, **more})


def test_a_juror_scores_one_entry_after_the_other_and_sees_nothing_of_the_others(judged):
    first, second = (client(person) for person in jurors(judged, 2))
    numbers = list(Idea.objects.order_by("number").values_list("number", flat=True))
    assert "0 von 3 bewertet" in first.get(url(judged, "jury/")).content.decode()
    assert first.get(url(judged, f"jury/{numbers[0]}/")).status_code == 200
    assert score(first, judged, numbers[0], "").status_code == 422
    assert score(first, judged, numbers[0], 9).status_code == 422
    saved = score(first, judged, numbers[0], 4, note="Gut durchdacht")
    assert saved["Location"] == url(judged, f"jury/{numbers[1]}/")
    assert "1 von 3 bewertet" in first.get(saved["Location"]).content.decode()
    biased = url(judged, f"jury/{numbers[1]}/befangen/")
    assert first.get(biased).status_code == 200
    assert first.post(biased).status_code == 302
    assert score(first, judged, numbers[1], 4).status_code == 403
    assert "1 von 2 bewertet" in first.get(url(judged, "jury/")).content.decode()
    assert score(first, judged, numbers[2], 2)["Location"] == url(judged, "jury/")
    page = second.get(url(judged, "jury/")).content.decode()
    assert "0 von 3 bewertet" in page
    assert "Gut durchdacht" not in page
    assert "Ergebnis je Beitrag" not in page
    for number in numbers:
        assert score(second, judged, number, 3).status_code == 302
    page = second.get(url(judged, "jury/")).content.decode()
    assert "Alle haben bewertet" in page
    assert "Gut durchdacht" in page
    assert "1 Mitglied befangen" in page
    assert "zu wenige Bewertungen" in page  # of the entry that one only has scored: its mean would be that score
    assert "Frau Esche" not in page
    own = first.get(url(judged, f"jury/{numbers[0]}/")).content.decode()
    assert "4 von 5 Punkten" in own  # what one gave can still be read
    assert "Gut durchdacht" in own
    assert "Gut durchdacht" not in second.get(url(judged, f"jury/{numbers[0]}/")).content.decode()
    assert score(second, judged, numbers[0], 5).status_code in {409, 422}
    assert ScoreSheet.objects.count() == 5
    assert "Ergebnis je Beitrag" in client(people.editor()).get(url(judged, "fuehren/")).content.decode()
    result = client().get(url(judged, "ergebnis/")).content.decode()
    assert "von 100" not in result.replace("0 bis 100", "")  # the public vote is still to come


def test_nobody_outside_the_jury_comes_to_its_desk(judged):
    number = Idea.objects.first().number
    for rest in ("jury/", f"jury/{number}/", f"jury/{number}/befangen/"):
        assert client().get(url(judged, rest)).status_code in {302, 401}
        assert client(people.person()).get(url(judged, rest)).status_code == 403
        assert client(people.editor()).get(url(judged, rest)).status_code == 403


def test_the_office_says_who_stands_outside_the_ranking(judged):
    office = client(people.clerk("umwelt"))
    idea = Idea.objects.order_by("number").first()
    check = url(judged, f"fuehren/{idea.number}/")
    assert "noch nicht geprüft" in office.get(url(judged, "fuehren/")).content.decode()
    assert office.get(check).status_code == 200
    assert office.post(check, {"admission": "outside", "reason": ""}).status_code == 422
    assert office.post(check, {"admission": "outside", "reason": "Kein Betrieb der Stadt."}).status_code == 302
    (juror,) = jurors(judged, 1)
    assert "0 von 2 bewertet" in client(juror).get(url(judged, "jury/")).content.decode()
    assert "außer Wertung" in client().get(f"/mitmachen/ideen/{idea.number}/").content.decode()
    assert "Kein Betrieb" not in client().get(f"/mitmachen/ideen/{idea.number}/").content.decode()


@pytest.fixture
def decided(db):
    """Long over: jury and vote have ended, the deciding runs."""
    made = contest(-60, -40)
    found = entries(made, 3, NOW - 45 * DAY)
    at = NOW - 40 * DAY + MINUTE
    tasks.note_periods(at)
    made.refresh_from_db()
    for person in jurors(made, 2):
        for number, idea in enumerate(found):
            actions.score_entry(
                actor=people.actor(person), store_id=made.store_id, entry_number=idea.number,
                points={row.pk: 5 - number for row in made.criteria.all()}, at=at + DAY,
            )  # fmt: skip
    return made


def placing(made, order, **more):
    """Form values: the entries in their order get these places."""
    rows = Entry.objects.order_by("idea__number")
    sent = {"decision": "Der Stadtrat vergibt die Plätze.", "reason": "Nach Beratung.", "decision_url": "", **more}
    return sent | {f"place_{row.pk}": place or "" for row, place in zip(rows, order, strict=True)}


def test_right_after_midnight_today_is_the_citys_day(decided):
    """In Greenwich it is still yesterday."""
    at = timezone.localtime(NOW).replace(hour=0, minute=30) + DAY
    fields = {
        "actor": people.actor(people.clerk("umwelt")),
        "store_id": decided.store_id,
        "votes": dict.fromkeys(Entry.objects.values_list("pk", flat=True), 3),
        "reason": "Gezählt vom Präsidium.",
        "at": at.astimezone(UTC),
    }
    with pytest.raises(Invalid) as refused:
        actions.record_plenary(held_on=at.date() + DAY, **fields)
    assert "held_on" in refused.value.fields
    assert actions.record_plenary(held_on=at.date(), **fields).held_on == at.date()


def test_from_the_plenarys_vote_to_the_places_with_every_difference_explained(decided, deliver):
    office = client(people.clerk("umwelt"))
    rows = list(Entry.objects.order_by("idea__number"))
    votes = {f"votes_{row.pk}": count for row, count in zip(rows, (10, 30, 5), strict=True)}
    plenary = url(decided, "vollversammlung/")
    sent = {"held_on": f"{NOW - 5 * DAY:%Y-%m-%d}", "voters": "40", "reason": "Gezählt vom Präsidium.", **votes}
    assert office.get(plenary).status_code == 200
    assert office.post(plenary, {**sent, "voters": "20"}).status_code == 422
    assert office.post(plenary, {**sent, "reason": ""}).status_code == 422
    assert office.post(plenary, sent).status_code == 302
    assert office.post(plenary, {**sent, "reason": "Eine Stimme doppelt.", "voters": "41"}).status_code == 302
    assert PlenaryResult.objects.count() == 2
    places = url(decided, "plaetze/")
    assert "Jury: 1. Platz" in office.get(places).content.decode()
    wrong = office.post(places, placing(decided, (1, 2, None)))
    assert wrong.status_code == 422
    assert "Dieser Platz weicht ab." in wrong.content.decode()
    assert office.post(places, placing(decided, (1, 3, None))).status_code == 422
    assert office.post(places, placing(decided, (None, None, None))).status_code == 422
    why = {f"why_{row.pk}": "Der Stadtrat folgt der Jury." for row in rows[:2]}
    assert office.post(places, placing(decided, (1, 2, None), **why, decision_url="javascript:1")).status_code == 422
    assert office.post(places, placing(decided, (1, 2, None), **why)).status_code == 302
    page = client().get(url(decided, "ergebnis/")).content.decode()
    for told in ("1. Platz", "100,0 von 100", "30 Stimmen", "Der Stadtrat folgt der Jury.", "Gutschein",
                 "Eine Stimme doppelt.", "Gezählt vom Präsidium."):  # fmt: skip
        assert told in page
    assert "Die Plätze" in client().get(url(decided)).content.decode()
    entry_page = client().get(f"/mitmachen/ideen/{rows[0].idea.number}/").content.decode()
    assert "1. Platz" in entry_page
    deliver()
    entry_page = client().get(f"/mitmachen/ideen/{rows[0].idea.number}/").content.decode()
    assert "Die Plätze: Wettbewerb" in entry_page  # the Trace
    for row in rows:
        made = client().get(url(decided, f"urkunde/{row.idea.number}.pdf"))
        assert made.status_code == 200
        assert made.content.startswith(b"%PDF")
        assert b"/StructTreeRoot" in made.content
    # A correction stays visible, and needs a word of its own.
    swapped = placing(decided, (2, 1, None), **why, reason="Die Namen waren vertauscht.")
    assert office.post(places, swapped).status_code == 302
    assert [row.edition for row in Placing.objects.all()] == [2, 1]
    page = client().get(url(decided, "ergebnis/")).content.decode()
    assert "Frühere Fassungen" in page
    assert "Die Namen waren vertauscht." in page
    assert queries.place_of(rows[0]).place == 2


def test_places_are_given_in_their_phase_by_who_is_authorised(decided, judged):
    for somebody in (people.person(), people.moderator(), people.clerk("elsewhere")):
        assert client(somebody).get(url(decided, "plaetze/")).status_code == 403
    assert client(people.editor()).get(url(judged, "plaetze/")).status_code == 409


def test_the_pages_of_a_contest_stay_within_the_limit_of_queries(decided, django_assert_max_num_queries):
    office, visitor = client(people.editor()), client()
    for browser in (office, visitor):
        for rest in ("", "ergebnis/"):
            browser.get(url(decided, rest))
            with django_assert_max_num_queries(15):
                assert browser.get(url(decided, rest)).status_code == 200
    number = Idea.objects.first().number
    for rest in ("fuehren/", f"fuehren/{number}/", "einstellen/", "jury-benennen/", "vollversammlung/", "plaetze/"):
        with django_assert_max_num_queries(15):
            assert office.get(url(decided, rest)).status_code == 200


def test_the_public_vote_stands_beside_the_jury_and_a_place_that_differs_from_it_says_why(judged):
    editor, browser = people.editor(), client()
    span = next(row for row in judged.store.module.spans() if row.kind == "vote")
    at = span.starts_at + MINUTE
    poll = actions.open_poll(
        actor=people.actor(editor), module_id=judged.store.module.pk,
        data=actions.PollData(title={"de": "Welcher Beitrag?"}), at=at,
    )  # fmt: skip
    for _ in range(3):
        voting.cast_ballot(actor=people.actor(people.person()), vote_id=poll.vote_id, choices=[(2, 0)], at=at)
    voting.cast_ballot(actor=people.actor(people.person()), vote_id=poll.vote_id, choices=[(1, 0), (2, 0)], at=at)
    found = queries.ranked(queries.entries(judged.pk))
    assert queries.public_vote(judged, found) is None  # not while people vote
    builders.count_votes(poll)
    public = queries.public_vote(judged, found)
    assert [public.scores[row.pk] for row in found] == [0, 1, 4]
    assert [queries.rankings(judged)["public"][row.pk] for row in found] == [3, 2, 1]

    later = span.ends_at + DAY
    data = {"decision": "Beschluss", "reason": "Beschlossen.", "actor": people.actor(editor), "at": later}
    given = [actions.PlaceData(row.pk, place) for row, place in zip(found, (1, 2, 3), strict=True)]
    with pytest.raises(Invalid) as refused:
        actions.publish_placing(store_id=judged.store_id, places=given, **data)
    assert set(refused.value.fields) == {f"why_{found[0].pk}", f"why_{found[2].pk}"}
    why = [actions.PlaceData(row.entry_id, row.place, "Wegen der Kosten.") for row in given]
    actions.publish_placing(store_id=judged.store_id, places=why, **data)
    entry = client().get(f"/mitmachen/ideen/{found[0].idea.number}/").content.decode()
    assert "Die Plätze stehen fest." in entry
    assert "überfällig" not in entry
    page = browser.get(url(judged, "ergebnis/")).content.decode()
    assert "Öffentliche Abstimmung" in page
    assert "<b>4 Stimmen</b>" in page
    assert f"/mitmachen/abstimmungen/{poll.number}/" in page
