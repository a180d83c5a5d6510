"""Homes of cities that were opened once: what every running city of the tests starts from.

A first start makes a database and fills in examples, which takes most of a minute; a second start takes two seconds.
Every home comes from a real start with these very sources; `project/tests/test_backup.py` begins with nothing at all.
"""

import datetime as dt
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from allmende.project.servers.postgres import APP, OWNER, SUPERUSER, Cluster, wait_until_ready
from allmende.project.tests.up import free_port
from tests.cluster import folder_for, migrated

ROOT = Path(__file__).resolve().parents[1]
KEPT = 2
SERVED_WITHIN = 900
SETTLED = """
import time
from allmende.core.models import Delivery
until = time.monotonic() + 600
while Delivery.objects.filter(state=Delivery.State.PENDING).exists() and time.monotonic() < until:
    time.sleep(0.2)
"""


def fingerprint() -> str:
    """Over everything that a city's first start may look at: no tests."""
    digest = hashlib.sha256()
    below = [ROOT / "src", ROOT / "cities", ROOT / "requirements"]
    files = sorted(path for folder in below for path in folder.rglob("*") if path.is_file())
    for path in [*files, Path(__file__)]:
        inside = path.relative_to(ROOT)
        if not {"__pycache__", "tests"} & set(inside.parts[1:]) and path.suffix not in {".mo", ".map"}:
            digest.update(f"{inside}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def day() -> str:
    """Today, where the city is: examples begin with the day of the first start, and no test wants yesterday's."""
    return f"{dt.datetime.now(ZoneInfo('Europe/Berlin')):%Y%m%d}"


def forget_all_but(newest: int, kept: Iterable[Path]) -> None:
    for old in sorted(kept, key=lambda path: -path.stat().st_mtime)[newest:]:
        shutil.rmtree(old, ignore_errors=True)


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
    found = kept / f"{city}-{fingerprint()}-{day()}"
    with (kept / f"{city}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            draft = kept / f"{city}.draft"
            shutil.rmtree(draft, ignore_errors=True)
            _lay_database(city, draft)
            _open_once(city, draft)
            draft.rename(found)
            forget_all_but(KEPT, kept.glob(f"{city}-*"))
        subprocess.run(["cp", "-a", found, into], check=True)


def _lay_database(city: str, home: Path) -> None:
    """What all migrations make is the same each time, and kept: this first start finds it done."""
    passwords = dict.fromkeys((SUPERUSER, OWNER, APP), "test")
    home.mkdir(mode=0o711)
    (home / "secrets").mkdir(mode=0o700)
    for role, password in passwords.items():
        (home / "secrets" / f"postgres-{role}").write_text(password)
    subprocess.run(["cp", "-a", migrated(), home / "postgres"], check=True)
    with folder_for("allmende-test") as folder:
        laid = Cluster(home / "postgres", Path(folder) / "run", passwords, safe=False)
        process = laid.spawn()
        try:
            wait_until_ready(laid, process, 120)
            with psycopg.connect(laid.superuser_url(), autocommit=True) as connection:
                connection.execute(f"ALTER DATABASE city RENAME TO allmende_{city}")
        finally:
            process.send_signal(signal.SIGINT)  # fast shutdown: everything is in its files then
            process.wait(120)


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
        process.wait(timeout=120)


def _served(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
