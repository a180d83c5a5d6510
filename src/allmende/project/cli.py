"""The command line: `allmende up`, `doctor`, `seed`, `backup`, `restore`, `ballots`, `council`; `manage` is Django's.

Exit codes: 0 done, 1 it could not be done (one sentence on standard error says why), 2 wrong use.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from allmende.project.config import Config, ConfigError
from allmende.project.servers.process import ServerError

OWNER_COMMANDS = {"migrate", "sqlmigrate", "sqlflush", "flush", "dbshell"}
"""Django's commands that change tables or look at their making: they run as the role that owns them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given[:1] == ["manage"]:  # all of its arguments are Django's business
            return manage(given[1:])
        options = _parser().parse_args(given)
        return int(options.run(options))
    except (ConfigError, ServerError) as error:
        print(f"allmende: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="allmende",
        description="A city's platform: one command opens it. What it honours in the environment: docs/operator.md.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    up_ = commands.add_parser("up", help="start the city with all it needs, until Ctrl-C")
    up_.add_argument(
        "--log", choices=("file", "stdout"), default="file", help="where the servers' logs go (default: file)"
    )
    up_.set_defaults(run=up)

    doctor_ = commands.add_parser("doctor", help="what is there, what is missing, how to get it")
    doctor_.add_argument("--json", action="store_true", help="for programs")
    doctor_.set_defaults(run=doctor)

    commands.add_parser("seed", help="fill the city with the examples of its pack").set_defaults(run=seed)

    backup_ = commands.add_parser("backup", help="write database, media and streams into one file")
    backup_.add_argument("file", type=Path)
    backup_.set_defaults(run=backup)

    restore_ = commands.add_parser("restore", help="bring a backup into an empty home")
    restore_.add_argument("file", type=Path)
    restore_.add_argument("--erasures", type=Path, metavar="FILE", help="a later erasures.txt, to be replayed as well")
    restore_.set_defaults(run=restore)

    from allmende.project.counting import add_commands

    add_commands(commands)

    council_ = commands.add_parser("council", help="mirror another council system")
    import_ = council_.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "import", help="read a system that speaks OParl; again, what has changed; cut off, the rest"
    )
    import_.add_argument("url", help="address of its system object, of a body or of its list of bodies")
    import_.add_argument("--full", action="store_true", help="look at everything, not only at what has changed")
    import_.set_defaults(run=council_import)

    commands.add_parser("manage", help="Django's own commands", add_help=False).set_defaults(run=manage)
    return parser


def up(options: argparse.Namespace) -> int:
    from allmende.project.supervisor import Supervisor

    return Supervisor(Config.from_environment(), echo_logs=options.log == "stdout").run()


def doctor(options: argparse.Namespace) -> int:
    from allmende.project import doctor as examination

    return examination.main(Config.from_environment(), as_json=options.json)


def seed(_options: argparse.Namespace) -> int:
    from allmende.project.servers.running import running_servers

    with running_servers(Config.from_environment(), "seed"):
        for command in ("start_city", "seed"):
            if code := manage([command]):
                return code
    return 0


def backup(options: argparse.Namespace) -> int:
    from allmende.project.backup import make_backup

    return make_backup(Config.from_environment(), options.file.resolve())


def restore(options: argparse.Namespace) -> int:
    from allmende.project.backup import restore_backup

    return restore_backup(Config.from_environment(), options.file.resolve(), options.erasures)


def council_import(options: argparse.Namespace) -> int:
    from allmende.project.servers.running import running_servers

    with running_servers(Config.from_environment(), "council"):
        return manage(["council_import", options.url, *(["--full"] if options.full else [])])


def manage(arguments: Sequence[str]) -> int:
    """Django's own command line, with our settings and the role that the command needs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allmende.project.settings")
    if arguments and arguments[0] in OWNER_COMMANDS:
        os.environ.setdefault("ALLMENDE_ROLE", "owner")
    from django.core.management import execute_from_command_line
    from django.db.utils import OperationalError

    try:
        execute_from_command_line(["allmende manage", *arguments])
    except OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise ServerError(f"The database does not answer ({reason}); start the city with `allmende up`.") from None
    return 0


if __name__ == "__main__":
    sys.exit(main())
