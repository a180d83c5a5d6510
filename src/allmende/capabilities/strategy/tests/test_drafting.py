"""A file as the next version: paragraphs stay who they are, everything is shown before it is saved, nothing is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.capabilities.strategy import actions, builders
from allmende.capabilities.strategy.actions import NewParagraph
from allmende.capabilities.strategy.builders import LAMPS, TREES, said, text
from allmende.capabilities.strategy.models import Feedback, Paragraph, Revision, Wording
from allmende.capabilities.strategy.queries import texts
from allmende.capabilities.strategy.rules.matching import matched
from allmende.core.actor import Role
from allmende.core.errors import Conflict, Invalid, NotAllowed

NEW = "Wege in Parks werden im Winter geräumt."


@pytest.fixture
def editor(db):
    return builders.editor()


@pytest.fixture
def team(db):
    client = Client(headers={"host": "localhost"})
    client.force_login(people.with_role(Role.EDITOR, "strategy"))
    return client


def replace(editor, made, *bodies, seen=None):
    return actions.replace_draft(
        actor=editor, text_id=made.pk, paragraphs=[NewParagraph(body) for body in bodies],
        seen=texts.state_of(made) if seen is None else seen, at=timezone.now(),
    )  # fmt: skip


def draft_of(made):
    rows = Wording.objects.filter(version__text=made, version__published_at=None).order_by("place")
    return [(row.paragraph.number, row.body) for row in rows.select_related("paragraph")]


# Which is which

paragraphs = st.lists(
    st.lists(
        st.sampled_from(["weg", "lampe", "baum", "stadt", "haus", "schule", "bus", "rad"]), min_size=1, max_size=8
    ).map(" ".join),
    max_size=12,
)


@given(old=paragraphs, new=paragraphs)
def test_no_paragraph_is_given_twice_and_equal_ones_find_each_other(old, new):
    places = matched(old, new)
    given_away = [place for place in places if place is not None]
    assert len(places) == len(new)
    assert len(given_away) == len(set(given_away))
    assert all(0 <= place < len(old) for place in given_away)
    for body in set(old) & set(new):
        same = sum(1 for number, place in enumerate(places) if place is not None and new[number] == old[place] == body)
        assert same == min(old.count(body), new.count(body))


@given(old=st.lists(st.text(min_size=1, max_size=30), unique=True, max_size=12), data=st.data())
def test_paragraphs_that_only_moved_are_all_found(old, data):
    new = data.draw(st.permutations(old))
    assert [old[place] for place in matched(old, new)] == new


def test_what_is_rewritten_is_the_same_and_what_shares_little_is_not():
    old = ["Licht", LAMPS, TREES]
    new = ["Licht", TREES.replace("drei", "fünf"), NEW, LAMPS.replace("sieben", "drei")]
    assert matched(old, new) == [0, 2, None, 1]


def test_common_words_do_not_make_paragraphs_alike():
    old = [f"Die Stadt macht {thing} bis 2030 sicher." for thing in ("Wege", "Plätze", "Schulen", "Brücken", "Parks")]
    new = [old[3].replace("Brücken", "alle Brücken"), old[1].replace("2030", "2035")]
    assert matched(old, new) == [3, 1]


# Taking it


def test_rewritten_paragraphs_keep_what_was_said_to_them(editor):
    made = text()
    voice = said(made, 2)
    replace(editor, made, "Licht", NEW, TREES, LAMPS.replace("sieben", "drei"))
    assert draft_of(made) == [(1, "Licht"), (4, NEW), (3, TREES), (2, LAMPS.replace("sieben", "drei"))]
    assert Feedback.objects.get(pk=voice.pk).paragraph.number == 2
    assert Revision.objects.get().body == LAMPS
    published = texts.version(made, 1)
    assert [row.body for row in texts.wordings(published)] == ["Licht", LAMPS, TREES], "published words stay"


def test_what_is_not_in_the_file_is_left_out_and_its_number_is_never_given_again(editor):
    made = text()
    replace(editor, made, "Licht", LAMPS)
    assert draft_of(made) == [(1, "Licht"), (2, LAMPS)]
    assert Paragraph.objects.filter(text=made).count() == 3
    replace(editor, made, "Licht", LAMPS, NEW)
    assert draft_of(made)[2] == (4, NEW)


def test_nothing_is_overwritten_that_somebody_wrote_meanwhile(editor):
    made = text()
    seen = texts.state_of(made)
    actions.write_paragraph(
        actor=editor, text_id=made.pk, number=2, body=LAMPS + " Immer.", revision=1, at=timezone.now()
    )
    with pytest.raises(Conflict):
        replace(editor, made, "Licht", LAMPS, seen=seen)
    assert draft_of(made)[1] == (2, LAMPS + " Immer.")


def test_rivals_are_put_together_first(editor):
    made = text()
    for words in ("Erst.", "Zweit."):
        actions.write_paragraph(actor=editor, text_id=made.pk, number=2, body=words, revision=1, at=timezone.now())
    with pytest.raises(Conflict):
        replace(editor, made, "Licht", LAMPS)


def test_only_the_team_does_that_and_not_with_nothing_or_too_much(editor):
    made = text()
    with pytest.raises(NotAllowed):
        replace(people.actor(people.clerk("umwelt")), made, LAMPS)
    for bodies in ((), ("x" * 4001,), tuple(str(number) for number in range(1001))):
        with pytest.raises(Invalid):
            replace(editor, made, *bodies)
    assert texts.written(made) is None


# The page


def test_a_file_is_looked_at_before_it_is_saved(team):
    made = text()
    here = reverse("strategy:draft_file", args=[made.number])
    assert here in team.get(reverse("strategy:write", args=[made.number])).content.decode()
    content = f"# Licht\n\n{LAMPS.replace('sieben', 'drei')}\n\n{NEW}\n".encode()
    shown = team.post(here, {"file": SimpleUploadedFile("text.md", content)})
    words = shown.content.decode()
    assert shown.status_code == 200
    assert "Das würde sich ändern" in words
    assert "<ins>" in words
    assert TREES in words, "what would be left out is named"
    assert texts.written(made) is None
    values = {"paragraphs": shown.context["form"].initial["paragraphs"], "seen": shown.context["form"].initial["seen"]}
    again = team.post(here, {**values, "look": "1"})
    assert "Das würde sich ändern" in again.content.decode()
    assert texts.written(made) is None
    done = team.post(here, values)
    assert (done.status_code, done["Location"]) == (302, reverse("strategy:write", args=[made.number]))
    assert draft_of(made) == [(1, "Licht"), (2, LAMPS.replace("sieben", "drei")), (4, NEW)]
    late = team.post(here, values)
    assert late.status_code == 422
    assert "Vorschau neu an" in late.content.decode()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 broken"])
def test_what_cannot_be_read_is_said_in_a_sentence(team, content):
    made = text()
    here = reverse("strategy:draft_file", args=[made.number])
    answer = team.post(here, {"file": SimpleUploadedFile("text.docx", content)})
    assert answer.status_code == 422
    assert texts.written(made) is None


def test_before_the_council_nothing_is_written_any_more(team):
    made = text()
    type(made).objects.filter(pk=made.pk).update(state="council")
    assert team.get(reverse("strategy:draft_file", args=[made.number])).status_code == 409
