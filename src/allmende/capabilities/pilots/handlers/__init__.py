"""What follows from events: drawn charts, notices."""
