"""Participation: working groups collect ideas in topic stores, check them, answer them and say what became of them.

A resident hands an idea in, a moderator releases it, others support and discuss it, the office answers. Every step has
a next one with an office and a date. Later stages (themes, contests, ballots) hang on the same rows.
"""
