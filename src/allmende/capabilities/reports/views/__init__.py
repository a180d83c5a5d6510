"""Pages: reporting, reading, following one's own, and the offices' inbox."""
