"""What programs get and send."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from allmende.capabilities.strategy.models.feedback import COMMENT_LIMIT
from allmende.capabilities.strategy.models.texts import PARAGRAPH_LIMIT


class GoalOut(Schema):
    """A goal. Texts per language code."""

    id: UUID
    number: int
    code: str = Field(description="Place of its field and its own, „3.2“.")
    title: dict[str, str]
    summary: dict[str, str]
    ended_at: datetime | None = Field(description="Since when it is given up; null while it holds.")
    end_reason: str
    is_example: bool
    url: str


class FieldOut(Schema):
    """A field of action with the goals that hold."""

    id: UUID
    number: int
    title: dict[str, str]
    summary: dict[str, str]
    goals: list[GoalOut]
    url: str


class KindCoverOut(Schema):
    """Impulses of one kind, and how many of them have an answer."""

    kind: str
    label: str
    total: int
    answered: int


class CoverageOut(Schema):
    """What is not answered yet, and goals that rest on nothing."""

    impulses: list[KindCoverOut]
    goals_resting_on_nothing: list[GoalOut]


class VersionOut(Schema):
    """A published version; it never changes."""

    id: UUID
    number: int
    note: str
    published_at: datetime
    url: str


class TextOut(Schema):
    """A text on its way to the council, with the contract under which people talk about it."""

    id: UUID
    number: int
    title: dict[str, str]
    summary: dict[str, str]
    language: str = Field(description="Of the paragraphs.")
    state: str = Field(description="draft, consultation, revising, council or adopted")
    is_open: bool = Field(description="Whether something can be said to it now.")
    contract: dict[str, dict[str, str]]
    department: str
    opens_at: datetime | None
    closes_at: datetime | None = Field(description="Half-open: nothing is taken from this instant on.")
    due_at: datetime | None
    decision: str
    is_example: bool
    url: str


class WholeTextOut(TextOut):
    """With its published versions, oldest first."""

    versions: list[VersionOut]


class ParagraphOut(Schema):
    """A paragraph as a version has it. `id` and `number` stay the same in all versions."""

    id: UUID
    number: int
    shape: str = Field(description="heading, subheading, text or item")
    body: str
    goal: str = Field(description="Code of the goal that it puts into words; empty for none.")
    said: int = Field(description="How many comments and suggestions everybody can read.")
    url: str


class AnswerOut(Schema):
    """The city's answer."""

    outcome: str = Field(description="adopted, partly or no")
    reason: str
    language: str
    at: datetime


class FeedbackOut(Schema):
    """A comment on a paragraph, or another wording for it, in its author's own words."""

    id: UUID
    number: int
    paragraph: int
    version: int = Field(description="The version that it was said to.")
    kind: str = Field(description="comment or wording")
    text: str = Field(description="The comment, or why the wording should be another.")
    wording: str
    language: str
    author: str = Field(description="The name it was signed with; empty for a guest without one.")
    channel: str
    supports: int
    state: str = Field(description="waiting, shown, refused or withdrawn")
    answer: AnswerOut | None
    received_at: datetime
    is_example: bool
    url: str


class FeedbackListOut(Schema):
    """Most supported first; give `next` as `after` to go on, 0 at the end."""

    feedback: list[FeedbackOut]
    next: int


class SynopsisOut(Schema):
    """One paragraph: what was said, how it read and how it reads. Empty words: it was not there."""

    paragraph: int
    old: str
    new: str
    said: list[FeedbackOut]


class FeedbackIn(Schema):
    """Something to say. Without a token it is a guest's; then `contact_kind` says how the author asks about it."""

    kind: Literal["comment", "wording"]
    text: str = Field(default="", max_length=COMMENT_LIMIT * 2, description=f"At most {COMMENT_LIMIT} characters.")
    wording: str = Field(default="", max_length=PARAGRAPH_LIMIT * 2, description="The whole paragraph, reworded.")
    language: Literal["de", "en"] | None = None
    display_name: str = Field(default="", max_length=60, description="For guests: how it is signed.")
    contact_kind: Literal["none", "number", "email"] = "number"
    email: str = Field(default="", max_length=254)
    under_16: bool = False
    organisation: UUID | None = Field(default=None, description="A group that you may write for (`/accounts/me`).")


class ReceiptOut(Schema):
    """With number and code anybody who holds them sees how it stands, at /nachsehen/."""

    number: str
    code: str


class FeedbackTaken(Schema):
    """It is in and private until a moderator has looked at it."""

    id: UUID
    number: int
    state: str
    receipt: ReceiptOut | None


class SupportOut(Schema):
    """How many support it now."""

    number: int
    supports: int
    supported: bool
