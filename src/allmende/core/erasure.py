"""The list of those who were erased, kept in the database and beside it.

A backup is older than the erasures that followed it. The file beside the database survives a restore, so the restored
database can be cleaned again (GDPR Art. 17; EDPB Guidelines 5/2019 on backups).
"""

import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.conf import settings

from allmende.core.models import Erasure


def list_path() -> Path:
    return Path(settings.MEDIA_ROOT).parent / "erasures.txt"


def remember(person_id: UUID) -> None:
    """Notes an erasure in both places. The file comes first: a note too many is harmless, one too few is not."""
    path = list_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(f"{person_id}\n")
        file.flush()
        os.fsync(file.fileno())
    Erasure.objects.get_or_create(person_id=person_id)


def listed() -> set[UUID]:
    """Everyone who was ever erased, by either list. A line cut short by a crash is passed over."""
    found = set(Erasure.objects.values_list("person_id", flat=True))
    if list_path().exists():
        for line in list_path().read_text().split():
            try:
                found.add(UUID(line))
            except ValueError:
                continue
    return found


def replay(erase: Callable[[UUID], object]) -> int:
    """Calls `erase` for everyone on the list; erasing twice must do nothing. Returns how many were named."""
    people = sorted(listed())
    for person_id in people:
        erase(person_id)
    return len(people)
