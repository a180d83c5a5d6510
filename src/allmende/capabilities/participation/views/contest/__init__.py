"""Idea contests: the public pages, the jury's desk, what the office records."""

from allmende.capabilities.participation.views.contest.jury import contest_conflict, contest_jury, contest_sheet
from allmende.capabilities.participation.views.contest.office import (
    contest_check,
    contest_jurors,
    contest_office,
    contest_placing,
    contest_plenary,
    contest_settings,
)
from allmende.capabilities.participation.views.contest.pages import contest, contest_certificate, contest_result

__all__ = [
    "contest",
    "contest_certificate",
    "contest_check",
    "contest_conflict",
    "contest_jurors",
    "contest_jury",
    "contest_office",
    "contest_placing",
    "contest_plenary",
    "contest_result",
    "contest_settings",
    "contest_sheet",
]
