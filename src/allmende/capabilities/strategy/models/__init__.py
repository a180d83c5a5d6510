"""What strategy keeps."""

from allmende.capabilities.strategy.models.plan import Aside, Field, Goal, Guideline, Measure

__all__ = ["Aside", "Field", "Goal", "Guideline", "Measure"]
