"""Storage services and virus scanners."""
