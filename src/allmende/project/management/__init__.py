"""Commands that compose rooms; Django finds them here."""
