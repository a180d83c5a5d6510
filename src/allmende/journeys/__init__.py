"""Flows across capabilities: one short file each, wiring only, no models and no rules."""
