"""The public index: one `Entry` for each public thing of every room, kept by events, found by words.

Search, Trace, start page, feeds and follow lists read entries; who may see what is part of the very query. What is
deleted leaves a tombstone.
"""
