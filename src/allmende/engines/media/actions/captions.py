"""The door for captions: WebVTT or SubRip comes in, WebVTT written anew goes out (W3C, "WebVTT").

What is written anew holds times, places and words with the few marks that players know, and nothing else.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from allmende.core.errors import Invalid

MAX_BYTES = 2 * 1024 * 1024
MAX_CUES = 20_000
LONGEST_CUE = 2000
TIME = r"(?:(\d{1,4}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
TIMING = re.compile(rf"^{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t]+(.*))?$")
SETTING = re.compile(r"^(?:align:(?:start|center|end|left|right)|(?:line|position|size):-?\d{1,3}(?:\.\d{1,3})?%?|"
                     r"vertical:(?:rl|lr))$")  # fmt: skip
MARK = re.compile(r"</?(?:b|i|u|ruby|rt|c(?:\.[\w-]{1,30})*|v(?:\s[^<>&\n]{1,60})?|lang(?:\s[A-Za-z0-9-]{1,20})?)>")


@dataclass(frozen=True)
class Cue:
    """Words on the picture from `start` to `end` (milliseconds)."""

    start: int
    end: int
    text: str
    settings: str = ""


def read_captions(content: bytes) -> list[Cue]:
    """The cues of a file. Raises Invalid with a sentence that says what to do."""
    if len(content) > MAX_BYTES:
        raise Invalid(_("Die Untertitel sind größer als 2 Megabyte. Bitte prüfen Sie, ob es die richtige Datei ist."))
    text = _decoded(content)
    blocks = re.split(r"\n{2,}", text.strip("\n"))
    is_vtt = bool(re.match(r"WEBVTT(?:[ \t\n]|$)", text))
    if not is_vtt and not any("-->" in block for block in blocks[:3]):
        raise Invalid(
            _("Das sind keine Untertitel, die wir lesen können. Möglich sind WebVTT (.vtt) und SubRip (.srt).")
        )
    cues = []
    for number, block in enumerate(blocks):
        lines = [line for line in block.split("\n") if line.strip()]
        if is_vtt and number == 0:  # the head, which may be followed by a cue at once
            lines = next((lines[at:] for at in range(len(lines)) if "-->" in lines[at]), [])
        if not lines or (lines[0].startswith(("NOTE", "STYLE", "REGION")) and "-->" not in lines[0]):
            continue
        cues.append(_cue(lines))
        if len(cues) > MAX_CUES:
            raise Invalid(_("Das sind mehr als 20.000 Untertitel. Bitte prüfen Sie, ob es die richtige Datei ist."))
    if not cues:
        raise Invalid(_("In der Datei stehen keine Untertitel. Bitte wählen Sie eine andere."))
    return cues


def written(cues: list[Cue]) -> bytes:
    """The cues as a WebVTT file in UTF-8."""
    parts = ["WEBVTT\n"]
    for cue in cues:
        settings = f" {cue.settings}" if cue.settings else ""
        parts.append(f"{_clock(cue.start)} --> {_clock(cue.end)}{settings}\n{cue.text}\n")
    return "\n".join(parts).encode()


def spoken(cues: list[Cue]) -> str:
    """The words alone, for a transcript: one line per cue, without repeats."""
    lines: list[str] = []
    for cue in cues:
        said = re.sub(r"<v\s([^<>]+)>", r"\1: ", cue.text)
        said = " ".join(MARK.sub("", said).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").split())
        if said and (not lines or lines[-1] != said):
            lines.append(said)
    return "\n".join(lines)


def _decoded(content: bytes) -> str:
    """The text, whatever Unicode it is in; other encodings cannot be told apart safely."""
    try:
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(_("Die Untertitel sind nicht in UTF-8 gespeichert. Bitte speichern Sie sie als UTF-8.")) from None
    if "\0" in text:
        raise Invalid(
            _("Das sind keine Untertitel, die wir lesen können. Möglich sind WebVTT (.vtt) und SubRip (.srt).")
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cue(lines: list[str]) -> Cue:
    at = 0 if "-->" in lines[0] else 1
    found = TIMING.match(lines[at].strip()) if at < len(lines) else None
    if found is None:
        raise Invalid(
            _("Bei den Untertiteln stimmt eine Zeitangabe nicht: „%(line)s“.")
            % {"line": lines[min(at, len(lines) - 1)][:80]}
        )
    start, end = (_milliseconds(*found.groups()[first : first + 4]) for first in (0, 4))
    if end <= start:
        raise Invalid(
            _("Bei den Untertiteln endet eine Zeile, bevor sie beginnt: „%(line)s“.") % {"line": lines[at][:80]}
        )
    settings = " ".join(word for word in (found[9] or "").split() if SETTING.match(word))
    return Cue(start, end, _clean("\n".join(lines[at + 1 :])), settings)


def _milliseconds(hours: str | None, minutes: str, seconds: str, rest: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest)


def _clean(text: str) -> str:
    """The words; of marks only those that players know, everything else shown as it was typed."""
    parts, last = [], 0
    text = text.replace("-->", "→")[:LONGEST_CUE]
    for mark in MARK.finditer(text):
        parts += [_escaped(text[last : mark.start()]), mark[0]]
        last = mark.end()
    return "".join([*parts, _escaped(text[last:])])


def _escaped(text: str) -> str:
    text = re.sub(r"&(?!(?:amp|lt|gt|nbsp|lrm|rlm|#\d{1,6});)", "&amp;", text)
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
