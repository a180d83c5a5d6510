"""Reading the words of a PDF, in a process of its own: `python -I reading.py` takes a file and tells it page by page.

A PDF is a tree of streams that unfold, name each other and may mean harm. So it is read where nothing is to be had: no
secrets, no database, no network of ours, limits on memory, time, pages and output. This file therefore imports nothing
of the platform; `texts` speaks to it.

The file is standard input. What is told is a line of JSON per page (`text`) and one at the end (`end`: one of `ENDS`).
Whoever does not find that last line knows that the process ended before its work did, and keeps the pages that came.
"""

import json
import logging
import resource
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

MEMORY = 768 * 1024 * 1024
"""Bytes of address space."""
SECONDS = 20
"""Of processor time, after which no further page is begun."""
LAST_SECONDS = 30
"""Of processor time, after which the process ends wherever it is."""
MOST_PAGES = 500
MOST_CHARACTERS = 400_000
MOST_OUTPUT = 4 * 1024 * 1024
"""Bytes of what is told; `MOST_CHARACTERS` never come near it."""
ENDS = frozenset(("whole", "cut", "locked", "broken"))
"""All was read; only the first pages; a password is needed; it is no PDF that can be read."""


def pages(content: Any) -> Iterator[str]:
    """What stands on each page, in the order of the file. Raises whatever the file makes the reader raise."""
    from pypdf import PdfReader

    begun = time.process_time()
    reader = PdfReader(content, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):  # protected from changes only: everybody may read it
        raise PermissionError
    for number, page in enumerate(reader.pages):
        if number >= MOST_PAGES or time.process_time() - begun > SECONDS:
            raise TimeoutError
        try:
            yield page.extract_text()
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - one page that cannot be read does not make the others unreadable
            yield ""


def told(content: Any) -> Iterator[dict[str, str]]:
    """The answer, row by row."""
    left = MOST_CHARACTERS
    end = "whole"
    try:
        for text in pages(content):
            yield {"text": text[:left]}
            left -= len(text)
            if left <= 0:
                end = "cut"
                break
    except PermissionError:
        end = "locked"
    except (TimeoutError, MemoryError):
        end = "cut"
    except Exception:  # noqa: BLE001 - hostile bytes fail in every way there is
        end = "broken"
    yield {"end": end}


def serve() -> None:
    """Reads one file and ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (LAST_SECONDS, LAST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_OUTPUT, MOST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    logging.disable(logging.CRITICAL)
    for row in told(sys.stdin.buffer):
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
