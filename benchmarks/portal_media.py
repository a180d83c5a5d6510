"""Part of `make bench NAME=portal`: a photograph of 12 megapixels, from its first byte to the first rendition seen."""

import io
import json
import statistics
import time
import urllib.request
import uuid

from harness import BenchmarkError, City, Run, fetch
from PIL import Image, ImageFilter

WIDTH, HEIGHT = 4000, 3000
TIMES = 7
WAIT = 30.0


def figures(run: Run, running: City) -> None:
    """Upload over HTTP as a program sends it, and the address that the answer names, until its bytes are there."""
    content = photograph()
    run.keep("media_photograph_bytes", len(content))
    once(running, content)  # the process that draws is started by the first picture
    taken = sorted(once(running, content) for _ in range(TIMES))
    run.keep("media_upload_s", taken)
    run.figure("image_12mp_first_rendition_s", statistics.median(taken), "s", "<1.5")
    run.figure("image_12mp_first_rendition_worst_s", taken[-1], "s", "<1.5")


def photograph() -> bytes:
    """Soft noise over a gradient: about as much detail, and as many megabytes, as a telephone's picture has."""
    noise = Image.effect_noise((WIDTH, HEIGHT), 48).filter(ImageFilter.GaussianBlur(0.8))
    slope = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    picture = Image.merge("RGB", (noise, Image.blend(noise, slope, 0.5), slope))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=90)
    return target.getvalue()


def once(running: City, content: bytes) -> float:
    """Seconds from sending the picture to having its first rendition."""
    border = uuid.uuid4().hex
    parts = (
        f'--{border}\r\nContent-Disposition: form-data; name="alt"\r\n\r\nBank\r\n'.encode(),
        f'--{border}\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n".encode(),
        content,
        f"\r\n--{border}--\r\n".encode(),
    )
    request = urllib.request.Request(
        f"http://127.0.0.1:{running.port}/api/v1/media/images",
        data=b"".join(parts),
        headers={"Content-Type": f"multipart/form-data; boundary={border}"},
    )
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=WAIT) as answer:
        told = json.load(answer)
    status, headers, body = fetch(running.port, told["url"])
    seconds = time.perf_counter() - started
    if status != 200 or not headers.get("content-type", "").startswith("image/") or not body:
        raise BenchmarkError(f"The rendition was not there (status {status}).")
    return seconds
