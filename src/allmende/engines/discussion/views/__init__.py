"""Pages: comments and reports for everyone, the queue for moderators, rules and log for the public."""
