"""What stands in a PDF is found by search, as long as everybody may read the PDF, and by nobody else's doing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.models import Batch, File, FileText, Meeting, Mirror, Paper
from allmende.capabilities.council.queries.texts import unread_files
from allmende.capabilities.council.rules.texts import MOST_ATTEMPTS
from allmende.capabilities.council.tasks import texts
from allmende.capabilities.council.tests.peer import AT, mirrored, read, thing
from allmende.core.actor import SYSTEM, Viewer
from allmende.core.errors import NotFound
from allmende.engines.media import interface as media
from allmende.engines.search import interface as search
from allmende.ui.pdf import make

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now


def pdf(words: str) -> bytes:
    """A paper in which these words stand."""
    data = {"heading": "Vorlage", "facts": [], "paragraphs": [words], "points": []}
    return make("council/pdf/paper.typ", data, title="Vorlage", language="de", at=AT)


def found(words: str) -> set[str]:
    """Titles of what everybody finds."""
    results = search.find(words, Viewer(), NOW() + timedelta(seconds=1), language="de", exactly=True)
    return {entry.title("de") for entry in results.entries}


def attached(name: str, words: str) -> File:
    """A file of the example council gets a PDF with these words, and has no text of its own."""
    file = File.objects.get(pk=builders.key(name))
    File.objects.filter(pk=file.pk).update(text="")
    content = pdf(words)
    kept = media.take_document(content, words=media.Words("Vorlage", "Worum es geht", "de"))
    return actions.attach_document(
        actor=builders.OFFICE, file_id=file.pk, medium_id=kept.pk, size=len(content), sha512="1" * 128
    )


def test_what_stands_in_our_own_pdf_is_found_at_once(deliver):
    builders.council()
    attached("file", "Kosten der Uferbefestigung")
    deliver()
    assert found("Uferbefestigung") == {"Neue Wege am Fluss"}
    assert unread_files(NOW(), limit=9) == []


def test_no_pdf_of_something_hidden_is_read_and_what_is_taken_back_is_found_no_more(deliver):
    made = builders.council()
    hidden, file = attached("hidden-file", "Grundstückspreise"), attached("file", "Uferbefestigung")
    deliver()
    texts.read_files(NOW())
    assert set(FileText.objects.values_list("file", flat=True)) == {file.pk}
    assert not found("Grundstückspreise")
    actions.withdraw_thing(actor=builders.OFFICE, kind="paper", thing_id=made.paper.pk, reason="Irrtum")
    deliver()
    assert not FileText.objects.exists()
    assert not found("Uferbefestigung")
    texts.read_files(NOW())
    assert not FileText.objects.exists()
    with pytest.raises(NotFound):  # it was being read when it was taken back
        actions.keep_file_text(
            actor=SYSTEM, file_id=hidden.pk, text="x", outcome=FileText.Outcome.WHOLE, begun=NOW(), at=NOW()
        )


def test_reading_moves_no_date_that_programs_see(deliver):
    made = builders.council()
    file = attached("file", "Uferbefestigung")
    before = Paper.objects.get(pk=made.paper.pk).modified
    deliver()
    assert FileText.objects.filter(file=file, outcome="whole").exists()
    assert Paper.objects.get(pk=made.paper.pk).modified == before
    assert File.objects.get(pk=file.pk).modified == file.modified


# Files of a mirrored system


def served(system, *, path: str = "/plan.pdf", **values: object) -> Mirror:
    """A mirrored paper with a PDF, and a meeting whose point has one."""
    plan = thing("File", "plan", mimeType="application/pdf", accessUrl=f"here:{path}", name="Plan", **values)
    annex = thing("File", "annex", fileName="Anlage.PDF", accessUrl="here:/annex.pdf", name="Anlage")
    item = thing("AgendaItem", "item", name="Radweg", public=True, order=0, resolutionFile=annex)
    system.lists(
        paper=[thing("Paper", "paper", name="Radweg zum Nachbarn", mainFile=plan)],
        meeting=[thing("Meeting", "meeting", name="Bauausschuss", start=AT.isoformat(), agendaItem=[item])],
    )
    return mirrored(system)


def test_files_of_a_mirrored_system_are_fetched_once_and_again_when_they_change(system, deliver):
    system.answers["/plan.pdf"], system.answers["/annex.pdf"] = pdf("Uferbefestigung"), pdf("Zaunhöhe")
    mirror = served(system)
    read(mirror)
    assert texts.read_files(NOW()) == 2
    deliver()
    assert found("Uferbefestigung") == {"Radweg zum Nachbarn"}
    assert found("Zaunhöhe") == {"Bauausschuss"}
    system.asked.clear()
    read(mirror, AT + timedelta(days=8))
    assert texts.read_files(NOW()) == 0
    assert "/plan.pdf" not in system.asked
    system.answers["/plan.pdf"] = pdf("Brückenpfeiler")
    served(system, size=4711)
    read(mirror, AT + timedelta(days=16))
    assert texts.read_files(NOW()) == 1
    deliver()
    assert found("Brückenpfeiler") == {"Radweg zum Nachbarn"}
    assert not found("Uferbefestigung")


def test_what_the_other_system_says_itself_is_not_read(system, deliver):
    mirror = served(system, text="Im Klartext: Uferbefestigung")
    read(mirror)
    deliver()
    assert texts.read_files(NOW()) == 1  # the annex
    assert "/plan.pdf" not in system.asked
    assert found("Klartext") == {"Radweg zum Nachbarn"}


def test_what_cannot_be_had_is_asked_for_a_few_times_and_then_left(system):
    mirror = served(system)
    read(mirror)
    at = NOW()
    for _day in range(40):
        texts.read_files(at)
        at += timedelta(hours=12)
    assert system.asked.count("/plan.pdf") == MOST_ATTEMPTS
    assert set(FileText.objects.values_list("outcome", "next_at")) == {("absent", None)}


def test_a_system_that_is_not_to_be_read_is_not_asked_for_its_files(system):
    mirror = served(system)
    read(mirror)
    actions.ask_mirror(actor=builders.OFFICE, mirror_id=mirror.pk, wish="stop", at=NOW())
    system.asked.clear()
    assert texts.read_files(NOW()) == 0
    assert system.asked == []


@pytest.mark.parametrize("body", [b"", b"<html>Bitte anmelden</html>", b"%PDF-1.7 und dann nichts"])
def test_what_is_no_pdf_is_not_asked_for_again(system, body):
    system.answers["/plan.pdf"] = system.answers["/annex.pdf"] = body
    read(served(system))
    assert texts.read_files(NOW()) == 2
    assert set(FileText.objects.values_list("outcome", "text")) == {("broken", "")}
    assert texts.read_files(NOW() + timedelta(days=1)) == 0


def test_a_batch_that_changes_a_file_looks_again_at_what_is_found_by_it(system):
    read(served(system))
    changed = {name for batch in Batch.objects.all() for name in batch.changed}
    assert f"meeting/{Meeting.objects.get().pk}" in changed
    assert f"paper/{Paper.objects.get().pk}" in changed
