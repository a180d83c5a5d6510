"""Proposals learn from what the offices have closed: better than key words, explained, and open to correction."""

import random
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import builders
from allmende.capabilities.reports.actions.learning import learn_words, strike_words
from allmende.capabilities.reports.models import LearnedWord, Lesson, Report
from allmende.capabilities.reports.queries import categories
from allmende.capabilities.reports.rules.learning import LEAST_REPORTS, guess, learn, words_in
from allmende.core.actor import SYSTEM, Role
from allmende.core.errors import NotAllowed

KEYS = [("licht", ["laterne"]), ("gruen", ["baum"]), ("muell", ["abfall"])]
SAYS = {
    "licht": ["Leuchte", "flackert", "finster", "Mast"],
    "gruen": ["Linde", "umgestürzt", "Zweige", "Wurzel"],
    "muell": ["Matratze", "abgeladen", "stinkt", "Tüten"],
}
FILLER = ["Seit gestern", "Bitte schauen", "Wieder einmal", "Direkt nebenan", "Kinder spielen"]


def sample(size, seed=3):
    chance = random.Random(seed)
    for _ in range(size):
        kind = chance.choice(list(SAYS))
        yield f"{chance.choice(FILLER)}: {' '.join(chance.sample(SAYS[kind], 2))}.", kind


def test_words_of_closed_reports_guess_what_key_words_cannot():
    found = learn(list(sample(200)), KEYS)
    assert (found.hit, found.hit_by_keys, found.tried) == (40, 0, 40)
    assert found.helps
    assert guess("Die Leuchte am Markt flackert!", KEYS, found.weights) == [("licht", "flackert", True)] or guess(
        "Die Leuchte am Markt flackert!", KEYS, found.weights
    ) == [("licht", "Leuchte", True)]
    assert not any(word in found.weights for word in ("gestern", "bitte", "kinder")), "what all say teaches nothing"


def test_names_of_single_reports_teach_nothing_and_few_reports_neither():
    rows = [("Frau Musterfrau sagt: Leuchte kaputt", "licht")] * 3 + list(sample(100))
    assert "musterfrau" not in learn(rows, KEYS).weights
    assert not learn(list(sample(LEAST_REPORTS - 1)), KEYS).weights
    assert words_in("Ab 12345 Straße7 am Mühlweg") == {"muhlweg"}


def test_what_somebody_took_out_stays_out_and_kinds_that_are_not_offered_too():
    found = learn(list(sample(200)), KEYS, {("flackert", "licht")})
    assert "flackert" not in found.weights
    assert guess("Linde umgestürzt", KEYS[:1], found.weights) == []


def test_key_words_and_learned_words_count_together():
    weights = learn(list(sample(200)), KEYS).weights
    assert [one[0] for one in guess("Laterne neben der Linde, alles finster", KEYS, weights)] == ["licht", "gruen"]
    assert guess("Laterne", KEYS, weights) == [("licht", "Laterne", False)]


@pytest.fixture
def kinds(db):
    return {slug: builders.category(slug=slug, keywords=keys) for slug, keys in KEYS}


def close_many(kinds, size=80):
    at = timezone.now()
    made = builders.report(kind=kinds["licht"])
    rows = [
        Report(category=kinds[kind], words=words, state="done", state_at=at, closed_at=at - timedelta(minutes=number),
               department=made.department, received_at=at, channel="web")
        for number, (words, kind) in enumerate(sample(size))
    ]  # fmt: skip
    Report.objects.bulk_create(rows)


def test_the_form_proposes_by_what_was_learned_and_says_so(kinds):
    visitor = Client(headers={"host": "localhost"})
    sent = {"step": "2", "go": "next", "words": "Es flackert dort.", "place": "Hinter dem Haus"}
    assert "Unser Vorschlag" not in visitor.post("/meldungen/neu/", sent).content.decode()
    close_many(kinds)
    assert learn_words(actor=SYSTEM, at=timezone.now()).is_used
    page = visitor.post("/meldungen/neu/", sent).content.decode()
    assert f"<b>{kinds['licht'].name('de')}</b>, weil Sie „flackert“ schreiben." in page
    assert "mit früheren Meldungen hier in der Stadt" in page


def test_the_desk_sees_how_well_it_guesses_and_takes_words_out(kinds):
    close_many(kinds)
    desk = Client(headers={"host": "localhost"})
    desk.force_login(people.with_role(Role.CLERK, "reports"))
    address = reverse("reports:words")
    assert "Gelernt wird ab 50 abgeschlossenen Meldungen." in desk.get(address).content.decode()
    assert desk.post(address).status_code == 302
    page = desk.get(address).content.decode()
    assert "aus 80 abgeschlossenen Meldungen" in page
    assert "Zur Probe zurückgelegt: 16." in page
    word = LearnedWord.objects.get(word="flackert")
    form = reverse("reports:words_of", args=["licht"])
    assert "flackert (in" in desk.get(form).content.decode()
    assert "umgestürzt" in page
    assert desk.post(form, {"words": [str(word.pk)]}).status_code == 302
    assert categories.proposals("Es flackert", categories.active()) == []
    learn_words(actor=SYSTEM, at=timezone.now())
    assert categories.proposals("Es flackert", categories.active()) == []
    assert desk.post(form, {}).status_code == 302
    assert [one.slug for one in categories.proposals("Es flackert", categories.active())] == ["licht"]
    assert Lesson.objects.count() == 1


def test_only_the_desk_teaches_and_corrects(kinds):
    with pytest.raises(NotAllowed):
        learn_words(actor=builders.clerk(), at=timezone.now())
    with pytest.raises(NotAllowed):
        strike_words(actor=builders.clerk(), category_id=kinds["licht"].pk, word_ids=[], at=timezone.now())
