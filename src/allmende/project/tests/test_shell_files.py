"""Files: a film can be sought in, a style sheet comes in its small form, and nothing private is ever sent."""

import asyncio
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.project.shell.django_pool import DjangoPool
from allmende.project.shell.files import UnsatisfiableError, accepts, parse_range, segments
from allmende.project.shell.router import Shell
from allmende.project.tests.shell_client import call

FILM = bytes(range(256)) * 4000
STYLE = b"body{margin:0}" * 200


def nobody(environ, start_response):
    start_response("404 Not Found", [])
    return [b""]


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    root = tmp_path_factory.mktemp("home")
    for folder in ("static/ui", "media/public/ab", "media/private"):
        (root / folder).mkdir(parents=True)
    (root / "static/ui/city.0a1b2c3d4e5f.css").write_bytes(STYLE)
    (root / "static/ui/city.0a1b2c3d4e5f.css.gz").write_bytes(gzip.compress(STYLE))
    (root / "static/ui/city.0a1b2c3d4e5f.css.br").write_bytes(b"brotli")
    (root / "static/ui/plain.css").write_bytes(STYLE)
    (root / "media/public/ab/film.mp4").write_bytes(FILM)
    (root / "media/public/ab/paper.pdf").write_bytes(b"%PDF-")
    (root / "media/public/ab/evil.svg").write_bytes(b"<svg/>")
    (root / "media/public/ab/page.html").write_bytes(b"<script>")
    (root / "media/public/empty.png").write_bytes(b"")
    (root / "media/private/secret.png").write_bytes(b"secret")
    (root / "media/public/way-out").symlink_to(root / "media/private")
    (root / "static/.hidden").write_bytes(b"hidden")
    return Shell(DjangoPool(nobody), static=root / "static", media=root / "media")


def get(shell, path, method="GET", **headers):
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return asyncio.run(call(shell, path, method, pairs))


def test_a_film_is_sent_whole_with_what_a_player_needs_to_seek(shell):
    got = get(shell, "/medien/ab/film.mp4")
    assert (got.status, got.body, got["content-type"]) == (200, FILM, "video/mp4")
    assert got["accept-ranges"] == "bytes"
    assert got["content-length"] == str(len(FILM))


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=1000-", 1000, len(FILM)),
        ("bytes=-5", len(FILM) - 5, len(FILM)),
        ("bytes=-99999999", 0, len(FILM)),
        ("bytes=500000-600000", 500000, 600001),
        (f"bytes=10-{len(FILM) * 2}", 10, len(FILM)),
        ("Bytes = 3-4", 3, 5),
    ],
)
def test_a_range_is_answered_with_exactly_that_range(shell, asked, start, end):
    got = get(shell, "/medien/ab/film.mp4", range=asked)
    assert got.status == 206
    assert got.body == FILM[start:end]
    assert got["content-range"] == f"bytes {start}-{end - 1}/{len(FILM)}"
    assert got["content-length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=0-1,5-9", f"bytes={len(FILM)}-", "bytes=-0", "bytes=99999999999-"])
def test_a_range_that_cannot_be_answered_says_how_long_the_file_is(shell, asked):
    got = get(shell, "/medien/ab/film.mp4", range=asked)
    assert (got.status, got.body) == (416, b"")
    assert got["content-range"] == f"bytes */{len(FILM)}"


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes", "bytes=", "bytes=-", "bytes=5-3", "bytes=a-b", "bytes=1-2-3"])
def test_a_range_that_makes_no_sense_is_ignored(shell, asked):
    assert get(shell, "/medien/ab/film.mp4", range=asked).status == 200


def test_a_range_of_a_file_that_has_changed_since_becomes_the_whole_file(shell):
    etag = get(shell, "/medien/ab/film.mp4")["etag"]
    assert get(shell, "/medien/ab/film.mp4", range="bytes=0-9", if_range=etag).status == 206
    assert get(shell, "/medien/ab/film.mp4", range="bytes=0-9", if_range='"other"').status == 200


def test_what_a_browser_has_already_is_not_sent_again(shell):
    first = get(shell, "/static/ui/plain.css")
    assert get(shell, "/static/ui/plain.css", if_none_match=first["etag"]).status == 304
    assert get(shell, "/static/ui/plain.css", if_none_match=f'"x", W/{first["etag"]}').status == 304
    assert get(shell, "/static/ui/plain.css", if_modified_since=first["last-modified"]).status == 304
    changed = get(shell, "/static/ui/plain.css", if_none_match='"x"', if_modified_since=first["last-modified"])
    assert changed.status == 200
    assert get(shell, "/static/ui/plain.css", if_none_match=first["etag"]).body == b""


def test_head_says_the_same_as_get_without_the_content(shell):
    got, head = get(shell, "/medien/ab/film.mp4"), get(shell, "/medien/ab/film.mp4", "HEAD")
    assert (head.status, head.headers, head.body) == (200, got.headers, b"")


def test_built_files_are_kept_for_good_and_others_asked_for_again(shell):
    assert "immutable" in get(shell, "/static/ui/city.0a1b2c3d4e5f.css")["cache-control"]
    assert get(shell, "/static/ui/plain.css")["cache-control"] == "no-cache"


def test_the_smallest_form_a_browser_takes_is_sent(shell):
    path = "/static/ui/city.0a1b2c3d4e5f.css"
    small = get(shell, path, accept_encoding="gzip, deflate")
    assert (small["content-encoding"], gzip.decompress(small.body)) == ("gzip", STYLE)
    assert small["content-type"] == "text/css; charset=utf-8"
    assert get(shell, path, accept_encoding="gzip, br")["content-encoding"] == "br"
    assert get(shell, path, accept_encoding="br;q=0, gzip;q=0.0")["content-encoding"] is None
    assert get(shell, path)["vary"] == small["vary"] == "Accept-Encoding"
    assert get(shell, path)["etag"] != small["etag"]
    assert get(shell, path, accept_encoding="gzip", range="bytes=0-3").body == STYLE[:4]


def test_what_people_uploaded_can_do_nothing_at_our_address(shell):
    for name in ("evil.svg", "page.html", "paper.pdf"):
        assert get(shell, f"/medien/ab/{name}")["content-disposition"] == "attachment"
    film = get(shell, "/medien/ab/film.mp4")
    assert film["content-disposition"] == "inline"
    assert film["x-content-type-options"] == "nosniff"
    assert "sandbox" in film["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/medien/../private/secret.png",
        "/medien/%2e%2e/private/secret.png",
        "/medien/ab/..%2f..%2fprivate/secret.png",
        "/medien/way-out/secret.png",
        "/medien//etc/passwd",
        "/medien/%2fetc/passwd",
        "/medien/ab\\..\\..\\private\\secret.png",
        "/medien/ab/film.mp4%00.png",
        "/medien/ab/",
        "/medien/ab",
        "/medien/",
        "/medien/%ff",
        "/medien/" + "a" * 5000,
        "/static/.hidden",
        "/static/ui/nothing.css",
    ],
)
def test_an_address_leads_to_a_public_file_or_nowhere(shell, path):
    got = get(shell, path)
    assert got.status == 404
    assert b"secret" not in got.body
    assert 'lang="en"' in got.text


@given(
    st.lists(
        st.sampled_from(["..", ".", "", "%2e%2e", "%2f", "\\", "ab", "way-out", "film.mp4", "%00", "~", "ü"]),
        max_size=8,
    )
)
def test_no_path_leaves_its_tree(shell, parts):
    got = get(shell, ("/medien/" + "/".join(parts)).encode("utf-8").decode("latin-1").replace("Ã¼", "%C3%BC"))
    assert b"secret" not in got.body
    assert got.status in (200, 404)


@given(st.binary(max_size=30), st.integers(0, 2000))
def test_any_range_header_is_a_part_of_the_file_or_refused_or_ignored(value, size):
    try:
        part = parse_range(value, size)
    except UnsatisfiableError:
        return
    if part is not None:
        assert 0 <= part[0] < part[1] <= size


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 200))
def test_a_range_is_what_the_standard_says(first, last, size):
    try:
        part = parse_range(b"bytes=%d-%d" % (first, last), size)
    except UnsatisfiableError:
        assert first >= size
        return
    whole = bytes(size % 251 for _ in range(size))
    expected = whole[first : last + 1]
    assert (part is None and first > last) or whole[part[0] : part[1]] == expected


@given(st.binary(max_size=60))
def test_a_name_is_plain_or_nothing(raw):
    for part in segments(raw) or ():
        assert part
        assert part[0] != "."
        assert not set(part) & {"/", "\\", "\0"}


def test_other_methods_are_refused(shell):
    got = get(shell, "/static/ui/plain.css", "POST")
    assert (got.status, got["allow"]) == (405, "GET, HEAD")


def test_an_empty_file_is_a_file(shell):
    got = get(shell, "/medien/empty.png")
    assert (got.status, got["content-length"], got.body) == (200, "0", b"")
    assert get(shell, "/medien/empty.png", range="bytes=0-").status == 416


def test_the_server_sends_whole_files_itself_when_it_can(shell):
    got = asyncio.run(call(shell, "/medien/ab/film.mp4", pathsend=True))
    assert got.sent_file.endswith("/public/ab/film.mp4")
    assert got.body == b""
    part = asyncio.run(call(shell, "/medien/ab/film.mp4", headers=[("range", "bytes=0-3")], pathsend=True))
    assert (part.sent_file, part.body) == ("", FILM[:4])


def test_a_changed_file_is_another_file(shell, tmp_path):
    tree = tmp_path / "static"
    tree.mkdir()
    (tree / "a.txt").write_text("one")
    other = Shell(DjangoPool(nobody), static=tree)
    before = get(other, "/static/a.txt")
    (tree / "a.txt").write_text("second")
    after = get(other, "/static/a.txt")
    assert (before.body, after.body) == (b"one", b"second")
    assert before["etag"] != after["etag"]


@given(st.binary(max_size=40), st.sampled_from([b"gzip", b"br"]))
def test_any_accept_encoding_is_understood_or_a_no(value, coding):
    assert accepts(value, coding) in (True, False)
