"""Homes of cities that were opened once: what every running city of the tests starts from.

A first start makes a database and fills in examples, which takes most of a minute; a second start takes two seconds.
Every home comes from a real first start with these very sources; `project/tests/test_backup.py` begins with nothing.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from allmende.project.tests.up import free_port

ROOT = Path(__file__).resolve().parents[1]
KEPT = 2
SERVED_WITHIN = 500
SETTLED = """
import time
from allmende.core.models import Delivery
until = time.monotonic() + 240
while Delivery.objects.filter(state=Delivery.State.PENDING).exists() and time.monotonic() < until:
    time.sleep(0.2)
"""


def fingerprint() -> str:
    """Over everything that a city's first start may look at."""
    digest = hashlib.sha256()
    below = [ROOT / "src", ROOT / "cities", ROOT / "requirements"]
    files = sorted(path for folder in below for path in folder.rglob("*") if path.is_file())
    for path in [*files, Path(__file__)]:
        if "__pycache__" not in path.parts and path.suffix not in {".mo", ".map"}:
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def environment(city: str, home: Path, *, demo: bool = True, port: int = 0) -> dict[str, str]:
    """What a machine's environment would be: nothing of the test run's own servers."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE", "DJANGO", "NATS"))}
    plain.pop("SECRET_KEY", None)
    return plain | {
        "ALLMENDE_HOME": str(home),
        "CITY": city,
        "DEMO": "1" if demo else "0",
        "PORT": str(port or free_port()),
        "MQTT_PORT": str(free_port()),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }


def put_home(city: str, into: Path) -> None:
    """Makes `into` the home of a city with its examples, as the first start in demo mode leaves it."""
    kept = ROOT / ".cache" / "homes"
    kept.mkdir(parents=True, exist_ok=True)
    kept.chmod(0o755)
    found = kept / f"{city}-{fingerprint()}"
    with (kept / f"{city}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            draft = kept / f"{city}.draft"
            shutil.rmtree(draft, ignore_errors=True)
            _open_once(city, draft)
            draft.rename(found)
            others = sorted(kept.glob(f"{city}-*"), key=lambda path: -path.stat().st_mtime)
            for old in others[KEPT:]:
                shutil.rmtree(old, ignore_errors=True)
        subprocess.run(["cp", "-a", found, into], check=True)


def _open_once(city: str, home: Path) -> None:
    around = environment(city, home)
    log = home.with_suffix(".log")
    with log.open("wb") as writing:
        process = subprocess.Popen(
            [sys.executable, "-m", "allmende.project.cli", "up"], env=around, stdout=writing, stderr=subprocess.STDOUT
        )
    try:
        until = time.monotonic() + SERVED_WITHIN
        while not _served(around["PORT"]):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, f"no page within {SERVED_WITHIN} s:\n{log.read_text()}"
            time.sleep(0.3)
        settle = [sys.executable, "-m", "allmende.project.cli", "manage", "shell", "-v", "0", "-c", SETTLED]
        done = subprocess.run(settle, env=around, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _served(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
