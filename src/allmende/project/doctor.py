"""`allmende doctor`: what is there, what is missing, how to get it.

Each examination returns findings: *good*, *hint* (it works, but), or *missing* (it does not work without). Changes
nothing; a home that was never started stays untouched.
"""

import ast
import asyncio
import importlib.metadata
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import nats
import nats.errors
import psycopg

from allmende.project.config import ROOT, Config
from allmende.project.servers.external import without_password
from allmende.project.servers.home import LEAST_RESERVE, LEAST_SPACE
from allmende.project.servers.nats import binary, is_free
from allmende.project.servers.postgres import APP, EXTENSIONS, LEAST_VERSION, OWNER, binaries, major_version
from allmende.project.servers.process import ServerError

GOOD, HINT, MISSING = "good", "hint", "missing"
MARKS = {GOOD: "✓", HINT: "!", MISSING: "✗"}
BUILT = ROOT / "src/allmende/ui/static/ui/build/ui.css"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's letter."""

    name: str
    state: str
    says: str
    remedy: str = ""


def main(config: Config, *, as_json: bool = False) -> int:
    """Print all findings; 1 when something necessary is missing."""
    found = [finding for examine in EXAMINATIONS for finding in examine(config)]
    if as_json:
        print(json.dumps([asdict(finding) for finding in found], indent=1, ensure_ascii=False))
    else:
        for finding in found:
            print(f"{MARKS[finding.state]} {finding.name:<14} {finding.says}")
            if finding.remedy and finding.state != GOOD:
                print(f"  {'':<14} → {finding.remedy}")
    return int(any(finding.state == MISSING for finding in found))


def python(_config: Config) -> Iterator[Finding]:
    wanted = (ROOT / ".python-version").read_text().strip()
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    state = GOOD if here == wanted else MISSING
    yield Finding("Python", state, sys.version.split()[0], f"Install Python {wanted} and run make again.")


def packages(_config: Config) -> Iterator[Finding]:
    lock = (ROOT / "requirements/base.txt").read_text()
    pinned = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", lock, re.MULTILINE)
    wrong = []
    for name, version in pinned:
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "none"
        if found != version:
            wrong.append(f"{name} {version} (here: {found})")
    says = f"{len(pinned)} as pinned" if not wrong else ", ".join(wrong[:5])
    yield Finding("Packages", HINT if wrong else GOOD, says, "make .venv/.base installs what the lock file names.")


def pages(_config: Config) -> Iterator[Finding]:
    yield Finding(
        "Assets", GOOD if BUILT.exists() else MISSING, "built" if BUILT.exists() else "not built", "make assets"
    )
    catalogues = list((ROOT / "src").rglob("*.po"))
    old = [path for path in catalogues if not path.with_suffix(".mo").exists()]
    says = f"{len(catalogues) - len(old)} of {len(catalogues)} catalogues compiled"
    yield Finding("Translations", HINT if old else GOOD, says, "make translations")


def city(config: Config) -> Iterator[Finding]:
    there = (config.city_pack / "city.toml").is_file()
    yield Finding(
        "City", GOOD if there else MISSING, f"{config.city} ({config.city_pack})", "Set CITY to a folder below cities/."
    )


def home(config: Config) -> Iterator[Finding]:
    place = config.home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    needed = LEAST_RESERVE if (config.home / "postgres").exists() else LEAST_SPACE
    says = f"{config.home}, {free >> 20} MB free"
    if not os.access(place, os.W_OK):
        yield Finding(
            "Home", MISSING, f"{place} cannot be written to", "Set ALLMENDE_HOME to a folder that belongs to you."
        )
    else:
        yield Finding("Home", GOOD if free >= needed else MISSING, says, f"At least {needed >> 20} MB must be free.")
    if os.geteuid() == 0:
        yield Finding(
            "User", HINT, "running as root", "In production run as a user of its own (deploy/allmende.service)."
        )


def network(config: Config) -> Iterator[Finding]:
    free = is_free(config.port, config.host)
    says = f"{config.host}:{config.port} is {'free' if free else 'in use, by this city or another program'}"
    yield Finding("Port", GOOD if free else HINT, says, "If the city is not running, set PORT to a free one.")


def database(config: Config) -> Iterator[Finding]:
    if config.embedded_postgres:
        try:
            here = binaries()
        except ServerError as error:
            yield Finding("PostgreSQL", MISSING, str(error), "make .venv/.base")
            return
        if not (config.home / "postgres").exists():
            yield Finding("PostgreSQL", GOOD, f"embedded, version {major_version()}, not started yet ({here})")
            return
        if not (config.postgres_socket / ".s.PGSQL.5432").exists():
            yield Finding("PostgreSQL", GOOD, f"embedded, version {major_version()}, not running")
            return
    yield from _database_at(config)


def _database_at(config: Config) -> Iterator[Finding]:
    remedy = "docs/operator.md shows how to make the two roles and the database."
    shown = "embedded" if config.embedded_postgres else without_password(config.app_url)
    try:
        with psycopg.connect(config.app_url, connect_timeout=5) as app:
            version = app.info.server_version // 10000
            state = GOOD if version >= LEAST_VERSION else MISSING
            yield Finding(
                "PostgreSQL", state, f"{shown}, version {version}", f"Version {LEAST_VERSION} or newer is needed."
            )
            there = {name for (name,) in app.execute("SELECT extname FROM pg_extension")}
            gone = [name for name in EXTENSIONS if name not in there]
            extend = "; ".join(f"CREATE EXTENSION {name}" for name in gone)
            yield Finding(
                "Extensions", MISSING if gone else GOOD, ", ".join(gone or EXTENSIONS), f"As a superuser: {extend}"
            )
            yield from _roles(config, app)
    except psycopg.Error as error:
        yield Finding("PostgreSQL", MISSING, f"{shown}: {str(error).strip().splitlines()[-1].strip()}", remedy)


def _roles(config: Config, app: psycopg.Connection) -> Iterator[Finding]:
    user = app.info.user
    with psycopg.connect(config.owner_url, connect_timeout=5) as owner:
        if owner.info.user == user:
            says = f"one role ({user}) for everything, so the audit is not protected from the application"
            yield Finding("Roles", HINT, says, f"Make {OWNER} and {APP}; set DATABASE_OWNER_URL (docs/operator.md).")
            return
    row = app.execute(
        "SELECT bool_or(has_table_privilege(oid, privilege))"
        " FROM pg_class, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS privilege"
        " WHERE oid = to_regclass('public.core_auditentry')"
    ).fetchone()
    if row is not None and row[0]:
        remedy = f"As the owner: REVOKE UPDATE, DELETE, TRUNCATE ON core_auditentry FROM {user}"
        yield Finding("Roles", HINT, f"{user} may change the audit", remedy)
    else:
        yield Finding("Roles", GOOD, f"{user} serves and cannot change the audit")


def streams(config: Config) -> Iterator[Finding]:
    if config.embedded_nats:
        try:
            yield Finding("NATS", GOOD, f"embedded ({binary()})")
        except ServerError as error:
            yield Finding("NATS", MISSING, str(error), "make .venv/.base")
        return
    shown = without_password(config.nats_url)
    remedy = "Start nats-server with a `jetstream` block, or unset NATS_URL to use the embedded one."
    try:
        asyncio.run(_jetstream(config.nats_url))
        yield Finding("NATS", GOOD, f"{shown}, JetStream is on")
    except (OSError, nats.errors.Error, TimeoutError) as error:
        yield Finding("NATS", MISSING, f"{shown}: {str(error) or type(error).__name__}", remedy)


async def _jetstream(address: str) -> None:
    async def quiet(_error: Exception) -> None: ...

    async with asyncio.timeout(8):
        client = await nats.connect(address.split(","), connect_timeout=3, allow_reconnect=False, error_cb=quiet)
        try:
            await client.jetstream().account_info()
        finally:
            await client.close()


def production(config: Config) -> Iterator[Finding]:
    if config.demo:
        yield Finding("Mode", HINT, "demonstration: demo logins are open to everyone", "DEMO=0 for a real city.")
        return
    secure = config.public_url.startswith("https://")
    yield Finding(
        "Address", GOOD if secure else HINT, config.public_url, "Set PUBLIC_URL to the https:// address people use."
    )
    says = "by SMTP" if config.email_url else f"into files in {config.outbox}; nobody gets any"
    yield Finding("Mail", GOOD if config.email_url else HINT, says, "Set EMAIL_URL=smtp://user:password@host:587.")


def adapters(_config: Config) -> Iterator[Finding]:
    """Ways to outside systems. A module in a room's `adapters/` says in `PROVEN_BY` which test proves it."""
    for path in sorted((ROOT / "src/allmende").glob("*/**/adapters/*.py")):
        if path.stem in {"__init__", "demo"}:
            continue
        proof = ""
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == "PROVEN_BY" for t in node.targets
            ):
                proof = str(ast.literal_eval(node.value))
        name = f"{path.parent.parent.name}.{path.stem}"
        if proof:
            yield Finding("Adapter", GOOD, f"{name}, proven by {proof}")
        else:
            yield Finding(
                "Adapter", HINT, f"{name} is unproven", "Try it against the real system before you rely on it."
            )


def media(_config: Config) -> Iterator[Finding]:
    """Where files lie and whether somebody looks for viruses; whether both answer is what `media_check` tries."""
    there = os.environ.get("MEDIA_STORE_URL", "").strip()
    says = f"at {without_password(there)}" if there else "on this disk"
    yield Finding("Files", GOOD, f"{says} (`allmende manage media_check` compares them with the database)")
    scanner = os.environ.get("CLAMD_URL", "").strip()
    known = scanner.startswith(("tcp://", "unix://"))
    state = GOOD if known else HINT
    says = scanner if known else "none; pictures are drawn anew, PDF and videos are only checked for their form"
    yield Finding("Virus scanner", state, says, "Set CLAMD_URL=tcp://127.0.0.1:3310 to have ClamAV look at uploads.")


def browser(_config: Config) -> Iterator[Finding]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    state = GOOD if found else HINT
    yield Finding("Chromium", state, found or "none; only browser tests need it", "apt install chromium")


EXAMINATIONS: tuple[Callable[[Config], Iterator[Finding]], ...] = (
    python,
    packages,
    pages,
    city,
    home,
    network,
    database,
    streams,
    production,
    adapters,
    media,
    browser,
)
