"""`allmende up`: starts the servers of one city, restarts what falls, stops them cleanly.

Order: home and lock, leftovers of a killed run, the port, PostgreSQL and NATS, roles and database, `manage prepare`
(migrations, city, examples), then web processes and worker. One thread, one loop: every wait reads the servers' output
and sees signals. Design: "Embedded servers"; why it is built so: `docs/decisions/embedded-servers.md`.
"""

import contextlib
import errno
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from allmende.project.config import Config, ConfigError
from allmende.project.servers import external
from allmende.project.servers.home import Home
from allmende.project.servers.logbook import ASIDE, Logbook
from allmende.project.servers.nats import Nats
from allmende.project.servers.port import ask, bind, listen
from allmende.project.servers.postgres import Cluster
from allmende.project.servers.prepared import is_prepared
from allmende.project.servers.process import ServerError, spawn
from allmende.project.servers.running import cluster_of, nats_of, prepare_cluster
from allmende.project.servers.web import BACKLOG

FILES = 65536
"""Open files and sockets that each process may have: event streams are many."""
START_PATIENCE = 180.0
"""Seconds that a server may take to be ready; recovery after a hard stop is part of it."""
DRAIN = 6.0
"""Seconds that web processes and worker get to finish (streams drain within 5)."""
STEADY = 5.0
"""A process that ran longer than this fell by accident; one that did not is restarted with growing pauses."""
LONGEST_PAUSE = 10.0


class Stopped(Exception):
    """The person or the system asked us to stop."""


@dataclass
class Service:
    """One process to keep alive. `start` makes it; stopping sends `signals` with the seconds to wait after each."""

    name: str
    start: Callable[[int], subprocess.Popen[bytes]]
    signals: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, DRAIN), (signal.SIGKILL, 2))
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    falls: int = 0
    again: float | None = None
    """Monotonic time of the next start, while it is down."""

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """The servers of one city on one home, for the time of one `allmende up`."""

    def __init__(self, config: Config, *, echo_logs: bool = False) -> None:
        self.config = config
        self.home = Home(config.home, config.city)
        self.logbook = Logbook(config.home / "log", echo=echo_logs)
        self.services: list[Service] = []
        self.sockets: list[socket.socket] = []
        self.cluster: Cluster | None = None
        self.nats: Nats | None = None
        self.stopping = False
        """Somebody asked us to stop."""
        self.ending = False
        """We are at it."""
        self._wake = -1

    # The whole life

    def run(self) -> int:
        """Serve until asked to stop; returns the exit code. Raises `ServerError` or `ConfigError` when it cannot."""
        if not (self.config.city_pack / "city.toml").is_file():
            raise ConfigError(f"There is no city pack {self.config.city_pack}; CITY names a folder below cities/.")
        self._listen_to_signals()
        raise_file_limit()
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # without compiled modules a start takes three times as long
        try:
            self.home.open()
            self.home.lock("up")
            self.home.clear()  # before the port: what was left running may hold it
            self.sockets = [bind(self.config.host, self.config.port)]
            self._start_servers()
            self._prepare_database()
            self._start_city()
            self._wait_until_served()
            self._greet()
            self._start_worker()
            self._watch()
        except Stopped:
            return 0
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise ServerError(
                    f"The disk that holds {self.config.home} is full; make room and start again."
                ) from None
            raise
        finally:
            self.stop()
        return 0

    def stop(self) -> None:
        """End everything in the reverse order: whoever uses a server goes before it."""
        self.ending = True
        order: dict[str, list[Service]] = {"city": [], "nats": [], "postgres": []}
        for service in self.services:
            order.get(service.name, order["city"]).append(service)
        for group in order.values():
            self._end(group)
        self.services.clear()
        for held in self.sockets:
            held.close()
        self.sockets.clear()
        with contextlib.suppress(OSError):
            (self.config.home / "processes.json").unlink(missing_ok=True)
        self.home.unlock()

    def _end(self, group: list[Service]) -> None:
        left = [service for service in group if service.running]
        for step in range(max((len(service.signals) for service in left), default=0)):
            seconds = 0.0
            for service in left:
                number, patience = service.signals[min(step, len(service.signals) - 1)]
                seconds = max(seconds, patience)
                assert service.process is not None
                service.process.send_signal(number)
            until = time.monotonic() + seconds
            while time.monotonic() < until and any(service.running for service in left):
                self._pump(0.1)
            left = [service for service in left if service.running]
            if not left:
                break
        self._pump(0)

    # Starting

    def _listen_to_signals(self) -> None:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self._wake = reading

        def stop(_number: int, _frame: object) -> None:
            self.stopping = True

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # wakes the loop

    def _start_servers(self) -> None:
        config = self.config
        if config.embedded_postgres:
            self._say_once("The database is being made …", unless=config.home / "postgres")
            self.cluster = cluster = cluster_of(config)
            cluster.initialise()
            ending = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 2.0))
            self._add(Service("postgres", cluster.spawn, ending))
        if config.embedded_nats:
            self.nats = nats_of(config)
            self._add(Service("nats", self.nats.spawn, ((signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0))))
        if self.cluster is not None:
            self._wait("postgres", self.cluster.ready)
        else:
            external.check_database(config.app_url)
            external.check_database(config.owner_url)
        if self.nats is not None:
            self._wait("nats", self.nats.ready)
        elif not external.nats_answers(config.nats_url):
            shown = external.without_password(config.nats_url)
            print(f"NATS does not answer at {shown}; live pages and devices wait for it.", flush=True)

    def _prepare_database(self) -> None:
        if self.cluster is not None:
            prepare_cluster(self.cluster, self.config.database_name)
        if is_prepared(self.config):
            return
        for attempt in range(5):
            preparation = Service("prepare", self._manage("prepare"), ((signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0)))
            self._add(preparation)
            assert preparation.process is not None
            while preparation.running:
                self._pump(0.5)
                self._keep_alive({"postgres", "nats"})
            self._pump(0)
            self.services.remove(preparation)
            code = preparation.process.returncode
            if code == 0:
                return
            if code > 0 or attempt == 4:  # noqa: PLR2004 - a process that was killed is started again, four times
                break
        raise ServerError(
            f"The database could not be prepared: {self._last_words('prepare')} (all of it is in {self.logbook.path})"
        )

    def _start_city(self) -> None:
        self.sockets = listen(self.sockets[0], self.config.web_processes, BACKLOG)
        for number, held in enumerate(self.sockets, start=1):
            self._add(Service(f"web-{number}", self._web(number, held.fileno())))

    def _start_worker(self) -> None:
        """After the pages: at the start they need the processors."""
        self._add(Service("worker", self._manage("work")))

    @staticmethod
    def _web(number: int, descriptor: int) -> Callable[[int], subprocess.Popen[bytes]]:
        def start(output: int) -> subprocess.Popen[bytes]:
            arguments = [sys.executable, "-m", "allmende.project.servers.web", str(descriptor), str(number)]
            return spawn(arguments, output=output, pass_fds=[descriptor])

        return start

    @staticmethod
    def _manage(*arguments: str) -> Callable[[int], subprocess.Popen[bytes]]:
        def start(output: int) -> subprocess.Popen[bytes]:
            return spawn([sys.executable, "-m", "allmende.project.cli", "manage", *arguments], output=output)

        return start

    def _add(self, service: Service) -> None:
        self.services.append(service)
        self._launch(service)

    def _launch(self, service: Service) -> None:
        service.again = None
        service.started = time.monotonic()
        writing = self.logbook.pipe(service.name)
        try:
            service.process = service.start(writing)
        finally:
            os.close(writing)
        self.home.remember(
            {row.name: row.process.pid for row in self.services if row.process is not None and row.running}
        )

    def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        """Wait for a server, starting it again when it falls. Raises `ServerError` with its last words."""
        service = next(row for row in self.services if row.name == name)
        until = time.monotonic() + START_PATIENCE
        while not (service.running and ready()):
            if time.monotonic() > until or service.falls > 3:  # noqa: PLR2004
                raise ServerError(f"{name} does not start: {self._last_words(name)}")
            self._pump(0.02)
            self._keep_alive({"postgres", "nats"})

    def _wait_until_served(self) -> None:
        until = time.monotonic() + START_PATIENCE
        answer = b""
        while not answer:
            if (asking := ask(self.config.host, self.config.port)) is None:
                self._pump(0.1)
            while asking is not None and not answer:
                if time.monotonic() > until or any(service.falls > 3 for service in self.services):  # noqa: PLR2004
                    fallen = max(self.services, key=lambda service: service.falls).name
                    raise ServerError(
                        f"The pages are not served: {self._last_words(fallen)} (more in {self.logbook.path})"
                    )
                self._pump(0.1, asking)
                self._keep_alive()
                try:
                    answer = asking.recv(64)
                    break  # also without an answer: the process that took the connection fell
                except BlockingIOError:
                    continue
                except OSError:
                    break
            if asking is not None:
                asking.close()
        if answer.split()[1:2] >= [b"500"]:
            print(
                f"The start page answers with an error; the reason is in {self.logbook.path}.",
                file=sys.stderr,
                flush=True,
            )

    # Watching

    def _watch(self) -> None:
        while True:
            self._pump(self._keep_alive())

    def _keep_alive(self, names: set[str] | None = None) -> float:
        """Note what fell, start what is due; only `names` when given. Returns seconds until the next start is due."""
        now = time.monotonic()
        soonest = 5.0
        for service in self.services:
            if service.running or (names is not None and service.name not in names):
                continue
            if service.again is None:
                service.falls = service.falls + 1 if now - service.started < STEADY else 1
                pause = 0.0 if service.falls == 1 else min(0.25 * 2**service.falls, LONGEST_PAUSE)
                service.again = now + pause
                assert service.process is not None
                code = service.process.returncode
                how = signal.Signals(-code).name if code < 0 else f"code {code}"
                self._note(f"{service.name} fell ({how}); it is started again{f' in {pause:.0f} s' if pause else ''}.")
                if service.falls == 5:  # noqa: PLR2004
                    print(
                        f"{service.name} keeps falling: {self._last_words(service.name)}", file=sys.stderr, flush=True
                    )
            if service.again <= now:
                try:
                    self._launch(service)
                except (OSError, ServerError) as error:
                    service.again = now + LONGEST_PAUSE
                    self._note(f"{service.name} cannot be started: {error}")
            if service.again is not None:
                soonest = min(soonest, max(service.again - now, 0.01))
        return soonest

    def _pump(self, seconds: float, *also: socket.socket) -> None:
        """Let time pass: read what the servers say, until something happens. Raises `Stopped` when asked to stop."""
        if self.stopping and not self.ending:
            raise Stopped
        descriptors = [self._wake, *(key.fd for key in self.logbook.selector.get_map().values())]
        readable, _, _ = select.select([*descriptors, *(one.fileno() for one in also)], [], [], seconds)
        for descriptor in descriptors:
            if descriptor not in readable:
                continue
            if descriptor == self._wake:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake, 512)
            else:
                self.logbook.read(descriptor, self.logbook.selector.get_key(descriptor).data)
        if os.getpid() == 1:
            self._bury()
        if self.stopping and not self.ending:
            raise Stopped

    def _bury(self) -> None:
        """As the first process of a container we inherit the dead of others."""
        mine = {service.process.pid for service in self.services if service.process is not None}
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and found.si_pid not in mine:
                os.waitpid(found.si_pid, 0)

    # Speaking

    def _note(self, sentence: str) -> None:
        self.logbook.write("allmende", sentence)
        if sys.stdout.isatty():
            print(sentence, flush=True)

    @staticmethod
    def _say_once(sentence: str, *, unless: Path) -> None:
        if not unless.exists():
            print(sentence, flush=True)

    def _last_words(self, name: str) -> str:
        lines = [line.strip() for line in self.logbook.recent.get(name, ()) if line.strip()]
        return lines[-1] if lines else "it said nothing."

    def _greet(self) -> None:
        config = self.config
        try:
            city = tomllib.loads((config.city_pack / "city.toml").read_text())["name"]
        except (OSError, KeyError, tomllib.TOMLDecodeError):
            city = config.city.title()
        rows = [("Address", config.public_url)]
        if config.demo:
            rows.append(("Demo logins", "are shown on the login page"))
        if self.nats is not None:
            rows.append(("Devices", f"MQTT on 127.0.0.1:{self.nats.mqtt_port}"))
        rows += [("Home", str(config.home)), ("Log", str(self.logbook.path)), ("Stop", "Ctrl-C")]
        print(f"\n{city} is open.\n", *(f"  {name:<12} {value}" for name, value in rows), "", sep="\n", flush=True)
        for line in self.logbook.recent.get("prepare", ()):
            if line.startswith(ASIDE):
                print(f"  {line.removeprefix(ASIDE)}\n", flush=True)


def raise_file_limit() -> None:
    """As many open files as the system lets us have, up to `FILES`; children inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
