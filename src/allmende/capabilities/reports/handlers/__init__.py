"""Who is told what; what moderators read."""
