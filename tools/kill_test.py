"""Kills processes of a running city under load, at random, and looks for losses.

    make kill-test SECONDS=300        or: .venv/bin/python tools/kill_test.py 300 [--load database] [--seed N]

A city runs in a home of its own. Clients write without pause and note what was acknowledged; what was not, they send
again under the same idempotency key. Meanwhile `kill -9` hits a process every few seconds: the database or one of its
children, NATS, a web process, the worker, the supervisor, sometimes all of them at once. At the end the database must
hold every acknowledged write, none twice, and every stored event must have been delivered.

Prints one line; exits 1 when a write was lost or doubled, an event stayed behind, or the city took more than 15 seconds
to serve again after its supervisor was killed.
"""

import argparse
import collections
import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psutil
import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from allmende.project.config import Config  # noqa: E402

CLIENTS = 4
SERVER_ERROR = 500
PATIENCE = 60.0
"""Seconds that the deliveries may stand still before what is left counts as left behind: what a killed worker held is
taken up again once its heartbeat is missed."""
ALL_AT_ONCE = 0.07
"""Share of the kills that hit everything."""
LONGEST_RETURN = 15.0
"""Seconds from a new `allmende up` after a killed one to the first served page."""


@dataclass
class Tally:
    """What the clients know: keys that were acknowledged, keys that were sent at all."""

    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    refused: collections.Counter[int] = field(default_factory=collections.Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Load(Protocol):
    """How to write one thing under a key, and how to find the keys again."""

    def prepare(self, connection: psycopg.Connection) -> None: ...
    def write(self, key: str) -> int | None:
        """The status of the answer, None when there was none."""

    def stored(self, connection: psycopg.Connection) -> list[str]:
        """The key of every thing that is in the database; doubled when the thing is."""


class Database:
    """Writes rows straight into the database: shows whether the servers keep what they acknowledge."""

    def __init__(self, config: Config) -> None:
        self.url = config.app_url

    def prepare(self, connection: psycopg.Connection) -> None:
        connection.execute("CREATE TABLE IF NOT EXISTS kill_test (key text)")

    def write(self, key: str) -> int | None:
        try:
            with psycopg.connect(self.url, connect_timeout=3) as connection:
                connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [key])
                connection.execute(
                    "INSERT INTO kill_test SELECT %s WHERE NOT EXISTS (SELECT FROM kill_test WHERE key = %s)",
                    [key, key],
                )
        except psycopg.Error:
            return None
        return 201

    def stored(self, connection: psycopg.Connection) -> list[str]:
        return [row[0] for row in connection.execute("SELECT key FROM kill_test")]


class Api:
    """Hands in ideas through the public API; the key is the idempotency key and part of the title."""

    path = "/api/v1/participation/ideas"

    def __init__(self, config: Config) -> None:
        self.port = config.port

    def prepare(self, connection: psycopg.Connection) -> None:
        store = connection.execute(
            "SELECT number FROM participation_topicstore"
            " WHERE kind = 'store' AND opens_at <= now() AND (closes_at IS NULL OR closes_at > now()) LIMIT 1"
        ).fetchone()
        assert store is not None, "no topic store is open"
        self.store = store[0]
        # Without this the city would, rightly, stop listening to us after two minutes.
        connection.execute(
            "INSERT INTO core_setting (key, value, changed_at)"
            " VALUES ('participation.api_submissions_per_hour', '1000000', now())"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        )

    def write(self, key: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        body = {"store": self.store, "title": f"Probe {key}", "text": "Eine Bank an der Haltestelle, im Schatten."}
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        try:
            connection.request("POST", self.path, json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        return answer.status

    def stored(self, connection: psycopg.Connection) -> list[str]:
        rows = connection.execute(
            "SELECT title FROM participation_ideaversion JOIN participation_idea ON participation_idea.id = idea_id"
            " WHERE title LIKE 'Probe %'"
        )
        return [row[0].removeprefix("Probe ") for row in rows]


class City:
    """The city under test, started again whenever its supervisor is killed."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.environment = os.environ | {"ALLMENDE_HOME": str(home), "PORT": str(port), "DEMO": "1", "MQTT_PORT": ""}
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "NATS_URL", "PUBLIC_URL"):
            self.environment.pop(name, None)
        os.environ.clear()
        os.environ.update(self.environment)
        self.config = Config.from_environment()
        self.process: subprocess.Popen[bytes] | None = None
        self.slowest = 0.0

    def start(self) -> None:
        began = time.monotonic()
        with (self.config.home.parent / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "allmende.project.cli", "up"],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self.served():
            if self.process.poll() is not None:
                said = (self.config.home.parent / "up.log").read_text().strip().splitlines()[-1:]
                raise SystemExit(f"kill-test: the city did not start: {' '.join(said)}")
            time.sleep(0.1)
        self.latest = time.monotonic() - began
        self.slowest = max(self.slowest, self.latest)

    def served(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.config.port, timeout=2)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def processes(self) -> dict[str, list[int]]:
        """Pids of everything that runs, by what it is."""
        found: dict[str, list[int]] = collections.defaultdict(list)
        if self.process is None or self.process.poll() is not None:
            return found
        with contextlib.suppress(psutil.Error):
            top = psutil.Process(self.process.pid)
            found["supervisor"].append(top.pid)
            for child in top.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    line = child.cmdline()
                    found[kind_of(child.name(), line, direct=child.ppid() == top.pid)].append(child.pid)
        return found

    def end(self) -> None:
        """Whatever happened: nothing is left running."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()  # its children end with it
            self.process.wait()

    def stop(self) -> float:
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return time.monotonic() - began


def kind_of(name: str, line: list[str], *, direct: bool) -> str:
    if name == "postgres":
        return "postgres" if direct else "postgres child"
    if name == "nats-server":
        return "nats"
    if "allmende.project.servers.web" in line:
        return "web"
    return "worker" if line[-1:] == ["work"] else "preparation"


def write_until(end: threading.Event, load: Load, tally: Tally) -> None:
    """One client: a new key each time; the same one again until it is acknowledged."""
    while not end.is_set():
        key = str(uuid.uuid4())
        with tally.lock:
            tally.sent.add(key)
        while not end.is_set():
            status = load.write(key)
            if status in {200, 201, 202}:
                with tally.lock:
                    tally.acknowledged.add(key)
                break
            if status is not None:
                with tally.lock:
                    tally.refused[status] += 1
            time.sleep(0.1)


def undelivered(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM core_delivery WHERE state <> 'done'").fetchone()
    assert row is not None
    return int(row[0])


LEFT = """
SELECT d.handler, d.state, d.attempts, d.error, string_agg(concat_ws(' ', j.status, 'tried', j.attempts,
       'due in', extract(epoch FROM j.scheduled_at - now())::int, 's'), '; ')
  FROM core_delivery d LEFT JOIN procrastinate_jobs j
    ON j.args->>'sequence' = d.event_id::text AND j.args->>'handler' = d.handler
 WHERE d.state <> 'done' GROUP BY d.id ORDER BY d.id LIMIT 5
"""


def left_behind(connection: psycopg.Connection) -> str:
    """What became of the first deliveries that were left behind, and of their jobs."""
    return " | ".join(" ".join(str(value) for value in row) for row in connection.execute(LEFT))


def kill_for(seconds: float, city: City, chance: random.Random) -> collections.Counter[str]:
    """Kill something every one to four seconds; bring the city back when its supervisor was hit."""
    kills: collections.Counter[str] = collections.Counter()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(chance.uniform(1, 4))
        found = city.processes()
        if not found:
            break
        if chance.random() < ALL_AT_ONCE:
            kind, victims = "all at once", [pid for pids in found.values() for pid in pids]
        else:
            kind = chance.choice(sorted(found))
            victims = [chance.choice(found[kind])]
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        kills[kind] += 1
        if kind in {"supervisor", "all at once"}:
            assert city.process is not None
            city.process.wait()
            city.start()
    return kills


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seconds", nargs="?", type=float, default=300)
    parser.add_argument("--load", choices=("api", "database"), default="api")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    chance = random.Random(options.seed)

    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="allmende-kill-"))
        city = City(Path(folder) / "home")
        stack.callback(city.end)
        city.start()
        first = city.latest
        city.slowest = 0
        load: Load = Api(city.config) if options.load == "api" else Database(city.config)
        with psycopg.connect(city.config.owner_url) as connection:
            load.prepare(connection)
        tally, end = Tally(), threading.Event()
        clients = [threading.Thread(target=write_until, args=(end, load, tally)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            kills = kill_for(options.seconds, city, chance)
        finally:
            end.set()
            for client in clients:
                client.join()
        stored: collections.Counter[str] = collections.Counter()
        behind, moved = -1, time.monotonic()
        while behind and time.monotonic() - moved < PATIENCE:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(city.config.owner_url) as connection:
                stored = collections.Counter(load.stored(connection))
                before, behind = behind, undelivered(connection)
                moved = time.monotonic() if behind != before else moved
            time.sleep(1)
        if behind:
            with psycopg.connect(city.config.owner_url) as connection:
                print(f"kill-test: left behind: {left_behind(connection)}", file=sys.stderr)
        stopped = city.stop()

    lost = tally.acknowledged - set(stored)
    doubled = sorted(key for key, number in stored.items() if number > 1)
    foreign = set(stored) - tally.sent
    good = not (lost or doubled or foreign or behind) and city.slowest <= LONGEST_RETURN and bool(tally.acknowledged)
    detail = ", ".join(f"{kind} {number}" for kind, number in sorted(kills.items()))
    refused = ", ".join(f"{status}: {number}" for status, number in sorted(tally.refused.items())) or "none"
    print(
        f"kill-test: {options.seconds:.0f} s, {kills.total()} kills ({detail}), "
        f"{len(tally.acknowledged)} acknowledged writes, "
        f"{len(lost)} lost, {len(doubled)} doubled, {behind} events behind, "
        f"answers other than success {refused}, first start {first:.1f} s, slowest return {city.slowest:.1f} s, "
        f"stop {stopped:.1f} s, seed {options.seed}: {'pass' if good else 'FAIL'}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
