"""Pushes of the demonstration: written beside the outbox, sent to nobody."""

import json
from pathlib import Path

from django.conf import settings

from allmende.engines.notify.ports import Pushed, Subscription

KEPT = 200


class DemoPusher:
    """Keeps the newest pushes in a file; a browser is told no key, so that none subscribes with its maker."""

    @property
    def path(self) -> Path:
        return Path(settings.EMAIL_OUTBOX).parent / "pushes.jsonl"

    def public_key(self) -> str:
        return ""

    def send(self, subscription: Subscription, payload: bytes, *, urgent: bool) -> Pushed:
        before = self.path.read_text().splitlines()[-KEPT + 1 :] if self.path.exists() else []
        line = json.dumps({"to": subscription.endpoint, "urgent": urgent, "says": json.loads(payload)})
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.write_text("\n".join([*before, line]) + "\n")
        return Pushed.DONE
