"""What strategy keeps."""

from allmende.capabilities.strategy.models.feedback import Answer, Feedback, Support
from allmende.capabilities.strategy.models.plan import Aside, Field, Goal, Guideline, Measure
from allmende.capabilities.strategy.models.reading import Reading
from allmende.capabilities.strategy.models.texts import Paragraph, Revision, Rival, Text, Version, Wording

__all__ = [
    "Answer",
    "Aside",
    "Feedback",
    "Field",
    "Goal",
    "Guideline",
    "Measure",
    "Paragraph",
    "Reading",
    "Revision",
    "Rival",
    "Support",
    "Text",
    "Version",
    "Wording",
]
