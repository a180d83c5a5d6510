"""Questionnaires.

A questionnaire is data: sections, questions, conditions, calculated values, in versions that no longer change once they
are answered. This engine reads, checks, asks and flattens them, keeps drafts, and knows nothing of surveys: reports,
applications and rallies ask with it too.
"""
