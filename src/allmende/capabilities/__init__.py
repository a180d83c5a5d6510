"""Rooms of the city's capabilities: equals that never import one another."""
