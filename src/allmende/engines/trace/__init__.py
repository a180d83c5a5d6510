"""The Trace: one unbroken public thread from what a person said to what the city did.

Edges say that one thing *led to* another: who says so, when, why. Anyone can stand at any thing and ask where it
comes from and what became of it.
"""
