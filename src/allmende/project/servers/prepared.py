"""Whether a database is as this code wants it, found out without starting Django: half of the time of a second start.

`manage prepare` writes a fingerprint of everything it looks at as the comment of Django's table of migrations, where a
dump does not take it along; the supervisor compares.
"""

import hashlib
from pathlib import Path

import psycopg
from psycopg import sql

from allmende.project.config import ROOT, Config

TABLE = "django_migrations"


def fingerprint(config: Config) -> str:
    """Over migrations, pinned packages, the city pack, the files for browsers, and the mode: by content, not date."""
    source = ROOT / "src" / "allmende"
    paths = [
        ROOT / "requirements" / "base.txt",
        *source.rglob("migrations/*.py"),
        *source.rglob("management/commands/*.py"),
        *(path for path in source.rglob("static/**/*") if path.is_file()),
        *(path for path in config.city_pack.rglob("*") if path.is_file()),
    ]
    digest = hashlib.sha256(f"{config.city} {config.demo} {config.home}\n".encode())
    for path in sorted(paths):
        digest.update(f"{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_prepared(config: Config) -> bool:
    """Whether `manage prepare` would find nothing to do."""
    if not _collected(config).exists():
        return False
    try:
        with psycopg.connect(config.app_url, connect_timeout=5) as connection:
            row = connection.execute(
                "SELECT obj_description(to_regclass(%s), 'pg_class')", [f"public.{TABLE}"]
            ).fetchone()
    except psycopg.Error:
        return False
    return row is not None and row[0] == _comment(config)


def note_prepared(config: Config) -> None:
    """Called by `manage prepare` at its end, as the owner of the table."""
    statement = sql.SQL("COMMENT ON TABLE {} IS {}").format(sql.Identifier(TABLE), _comment(config))
    with psycopg.connect(config.owner_url) as connection:
        connection.execute(statement)


def _comment(config: Config) -> str:
    return f"allmende {fingerprint(config)}"


def _collected(config: Config) -> Path:
    return config.home / "static" / "staticfiles.json"
