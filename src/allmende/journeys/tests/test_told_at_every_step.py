"""Whoever said it first hears how far it went: goal, text, what the council makes of it, pilot and effect."""

import itertools

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import builders as ideas
from allmende.capabilities.strategy import actions, builders
from allmende.capabilities.strategy.builders import LAMPS
from allmende.engines.notify.interface import Notice, follow_silently
from allmende.engines.trace.interface import link_things, retract_edge


def heard(person):
    return list(Notice.objects.filter(person=person).order_by("id").values_list("subjects__de", flat=True))


def link(source, target):
    return link_things(
        actor=people.actor(people.clerk("umwelt")), source=source, target=target, reason="Das eine führte zum anderen.",
        at=timezone.now(),
    )  # fmt: skip


def test_author_and_follower_of_an_idea_hear_of_every_step(db, deliver):
    author, follower, stranger = people.person(), people.person(), people.person()
    idea = ideas.published(author=author)
    deliver()
    follow_silently(follower.pk, idea.ref, timezone.now())
    editor = builders.editor()
    goal = builders.goal()
    deliver()

    def step(words, *, do):
        before = {person: len(heard(person)) for person in (author, follower)}
        done = do()
        deliver()
        for person, count in before.items():
            new = heard(person)[count:]
            assert any(words in subject for subject in new), (words, new)
        return done

    step(
        str(goal),
        do=lambda: actions.order_impulses(
            actor=editor, refs=[idea.ref], goal_id=goal.pk, reason="Genau darum geht es.", at=timezone.now()
        ),
    )
    text = builders.text(LAMPS, goal=goal, opened=False)
    step(
        "Ein neuer Text der Strategie",
        do=lambda: actions.move_text(actor=editor, text_id=text.pk, verb="open", at=timezone.now()),
    )
    version = text.versions.get(number=1)
    # What everybody may see, in place of what other rooms make of it: a paper, a pilot, an effect.
    way = [builders.goal(title={"de": name}) for name in ("Vorlage", "Pilot", "Wirkung")]
    deliver()
    edge = None
    for source, target in itertools.pairwise([version, *way]):
        edge = step(str(target), do=lambda source=source, target=target: link(source.ref, target.ref))
    step(
        "gehört doch nicht zu",
        do=lambda: retract_edge(
            actor=people.actor(people.clerk("umwelt")), edge_id=edge.pk, reason="Das war etwas anderes.",
            at=timezone.now(),
        ),
    )  # fmt: skip
    assert not heard(stranger)


def test_a_text_that_is_adopted_is_told_to_whose_words_led_to_it(db, deliver):
    author = people.person()
    idea = ideas.published(author=author)
    deliver()
    editor, goal = builders.editor(), builders.goal()
    actions.order_impulses(actor=editor, refs=[idea.ref], goal_id=goal.pk, reason="Passt.", at=timezone.now())
    text = builders.text(LAMPS, goal=goal)
    for verb, more in (("evaluate", {}), ("to_council", {}), ("adopt", {"decision": "Beschlossen, Nummer 12/2026."})):
        actions.move_text(actor=editor, text_id=text.pk, verb=verb, at=timezone.now(), **more)
    deliver()
    assert any(str(text) in subject for subject in heard(author))
    found = Notice.objects.filter(person=author, bodies__de__icontains="Nummer 12/2026")
    assert found.count() == 1, "of the steps in between they heard only that there is a text"
