"""Starts a throw-away PostgreSQL before Django reads its settings, so that tests run as the app role.

Loaded by `-p tests.cluster`: pytest-django sets Django up before any conftest is read.
"""

import fcntl
import gc
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from allmende.project.servers.postgres import Cluster

SECRET = "a secret for tests only, never used anywhere else"
_stack = ExitStack()
_running: "list[Cluster]" = []


ROOT = Path(__file__).resolve().parents[1]
KEPT = 12
MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
"""Bytes that must be free in memory before a test run puts its databases there."""


def folder_for(name: str) -> "tempfile.TemporaryDirectory[str]":
    """A folder that is gone at the end: in memory where there is room, since nothing in it has to last."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        for left in MEMORY.glob(f"{name}-*-*"):  # by runs that were killed
            if not Path(f"/proc/{left.name.split('-')[-2]}").exists():
                shutil.rmtree(left, ignore_errors=True)
        made = tempfile.TemporaryDirectory(prefix=f"{name}-{os.getpid()}-", dir=MEMORY, ignore_cleanup_errors=True)
    else:
        made = tempfile.TemporaryDirectory(prefix=f"{name}-", ignore_cleanup_errors=True)
    Path(made.name).chmod(0o755)
    return made


def sources() -> dict[str, str]:
    """Everything that a migrated database is made from: path and checksum."""
    source = ROOT / "src" / "allmende"
    others = [ROOT / "requirements" / "base.txt", source / "project" / "settings.py"]
    found = sorted([*source.rglob("migrations/*.py"), *others, *(source / "project").rglob("content.py")])
    return {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def migrated() -> Path:
    """A data directory, at rest, in which database "city" is migrated; made once for each state of the sources.

    Two hundred migrations take longer than most test runs, and what they make is the same each time. So does what the
    newer ones add to a directory that had the older ones already.
    """
    made_from = sources()
    kept = ROOT / ".cache" / "databases"
    kept.mkdir(parents=True, exist_ok=True)
    found = kept / hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:16]
    with found.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found.exists():
            os.utime(found)
            return found
        draft = found.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        _migrate(draft, _older(kept, made_from))
        found.with_suffix(".json").write_text(json.dumps(made_from))
        draft.rename(found)
    for old in _by_age(kept)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
        old.with_suffix(".json").unlink(missing_ok=True)
    return found


def _by_age(kept: Path) -> list[Path]:
    """Newest first."""
    found = [
        path for path in kept.iterdir() if path.is_dir() and not path.suffix and path.with_suffix(".json").exists()
    ]
    return sorted(found, key=lambda path: -path.stat().st_mtime)


def _older(kept: Path, made_from: dict[str, str]) -> Path | None:
    """The fullest directory whose migrations are all among ours."""
    ours = {pair for pair in made_from.items() if "/migrations/" in pair[0]}
    best: tuple[int, Path | None] = (0, None)
    for path in _by_age(kept):
        try:
            theirs = set(json.loads(path.with_suffix(".json").read_text()).items())
        except (OSError, ValueError):
            continue
        theirs = {pair for pair in theirs if "/migrations/" in pair[0]}
        if theirs <= ours and len(theirs) > best[0]:
            best = len(theirs), path
    return best[1]


def _migrate(into: Path, older: Path | None) -> None:
    from allmende.project.servers.postgres import APP, OWNER, ephemeral

    with folder_for("allmende-test") as folder:
        base = Path(folder)
        if older is not None:
            (base / "postgres").mkdir()
            subprocess.run(["cp", "-a", older, base / "postgres" / "postgres"], check=True)
        with ephemeral(base / "postgres") as cluster:
            if older is None:
                cluster.create_database("city")
            environment = {
                **os.environ,
                **surroundings(base / "home", cluster.url(APP, "city"), cluster.url(OWNER, "city")),
                "ALLMENDE_ROLE": "owner",
                "PYTHONPATH": str(ROOT / "src"),
            }
            migrate = [sys.executable, "-m", "django", "migrate", "-v", "0", "--settings=allmende.project.settings"]
            done = subprocess.run(migrate, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGINT)  # fast shutdown: everything is in its files then
            while (cluster.data / "postmaster.pid").exists():
                signal.sigtimedwait([], 0.02)
            subprocess.run(["cp", "-a", cluster.data, into], check=True)


def surroundings(home: Path, app: str, owner: str) -> dict[str, str]:
    """The environment of a city under test."""
    return {
        "ALLMENDE_HOME": str(home),
        "CITY": "gera",
        "DEMO": "0",
        "STAFF_SECOND_FACTOR": "0",  # tests sign in by a session; what the rule does is tested where it lives
        "SECRET_KEY": SECRET,
        "DATABASE_URL": app,
        "DATABASE_OWNER_URL": owner,
    }


def server() -> "Cluster":
    """The running throw-away PostgreSQL."""
    return _running[0]


SELDOM = (10_000, 10, 10)
"""When the collector looks for circles of objects: connections that are left in one are found soon all the same."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """What is loaded by now stays to the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()


def pytest_addoption() -> None:
    """The first hook that is called; it adds no option."""
    gc.disable()  # while everything is loaded
    from allmende.project.servers.postgres import APP, OWNER, ephemeral

    home = Path(_stack.enter_context(folder_for("allmende-test")))
    (home / "postgres").mkdir()
    subprocess.run(["cp", "-a", migrated(), home / "postgres" / "postgres"], check=True)
    _running.append(_stack.enter_context(ephemeral(home / "postgres")))
    os.environ.update(surroundings(home / "home", server().url(APP, "city"), server().url(OWNER, "city")))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _stack.close()
