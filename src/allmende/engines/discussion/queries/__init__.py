"""Reads: threads, the queue, duty, published rules, the public log."""
