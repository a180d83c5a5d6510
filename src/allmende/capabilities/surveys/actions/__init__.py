"""Every change of a survey. Files by what is done; names are taken from here."""

from allmende.capabilities.surveys.actions.answering import (
    Batched,
    Full,
    Sent,
    import_responses,
    mix_responses,
    nameless,
    submit_response,
)
from allmende.capabilities.surveys.actions.invitations import invite_by_mail, make_codes, remind_by_mail
from allmende.capabilities.surveys.actions.post import remind_by_letter, write_letters
from allmende.capabilities.surveys.actions.research import hand_out_answers
from allmende.capabilities.surveys.actions.results import (
    announce_findings,
    ask_results,
    compare_waves,
    forget_answers,
    judge_finding,
    keep_results,
    note_fault,
)
from allmende.capabilities.surveys.actions.running import (
    SurveyData,
    check_survey,
    close_survey,
    delete_raw_data,
    open_survey,
    publish_results,
    return_survey,
    save_survey,
)
from allmende.capabilities.surveys.actions.topics import move_answers, save_topic, suggest_topics

__all__ = [
    "Batched",
    "Full",
    "Sent",
    "SurveyData",
    "announce_findings",
    "ask_results",
    "check_survey",
    "close_survey",
    "compare_waves",
    "delete_raw_data",
    "forget_answers",
    "hand_out_answers",
    "import_responses",
    "invite_by_mail",
    "judge_finding",
    "keep_results",
    "make_codes",
    "mix_responses",
    "move_answers",
    "nameless",
    "note_fault",
    "open_survey",
    "publish_results",
    "remind_by_letter",
    "remind_by_mail",
    "return_survey",
    "save_survey",
    "save_topic",
    "submit_response",
    "suggest_topics",
    "write_letters",
]
