"""The answering component: what a room's own views call to lead somebody through a questionnaire (see README)."""

from allmende.engines.questions.forms import ResumeForm, StepForm
from allmende.engines.questions.rules.steps import Line, Step, describe, inserted, overview, steps
from allmende.engines.questions.views import REVIEW, Review, ask, forget, remember, resumed, review, sitting_of

__all__ = [
    "REVIEW",
    "Line",
    "ResumeForm",
    "Review",
    "Step",
    "StepForm",
    "ask",
    "describe",
    "forget",
    "inserted",
    "overview",
    "remember",
    "resumed",
    "review",
    "sitting_of",
    "steps",
]
