"""Demand meets supply: needs are grouped, a group is answered, everybody in it hears once, partners are heard."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, interface, queries, rules
from allmende.capabilities.participation.models import Idea, Offer, PartnerOffer
from allmende.capabilities.participation.queries import needs as reading
from allmende.capabilities.participation.workflow import State
from allmende.core.actor import Actor, Channel, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotSignedIn
from allmende.engines.notify.interface import Notice
from allmende.engines.search.interface import Entry
from allmende.engines.trace.interface import Edge

NOW = timezone.now()
LATER = NOW + timedelta(minutes=5)
SOON = (NOW + timedelta(days=90)).date()


@pytest.fixture
def moderator(db):
    return people.actor(people.moderator("participation"))


@pytest.fixture
def clerk(db):
    return people.actor(people.clerk("umwelt"))


@pytest.fixture
def store(db):
    return builders.store(kind="need")


def group(moderator, store, needs, title="Orte am Abend"):
    step = actions.order_ideas(
        actor=moderator, store_id=store.pk, idea_ids=[need.pk for need in needs], new_title={"de": title}, at=NOW
    )
    return step.target


def data(**fields):
    values = {"kind": "event", "text": "Mittwochs hilft jemand im Pop-up-Store.", "department": "umwelt"}
    return actions.OfferData(**{**values, **fields})


def answer(clerk, theme, **fields):
    return actions.answer_needs(actor=clerk, theme_id=theme.pk, data=data(**fields), at=LATER)


def told(person_id, rule="participation.needs_answered"):
    return Notice.objects.filter(person_id=person_id, rule__startswith=f"{rule}#").count()


def test_a_group_is_answered_and_everybody_in_it_hears_once(moderator, clerk, store, deliver):
    twice, once, fan, stranger = (people.person() for _ in range(4))
    needs = [builders.published(store, author=who) for who in (twice, twice, once)]
    alone = builders.published(store, author=stranger)
    actions.support_idea(actor=people.actor(fan), idea_id=needs[0].pk, at=NOW)
    theme = group(moderator, store, needs)
    deliver()
    assert Entry.objects.get(object_id=theme.pk).state == "waiting"
    before = Notice.objects.count()
    offer = answer(clerk, theme)
    deliver()
    assert [told(who.pk) for who in (twice, once, fan, stranger)] == [1, 1, 1, 0]
    assert Notice.objects.count() == before + 3, "one notice for each, none more for the links of the Trace"
    states = Idea.objects.filter(pk__in=[need.pk for need in needs]).values_list("state", "due_at")
    assert set(states) == {(State.ANSWERED, None)}
    assert Idea.objects.get(pk=alone.pk).state == State.PUBLISHED
    for need in needs:
        assert Edge.objects.filter(source_id=need.pk, target_id=theme.pk, retracted_at=None).exists()
    assert Edge.objects.filter(source_id=theme.pk, target_id=offer.pk, retracted_at=None).exists()
    entry = Entry.objects.get(object_id=theme.pk)
    assert (entry.state, entry.url) == ("event", f"/mitmachen/bedarf/{theme.number}/")
    assert Entry.objects.get(object_id=offer.pk).visibility == "public"
    assert {Entry.objects.get(object_id=need.pk).state_labels["de"] for need in needs} == {"Wunsch, beantwortet"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": "no"}, {"alternative", "ask_again_on"}),
        ({"kind": "no", "alternative": "Das Sammeltaxi.", "ask_again_on": NOW.date()}, {"ask_again_on"}),
        ({"text": " \n"}, {"text"}),
        ({"text": "x" * 4001}, {"text"}),
        ({"kind": "voucher"}, {"kind"}),
        ({"department": "mond"}, {"department"}),
        ({"link": "javascript:alert(1)"}, {"link"}),
        ({"link": "http://unverschluesselt.example/"}, {"link"}),
        ({"link": "/mitmachen/ideen/999999/"}, {"link"}),
        ({"partner_offer_id": "0197e1a0-0000-7000-8000-000000000000"}, {"partner"}),
    ],
)
def test_an_answer_is_whole_or_it_is_none(moderator, clerk, store, fields, wrong):
    theme = group(moderator, store, [builders.published(store)])
    with pytest.raises(Invalid) as caught:
        answer(clerk, theme, **fields)
    assert set(caught.value.fields) == wrong
    assert not Offer.objects.exists()
    assert not Idea.objects.filter(state=State.ANSWERED).exists()


def test_a_no_says_why_what_else_and_when_to_ask_again(moderator, clerk, store):
    need = builders.published(store)
    theme = group(moderator, store, [need])
    answer(clerk, theme, kind="no", alternative="Das Sammeltaxi.", ask_again_on=SOON)
    found = Idea.objects.get(pk=need.pk)
    assert found.next_step["de"] == f"Ab dem {SOON:%d.%m.%Y} kann man wieder fragen."
    assert found.due_at is None, "the day is no debt of the office"
    page = Client().get(f"/mitmachen/bedarf/{theme.number}/").content.decode()
    for words in ("Das geht zurzeit nicht", "Das Sammeltaxi.", "Wieder fragen ab"):
        assert words in page


def test_only_the_office_answers_and_only_groups_of_needs(moderator, clerk, store):
    theme = group(moderator, store, [builders.published(store)])
    for who in (moderator, people.actor(people.person()), people.actor(people.clerk("kultur"))):
        with pytest.raises(NotAllowed):
            answer(who, theme)
    ideas = builders.store()
    other = group(moderator, ideas, [builders.published(ideas)])
    with pytest.raises(Conflict):
        answer(clerk, other)


def test_who_comes_late_has_the_answer_and_who_leaves_waits_again(moderator, clerk, store, deliver):
    author = people.person()
    first, late = builders.published(store), builders.published(store, author=author)
    theme = group(moderator, store, [first])
    answer(clerk, theme)
    deliver()
    actions.order_ideas(actor=moderator, store_id=store.pk, idea_ids=[late.pk], target_id=theme.pk, at=LATER)
    deliver()
    assert Idea.objects.get(pk=late.pk).state == State.ANSWERED
    assert told(author.pk, "participation.need_followed") == 1
    step = actions.order_ideas(actor=moderator, store_id=store.pk, idea_ids=[late.pk], source_id=theme.pk, at=LATER)
    deliver()
    found = Idea.objects.get(pk=late.pk)
    assert (found.state, found.due_at is None) == (State.PUBLISHED, False)
    actions.undo_step(actor=moderator, step_id=step.pk, at=LATER)
    deliver()
    assert Idea.objects.get(pk=late.pk).state == State.ANSWERED


def test_an_offer_leads_to_the_thing_it_is(moderator, clerk, store, deliver):
    meeting = builders.meeting()
    deliver()
    theme = group(moderator, store, [builders.published(store)])
    offer = answer(clerk, theme, link=f"/en/mitmachen/termine/{meeting.number}/")
    assert offer.thing == str(meeting.ref)
    assert Edge.objects.filter(source_id=offer.pk, target_id=meeting.pk).exists()
    deliver()
    page = Client().get(f"/mitmachen/bedarf/{theme.number}/").content.decode()
    assert f'href="/mitmachen/termine/{meeting.number}/"' in page
    other = answer(clerk, theme, link="https://hochschule.example/studie")
    assert (other.thing, other.url) == ("", "https://hochschule.example/studie")


def test_nobody_deals_with_anybody_beneath_a_need(store):
    need = queries.idea(builders.published(store).pk)
    assert not rules.may_comment(need, NOW)
    assert rules.may_support(need, need.store, NOW)
    page = Client().get(f"/mitmachen/ideen/{need.number}/").content.decode()
    assert 'name="body"' not in page


def test_a_partner_speaks_to_the_city_alone(moderator, clerk, store, deliver):
    one, two, resident = (people.person() for _ in range(3))
    club = people.club(one, two, name="Werkbank")
    words = {"title": "Ein Raum am Abend", "body": "Freitags frei.", "at": NOW}
    with pytest.raises(NotSignedIn):
        actions.offer_as_partner(actor=Actor(channel=Channel.WEB), **words)
    with pytest.raises(NotAllowed):
        actions.offer_as_partner(actor=people.actor(resident), organisation_id=club.pk, **words)
    made = actions.offer_as_partner(actor=people.actor(one), organisation_id=club.pk, may_be_named=True, **words)
    assert made.name == "Werkbank"
    assert interface.may_see_partner_offer(made.pk, people.actor(one).viewer, NOW)
    assert interface.may_see_partner_offer(made.pk, moderator.viewer, NOW)
    assert not interface.may_see_partner_offer(made.pk, people.actor(resident).viewer, NOW)
    assert not interface.may_see_partner_offer(made.pk, Viewer(), NOW)
    deliver()
    assert not Entry.objects.visible_to(moderator.viewer, NOW).filter(object_id=made.pk).exists()
    theme = group(moderator, store, [builders.published(store)])
    offer = answer(clerk, theme, kind="partner", partner_offer_id=made.pk)
    deliver()
    assert (offer.partner_name, PartnerOffer.objects.get().state) == ("Werkbank", "used")
    assert told(one.pk, "participation.partner_replied") == 1
    with pytest.raises(Conflict):
        actions.reply_to_partner(actor=moderator, partner_id=made.pk, state="declined", reply="Nein.", at=LATER)


def test_who_does_not_want_to_be_named_is_not_and_a_refusal_needs_words(moderator, clerk, store):
    made = actions.offer_as_partner(
        actor=moderator.via(Channel.TELEPHONE), name="Musikschule", title="Ein Keller", body="Trocken.", at=NOW
    )
    with pytest.raises(Invalid) as caught:
        actions.reply_to_partner(actor=moderator, partner_id=made.pk, state="declined", reply=" ", at=NOW)
    assert set(caught.value.fields) == {"reply"}
    theme = group(moderator, store, [builders.published(store)])
    offer = answer(clerk, theme, kind="partner", partner_offer_id=made.pk)
    assert (offer.partner_name, offer.partner_offer_id) == ("", made.pk)
    assert "Musikschule" not in Client().get(f"/mitmachen/bedarf/{theme.number}/").content.decode()
    late = actions.offer_as_partner(
        actor=moderator.via(Channel.PAPER), name="Chor", title="Zwei Stimmen", body="Montags.", at=NOW
    )
    actions.reply_to_partner(actor=moderator, partner_id=late.pk, state="declined", reply="Passt nicht.", at=NOW)
    with pytest.raises(Invalid):
        answer(clerk, theme, partner_offer_id=late.pk)


def test_the_list_says_what_was_answered_and_asks_the_same_few_queries(
    moderator, clerk, store, django_assert_max_num_queries
):
    themes = [group(moderator, store, [builders.published(store)], title=f"Bedarf {n}") for n in range(4)]
    answer(clerk, themes[0])
    answer(clerk, themes[1], kind="no", alternative="Etwas anderes.", ask_again_on=SOON)
    builders.published(store)
    with django_assert_max_num_queries(6):
        found = reading.needs(NOW + timedelta(hours=1))
    assert [row.theme.pk for row in found.groups] == [theme.pk for theme in reversed(themes)]
    assert (found.total, found.loose) == (4, 1)
    pages = {
        key: {row.theme.pk for row in reading.needs(NOW + timedelta(hours=1), only=key).groups}
        for key in reading.FILTERS
    }
    assert pages["offer"] == {themes[0].pk}
    assert pages["no"] == {themes[1].pk}
    assert pages["waiting"] == {themes[2].pk, themes[3].pk}
    with django_assert_max_num_queries(15):
        assert Client().get("/mitmachen/bedarf/").status_code == 200


def test_a_theme_of_needs_lives_at_one_address_and_one_of_ideas_at_the_other(moderator, store):
    theme = group(moderator, store, [builders.published(store)])
    ideas = builders.store()
    other = group(moderator, ideas, [builders.published(ideas)])
    assert Client().get(f"/mitmachen/themen/{theme.number}/")["Location"] == f"/mitmachen/bedarf/{theme.number}/"
    assert Client().get(f"/mitmachen/bedarf/{other.number}/").status_code == 404
    assert Client().get("/mitmachen/bedarf/neu/")["Location"].endswith(f"?speicher={store.number}")
    page = Client().get(f"/mitmachen/ideen/neu/?speicher={store.number}").content.decode()
    assert "Ihr Wunsch in einem Satz" in page
    assert "Wunsch absenden" in page


def test_an_erased_person_leaves_what_the_organisation_said(moderator, store):
    one, two = people.person(), people.person()
    club = people.club(one, two)
    made = actions.offer_as_partner(
        actor=people.actor(one), organisation_id=club.pk, title="Ein Raum", body="Freitags.", at=NOW
    )
    from allmende.capabilities.participation.actions.personal_data import erase_partner_offers, export_partner_offers

    assert [row["title"] for row in export_partner_offers(one.pk)] == ["Ein Raum"]
    erase_partner_offers(one.pk, True)  # noqa: FBT003 - as the manifest calls it
    found = PartnerOffer.objects.get(pk=made.pk)
    assert (found.sender_id, found.title) == (None, "Ein Raum")
