"""The type of a sentence for people: a string, or one that is translated when it is shown."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    type Text = str | StrPromise
else:
    type Text = str
