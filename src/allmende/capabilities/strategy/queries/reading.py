"""What changed since somebody read a text last."""

from dataclasses import dataclass
from datetime import datetime

from allmende.capabilities.strategy.models import Feedback, Reading, Text, Version
from allmende.capabilities.strategy.workflow.texts import Heard
from allmende.core.actor import Viewer


@dataclass(frozen=True)
class Since:
    """What is new. `number` is the version that was read last, 0 when nothing was marked as read yet."""

    number: int
    at: datetime | None
    new_version: bool
    said: int
    """How many comments and suggestions everybody can read since then."""

    @property
    def is_news(self) -> bool:
        return self.number > 0 and (self.new_version or self.said > 0)


def since_read(of: Text, last: Version | None, viewer: Viewer) -> Since | None:
    """None for visitors, of whom nothing is remembered, and for texts that are not published. Two queries."""
    if viewer.person_id is None or last is None:
        return None
    row = Reading.objects.select_related("version").filter(person=viewer.person_id, text=of).first()
    if row is None:
        return Since(0, None, new_version=False, said=0)
    said = Feedback.objects.filter(text=of, state=Heard.SHOWN, shown_at__gt=row.at).count()
    return Since(row.version.number, row.at, new_version=row.version.number < last.number, said=said)
