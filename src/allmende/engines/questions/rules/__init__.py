"""Reading, computing and checking: pure, without database."""
