"""Reads: every one begins with who looks and when."""
