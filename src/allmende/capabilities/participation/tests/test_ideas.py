"""An idea's way: handed in, checked, changed, taken back; who sees it when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, rules
from allmende.capabilities.participation.models import Idea, StatusChange
from allmende.capabilities.participation.workflow import State
from allmende.core import manifest
from allmende.core.actor import SYSTEM, Actor, Channel, Idempotency, Viewer
from allmende.core.errors import Closed, Invalid, NotAllowed, NotFound
from allmende.core.models import AuditEntry, Event
from allmende.engines.discussion.interface import case_of
from allmende.engines.notify.interface import following, receipt_of

pytestmark = pytest.mark.central

NOW = timezone.now()
VISITOR = Viewer()


@pytest.fixture
def store(db):
    return builders.store()


@pytest.fixture
def author(db):
    return people.person(display_name="Linde 7")


@pytest.fixture
def moderator(db):
    return people.actor(people.moderator("participation"))


def seen_by(idea: Idea, viewer: Viewer) -> bool:
    return manifest.may_see(idea.ref, viewer, timezone.now())


def test_an_idea_is_private_until_a_moderator_has_released_it(store, author, moderator):
    idea = builders.idea(store, author=author)
    mine = people.actor(author).viewer
    assert idea.state == State.SUBMITTED
    assert seen_by(idea, mine)
    assert seen_by(idea, moderator.viewer)
    assert not seen_by(idea, VISITOR)
    assert not seen_by(idea, people.actor(people.person()).viewer)
    assert not seen_by(idea, people.actor(people.administrator()).viewer)
    assert not seen_by(idea, people.actor(people.clerk("umwelt")).viewer)
    actions.release_idea(actor=moderator, object_id=idea.pk, at=timezone.now())
    assert seen_by(idea, VISITOR)


def test_whoever_hands_in_gets_a_receipt_a_case_with_a_date_and_follows_it(store, author):
    idea = builders.idea(store, author=author)
    receipt = receipt_of(idea.ref, author.pk)
    assert receipt is not None
    assert len(receipt.code) == 9
    case = case_of(idea.ref)
    assert case.due_at == idea.due_at > timezone.now()
    assert case.cause == "new"
    assert case.author_id == author.pk
    assert idea.author_name == "Linde 7"
    assert idea.next_step["de"]
    assert following(people.actor(author).viewer, [idea.ref]) == {idea.ref}
    assert list(StatusChange.objects.filter(idea=idea).values_list("verb", flat=True)) == ["submit"]


def test_without_proof_of_work_the_moderators_know_and_nobody_gets_an_error(store):
    assert case_of(builders.idea(store, proven=False).ref).cause == "no_proof"


def test_a_guest_is_a_person_without_credentials_who_acts_under_an_own_pseudonym(store):
    idea = builders.idea(store, guest={"contact_kind": "email", "email": "G@example.org", "display_name": "Ahorn 12"})
    assert idea.author.is_guest
    assert idea.author.contact_email == "g@example.org"
    assert idea.author_name == "Ahorn 12"
    entry = AuditEntry.objects.get(action="participation.submit_idea")
    assert entry.actor_key == idea.author.pseudonym.key


def test_under_16_nobody_is_named(store):
    idea = builders.idea(
        store, guest={"contact_kind": "none", "display_name": "Max Muster", "under_16": True, "adult_name": "Eva"}
    )
    assert idea.author_name == ""


def test_what_comes_on_paper_takes_the_same_path_and_names_who_entered_it(store):
    clerk = people.actor(people.clerk("umwelt"))
    idea = builders.idea(store)
    by_hand = actions.submit_idea(
        actor=clerk.via(Channel.PAPER),
        store_id=store.pk,
        title="Ein Brief",
        body="Mit der Hand geschrieben.",
        guest={"contact_kind": "letter", "postal_address": "Am Markt 1"},
        at=timezone.now(),
    )
    assert (by_hand.channel, by_hand.entered_by_id, by_hand.state) == ("paper", clerk.person_id, idea.state)
    assert by_hand.author_id != clerk.person_id
    entry = AuditEntry.objects.filter(action="participation.submit_idea").latest("at")
    assert (entry.actor_key, entry.on_behalf_of) == (clerk.key, by_hand.author.pseudonym.key)


def test_a_letter_that_arrived_in_time_counts_although_it_is_entered_later(store):
    clerk = people.actor(people.clerk("umwelt")).via(Channel.PAPER)
    after = store.closes_at + timedelta(days=3)
    words = {"title": "Ein Brief", "body": "Text", "guest": {"contact_kind": "none"}, "store_id": store.pk, "at": after}
    assert actions.submit_idea(actor=clerk, received_at=store.closes_at - timedelta(hours=1), **words).number
    with pytest.raises(Closed):
        actions.submit_idea(actor=clerk, received_at=store.closes_at, **words)
    with pytest.raises(Invalid):
        actions.submit_idea(actor=clerk, received_at=after + timedelta(days=1), **words)


def test_a_resident_cannot_pretend_that_something_came_on_paper(store, author):
    with pytest.raises(NotAllowed):
        actions.submit_idea(
            actor=people.actor(author, Channel.PAPER),
            store_id=store.pk,
            title="x",
            body="y",
            guest={"contact_kind": "none"},
            at=timezone.now(),
        )


def test_a_store_takes_ideas_from_its_first_instant_until_just_before_its_last(store, author):
    actor = people.actor(author)
    words = {"actor": actor, "store_id": store.pk, "title": "Eine Bank", "body": "Im Schatten."}
    for at in (store.opens_at - timedelta(microseconds=1), store.closes_at, store.closes_at + timedelta(days=1)):
        with pytest.raises(Closed):
            actions.submit_idea(**words, at=at)
    assert actions.submit_idea(**words, at=store.opens_at)
    assert actions.submit_idea(**words, at=store.closes_at - timedelta(microseconds=1))


def test_words_are_missing_or_too_many(store, author):
    actor = people.actor(author)
    for title, body, wrong in (
        ("", "b", {"title"}),
        (" ", "\0", {"title", "body"}),
        ("t" * 121, "b" * 4001, {"title", "body"}),
    ):
        with pytest.raises(Invalid) as refused:
            actions.submit_idea(actor=actor, store_id=store.pk, title=title, body=body, at=timezone.now())
        assert set(refused.value.fields) == wrong
    with pytest.raises(Invalid):
        actions.submit_idea(actor=actor, store_id=store.pk, title="a", body="b", category="fremd", at=timezone.now())
    with pytest.raises(Invalid):
        actions.submit_idea(actor=actor, store_id=store.pk, title="a", body="b", district="atlantis", at=timezone.now())


def test_a_form_sent_twice_counts_once(store, author):
    actor = people.actor(author)
    actor = Actor(viewer=actor.viewer, key=actor.key, idempotency=Idempotency("k" * 32, b"body"))
    first = builders.idea(store, author=None, guest={"contact_kind": "none"})
    ideas = [
        actions.submit_idea(actor=actor, store_id=store.pk, title="Bank", body="Schatten", at=timezone.now())
        for _ in range(2)
    ]
    assert ideas[0] == ideas[1] != first
    assert Idea.objects.count() == 2


def test_nobody_decides_on_what_they_wrote_or_entered_themselves(store):
    person = people.moderator("participation")
    idea = builders.idea(store, author=person)
    with pytest.raises(NotAllowed):
        actions.release_idea(actor=people.actor(person), object_id=idea.pk, at=timezone.now())


def test_nobody_decides_on_a_post_from_their_own_group(store, author):
    member = people.moderator("participation")
    for someone in (author, member):
        actions.join_group(actor=people.actor(someone), group_id=store.group_id, at=timezone.now())
    idea = builders.idea(store, author=author)
    with pytest.raises(NotAllowed):
        actions.release_idea(actor=people.actor(member), object_id=idea.pk, at=timezone.now())
    outsider = builders.idea(store, author=people.person())
    assert actions.release_idea(actor=people.actor(member), object_id=outsider.pk, at=timezone.now()).is_public


def test_residents_and_moderators_of_other_rooms_release_nothing(store, author):
    idea = builders.idea(store)
    for someone in (author, people.moderator("market"), people.administrator(), people.clerk("umwelt")):
        with pytest.raises(NotAllowed):
            actions.release_idea(actor=people.actor(someone), object_id=idea.pk, at=timezone.now())


def test_a_refusal_has_a_reason_and_a_rule_and_hides_the_idea(store, author, moderator):
    idea = builders.published(store, author=author)
    store.refresh_from_db()
    assert store.idea_count == 1
    # only a report brings a released idea back into the queue
    from allmende.engines.discussion.interface import report_content

    report_content(
        actor=people.actor(people.person()), ref=idea.ref, reason="insult", text="Das ist böse.", at=timezone.now()
    )
    with pytest.raises(Invalid):
        actions.refuse_idea(actor=moderator, object_id=idea.pk, reason=" ", rule="respekt", at=timezone.now())
    refused = actions.refuse_idea(
        actor=moderator, object_id=idea.pk, reason="Bitte ohne Namen.", rule="respekt", at=timezone.now()
    )
    assert refused.state == State.REFUSED
    assert not seen_by(refused, VISITOR)
    assert seen_by(refused, people.actor(author).viewer)
    store.refresh_from_db()
    assert store.idea_count == 0
    assert refused.history.latest("at").reason == "Bitte ohne Namen."


def test_a_decision_taken_back_hides_the_idea_until_it_is_decided_anew(store, author):
    moderator = people.actor(people.moderator("participation"))
    idea = builders.idea(store, author=author)
    at = timezone.now()
    actions.release_idea(actor=moderator, object_id=idea.pk, at=at)
    held = actions.hold_idea(actor=moderator, object_id=idea.pk, at=at + timedelta(minutes=1))
    assert held.state == State.SUBMITTED
    assert not seen_by(held, VISITOR)
    store.refresh_from_db()
    assert store.idea_count == 0
    assert actions.release_idea(actor=moderator, object_id=idea.pk, at=at + timedelta(minutes=2)).is_public


def test_new_words_of_a_public_idea_wait_while_the_former_ones_stay(store, author, moderator):
    idea = builders.published(store, author=author, title="Alte Worte")
    mine = people.actor(author)
    edited = actions.edit_idea(actor=mine, idea_id=idea.pk, title="Neue Worte", body="Besser.", at=timezone.now())
    assert edited.version.title == "Alte Worte"
    assert edited.pending.title == "Neue Worte"
    assert manifest.moderated_kinds()["participation", "idea"].preview(idea.pk).title == "Neue Worte"
    decided = actions.release_idea(actor=moderator, object_id=idea.pk, at=timezone.now())
    assert (decided.version.title, decided.pending, decided.state) == ("Neue Worte", None, State.PUBLISHED)
    actions.edit_idea(actor=mine, idea_id=idea.pk, title="Böse Worte", body="Schlechter.", at=timezone.now())
    kept = actions.refuse_idea(actor=moderator, object_id=idea.pk, reason="Nein", rule="respekt", at=timezone.now())
    assert (kept.version.title, kept.pending, kept.state) == ("Neue Worte", None, State.PUBLISHED)
    assert [version.number for version in kept.versions.order_by("number")] == [1, 2, 3]


def test_only_the_author_changes_an_idea_and_only_while_the_store_is_open(store, author):
    idea = builders.idea(store, author=author)
    words = {"idea_id": idea.pk, "title": "Neu", "body": "Neu"}
    with pytest.raises(NotFound):
        actions.edit_idea(actor=people.actor(people.person()), at=timezone.now(), **words)
    with pytest.raises(Closed):
        actions.edit_idea(actor=people.actor(author), at=store.closes_at, **words)
    assert actions.edit_idea(actor=people.actor(author), at=timezone.now(), **words).version.title == "Neu"


def test_an_author_takes_an_idea_back(store, author):
    idea = builders.published(store, author=author)
    with pytest.raises(NotFound):
        actions.withdraw_idea(actor=people.actor(people.person()), idea_id=idea.pk, at=timezone.now())
    gone = actions.withdraw_idea(actor=people.actor(author), idea_id=idea.pk, at=timezone.now())
    assert not seen_by(gone, VISITOR)
    store.refresh_from_db()
    assert store.idea_count == 0
    with pytest.raises(Closed):
        actions.withdraw_idea(actor=people.actor(author), idea_id=idea.pk, at=timezone.now())


def test_a_third_persons_name_is_taken_out_of_every_version(store, author, moderator):
    idea = builders.idea(store, author=author, title="Frau Musterfrau hilft", body="Fragt Erika Musterfrau.")
    actions.edit_idea(
        actor=people.actor(author), idea_id=idea.pk, title="Musterfrau", body="Musterfraus Rat", at=timezone.now()
    )
    actions.blank_name(actor=moderator, object_id=idea.pk, name="Musterfrau", at=timezone.now())
    for version in idea.versions.all():
        assert "Musterfrau" not in version.title + version.body
        assert "[Name entfernt]" in version.title + version.body
    with pytest.raises(Invalid):
        actions.blank_name(actor=moderator, object_id=idea.pk, name="Niemand", at=timezone.now())


def test_modified_is_the_clock_at_write_and_grows_with_every_change(store, author):
    idea = builders.published(store, author=author)
    before = Idea.objects.get(pk=idea.pk).modified
    actions.support_idea(actor=people.actor(people.person()), idea_id=idea.pk, at=timezone.now() - timedelta(days=3))
    assert Idea.objects.get(pk=idea.pk).modified > before


def test_events_hold_ids_and_states_only(store, author):
    builders.published(store, author=author, title="Ein Geheimnis")
    for event in Event.objects.filter(capability="participation"):
        assert "Geheimnis" not in str(event.payload)
        assert event.version == 1


def test_the_system_has_no_part_in_moderation(store):
    with pytest.raises(Exception):  # noqa: B017, PT011 - NotSignedIn or NotAllowed, both are fine
        actions.release_idea(actor=SYSTEM, object_id=builders.idea(store).pk, at=timezone.now())


def test_a_draft_store_takes_nothing_and_is_not_even_there(author):
    draft = builders.store(opens_at=None)
    assert rules.store_state(draft, timezone.now()).value == "draft"
    with pytest.raises(NotFound):
        actions.submit_idea(actor=people.actor(author), store_id=draft.pk, title="a", body="b", at=timezone.now())
