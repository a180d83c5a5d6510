"""The answering component: what a room's own views call to lead somebody through a questionnaire (see README)."""

from allmende.engines.questions.forms import ResumeForm, StepForm
from allmende.engines.questions.forms.live import told
from allmende.engines.questions.rules.steps import Line, Step, describe, inserted, overview, steps
from allmende.engines.questions.views import (
    REVIEW,
    Review,
    ask,
    forget,
    open_step,
    remember,
    resumed,
    review,
    sitting_of,
)

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
    "open_step",
    "overview",
    "remember",
    "resumed",
    "review",
    "sitting_of",
    "steps",
    "told",
]
