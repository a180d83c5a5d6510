"""A foreign base map comes by our own address, and nothing else can be fetched through it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from allmende.core import city
from allmende.core.models import Setting
from allmende.engines.places.adapters import tiles

STYLE = {
    "version": 8,
    "sources": {"base": {"type": "vector", "url": "tiles.json"}, "own": {"type": "geojson", "data": "/own.geojson"}},
    "glyphs": "/fonts/{fontstack}/{range}.pbf",
    "sprite": "/sprites/calm",
    "layers": [],
}
ASKED: list[str] = []


class Other(BaseHTTPRequestHandler):
    """A tile server as operators use them."""

    def do_GET(self):
        ASKED.append(self.path)
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/secret")
            self.end_headers()
            return
        known = {
            "/style.json": json.dumps(STYLE).encode(),
            "/tiles.json": b'{"tiles": ["/t/{z}/{x}/{y}.pbf"], "maxzoom": 14, "attribution": "(c) T"}',
            "/t/3/4/5.pbf": b"\x1a\x00tile",
            "/fonts/Fira%20Sans/0-255.pbf": b"\x0aglyphs",
            "/sprites/calm@2x.png": b"\x89PNG....",
            "/own.geojson": b'{"type": "FeatureCollection", "features": []}',
        }
        self.send_response(200 if self.path in known else 404)
        self.end_headers()
        self.wfile.write(known.get(self.path, b""))

    def log_message(self, *_args):
        pass


@pytest.fixture
def other(db):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    Setting.objects.update_or_create(
        key="places.style_url", defaults={"value": f"http://127.0.0.1:{server.server_port}/style.json"}
    )
    city.forget()
    tiles._styles.clear()
    ASKED.clear()
    yield server
    server.shutdown()
    server.server_close()


def test_every_address_in_the_style_is_ours_and_leads_to_what_it_named(other):
    client = Client(headers={"host": "localhost"})
    style = client.get("/karte-grund/stil.json").json()
    assert "127.0.0.1" not in json.dumps(style)
    tile = style["sources"]["base"]["tiles"][0].replace("{z}/{x}/{y}", "3/4/5")
    assert client.get(tile).content == b"\x1a\x00tile"
    assert client.get(tile)["Content-Type"] == "application/x-protobuf"
    glyphs = style["glyphs"].replace("{fontstack}/{range}", "Fira Sans/0-255")
    assert client.get(glyphs).content == b"\x0aglyphs"
    assert client.get(style["sprite"] + "@2x.png")["Content-Type"] == "image/png"
    assert client.get(style["sources"]["own"]["data"]).json()["features"] == []
    assert ASKED.count("/t/3/4/5.pbf") == 1  # kept


def test_what_is_kept_is_shown_while_the_other_side_is_away(other):
    client = Client(headers={"host": "localhost"})
    tile = client.get("/karte-grund/stil.json").json()["sources"]["base"]["tiles"][0].replace("{z}/{x}/{y}", "3/4/5")
    client.get(tile)
    other.shutdown()
    other.server_close()
    assert client.get(tile).status_code == 200
    assert client.get(tile.replace("3/4/5", "3/4/6")).status_code == 503


@pytest.mark.parametrize(
    "rest", ["../../etc/passwd", "1/2", "a/b/c", "1/2/3/4", "sprite.exe", "%00/0-1", "http://127.0.0.1/"]
)
def test_nothing_else_is_fetched_through_it(other, rest):
    client = Client(headers={"host": "localhost"})
    client.get("/karte-grund/stil.json")
    ASKED.clear()
    for number in range(6):
        assert client.get(f"/karte-grund/{number}/{rest}").status_code in {404, 204}
    assert client.get("/karte-grund/99/1/2/3").status_code == 404
    assert not [path for path in ASKED if not path.startswith(("/t/", "/fonts/"))]


def test_it_follows_to_no_other_host_and_reads_no_files(other):
    with pytest.raises(tiles.UnreachableError):
        tiles.fetch(f"http://127.0.0.1:{other.server_port}/elsewhere")
    with pytest.raises(tiles.UnreachableError):
        tiles.fetch("file:///etc/passwd")


def test_without_a_style_there_is_no_proxy(db):
    assert Client(headers={"host": "localhost"}).get("/karte-grund/stil.json").status_code == 404
