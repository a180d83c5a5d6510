"""The words of a PDF, for search: read by a process of its own (`reading.py`) that gets nothing of ours."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from allmende.core.refs import Ref
from allmende.engines.media.actions import reading
from allmende.engines.media.actions.files import near
from allmende.engines.media.actions.sniffing import HEAD, Sort, sniff
from allmende.engines.media.models import File, Medium
from allmende.engines.media.ports import NotStored, StoreDown

PATIENCE = reading.LAST_SECONDS * 3
"""Seconds until the process must have ended, also on a busy machine; it counts its own and ends before."""
HYPHENATED = re.compile(r"(?<=\w)[-\u00ad]\s*\n\s*(?=[a-zäöüß])(?!(?:und|oder|bzw|and|or)\b)")
"""A word divided at the end of a line: „Straßen-⏎beleuchtung“. „Haupt-⏎und Nebenstraßen“ keeps its hyphen."""
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class PdfText:
    """What was read. `outcome`: `whole`, `cut` (the first pages), `empty` (pictures of pages), `locked`, `broken`."""

    text: str
    outcome: str
    pages: int = 0


def text_of(content: BinaryIO | bytes) -> PdfText:
    """The words of a PDF, whatever it is; never raises for what stands in it. For jobs: it may take a minute.

    `content` as bytes, or as an open file with a descriptor of its own.
    """
    if isinstance(content, bytes):
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.flush()
            return text_of(file)
    content.seek(0)
    if sniff(content.read(HEAD)) != Sort.PDF:
        return PdfText("", "broken")
    os.lseek(content.fileno(), 0, os.SEEK_SET)  # the place that the process shares, not that of our buffer
    return _gathered(_asked(content))


def text_of_document(ref: Ref) -> PdfText | None:
    """The words of the document that belongs to a thing; None while it cannot be had (scanner, storage)."""
    rows = File.objects.filter(role=File.Role.DOCUMENT, medium__scan=Medium.Scan.CLEAN)
    row = rows.filter(medium__in=Medium.objects.attached_to(ref)).order_by("medium_id").first()
    if row is None:
        return None
    try:
        with near(row.path).open("rb") as content:
            return text_of(content)
    except (FileNotFoundError, NotStored, StoreDown):
        return None


def _asked(content: BinaryIO) -> list[str]:
    """The lines that the process told until its end, by itself or not."""
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(  # noqa: S603 - our own program with our own argument
            [sys.executable, "-I", str(Path(reading.__file__))],
            stdin=content,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={"OMP_NUM_THREADS": "1"},
            cwd="/",
            close_fds=True,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()
        process.wait()
        answer.seek(0)
        return answer.read().decode(errors="replace").splitlines()


def _gathered(lines: list[str]) -> PdfText:
    parts: list[str] = []
    end = ""
    for row in _rows(lines):
        if "text" in row:
            parts.append(row["text"])
        end = row.get("end", "")
    text = cleaned("\n".join(parts))
    if end not in reading.ENDS:  # it was ended: by its limits, or by what it read
        end = "cut"
    if not text:
        return PdfText("", "empty" if end == "whole" else "broken" if end == "cut" else end, len(parts))
    return PdfText(text, "cut" if end == "broken" else end, len(parts))


def _rows(lines: list[str]) -> Iterator[dict[str, str]]:
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:  # the end of a line was cut off with its process
            return
        if isinstance(row, dict):
            yield {name: value for name, value in row.items() if isinstance(value, str)}


def cleaned(text: str) -> str:
    """Words divided at the end of a line are whole again; what is no sign to read is gone; single blanks."""
    text = text.encode("utf-8", "ignore").decode()  # half signs of UTF-16
    return SPACE.sub(" ", UNSEEN.sub("", HYPHENATED.sub("", text))).strip()
