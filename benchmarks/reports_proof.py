"""How many reports with a mark stand there, and how long until the last of their photos is drawn; JSON.

Usage: python reports_proof.py MARK, with the settings of a running city.
"""

import json
import sys
import time

import django

if __name__ == "__main__":
    django.setup()

from allmende.capabilities.reports.models import Report
from allmende.engines.media.models import Medium

PATIENCE = 900


def main(mark: str) -> None:
    ids = list(Report.objects.filter(words__startswith=f"{mark} ").values_list("pk", flat=True))
    began = time.monotonic()
    sent = Medium.objects.filter(capability="reports", kind="report", object_id__in=ids)
    while sent.filter(files__isnull=True).exists() and time.monotonic() - began < PATIENCE:
        time.sleep(0.5)
    drawn = sent.filter(files__isnull=False).distinct().count()
    print(json.dumps({"reports": len(ids), "photos": drawn, "drawn_s": time.monotonic() - began}))


if __name__ == "__main__":
    main(sys.argv[1])
