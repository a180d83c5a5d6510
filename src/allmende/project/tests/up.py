"""A real `allmende up` for tests: its own home, its own port, what a person would see on the terminal."""

import contextlib
import http.client
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

PATIENCE = 900
"""Seconds: a first start on two cores that three others want too."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a machine's environment would be: nothing of the test run's own servers."""
    ours = {"DATABASE_URL", "DATABASE_OWNER_URL", "NATS_URL", "PUBLIC_URL", "SECRET_KEY", "MQTT_PORT", "HOST", "CITY"}
    plain = {name: value for name, value in os.environ.items() if name not in ours}
    return plain | {"ALLMENDE_HOME": str(home), "DEMO": "1", "WEB_PROCESSES": "2"} | more


WORKER = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)


_given: set[int] = set()


def free_port() -> int:
    """One that nobody gets before it is used: below those that the machine hands out for connections to others, and
    from a range of this worker's own.
    """
    while True:
        port = 12_000 + WORKER % 4 * 5_000 + secrets.randbelow(5_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port


def allmende(*arguments: str, env: dict[str, str], timeout: float = PATIENCE) -> subprocess.CompletedProcess[str]:
    """One command, from start to end."""
    return subprocess.run(
        [sys.executable, "-m", "allmende.project.cli", *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class Up:
    """A city that runs until `stop` or `kill`."""

    def __init__(self, home: Path, **more: str) -> None:
        self.home = home
        self.port = free_port()
        self.env = environment(home, PORT=str(self.port), **more)
        self.process: subprocess.Popen[str] | None = None
        self.said = ""
        """What it printed, known after it stopped."""

    def start(self) -> float:
        """Seconds until the start page was served."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "allmende.project.cli", "up"],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        while self.get("/") != 200:
            assert self.process.poll() is None, self.process.stdout.read()
            assert time.monotonic() - began < PATIENCE, self.log()
            time.sleep(0.1)
        return time.monotonic() - began

    def get(self, path: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def processes(self, text: str) -> list[psutil.Process]:
        """Ours whose command line holds `text`."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if text in " ".join(child.cmdline()):
                    found.append(child)
        return found

    def stop(self) -> tuple[int, float]:
        """Exit code, and seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.said = self.process.communicate(timeout=120)[0]
        return self.process.returncode, time.monotonic() - began

    def kill(self) -> None:
        """The supervisor alone, as the machine's memory guard would."""
        self.process.kill()
        self.process.communicate(timeout=120)

    def log(self) -> str:
        return "".join(path.read_text() for path in sorted((self.home / "log").glob("*.log")))
