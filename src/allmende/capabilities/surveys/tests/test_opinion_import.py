"""Conversations that come in from Polis's files and go out as such."""

import re

import pytest
from django.core.management import call_command
from django.utils import timezone

from allmende.capabilities.surveys.actions.opinion_import import ImportData, import_conversation
from allmende.capabilities.surveys.models import Conversation
from allmende.capabilities.surveys.rules.opinion import polis
from allmende.capabilities.surveys.tests.test_opinion import draw
from allmende.capabilities.surveys.tests.test_opinion_map import REAL, WHOLE
from allmende.core.actor import SYSTEM

pytestmark = pytest.mark.django_db


def test_what_was_imported_is_exported_again(client):
    read = polis.read_polis({name: text.encode() for name, text in WHOLE.items()})
    made = import_conversation(actor=SYSTEM, read=read, data=ImportData("", "Wer es war"), at=timezone.now())
    draw(made)
    path = f"/umfragen/meinungen/{made.number}/daten/"
    files = {name: b"".join(client.get(f"{path}{name}").streaming_content) for name in polis.FILES}
    again = polis.read_polis(files)
    assert not again.faults
    assert [(one.id, one.body, one.moderated < 0) for one in again.comments] == [
        (one.id, one.body, one.moderated < 0) for one in read.comments
    ]
    sides = [sorted((vote.comment, vote.choice) for vote in one.votes) for one in (read, again)]
    assert sides[0] == sides[1]
    assert b"'=1+1" in files[polis.COMMENTS]


def test_the_austrian_conversation_comes_in_with_one_command(client, capsys):
    if not REAL.is_dir():
        pytest.skip("The Austrian conversation is not beside this checkout (../shared/data/polis-austria-climate).")
    call_command("import_polis", str(REAL))
    said = capsys.readouterr().out
    assert "522 statements, 1116 people, 61384 answers (552 were changed later, 0 rows left out)." in said
    assert float(re.search(r"adjusted Rand index\): ([\d.]+)", said)[1]) >= 0.9
    made = Conversation.objects.get()
    page = client.get(f"/umfragen/meinungen/{made.number}/").content.decode()
    assert "1.116 Menschen haben mitgemacht" in page
    assert "2 Gruppen" in page
    assert "CC BY 4.0" in page
