"""What the environment says, read in one place; usable without Django, so that the supervisor starts quickly."""

import hashlib
import os
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: where `cities/` and `Makefile` are."""

LAST_PORT = 65535
MOST_PROCESSES = 256
LONGEST_SOCKET_FOLDER = 85
"""Bytes. A Unix socket's path may have 107, its name and that of its lock file among them."""


class ConfigError(Exception):
    """The environment asks for something impossible; the message is one sentence that says what to do."""


def _flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "1", "true", "yes", "0", "false", "no"}:
        return default if value == "" else value in {"1", "true", "yes"}
    raise ConfigError(f"{name} must be 0 or 1, not {value!r}.")


def _port(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdigit() or not 0 < int(value) <= LAST_PORT:
        raise ConfigError(f"{name} must be a port number between 1 and {LAST_PORT}, not {value!r}.")
    return int(value)


def _count(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isdigit() or not 0 < int(value) <= MOST_PROCESSES:
        raise ConfigError(f"{name} must be a number between 1 and {MOST_PROCESSES}, not {value!r}.")
    return int(value)


def _list(name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())


@dataclass(frozen=True)
class Config:
    """One city on one machine, as the environment describes it.

    `mqtt_port` is 0 when none was asked for: then `up` takes 1883 if it is free, else another one.

    `database_url` is what the platform itself connects with (role *app*); `database_owner_url` is used for
    migrations, backup and restore (role *owner*). Both are empty when the embedded PostgreSQL is to be started.
    """

    city: str
    home: Path
    demo: bool
    port: int
    mqtt_port: int
    host: str
    database_url: str
    database_owner_url: str
    nats_url: str
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    public_url: str
    email_url: str
    web_processes: int
    secrets_from_env: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls) -> "Config":
        city = os.environ.get("CITY", "").strip() or "gera"
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,30}", city):
            raise ConfigError(f"CITY must be a short name of lower-case letters such as gera, not {city!r}.")
        port = _port("PORT", 8000)
        return cls(
            city=city,
            home=Path(os.environ.get("ALLMENDE_HOME", "").strip() or ROOT / "var").resolve(),
            demo=_flag("DEMO", default=False),
            port=port,
            mqtt_port=_port("MQTT_PORT", 0),
            host=os.environ.get("HOST", "").strip() or "127.0.0.1",
            database_url=os.environ.get("DATABASE_URL", "").strip(),
            database_owner_url=os.environ.get("DATABASE_OWNER_URL", "").strip(),
            nats_url=os.environ.get("NATS_URL", "").strip(),
            allowed_hosts=_list("ALLOWED_HOSTS"),
            trusted_proxies=_list("TRUSTED_PROXIES"),
            public_url=os.environ.get("PUBLIC_URL", "").strip().rstrip("/") or f"http://localhost:{port}",
            email_url=os.environ.get("EMAIL_URL", "").strip(),
            web_processes=_count("WEB_PROCESSES", 2),
        )

    @property
    def city_home(self) -> Path:
        """What belongs to this city alone: media, outbox, secrets, backups."""
        return self.home / self.city

    @property
    def media(self) -> Path:
        return self.city_home / "media"

    @property
    def outbox(self) -> Path:
        return self.city_home / "outbox"

    @property
    def city_pack(self) -> Path:
        """Folder of the city pack; `CITIES` may name another place to look for packs."""
        return Path(os.environ.get("CITIES", "").strip() or ROOT / "cities") / self.city

    @property
    def embedded_postgres(self) -> bool:
        return not self.database_url

    @property
    def embedded_nats(self) -> bool:
        return not self.nats_url

    @property
    def postgres_socket(self) -> Path:
        """Private folder of the embedded server's Unix socket: in the home, unless its path would be too long."""
        folder = self.home / "run"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        return Path("/tmp") / f"allmende-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]}"  # noqa: S108 - 0700

    @property
    def database_name(self) -> str:
        return "allmende_" + self.city.replace("-", "_")

    def embedded_database_url(self, role: str) -> str:
        """Address of the embedded database for role `allmende_owner` or `allmende_app`."""
        password = self.secret(f"postgres-{role}")
        host = quote(str(self.postgres_socket), safe="")
        return f"postgresql://{role}:{quote(password)}@/{self.database_name}?host={host}"

    @property
    def nats_port_file(self) -> Path:
        """Where `up` notes the port of the embedded NATS: any free one of this machine, kept for later starts."""
        return self.home / "nats" / "port"

    @property
    def nats_address(self) -> str:
        """Address of NATS with its credentials. Raises `ConfigError` when the embedded one was never started."""
        if self.nats_url:
            return self.nats_url
        try:
            port = int(self.nats_port_file.read_text())
        except (OSError, ValueError):
            raise ConfigError("NATS is not running; start the city with `allmende up` or set NATS_URL.") from None
        return f"nats://allmende:{quote(self.secret('nats'), safe='')}@127.0.0.1:{port}"

    @cached_property
    def app_url(self) -> str:
        return self.database_url or self.embedded_database_url("allmende_app")

    @cached_property
    def owner_url(self) -> str:
        if self.database_url:
            return self.database_owner_url or self.database_url
        return self.embedded_database_url("allmende_owner")

    def secret(self, name: str) -> str:
        """A secret of this installation, made at first need and kept in a file that only its owner can read.

        A file is linked into place only when complete, so two processes that ask at once get the same secret.
        """
        shared = name == "nats" or name.startswith("postgres-")
        folder = self.home / "secrets" if shared else self.city_home / "secrets"
        path = folder / name
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()


def parse_database_url(url: str) -> dict[str, object]:
    """Django's connection dictionary for a `postgresql://` address; a socket folder goes into `?host=`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ConfigError(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name; other databases are not supported."
        )
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    host = unquote(options.pop("host", "")) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {key: unquote(value) for key, value in options.items()},
    }


def parse_email_url(url: str) -> dict[str, object]:
    """A mailer for `smtp://user:password@host:587` (STARTTLS).

    `smtps://` speaks TLS from the start, `smtp+plain://` none at all.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps", "smtp+plain"} or not parts.hostname:
        raise ConfigError("EMAIL_URL must look like smtp://user:password@mail.example:587.")
    options: dict[str, object] = {
        "host": parts.hostname,
        "port": parts.port or (465 if parts.scheme == "smtps" else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp",
        "use_ssl": parts.scheme == "smtps",
        "timeout": 20,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
