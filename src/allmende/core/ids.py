"""Keys: UUID version 7 (RFC 9562, section 5.7), so that rows made one after another lie side by side in the index."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A new key: 48 bits of Unix time in milliseconds, version, 12 random bits, variant, 62 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    high, low = random >> 68, random & ((1 << 62) - 1)
    return UUID(int=(milliseconds & ((1 << 48) - 1)) << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)
