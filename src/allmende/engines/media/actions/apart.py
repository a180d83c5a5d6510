"""The process that draws pictures (`drawing.py`), seen from this side: started when needed, ended when it does wrong.

One per process of the platform. It gets nothing of our environment, so what breaks out of a decoder finds no secret;
whatever it does wrong (crash, hang, eat memory) ends it and nothing else.
"""

import atexit
import contextlib
import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allmende.engines.media.actions import drawing

logger = logging.getLogger(__name__)

PATIENCE = drawing.SECONDS * 3
"""Seconds until an answer must have come, also on a busy machine; the process counts its own and ends before."""
QUEUE = 40
"""Seconds for which a picture waits until the one before is drawn."""


class Broken(Exception):
    """No picture came out: the code says why (`pixels`, `scans`, `broken`, `busy`)."""


@dataclass(frozen=True)
class Drawn:
    """What came out: size in pixels as it is seen upright, and (width, height, extension, content) per file."""

    width: int
    height: int
    files: tuple[drawing.File, ...]
    noted: Mapping[str, Any] = field(default_factory=dict)
    """What `drawing.noted` found, when that was asked."""
    fingerprint: int | None = None
    """Of a master whose finer renditions were asked."""


_turn = threading.Lock()
"""One picture at a time per process: sixty million pixels take a quarter of a gigabyte while they are turned."""
_process: subprocess.Popen[bytes] | None = None


def ask(job: str, content: bytes, **more: object) -> Drawn:
    """Has a picture drawn. Raises `Broken`."""
    if not _turn.acquire(timeout=QUEUE):
        raise Broken("busy")
    try:
        question = json.dumps({"job": job, "size": len(content), **more}).encode() + b"\n"
        for _attempt in range(2):  # the process may have gone to sleep in the very moment
            answer = _asked(question, content)
            if answer is not None:
                return answer
        raise Broken("busy")
    finally:
        _turn.release()


def _asked(question: bytes, content: bytes) -> Drawn | None:
    """The answer; None when the process had ended before it took the question."""
    process = _running()
    assert process.stdin is not None
    assert process.stdout is not None
    pipe = process.stdout.fileno()
    deadline = time.monotonic() + PATIENCE
    try:
        process.stdin.write(question)
        process.stdin.write(content)  # by itself: fifteen megabytes need no copy
        process.stdin.flush()
    except OSError:
        taken = _read(pipe, 1, deadline)
        _end(process)
        if taken:
            raise Broken("broken") from None
        return None
    if not _read(pipe, 1, deadline):
        _end(process)
        return None
    try:
        line = _line(pipe, deadline)
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise Broken(answer["error"])
        files = [(w, h, extension, _read(pipe, size, deadline)) for w, h, extension, size in answer["files"]]
        whole = all(len(data) == row[3] for (*_, data), row in zip(files, answer["files"], strict=True))
    except (ValueError, EOFError):
        whole = False
    if not whole:
        logger.warning("A picture ended the process that drew it.")
        _end(process)
        raise Broken("broken")
    return Drawn(answer["width"], answer["height"], tuple(files), answer.get("noted", {}), answer.get("fingerprint"))


def _running() -> subprocess.Popen[bytes]:
    global _process  # noqa: PLW0603 - one per process, that is the point
    if _process is None or _process.poll() is not None:
        if _process is not None:
            _end(_process)
        _process = subprocess.Popen(  # noqa: S603 - our own program with our own argument
            [sys.executable, "-I", str(Path(drawing.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"OMP_NUM_THREADS": "1"},
            cwd="/",
            close_fds=True,
        )
    return _process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


@atexit.register
def close() -> None:
    """Ends the process, if there is one; the next picture starts another."""
    global _process  # noqa: PLW0603 - see _running
    if _process is not None:
        _end(_process)
        _process = None


def _read(pipe: int, size: int, deadline: float) -> bytes:
    """Up to `size` bytes; fewer when the process ends, or when time does."""
    parts, left = [], size
    while left and (wait := deadline - time.monotonic()) > 0 and select.select([pipe], [], [], wait)[0]:
        part = os.read(pipe, min(left, 1 << 20))
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _line(pipe: int, deadline: float) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        sign = _read(pipe, 1, deadline)
        if not sign:
            raise EOFError
        line += sign
    return bytes(line)
