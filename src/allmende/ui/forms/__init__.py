"""Forms as everyone can use them (practice.md 11 to 15): rooms derive from `Form` and get the same markup everywhere.

A form that comes back keeps what was typed and the file that was chosen. Errors are sentences that say what to do; they
stand beside the field and, the same words, in the summary that takes the focus. Nothing is checked while one types.
"""

from allmende.ui.forms.base import ONCE_FIELD, BoundField, Form, Renderer
from allmende.ui.forms.fields import CodeField, DateField, LongText
from allmende.ui.forms.kept import Kept, KeptFile, forget_old_uploads, keep, kept_file

__all__ = [
    "ONCE_FIELD",
    "BoundField",
    "CodeField",
    "DateField",
    "Form",
    "Kept",
    "KeptFile",
    "LongText",
    "Renderer",
    "forget_old_uploads",
    "keep",
    "kept_file",
]
