"""Looking for viruses, where the city has set up a scanner (`CLAMD_URL`)."""

import io
import logging
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from allmende.core.errors import Invalid
from allmende.engines.media.actions import files
from allmende.engines.media.actions.pictures import Readable
from allmende.engines.media.actions.placing import discard, settle
from allmende.engines.media.models import Medium
from allmende.engines.media.ports import NotStored, Scanner, ScannerDown, StoreDown, scanner

logger = logging.getLogger(__name__)


def examine(content: BinaryIO) -> Medium.Scan:
    """Has a file looked at before it is kept. Raises Invalid when something was found.

    When the scanner does not answer the file may be kept, but nobody gets it until `examine_waiting` has seen it.
    """
    there = scanner()
    if there is None:
        return Medium.Scan.CLEAN
    content.seek(0)
    try:
        found = there.find(content)
    except ScannerDown as down:
        logger.warning("The virus scanner does not answer: %s", down)
        return Medium.Scan.WAITING
    finally:
        content.seek(0)
    if found:
        logger.warning("A file was refused by the virus scanner.")
        raise Invalid(_("Der Virenscanner hat in dieser Datei Schadsoftware gefunden. Wir haben sie nicht angenommen."))
    return Medium.Scan.CLEAN


def examine_upload(upload: Readable | bytes) -> Medium.Scan:
    """`examine` for what a form brought, which may be bytes."""
    if scanner() is None:
        return Medium.Scan.CLEAN
    return examine(io.BytesIO(upload) if isinstance(upload, bytes) else cast("BinaryIO", upload))


def examine_waiting() -> int:
    """Has everything looked at that waits for the scanner; what is infected goes. Returns how many are free now."""
    there = scanner()
    count = 0
    for medium in Medium.objects.filter(scan=Medium.Scan.WAITING).order_by("id").prefetch_related("files"):
        try:
            infected = there is not None and any(_infected(there, row.path) for row in medium.files.all())
        except (ScannerDown, StoreDown) as down:
            logger.warning("Files still wait for the virus scanner: %s", down)
            break
        except (NotStored, FileNotFoundError):
            continue  # the nightly comparison names it
        if infected:
            logger.warning("A waiting file was removed: the virus scanner found something.")
            discard([medium.pk])
            continue
        Medium.objects.filter(pk=medium.pk).update(scan=Medium.Scan.CLEAN)
        settle(medium.pk)
        count += 1
    return count


def _infected(there: Scanner, path: str) -> bool:
    with files.near(path).open("rb") as content:
        return bool(there.find(content))
