"""What is said about a form while it is read: in words, with sheet, row and column."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Remark:
    """A sentence about one place of the file. `grave`: the form cannot be taken over before it is mended.

    `line` counts as Excel shows it (0: none), `column` is „C (type)“ ("" : none).
    """

    message: str
    sheet: str = ""
    line: int = 0
    column: str = ""
    grave: bool = True
    pointer: str = ""
    """Of a JSON file: the place in it, or the name of the question."""

    @property
    def where(self) -> str:
        """„Blatt survey, Zeile 7, Spalte C (type)“."""
        parts = []
        if self.sheet:
            parts.append(_("Blatt %(sheet)s") % {"sheet": self.sheet})
        if self.line:
            parts.append(_("Zeile %(n)s") % {"n": self.line})
        if self.column:
            parts.append(_("Spalte %(column)s") % {"column": self.column})
        if self.pointer:
            parts.append(_("Stelle %(place)s") % {"place": self.pointer})
        return ", ".join(parts)
