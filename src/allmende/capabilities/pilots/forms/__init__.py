"""What people send: shapes, not rules."""
