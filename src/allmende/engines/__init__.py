"""Shared machinery without pages of its own, or with few."""
