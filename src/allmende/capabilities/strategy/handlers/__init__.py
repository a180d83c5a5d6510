"""What events lead to: notices."""
