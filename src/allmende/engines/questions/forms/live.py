"""What a page is told while somebody types: what is asked now, what can be chosen, texts in which answers are named.

The same rules as for a page that is loaded anew; the script only puts it in place.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from allmende.engines.questions.rules.definition import Kind, Words
from allmende.engines.questions.rules.steps import inserted

if TYPE_CHECKING:
    from allmende.engines.questions.forms.step import StepForm


def mark(words: Words, name: str, part: str) -> SafeString:
    """An attribute by which the script finds a text again; empty for a text that names no answer."""
    quotes = any("${" in text for text in words.values())
    return format_html(' data-words="{}|{}"', name, part) if quotes else SafeString("")


def told(form: "StepForm", seen: int) -> dict[str, Any]:
    """For the script. `seen`: how often this step was saved."""
    checked = form.checked
    offered = {name: list(names) for name, names in checked.offered.items() if name in form.fields}
    return {
        "shown": [name for name in (*form.fields, *form.notes) if name in form.shown],
        "sections": [one.name for one in form.step.sections if one.name in checked.relevant],
        "offered": offered,
        "rounds": {
            one.name: len(checked.values.get(one.name, ()))
            for one in form.step.sections
            if one.repeat and one.repeat.count
        },
        "texts": dict(_texts(form)),
        "seen": seen,
    }


def _texts(form: "StepForm") -> Iterator[tuple[str, str]]:
    for name, part, words in _named(form):
        if any("${" in text for text in words.values()):
            text, _language = inserted(form.definition, words, form.language, form.values_for(name))
            yield f"{name}|{part}", text


def _named(form: "StepForm") -> Iterator[tuple[str, str, Words]]:
    """All texts of the page with where they stand."""
    for section in form.step.sections:
        yield section.name, "title", section.title
        yield section.name, "text", section.text
    for name, question in (*form.asked.items(), *form.notes.items()):
        plain = form.plain and question.plain
        yield name, "label", question.plain if plain else question.label
        if question.kind == Kind.NOTE:
            continue
        yield name, "hint", question.hint
        yield name, "purpose", question.purpose
        for option in question.options:
            yield name, f"option-{option.name}", option.label
        for row in question.rows:
            yield name, f"row-{row.name}", row.label
