"""Reads, including who may see what."""
