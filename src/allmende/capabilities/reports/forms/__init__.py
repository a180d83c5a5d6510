"""What residents send, and what offices say."""
