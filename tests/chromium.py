"""The browser of the tests, and how it is started."""

import os
import shutil

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def executable() -> str:
    """What CHROMIUM names, else Debian's."""
    known = ("chromium", "chromium-browser")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, known)), None)
    assert found is not None, "There is no Chromium: apt install chromium, or name one with CHROMIUM=/path."
    return found
