"""Forms of participation: shape only; rules are asked by the actions."""

from allmende.capabilities.participation.forms.choices import choose, departments, districts
from allmende.capabilities.participation.forms.groups import (
    CONTRACT_LABELS,
    AppointForm,
    GroupForm,
    MeetingForm,
    StoreForm,
    TimeField,
    both,
)
from allmende.capabilities.participation.forms.office import AnswerForm, NextStepForm, ReasonForm
from allmende.capabilities.participation.forms.words import (
    DRAFT_FIELDS,
    EditIdeaForm,
    EnterForm,
    IdeaForm,
    WordsFields,
)

__all__ = [
    "CONTRACT_LABELS",
    "DRAFT_FIELDS",
    "AnswerForm",
    "AppointForm",
    "EditIdeaForm",
    "EnterForm",
    "GroupForm",
    "IdeaForm",
    "MeetingForm",
    "NextStepForm",
    "ReasonForm",
    "StoreForm",
    "TimeField",
    "WordsFields",
    "both",
    "choose",
    "departments",
    "districts",
]
