"""The city's front door: the start page and the texts that every city must publish.

It owns no content of its own: what is open, what happens next and what became of it comes from the public index and the
Trace, so nothing is typed twice.
"""
