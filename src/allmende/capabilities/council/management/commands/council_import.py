"""`allmende council import URL`: reads another council system by OParl, now and as a whole; again, what has changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from allmende.capabilities.council import actions
from allmende.capabilities.council.models import MirrorRun
from allmende.capabilities.council.rules import mirrors
from allmende.capabilities.council.tasks.mirror import read_mirror
from allmende.core.actor import SYSTEM
from allmende.core.errors import Conflict, Invalid

HOURS = 24 * 3600.0


class Command(BaseCommand):
    help = "Mirrors another council system that speaks OParl 1.0 or 1.1. Cut off, the next call goes on from there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="address of its system object, of a body or of its list of bodies")
        parser.add_argument("--full", action="store_true", help="look at everything, not only at what has changed")

    def handle(self, *_args: Any, **options: Any) -> None:
        at = timezone.now()
        try:
            mirror = actions.save_mirror(actor=SYSTEM, url=options["url"], at=at)
            if options["full"]:
                actions.ask_mirror(actor=SYSTEM, mirror_id=mirror.pk, wish="full", at=at)
            run = read_mirror(mirror, at, seconds=HOURS, tell=self._tell)
        except Invalid as error:
            raise CommandError(" ".join(map(str, error.fields.values())) or str(error)) from None
        except Conflict:
            raise CommandError("This system is being read already.") from None
        for address, problem in run.faults:
            self.stderr.write(f"{address}: {mirrors.PROBLEMS.get(problem, problem)}")
        if run.unread > len(run.faults):
            self.stderr.write(f"… and {run.unread - len(run.faults)} more.")
        self.stdout.write(
            f"{run.new} new, {run.different} changed, {run.same} unchanged, {run.gone} gone, {run.unread} not readable."
        )
        if run.state != MirrorRun.State.DONE:
            raise CommandError(str(mirrors.PROBLEMS.get(run.problem, "Not at its end; call again to go on.")))

    def _tell(self, run: MirrorRun) -> None:
        if run.pages and run.pages % 10 == 0:
            self.stdout.write(f"{run.pages} pages, {run.new + run.different + run.same} objects …")
