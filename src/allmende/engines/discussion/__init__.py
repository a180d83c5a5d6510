"""Talking about things, and checking what people write.

Comments hang on any thing of any room by its reference, in threads that stay readable. And here is the city's one
queue of moderation: every room's posts come here, are checked within published hours, released or refused by a
published rule with a reason, and can be objected to.
"""
