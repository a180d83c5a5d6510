"""Allmende: one place where a city's people and its administration think, decide, report and see what became of it."""
