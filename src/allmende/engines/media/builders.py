"""Pictures, films and documents for tests and examples: small, cheap, and some that mean harm."""

import io
import struct
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from PIL import Image as Pillow

from allmende.core.ids import uuid7
from allmende.core.refs import Ref
from allmende.engines.media import interface
from allmende.engines.media.models import Medium


def jpeg(width: int = 60, height: int = 40, *, colour: str = "#2f6f4f", **options: object) -> bytes:
    """The bytes of a plain JPEG; `options` go to the encoder (exif, icc_profile, progressive …)."""
    return encoded(Pillow.new("RGB", (width, height), colour), "JPEG", **options)


def encoded(image: Pillow.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def image_of(
    ref: Ref, *, alt: str = "Eine Bank unter einer Linde", public: bool = False, colour: str = "#2f6f4f"
) -> Medium:
    """A picture that belongs to `ref`."""
    image = interface.take_image(jpeg(colour=colour), alt=alt)
    with transaction.atomic():
        image = interface.attach(image.id, ref)
        if public:
            interface.release(ref)
    image.refresh_from_db()
    return image


def some_ref(id_: UUID | None = None) -> Ref:
    """A thing that no room knows."""
    return Ref("nowhere", "thing", id_ or uuid7())


# Films


def webm(frames: Sequence[Pillow.Image], *, milliseconds: int = 500, extra: bytes = b"") -> bytes:
    """A film that browsers play: VP8 key frames, as lossy WebP pictures hold them (RFC 6386, RFC 9649).

    `extra` are elements put before the pictures, such as `tags`.
    """
    width, height = frames[0].size
    pictures = [_vp8(frame) for frame in frames]
    info = element(
        0x1549A966,
        element(0x2AD7B1, number(1_000_000))
        + element(0x4489, struct.pack(">d", len(frames) * milliseconds))
        + element(0x4D80, b"Allmende")
        + element(0x5741, b"Allmende"),
    )
    size = element(0xB0, number(width)) + element(0xBA, number(height))
    track = element(0xD7, b"\x01") + element(0x73C5, b"\x01") + element(0x83, b"\x01")
    track = element(0xAE, track + element(0x86, b"V_VP8") + element(0xE0, size))
    clusters = b"".join(
        element(
            0x1F43B675,
            element(0xE7, number(at * milliseconds)) + element(0xA3, b"\x81\x00\x00\x80" + picture),
        )
        for at, picture in enumerate(pictures)
    )
    head = element(0x4286, b"\x01") + element(0x42F7, b"\x01") + element(0x42F2, b"\x04") + element(0x42F3, b"\x08")
    head += element(0x4282, b"webm") + element(0x4287, b"\x02") + element(0x4285, b"\x02")
    return element(0x1A45DFA3, head) + element(0x18538067, info + element(0x1654AE6B, track) + extra + clusters)


def _vp8(frame: Pillow.Image) -> bytes:
    content = encoded(frame.convert("RGB"), "WEBP", quality=60, method=4)
    at = content.index(b"VP8 ")
    return content[at + 8 : at + 8 + int.from_bytes(content[at + 4 : at + 8], "little")]


def element(identity: int, content: bytes) -> bytes:
    """One EBML element (RFC 8794) with a length of eight bytes."""
    head = identity.to_bytes((identity.bit_length() + 7) // 8, "big")
    return head + (len(content) | 1 << 56).to_bytes(8, "big") + content


def number(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def tags(text: str) -> bytes:
    """What a camera notes in a WebM."""
    simple = element(0x67C8, element(0x45A3, b"LOCATION") + element(0x4487, text.encode()))
    return element(0x1254C367, element(0x7373, simple))


def box(kind: bytes, content: bytes) -> bytes:
    """One box of an MP4 (ISO/IEC 14496-12)."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def mp4(
    *, codec: bytes = b"avc1", place: str = "", turned: bool = False, mdat: int = 2000, measured: bool = False,
    heard_only: bool = False,
) -> bytes:  # fmt: skip
    """The boxes of a film of twelve seconds, 640 × 360, with nothing to see in it; `place` is the camera's note.

    `heard_only`: a voice note, as a telephone's recorder writes it.
    """
    udta = box(b"udta", box(b"\xa9xyz", place.encode())) if place else b""
    mvhd = box(b"mvhd", bytes(12) + struct.pack(">II", 1000, 12_000) + bytes(80))
    a, b = (0, 0x10000) if turned else (0x10000, 0)
    matrix = struct.pack(">9i", a, b, 0, -b, a, 0, 0, 0, 0x40000000)
    tkhd = box(b"tkhd", bytes(40) + matrix + struct.pack(">II", 640 << 16, 360 << 16))

    def track(handler: bytes, name: bytes) -> bytes:
        hdlr = box(b"hdlr", bytes(8) + handler + bytes(13))
        stsd = box(b"stsd", struct.pack(">II", 0, 1) + box(name, bytes(70) + place.encode()))
        return box(b"trak", tkhd + box(b"mdia", hdlr + box(b"minf", box(b"stbl", stsd))) + udta)

    more = track(b"meta", b"gpmd") if measured else b""
    seen = b"" if heard_only else track(b"vide", codec)
    moov = box(b"moov", mvhd + seen + track(b"soun", b"mp4a") + more + udta)
    notes = box(b"meta", place.encode()) if place else b""
    return box(b"ftyp", b"mp42\0\0\0\0mp42isom") + moov + notes + box(b"mdat", bytes(mdat))
