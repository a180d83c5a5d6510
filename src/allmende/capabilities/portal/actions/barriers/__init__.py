"""Reporting barriers, answering them, being reminded; and what happens to the person's words afterwards."""

from allmende.capabilities.portal.actions.barriers.personal_data import PERSONAL_DATA
from allmende.capabilities.portal.actions.barriers.reports import answer_barrier, remind_of_barrier, report_barrier

__all__ = ["PERSONAL_DATA", "answer_barrier", "remind_of_barrier", "report_barrier"]
