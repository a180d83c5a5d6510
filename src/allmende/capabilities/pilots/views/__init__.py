"""Thin: parse, call an action or a query, answer."""
