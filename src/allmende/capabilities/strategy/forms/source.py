"""Paragraphs as plain text with the few marks of Markdown that a draft needs, and back."""

from collections.abc import Iterable

from allmende.capabilities.strategy.actions import NewParagraph
from allmende.capabilities.strategy.workflow.texts import Shape

MARKS = {"# ": Shape.HEADING, "## ": Shape.SUBHEADING, "- ": Shape.ITEM, "* ": Shape.ITEM}
_WRITTEN = {Shape.HEADING: "# ", Shape.SUBHEADING: "## ", Shape.ITEM: "- "}
ESCAPE = "\\"
"""At the start of a line: what follows is no mark."""


def _mark(line: str) -> str:
    return next((one for one in MARKS if f"{line} ".startswith(one)), "")


def paragraphs_of(source: str) -> list[NewParagraph]:
    """Paragraphs of plain text: an empty line parts them; #, ##, - at the start of a line say what it is."""
    found: list[NewParagraph] = []
    lines: list[str] = []

    def close() -> None:
        if lines:
            found.append(NewParagraph("\n".join(lines)))
            lines.clear()

    for row in source.splitlines():
        line = row.rstrip()
        mark = _mark(line)
        if mark:
            close()
            found.append(NewParagraph(line[len(mark) :].strip(), MARKS[mark].value))
        elif not line.strip():
            close()
        else:
            lines.append(line.removeprefix(ESCAPE) if _escaped(line) else line)
    close()
    return [one for one in found if one.body]


def _escaped(line: str) -> bool:
    rest = line.removeprefix(ESCAPE)
    return rest != line and bool(_mark(rest) or rest.startswith(ESCAPE))


def source_of(paragraphs: Iterable[NewParagraph]) -> str:
    """The text from which `paragraphs_of` makes these paragraphs again."""
    found = []
    for one in paragraphs:
        if one.shape == Shape.TEXT:
            lines = [
                f"{ESCAPE}{line}" if _mark(line) or line.startswith(ESCAPE) else line for line in one.body.split("\n")
            ]
            found.append("\n".join(lines))
        else:
            found.append(f"{_WRITTEN[Shape(one.shape)]}{one.body}")
    return "\n\n".join(found)
