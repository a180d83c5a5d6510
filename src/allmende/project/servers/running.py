"""The servers of a home for the length of one command: those that `up` is running, else our own."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg

from allmende.project.config import Config
from allmende.project.servers import external
from allmende.project.servers.home import Home
from allmende.project.servers.nats import Nats
from allmende.project.servers.postgres import APP, OWNER, SUPERUSER, Cluster, wait_until_ready
from allmende.project.servers.process import ServerError

PATIENCE = 120.0
"""Seconds for a server to be ready, its recovery included."""

TRIES = 4
"""Starts of NATS before it is given up."""


def cluster_of(config: Config) -> Cluster:
    """The embedded PostgreSQL of this home, not started."""
    passwords = {role: config.secret(f"postgres-{role}") for role in (SUPERUSER, OWNER, APP)}
    # Per web process four threads and a listener; the worker, its listeners, a command and a person beside them.
    connections = max(80, config.web_processes * 5 + 40)
    return Cluster(config.home / "postgres", config.postgres_socket, passwords, connections=connections)


def nats_of(config: Config) -> Nats:
    """The embedded NATS of this home, not started."""
    return Nats(config.home / "nats", config.secret("nats"), mqtt_port=config.mqtt_port)


def prepare_cluster(cluster: Cluster, database: str) -> None:
    """Roles and database of a city, made at the first start. Raises `ServerError` when the passwords do not fit."""
    try:
        for role in (OWNER, APP):
            psycopg.connect(cluster.url(role, database)).close()
    except psycopg.OperationalError:
        try:
            cluster.create_roles()
            if not cluster.database_exists(database):
                cluster.create_database(database)
            else:
                cluster.grant_rights(database)
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise ServerError(
                    f"The passwords in {cluster.data.parent / 'secrets'} do not fit the database beside them; "
                    "bring back the folder they belong to."
                ) from None
            raise ServerError(f"The database does not answer: {str(error).strip().splitlines()[-1]}") from None


@contextlib.contextmanager
def running_servers(config: Config, purpose: str, *, new: bool = False) -> Iterator[None]:
    """PostgreSQL and NATS of this home are there inside the block.

    Uses those of a running `allmende up`; starts them for the block when nobody does, and stops them afterwards.
    `new` makes the database; without it a home that has none is refused.
    """
    with contextlib.ExitStack() as stack:
        if config.embedded_postgres or config.embedded_nats:
            home = Home(config.home, config.city)
            if config.embedded_postgres and not new and not (config.home / "postgres").exists():
                raise ServerError(f"There is no city in {config.home} yet; `allmende up` opens one.")
            home.open()
            if home.try_lock(purpose):
                stack.callback(home.unlock)
                home.clear()
                _start(config, stack)
        if not config.embedded_postgres:
            external.check_database(config.owner_url)
        yield


def _start(config: Config, stack: contextlib.ExitStack) -> None:
    log = config.home / "log"
    log.mkdir(mode=0o700, exist_ok=True)
    output = os.open(log / f"{datetime.now(UTC):%Y-%m-%d}.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    stack.callback(os.close, output)
    if config.embedded_nats:
        stack.callback(_stop, start_nats(nats_of(config), output), signal.SIGTERM)
    if config.embedded_postgres:
        cluster = cluster_of(config)
        cluster.initialise()
        process = cluster.spawn(output)
        stack.callback(_stop, process, signal.SIGINT)
        wait_until_ready(cluster, process, PATIENCE)
        prepare_cluster(cluster, config.database_name)


def start_nats(nats: Nats, output: int | None = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start it and wait until it greets; again when it falls, since its ports may have become another's meanwhile."""
    until = time.monotonic() + PATIENCE
    for _ in range(TRIES):
        process = nats.spawn(output)
        while process.poll() is None:
            if nats.ready():
                return process
            if time.monotonic() > until:
                _stop(process, signal.SIGTERM)
                break
            time.sleep(0.02)
    raise ServerError("NATS does not start; its reasons are in the log.")


def _stop(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    process.send_signal(number)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
