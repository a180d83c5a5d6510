"""`allmende manage prepare`: everything between an empty database and the first page, in one process.

Migrations as *owner* under an advisory lock, so that two machines that start at once do not both migrate; then, as
*app*, the city from its pack, the examples (in a demonstration), the link for the first administrator (otherwise), and
the files that browsers get. Every part does nothing when it was done before.
"""

import argparse
import gzip
import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from allmende.core.models import Setting
from allmende.project.config import parse_database_url
from allmende.project.servers.logbook import ASIDE
from allmende.project.servers.prepared import note_prepared

LOCK = 0x616C6C6D
"""Key of the advisory lock: "allm"."""

PACKED = frozenset({".css", ".js", ".mjs", ".svg", ".json", ".txt", ".html"})
WORTH_PACKING = 1000
"""Bytes; smaller files fit into one packet anyway."""

DEMONSTRATION = "project.demonstration"
"""Setting of a city that was opened as a demonstration. Only such a one is ever filled with examples: `make up` on the
home of a real city must not mix them into it."""


class Command(BaseCommand):
    help = "Migrates the database and fills it with what a city starts with. Repeating it does nothing."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--no-examples", action="store_true", help="not even in a demonstration")

    def handle(self, *_args: Any, **options: Any) -> None:
        config = settings.CONFIG
        with psycopg.connect(config.owner_url, autocommit=True) as guard:
            guard.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            self._connect_as(config.owner_url)
            self._migrate()
            self._connect_as(config.app_url)
            fresh = not Setting.objects.filter(key__startswith="city.").exists()
            if fresh and settings.DEMO:
                Setting.objects.get_or_create(key=DEMONSTRATION, defaults={"value": True})
            call_command("start_city", stdout=self.stdout)
            examples = settings.DEMO and not options["no_examples"]
            if examples and Setting.objects.filter(key=DEMONSTRATION).exists():
                call_command("seed", stdout=self.stdout)
            self._collect_static()
            # Without an administrator there is something to do at every start.
            if settings.DEMO or not self._show_first_link():
                note_prepared(config)
        connection.close()

    def _show_first_link(self) -> bool:
        """Tell the person who starts the city, and no log, how to become its first administrator."""
        said = StringIO()
        call_command("first_admin", stdout=said)
        wanted = "://" in said.getvalue()
        if wanted:
            self.stdout.write(ASIDE + said.getvalue().strip())
        return wanted

    def _connect_as(self, url: str) -> None:
        connection.close()
        connection.settings_dict.update(parse_database_url(url))

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"{len(plan)} migrations …")
            call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)

    def _collect_static(self) -> None:
        """Collect and name the static files by content, when any of them changed since the last time."""
        digest = hashlib.sha256()
        for finder in get_finders():
            for path, storage in finder.list([]):
                about = Path(storage.path(path)).stat()
                digest.update(f"{path}\0{about.st_mtime_ns}\0{about.st_size}\n".encode())
        root = Path(settings.STATIC_ROOT)
        stamp = root.with_suffix(".stamp")
        if root.is_dir() and stamp.exists() and stamp.read_text() == digest.hexdigest():
            return
        stamp.unlink(missing_ok=True)
        # Beside the files of earlier releases: pages that browsers still hold name those.
        call_command("collectstatic", interactive=False, verbosity=0, stdout=self.stdout)
        pack_static(root)
        stamp.write_text(digest.hexdigest())


def pack_static(root: Path) -> int:
    """Lays a packed copy beside each text file, for the shell to send (`shell/files.py`); returns how many are new."""
    packed = 0
    for path in root.rglob("*"):
        if path.suffix not in PACKED or not path.is_file() or path.stat().st_size < WORTH_PACKING:
            continue
        target = path.with_name(path.name + ".gz")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        aside = target.with_name(target.name + ".part")
        aside.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        aside.replace(target)
        packed += 1
    return packed
