"""Captions come in as WebVTT or SubRip and go out as clean WebVTT, or are refused with the line that is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.core.errors import Invalid
from allmende.engines.media.actions.captions import read_captions, spoken, written

VTT = """WEBVTT - Rückblick

STYLE
::cue { background: url(https://elsewhere.example/x) }

NOTE von Hand

1
00:00:01.000 --> 00:00:04.000 align:start position:10% evil:yes
<v Anna>Grüß Gott & willkommen</v>
in <b>Gera</b>

00:05.500 --> 00:08.000
<img src=x onerror=alert(1)>3 < 5
"""


def test_captions_are_written_anew_with_times_places_and_words_only():
    out = written(read_captions(VTT.encode())).decode()
    assert out.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:04.000 align:start position:10%\n")
    assert "<v Anna>Grüß Gott &amp; willkommen" in out
    assert "<b>Gera</b>" in out
    assert "evil" not in out
    assert "elsewhere" not in out
    assert "<img" not in out
    assert "&lt;img src=x onerror=alert(1)&gt;3 &lt; 5" in out
    assert written(read_captions(out.encode())).decode() == out


def test_the_words_alone_make_a_transcript():
    assert spoken(read_captions(VTT.encode())) == (
        "Anna: Grüß Gott & willkommen in Gera\n<img src=x onerror=alert(1)>3 < 5"
    )


SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\nSchöne Grüße\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nEnde\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_subrip_in_any_unicode_is_taken(encoding):
    out = written(read_captions(SRT.encode(encoding))).decode()
    assert "00:00:01.000 --> 00:00:02.500\nSchöne Grüße" in out


REFUSED = {
    "other encoding": (SRT.encode("latin-1"), "UTF-8"),
    "no captions": (b"WEBVTT\n\nNOTE nichts", "keine Untertitel"),
    "a page": (b"<html>", "nicht|keine Untertitel"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "UTF-8|keine Untertitel"),
    "nul": (b"WEBVTT\n\n00:01.000 --> 00:02.000\na\0b", "keine Untertitel"),
    "empty": (b"", "keine Untertitel"),
    "ends before it begins": (b"WEBVTT\n\n00:05.000 --> 00:02.000\nx", "bevor sie beginnt"),
    "no time": (b"WEBVTT\n\n00:99.000 --> 00:02.000\nx", "00:99.000"),
    "too large": (b"WEBVTT\n\n" + b"x" * 3_000_000, "2 Megabyte"),
    "too many": (b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\nx\n\n" * 20_001, "20.000"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_is_refused_in_words_that_help(name):
    content, words = REFUSED[name]
    with pytest.raises(Invalid, match=words):
        read_captions(content)


@given(
    st.binary(max_size=400)
    | st.text(max_size=300).map(lambda text: ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + text).encode())
)
def test_any_bytes_are_captions_or_a_sentence_and_never_markup(content):
    try:
        cues = read_captions(content)
    except Invalid:
        return
    out = written(cues).decode()
    assert out.count("-->") == len(cues)
    assert "<script" not in out
