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

KEEP, REMOVE = "keep", "remove"


def list_path() -> Path:
    return Path(settings.MEDIA_ROOT).parent / "erasures.txt"


def remember(person_id: UUID, *, keep_texts: bool = True) -> None:
    """Notes an erasure in both places. The file comes first: a note too many is harmless, one too few is not.

    The file also keeps whether the person's texts stay without their author, since a replay has to do the same again.
    """
    path = list_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(f"{person_id} {KEEP if keep_texts else REMOVE}\n")
        file.flush()
        os.fsync(file.fileno())
    Erasure.objects.get_or_create(person_id=person_id)


def listed() -> dict[UUID, bool]:
    """Everyone who was ever erased, by either list → whether their texts stay.

    A line cut short by a crash is passed over. Whoever is only in the database's list was erased before the backup was
    made, so nothing is left to decide.
    """
    found = dict.fromkeys(Erasure.objects.values_list("person_id", flat=True), True)
    if list_path().exists():
        for line in list_path().read_text().splitlines():
            name, _, choice = line.partition(" ")
            try:
                found[UUID(name)] = choice == KEEP
            except ValueError:
                continue
    return found


def replay(erase: Callable[[UUID, bool], object]) -> int:
    """Calls `erase(person_id, keep_texts)` for everyone on the list; twice must do nothing. Returns how many."""
    people = sorted(listed().items())
    for person_id, keep_texts in people:
        erase(person_id, keep_texts)
    return len(people)
