"""Retention: what each room's manifest says is to be deleted, and when."""

from datetime import datetime

from django.db import transaction

from allmende.core import manifest


def run(*, at: datetime, dry_run: bool = False) -> dict[str, int]:
    """Deletes what is past its time; (room.kind) → how many. `dry_run` counts and takes everything back.

    Files go in `transaction.on_commit`, so a dry run leaves them alone too.
    """
    counts: dict[str, int] = {}
    for room in manifest.registry().values():
        for data in room.personal_data:
            if data.expire is None:
                continue
            with transaction.atomic():
                counts[f"{room.name}.{data.kind}"] = data.expire(at)
                if dry_run:
                    transaction.set_rollback(True)
    return counts
