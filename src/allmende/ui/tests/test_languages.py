"""German is what stands in the source: no library that we use says it in other words."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import gettext, pgettext

import allmende

CATALOGUES = sorted(Path(allmende.__file__).parent.rglob("locale/en/LC_MESSAGES/django.po"))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[3].name)
def test_a_german_word_stays_what_it_is(path):
    """Django looks a sentence up in the German catalogues of all libraries: „Tag“ became „Schlagwort“ that way."""
    with path.open("rb") as file:
        messages = [message for message in read_po(file) if isinstance(message.id, str) and message.id]
    with translation.override("de"):
        shown = {m.id: pgettext(m.context, m.id) if m.context else gettext(m.id) for m in messages}
    assert {word: other for word, other in shown.items() if word != other} == {}
