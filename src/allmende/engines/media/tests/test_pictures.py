"""What people send comes in as a picture, or is refused with a sentence they can act on; nothing hidden comes along."""

import hashlib
import io
import os
import random
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageCms, ImageDraw
from pillow_heif import register_heif_opener

from allmende.core.errors import Invalid
from allmende.engines.media.actions import apart, drawing, pictures
from allmende.engines.media.actions.pictures import draw, finer
from allmende.engines.media.builders import encoded, jpeg

register_heif_opener()
pytestmark = pytest.mark.django_db
"""The limits are the city's settings."""

GPS = {1: "N", 2: (50.0, 52.0, 40.0), 3: "E", 4: (12.0, 5.0, 0.0)}
MARKS = (
    b"Exif",
    b"http://ns.adobe.com/xap",
    b"ICC_PROFILE",
    b"iCCP",
    b"ICCP",
    b"eXIf",
    b"EXIF",
    b"tEXt",
    b"iTXt",
    b"XMP ",
)


def photograph(kind: str = "JPEG", **more) -> bytes:
    """As a telephone makes it: with place, camera, owner, comment."""
    image = Pillow.effect_noise((900, 600), 60).convert("RGB")
    exif = Pillow.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B] = "Kamerafabrik", "Modell 7", "Erika Mustermann"
    exif[0x010E], exif[0x8825] = "GPSLatitude 50,52.7N", GPS
    return encoded(image, kind, exif=exif, **more)


def opened(file: pictures.File) -> Pillow.Image:
    image = Pillow.open(io.BytesIO(file.content))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_place_camera_and_owner_do_not_survive(kind):
    sent = photograph(kind, xmp=b"<x:xmpmeta>Erika</x:xmpmeta>")
    assert dict(Pillow.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)), "the sample must hold a place"
    assert b"Mustermann" in sent
    assert b"GPSLatitude" in sent
    for file in draw(sent).files:
        kept = opened(file)
        assert not dict(kept.getexif())
        assert not {"exif", "xmp", "icc_profile", "comment", "dpi"} & set(kept.info)
        for mark in (*MARKS, b"GPSLatitude", b"Mustermann", b"Erika", b"Kamerafabrik"):
            assert mark not in file.content, (file.extension, mark)


def test_a_comment_in_a_jpeg_or_png_does_not_survive():
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", "Erika Mustermann")
    png = encoded(Pillow.new("RGB", (50, 50)), "PNG", pnginfo=notes)
    for sent in (jpeg(comment=b"von Erika Mustermann"), png):
        assert b"Mustermann" in sent
        assert all(b"Mustermann" not in file.content for file in draw(sent).files)


def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("a.html", "<script>alert(1)</script>")
    return target.getvalue()


POLYGLOTS = {
    "page behind a JPEG": jpeg() + b"<script>alert(1)</script>",
    "page behind a PNG": encoded(Pillow.new("RGB", (30, 30)), "PNG") + b"<?php system($_GET[0]);",
    "page behind a WebP": encoded(Pillow.new("RGB", (30, 30)), "WEBP") + b"<html><body onload=x>",
    "archive behind a JPEG": jpeg() + archive(),
    "archive behind a PNG": encoded(Pillow.new("RGB", (30, 30)), "PNG") + archive(),
    "document in a JPEG's comment": jpeg(comment=b"%PDF-1.7 1 0 obj<<>>endobj"),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_picture_that_is_something_else_as_well_is_refused(name):
    with pytest.raises(Invalid, match="noch etwas anderes"):
        draw(POLYGLOTS[name])


def test_what_a_telephone_hides_behind_the_picture_is_dropped():
    film = b"\x00\x00\x00\x18ftypmp42" + b"\0" * 500 + b"MotionPhoto"
    assert all(b"MotionPhoto" not in file.content for file in draw(photograph() + film).files)


def test_widths_for_every_screen_and_one_file_that_everything_reads():
    picture = draw(photograph())
    assert [(file.width, file.extension) for file in picture.files] == [(480, "webp"), (900, "webp"), (900, "jpg")]
    later, _fingerprint = finer(picture.files[-1].content)
    assert [(file.width, file.extension) for file in later] == [(480, "avif"), (900, "avif")]
    assert (picture.width, picture.height) == (900, 600)
    for file in picture.files:
        assert opened(file).size == (file.width, file.height)
        assert file.sha256 == hashlib.sha256(file.content).hexdigest()


def test_a_large_photograph_is_made_smaller_and_keeps_its_proportions():
    picture = draw(jpeg(6000, 4000))
    assert abs(picture.width / picture.height - 1.5) < 0.01
    assert picture.width * picture.height <= 2560 * 2560 * 1.01
    assert [(file.width, file.extension) for file in picture.files[:-1]] == [(480, "webp"), (960, "webp")]
    later, _fingerprint = finer(picture.files[-1].content)  # what nobody waits for
    assert [(file.width, file.extension) for file in later] == [
        (1600, "webp"),
        (480, "avif"),
        (960, "avif"),
        (1600, "avif"),
    ]
    assert all(opened(file).size == (file.width, file.height) for file in later)


def test_a_very_long_strip_is_taken():
    picture = draw(encoded(Pillow.new("L", (1, 60_000)), "PNG"))
    assert picture.width == 1
    assert picture.height <= 16_000


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_as_it_was_seen(orientation):
    seen = Pillow.new("RGB", (80, 40), "white")
    ImageDraw.Draw(seen).rectangle((0, 0, 19, 19), fill="red")  # top left
    turns = {
        2: [Pillow.Transpose.FLIP_LEFT_RIGHT],
        3: [Pillow.Transpose.ROTATE_180],
        4: [Pillow.Transpose.FLIP_TOP_BOTTOM],
        5: [Pillow.Transpose.TRANSPOSE],
        6: [Pillow.Transpose.ROTATE_90],
        7: [Pillow.Transpose.TRANSVERSE],
        8: [Pillow.Transpose.ROTATE_270],
    }
    stored = seen
    for turn in turns.get(orientation, []):
        stored = stored.transpose(turn)
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    picture = draw(encoded(stored, "JPEG", exif=exif, quality=95))
    assert (picture.width, picture.height) == (80, 40)
    red, green, blue = opened(picture.files[-1]).getpixel((8, 8))
    assert red > 200
    assert green < 80
    assert blue < 80


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_notes_of_the_camera_are_no_reason_to_refuse():
    exif = b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + b"\xff" * 40
    assert draw(jpeg(exif=exif)).width == 60


def test_colours_of_another_colour_space_are_converted():
    wide = ImageCms.createProfile("LAB")
    assert draw(jpeg(icc_profile=ImageCms.ImageCmsProfile(wide).tobytes())).width == 60  # a profile that does not fit
    assert draw(jpeg(icc_profile=b"not a profile at all")).width == 60
    assert draw(encoded(Pillow.new("CMYK", (50, 50), (0, 255, 255, 0)), "JPEG")).files[-1].extension == "jpg"


def test_cmyk_red_is_red():
    red, green, blue = opened(draw(encoded(Pillow.new("CMYK", (50, 50), (0, 255, 255, 0)), "JPEG")).files[-1]).getpixel(
        (9, 9)
    )
    assert red > 180
    assert green < 90
    assert blue < 90


def test_sixteen_bits_of_grey_keep_their_tones():
    grey = Pillow.new("I;16", (50, 50), 256 * 128)
    assert 120 < opened(draw(encoded(grey, "PNG")).files[-1]).getpixel((5, 5))[0] < 136


def test_what_is_transparent_stays_transparent():
    clear = Pillow.new("RGBA", (50, 50), (255, 0, 0, 0))
    for kind in ("PNG", "WEBP", "HEIF"):
        picture = draw(encoded(clear, kind))
        assert picture.files[-1].extension == "png"
        assert all(opened(file).convert("RGBA").getpixel((5, 5))[3] == 0 for file in picture.files)
    palette = Pillow.new("P", (50, 50), 0)
    palette.putpalette([10, 20, 30] * 256)
    assert draw(encoded(palette, "PNG", transparency=0)).files[-1].extension == "png"
    for mode in ("1", "L", "LA", "P"):
        assert draw(encoded(Pillow.new(mode, (20, 20)), "PNG")).width == 20


@pytest.mark.parametrize("kind", ["WEBP"])
def test_of_a_moving_picture_the_first_frame_is_taken(kind):
    frames = [Pillow.new("RGB", (40, 40), colour) for colour in ("red", "blue", "green")]
    picture = draw(encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))
    for file in picture.files:
        kept = opened(file)
        assert getattr(kept, "n_frames", 1) == 1
        assert kept.convert("RGB").getpixel((9, 9))[0] > 200


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A few hundred kilobytes that unfold to gigabytes."""
    rows = zlib.compress(b"\0" * 100_000_000, 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height"), [(30_000, 30_000), (8_000, 8_000), (60_001, 1000), (2**31 - 1, 2**31 - 1)]
)
def test_a_bomb_is_refused_before_it_unfolds(width, height):
    with pytest.raises(Invalid, match=r"60 Millionen|beschädigt"):
        draw(bomb(width, height))


def test_a_jpeg_made_to_keep_a_decoder_busy_is_refused():
    many = jpeg(progressive=True)
    scan = many[many.index(b"\xff\xda") : -2]
    with pytest.raises(Invalid, match="ungewöhnlich"):
        draw(many[:-2] + scan * 200 + b"\xff\xd9")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = {
    "svg": (SVG, "SVG-Datei"),
    "svg with a declaration": (b'<?xml version="1.0"?>\n<!-- x -->' + SVG, "SVG-Datei"),
    "html": (b"<html><img src=x onerror=alert(1)></html>", "kein Bild"),
    "pdf": (b"%PDF-1.7\n1 0 obj", "PDF"),
    "zip": (archive(), "Archiv"),
    "text": ("Müll".encode(), "kein Bild"),
    "gif": (encoded(Pillow.new("P", (10, 10)), "GIF"), "GIF nehmen wir nicht an"),
    "bmp": (encoded(Pillow.new("RGB", (10, 10)), "BMP"), "BMP nehmen wir nicht an"),
    "tiff": (encoded(Pillow.new("RGB", (10, 10)), "TIFF"), "TIFF nehmen wir nicht an"),
    "avif": (encoded(Pillow.new("RGB", (10, 10)), "AVIF"), "AVIF nehmen wir nicht an"),
    "ico": (encoded(Pillow.new("RGB", (16, 16)), "ICO"), "kein Bild"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "kein Bild"),
    "film": (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\0" * 90, "Video"),
    "program": (b"MZ" + b"\0" * 90, "kein Bild"),
    "half a jpeg": (photograph()[:9000], "nicht vollständig"),
    "jpeg without its last byte of data": (photograph()[:-400], "nicht vollständig"),
    "half a png": (encoded(Pillow.effect_noise((300, 300), 50), "PNG")[:2000], "nicht vollständig"),
    "half a heic": (photograph("HEIF")[:3000], "nicht vollständig"),
    "only a header": (jpeg()[:20], "nicht vollständig"),
    "gif header": (b"GIF89a", "GIF nehmen wir nicht an"),
    "webp header": (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "nicht vollständig"),
    "heic header": (b"\x00\x00\x00\x18ftypheic" + b"\0" * 500, "nicht vollständig"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_whole_picture_is_refused_in_words_that_help(name):
    content, words = HOSTILE[name]
    with pytest.raises(Invalid, match=words):
        draw(content)


def test_a_picture_of_a_telephone_that_saves_heic_is_taken_upright_and_small():
    seen = Pillow.new("RGB", (4000, 3000), "white")
    ImageDraw.Draw(seen).rectangle((0, 0, 999, 999), fill="red")
    exif = Pillow.Exif()
    exif[0x0112] = 6
    picture = draw(encoded(seen.transpose(Pillow.Transpose.ROTATE_90), "HEIF", exif=exif.tobytes(), quality=60))
    assert picture.width > picture.height
    assert picture.width * picture.height <= 2560 * 2560 * 1.01
    red, green, blue = opened(picture.files[-1]).getpixel((30, 30))
    assert red > 200
    assert green < 80
    assert blue < 80


def test_a_process_that_crashes_or_hangs_costs_one_picture_at_most_and_nothing_else(monkeypatch):
    draw(jpeg())
    os.kill(apart._running().pid, signal.SIGSEGV)  # between two pictures
    assert draw(jpeg()).width == 60
    process = apart._running()
    os.kill(process.pid, signal.SIGSTOP)
    monkeypatch.setattr(apart, "PATIENCE", 1)
    assert apart._asked(b'{"job": "draw"}\n', b"") is None  # hangs: ended after the time that a picture may take
    assert process.returncode == -signal.SIGKILL
    monkeypatch.undo()
    assert draw(jpeg()).width == 60
    with pytest.raises(apart.Broken, match="broken"):
        apart._asked(b"no question at all\n", b"")  # crashes on it
    assert draw(jpeg()).width == 60


def test_the_alarm_ends_a_decoder_that_never_comes_back(tmp_path):
    """The program itself, with a decoder that loops: it ends after its time although nobody is there to end it."""
    source = Path(drawing.__file__).read_text().replace("SECONDS = 20", "SECONDS = 1")
    program = tmp_path / "drawing.py"
    program.write_text(source.replace('content = source.read(asked["size"])', "\n        while True: pass"))
    done = subprocess.run(
        [sys.executable, "-I", str(program)], input=b'{"job": "draw", "size": 0}\n', capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGPROF
    assert done.stdout == b"+"


def test_the_process_that_draws_has_no_secrets_and_bounds_on_memory_and_time():
    draw(jpeg())
    process = Path(f"/proc/{apart._running().pid}")
    assert b"SECRET" not in (process / "environ").read_bytes()
    assert b"DATABASE" not in (process / "environ").read_bytes()
    limits = (process / "limits").read_text()
    assert str(drawing.MEMORY) in limits
    assert not [link for link in (process / "fd").iterdir() if "socket" in str(link.readlink())]


def test_an_empty_file_and_a_heavy_one_are_named_as_such():
    with pytest.raises(Invalid, match="leer"):
        draw(b"")
    with pytest.raises(Invalid, match="15 Megabyte"):
        draw(io.BytesIO(jpeg() + b"\0" * 16 * 1024 * 1024))


def test_the_name_of_a_file_proves_nothing():
    """A PNG that calls itself .jpg is a PNG; a page that calls itself .jpg is nothing."""
    named = io.BytesIO(encoded(Pillow.new("RGB", (30, 30)), "PNG"))
    named.name = "photo.jpg"
    assert draw(named).width == 30
    page = io.BytesIO(SVG)
    page.name = "photo.jpg"
    with pytest.raises(Invalid):
        draw(page)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_at_all_are_a_picture_or_a_sentence(content):
    with pytest.raises(Invalid):
        draw(content)


SEEDS = {
    "jpeg": jpeg(),
    "progressive": jpeg(progressive=True),
    "png": encoded(Pillow.effect_noise((40, 40), 50), "PNG"),
    "heic": encoded(Pillow.effect_noise((40, 40), 50).convert("RGB"), "HEIF"),
    "webp": encoded(Pillow.effect_noise((40, 40), 50).convert("RGB"), "WEBP"),
    "exif": photograph(quality=20)[:6000],
}


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(SEEDS)), st.integers(0, 2**32), st.integers(1, 30))
def test_a_damaged_picture_is_a_picture_or_a_sentence(name, seed, damages):
    chance = random.Random(seed)
    content = bytearray(SEEDS[name])
    for _ in range(damages):
        content[chance.randrange(len(content))] = chance.randrange(256)
    try:
        picture = draw(bytes(content))
    except Invalid as refused:
        assert str(refused)  # noqa: PT017 - either end is right
    else:
        assert picture.files
