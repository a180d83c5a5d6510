"""Changing a questionnaire that is being built: pure steps on its JSON, each by the name of what it is about.

Because a step names its question, two people can work on one questionnaire: what one moves or adds does not undo what
the other wrote. What stands in another place meanwhile is found again; what is gone raises NotFound.
"""

import copy
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from allmende.core.errors import NotFound

type Data = dict[str, Any]
"""A definition as JSON (`definition_to_json`)."""
type Change = Callable[[Data], Data]
"""A step of building: what was there to what shall be there."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_FILLERS = frozenset({
    "der", "die", "das", "ein", "eine", "einen", "und", "oder", "sie", "ihr", "ihre", "ihnen", "wie", "was", "wo",
    "the", "a", "an", "you", "your", "is", "are",
})  # fmt: skip
NAME_WORDS, NAME_LENGTH = 3, 30


@dataclass(frozen=True)
class Removed:
    """What was taken out, and where it stood: `section` is the section's place, `question` the place in it or None."""

    section: int
    question: int | None
    thing: Mapping[str, Any]
    section_name: str = ""

    def as_json(self) -> Data:
        return {
            "section": self.section, "question": self.question, "thing": dict(self.thing),
            "section_name": self.section_name,
        }  # fmt: skip


def seen(thing: object) -> str:
    """A short mark of how something looked, to notice that somebody else changed it."""
    written = json.dumps(thing, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def names(data: Data) -> set[str]:
    """All names in use."""
    return {section["name"] for section in data["sections"]} | {
        question["name"] for section in data["sections"] for question in section["questions"]
    }


def free_name(data: Data, text: str, usual: str) -> str:
    """A name made of the first words that say something: „Wie alt sind Sie?“ becomes alt_sind."""
    plain = re.sub(r"[^a-z0-9]+", " ", text.casefold().translate(_UMLAUTS)).split()
    words = [word for word in plain if word not in _FILLERS][:NAME_WORDS] or [usual]
    name = "_".join(words)[:NAME_LENGTH].strip("_")
    if not name[:1].isalpha():
        name = f"{usual}_{name}"[:NAME_LENGTH].strip("_")
    taken, number, found = names(data), 2, name
    while found in taken:
        found = f"{name}_{number}"
        number += 1
    return found


def option_names(labels: list[str], before: Mapping[str, str]) -> list[str]:
    """Names for options by their German text; `before` holds those that had one (text → name) and keep it."""
    found: list[str] = []
    for label in labels:
        name = before.get(label, "")
        if not name or name in found:
            plain = re.sub(r"[^a-z0-9]+", "_", label.casefold().translate(_UMLAUTS)).strip("_")[:NAME_LENGTH].strip("_")
            name = stem = plain or "antwort"
            number = 2
            while name in found or name in before.values() or name == "other":
                name = f"{stem}_{number}"
                number += 1
        found.append(name)
    return found


def section_of(data: Data, name: str) -> tuple[int, Data]:
    """Place and section. Raises NotFound."""
    for at, section in enumerate(data["sections"]):
        if section["name"] == name:
            return at, section
    raise NotFound(_("Diesen Abschnitt gibt es nicht mehr."))


def question_of(data: Data, name: str) -> tuple[int, int, Data]:
    """Place of the section, place in it, question. Raises NotFound."""
    for at, section in enumerate(data["sections"]):
        for number, question in enumerate(section["questions"]):
            if question["name"] == name:
                return at, number, question
    raise NotFound(_("Diese Frage gibt es nicht mehr."))


def with_section(data: Data, section: Data) -> Data:
    """One more section at the end."""
    new = copy.deepcopy(data)
    new["sections"].append(section)
    return new


def with_question(data: Data, section: str, question: Data, *, after: str = "") -> Data:
    """One more question in the section: behind another, or at the end."""
    new = copy.deepcopy(data)
    _at, target = section_of(new, section)
    places = [number for number, one in enumerate(target["questions"]) if one["name"] == after]
    target["questions"].insert(places[0] + 1 if places else len(target["questions"]), question)
    return new


def with_changed(data: Data, name: str, thing: Data) -> Data:
    """The question or section called `name` as `thing`; a new name is put into every condition and text."""
    new = copy.deepcopy(data)
    for section in new["sections"]:
        if section["name"] == name and "questions" in thing:
            section.update(thing)
            break
        places = [number for number, one in enumerate(section["questions"]) if one["name"] == name]
        if places and "questions" not in thing:
            section["questions"][places[0]] = thing
            break
    else:
        raise NotFound(_("Das gibt es hier nicht mehr."))
    if thing["name"] != name:
        _renamed(new, name, thing["name"])
    return new


def copied(data: Data, name: str) -> tuple[Data, str]:
    """The question once more, right behind itself; and its new name."""
    at, _number, question = question_of(data, name)
    twin = {**copy.deepcopy(question), "name": free_name(data, name.replace("_", " "), "frage")}
    return with_question(data, data["sections"][at]["name"], twin, after=name), twin["name"]


def moved(data: Data, name: str, by: int) -> Data:
    """A question one place up (-1) or down (1), over the edge into the section beside; at the very end it stays.

    A section moves among sections likewise.
    """
    new = copy.deepcopy(data)
    sections = new["sections"]
    places = [at for at, section in enumerate(sections) if section["name"] == name]
    if places:
        at, to = places[0], places[0] + by
        if 0 <= to < len(sections):
            sections[at], sections[to] = sections[to], sections[at]
        return new
    at, number, question = question_of(new, name)
    inside = sections[at]["questions"]
    if 0 <= number + by < len(inside):
        inside[number], inside[number + by] = inside[number + by], inside[number]
    elif 0 <= at + by < len(sections):
        inside.pop(number)
        beside = sections[at + by]["questions"]
        beside.insert(len(beside) if by < 0 else 0, question)
    return new


def without(data: Data, name: str) -> tuple[Data, Removed]:
    """Without the question, or without the section and all in it."""
    new = copy.deepcopy(data)
    for at, section in enumerate(new["sections"]):
        if section["name"] == name:
            new["sections"].pop(at)
            return new, Removed(at, None, section)
        for number, question in enumerate(section["questions"]):
            if question["name"] == name:
                section["questions"].pop(number)
                return new, Removed(at, number, question, section["name"])
    raise NotFound(_("Das gibt es hier nicht mehr."))


def restored(data: Data, removed: Removed) -> Data:
    """What was taken out, where it stood. What has its name meanwhile makes it take another."""
    new = copy.deepcopy(data)
    thing = copy.deepcopy(dict(removed.thing))
    if thing["name"] in names(new):
        thing["name"] = free_name(new, thing["name"].replace("_", " "), "frage")
    if removed.question is None:
        new["sections"].insert(min(removed.section, len(new["sections"])), thing)
        return new
    if not new["sections"]:
        raise NotFound(_("Diesen Abschnitt gibt es nicht mehr."))
    homes = [section for section in new["sections"] if section["name"] == removed.section_name]
    home = homes[0] if homes else new["sections"][min(removed.section, len(new["sections"]) - 1)]
    home["questions"].insert(min(removed.question, len(home["questions"])), thing)
    return new


def texts(data: Data) -> Iterator[tuple[str, Data]]:
    """Each text of the questionnaire with a JSON pointer, for translating and for finding what is missing."""
    yield "/title", data["title"]
    yield "/introduction", data["introduction"]
    for at, section in enumerate(data["sections"]):
        here = f"/sections/{at}"
        yield f"{here}/title", section["title"]
        yield f"{here}/text", section["text"]
        for number, question in enumerate(section["questions"]):
            there = f"{here}/questions/{number}"
            for key in ("label", "hint", "plain", "constraint_message", "unit", "purpose"):
                yield f"{there}/{key}", question[key]
            for key in ("options", "rows"):
                for place, option in enumerate(question[key]):
                    yield f"{there}/{key}/{place}/label", option["label"]


def missing(data: Data, language: str) -> int:
    """How many texts are there in the first language and not in this one."""
    first = data["languages"][0]
    return sum(1 for _where, words in texts(data) if words.get(first) and not words.get(language))


def _renamed(data: Data, old: str, new: str) -> None:
    reference = re.compile(rf"\$\{{\s*{re.escape(old)}(?=(__other)?\s*[}}/])")

    def change(value: Any) -> Any:
        if isinstance(value, str):
            return reference.sub(f"${{{new}", value)
        if isinstance(value, dict):
            return {key: change(one) for key, one in value.items()}
        return [change(one) for one in value] if isinstance(value, list) else value

    data["sections"] = change(data["sections"])


def only_languages(data: Data, languages: list[str]) -> Data:
    """All of it, with the texts of other languages left out."""
    new = copy.deepcopy(data)
    for _where, words in texts(new):
        for code in [code for code in words if code not in languages]:
            del words[code]
    return new


def translated(data: Data, language: str, said: Mapping[str, tuple[str, str]]) -> tuple[Data, int]:
    """With translations put in by JSON pointer, each with the text that it translates; and how many no longer fit.

    Where somebody has changed the source meanwhile, the translation goes to the same text elsewhere or is left out.
    """
    new = copy.deepcopy(data)
    first, lost = new["languages"][0], 0
    here = dict(texts(new))
    for where, (source, text) in said.items():
        words = here.get(where)
        if words is None or words.get(first) != source:
            words = next((one for one in here.values() if one.get(first) == source), None)
        if words is None:
            lost += bool(text)
        elif text:
            words[language] = text
        else:
            words.pop(language, None)
    return new, lost
