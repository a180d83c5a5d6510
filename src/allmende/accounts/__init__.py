"""People, organisations, roles: who someone is, what they may do, how the city reaches them.

A person is a UUID with as little as possible around it. A guest is a person without credentials and may become one
with them.
"""
