"""Reports leave as a file."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.reports import rules
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.refs import Ref


@action
def export_reports(*, actor: Actor, with_words: bool, at: datetime) -> None:  # noqa: ARG001 - shape of actions
    """Writes down who took a file. With the residents' own words only the desk may. Raises NotAllowed."""
    rules.require_may_open_inbox(actor.viewer)
    if with_words:
        rules.require_desk(actor.viewer)
    fields = ["words"] if with_words else []
    audit.record(actor, "reports.export_reports", Ref("reports", "export", UUID(int=0)), fields=fields)
