"""The answering component: a page of questions as a form (`questions/parts/ask.html` draws it)."""

from allmende.engines.questions.forms.resume import ResumeForm
from allmende.engines.questions.forms.step import StepForm

__all__ = ["ResumeForm", "StepForm"]
