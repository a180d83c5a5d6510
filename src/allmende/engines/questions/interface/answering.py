"""The answering component: what a room's own views call to lead somebody through a questionnaire."""

from allmende.engines.questions.forms import StepForm
from allmende.engines.questions.rules.steps import Line, Step, describe, inserted, overview, steps
from allmende.engines.questions.views import REVIEW, Review, ask, review

__all__ = ["REVIEW", "Line", "Review", "Step", "StepForm", "ask", "describe", "inserted", "overview", "review", "steps"]
