"""Reports come in: 20 a second without a photo, then 5 a second with one of a phone; none lost, none twice.

Each is what a browser sends with the last of the four pages, words, place, kind, key of the form and all; with a photo,
the picture of 12 megapixels comes in that very request. Afterwards what was accepted is compared with what stands
there, every twentieth having been sent a second time, and the photos are waited for until the last one is drawn.
"""

import base64
import secrets
import uuid
from typing import Any

from harness import City, Run, load
from load import SHARED
from portal_media import photograph

RATE, SECONDS = 20, 30
PHOTO_RATE, PHOTO_SECONDS = 5, 20
WARM = 40
KINDS = ("licht", "strasse", "muell", "gruen", "graffiti", "spielplatz")
WEST, SOUTH, EAST, NORTH = 12.05, 50.86, 12.10, 50.90
TOKEN = "b" * 32
"""The CSRF token of a browser: cookie and field alike."""


def figures(run: Run, running: City) -> None:
    mark = f"Bench{secrets.token_hex(3)}"
    plain = [request(mark, number) for number in range(WARM + RATE * SECONDS)]
    load("each", running.port, [], requests=plain[:WARM], clients=4, redirects=True)
    outcome = load("open", running.port, [], requests=plain[WARM:], rate=RATE, seconds=SECONDS, redirects=True)
    again = plain[::20]
    load("each", running.port, [], requests=again, clients=8, redirects=True)
    photo = photograph()
    pictures = [request(mark, len(plain) + number, len(photo)) for number in range(PHOTO_RATE * PHOTO_SECONDS)]
    with_photo = load(
        "open", running.port, [], requests=pictures, rate=PHOTO_RATE, seconds=PHOTO_SECONDS, redirects=True,
        shared=base64.b64encode(photo).decode(),
    )  # fmt: skip
    proof: dict[str, Any] = running.script("reports_proof.py", mark)
    expected = len(plain) + len(pictures)
    run.keep("submit", {name: value for name, value in outcome.items() if name != "answered"})
    run.keep("submit_photo", {name: value for name, value in with_photo.items() if name != "answered"})
    run.keep("submit_proof", {**proof, "photo_bytes": len(photo)})
    run.figure("submit_p95_ms", outcome["p95"] * 1000, "ms", "<150")
    run.figure("submit_photo_p95_ms", with_photo["p95"] * 1000, "ms", "<150")
    run.figure("submit_lost", max(0, expected - proof["reports"]), "reports", "<=0")
    run.figure("submit_double", max(0, proof["reports"] - expected), "reports", "<=0")
    run.figure("photos_missing", len(pictures) - proof["photos"], "photos not drawn in the end", "<=0")
    run.figure("photos_drawn_s", proof["drawn_s"], "s after the last came in", "<600")


def request(mark: str, number: int, photo: int = 0, *, kind: str = "", words: str = "") -> str:
    """The last page of the form, as a browser sends it; `photo`: the bytes of a picture that the client puts in."""
    place = number * 7919 % 10_000
    lon, lat = WEST + (EAST - WEST) * (place % 100) / 100, SOUTH + (NORTH - SOUTH) * (place // 100) / 100
    fields = {
        "csrfmiddlewaretoken": TOKEN,
        "_once": f"{mark}-{number}",
        "step": "4",
        "words": words or f"{mark} Nummer {number}: Hier ist etwas nicht in Ordnung, bitte kümmern Sie sich darum.",
        "calm": "1",
        "place": "Stelle auf der Karte",
        "place_for": "Stelle auf der Karte",
        "place_at": f"p:{lon:.6f},{lat:.6f}",
        "detail": "",
        "category": kind or KINDS[number % len(KINDS)],
        "email": "",
        "telephone": "",
    }
    border = uuid.uuid4().hex
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    if photo:
        parts.append(
            f'--{border}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n'
            f"Content-Type: image/jpeg\r\n\r\n{SHARED.decode()}\r\n"
        )
    body = "".join([*parts, f"--{border}--\r\n"])
    length = len(body.encode()) + (photo - len(SHARED) if photo else 0)
    return (
        f"POST /meldungen/neu/ HTTP/1.1\r\nHost: localhost\r\nCookie: gera_csrf={TOKEN}\r\n"
        f"Content-Type: multipart/form-data; boundary={border}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
