"""What editors fill in while they build a questionnaire."""

from allmende.capabilities.surveys.forms.builder.question import QuestionForm
from allmende.capabilities.surveys.forms.builder.whole import (
    ImportForm,
    NewForm,
    SectionForm,
    SettingsForm,
    TranslationForm,
)

__all__ = ["ImportForm", "NewForm", "QuestionForm", "SectionForm", "SettingsForm", "TranslationForm"]
