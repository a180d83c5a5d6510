"""Servers that the operator brings: are they there, and are they good enough?"""

from urllib.parse import urlsplit, urlunsplit

import psycopg

from allmende.project.servers.nats import greets
from allmende.project.servers.postgres import LEAST_VERSION
from allmende.project.servers.process import ServerError

NATS_PORT = 4222


def without_password(url: str) -> str:
    """An address that may be shown."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def check_database(url: str) -> None:
    """Raises `ServerError` with what to do when the database at `url` cannot be used."""
    shown = without_password(url)
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise ServerError(f"PostgreSQL does not let us in at {shown}: {reason}") from None
    except psycopg.ProgrammingError:
        raise ServerError("DATABASE_URL must look like postgresql://user:password@host:5432/name.") from None
    if version < LEAST_VERSION:
        raise ServerError(f"PostgreSQL at {shown} is version {version}; Allmende needs {LEAST_VERSION} or newer.")


def nats_answers(url: str) -> bool:
    """Whether any of the servers named in `NATS_URL` (a list, with commas) greets."""
    for address in url.split(","):
        parts = urlsplit(address.strip() if "://" in address else f"nats://{address.strip()}")
        if parts.hostname and greets(parts.hostname, parts.port or NATS_PORT, timeout=2):
            return True
    return False
