"""Voting and counting.

Ballot papers on any thing of any room: one person, one vote, that nobody can tie to a name after the close. And a
counting library, usable without the rest: elections, rankings, participatory budgets, each with a protocol that says
round by round why something won.
"""
