"""Tells every process when something that pages show has changed: a NOTIFY from each table, heard by each process.

The triggers are laid on every table of every room, so that no room can forget one; the few tables that never show on
a page for everybody are named here. They fire once per statement, the message leaves with the commit, and equal
messages of one transaction are one.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

UNWATCHED = frozenset(
    (
        "accounts_addressproof",
        "accounts_apitoken",
        "accounts_consent",
        "accounts_invitation",
        "accounts_onetimelink",
        "accounts_outgoingmail",
        "accounts_personkey",
        "accounts_rolegrant",
        "accounts_session",
        "accounts_spentchallenge",
        "ballots_castballot",
        "core_auditentry",
        "core_delivery",
        "core_erasure",
        "core_event",
        "core_idempotencykey",
        "core_ratelimit",
        "council_looseend",
        "council_mirror",
        "council_mirroredlist",
        "council_mirrorrun",
        "participation_ideadraft",
        "participation_statedage",
        "questions_sitting",
        "search_rebuild",
        "strategy_reading",
        "strategy_revision",
        "strategy_rival",
        "surveys_invitation",
        "surveys_quotacount",
        "surveys_residentmark",
        "surveys_response",
        "surveys_waitingresponse",
        "portal_registration",
        "surveys_voice",
        "urbandata_batch",
        "urbandata_observation",  # every page that reads values reads their sums too, written with them
    )
)
"""Tables whose rows no public page shows; written often, so watching them would cost renewals for nothing."""

UNWATCHED_ROOMS = frozenset(("notify",))
"""Rooms whose rows are for one person each."""

ALWAYS = frozenset(("core_setting",))
"""Tables of which processes keep copies, so that a page shows them without asking the database."""

FUNCTION = """
CREATE OR REPLACE FUNCTION allmende_content_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('{channel}', TG_TABLE_NAME);
  RETURN NULL;
END $$
"""
TRIGGER = """
CREATE OR REPLACE TRIGGER allmende_content AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION allmende_content_changed()
"""


def channel() -> str:
    """The NOTIFY channel of this city."""
    return f"{settings.CITY_ID}_content"


def connection_parameters() -> dict[str, Any]:
    """How to reach the database without Django."""
    database = settings.DATABASES["default"]
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {key: database[name] for key, name in named.items() if database[name]} | {
        "application_name": f"{settings.CITY_ID} changes",
    }


def watched_tables() -> list[str]:
    """The tables whose changes may show on a public page."""
    return sorted(
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name.startswith("allmende.") and config.label not in UNWATCHED_ROOMS
        for model in config.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in UNWATCHED
    )


@cache
def _names() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, watched_tables()))})\b")


@lru_cache(maxsize=4096)
def tables_in(statement: str) -> frozenset[str]:
    """The watched tables that a statement names, wherever it does; too many do no harm, too few would."""
    return frozenset(_names().findall(statement))


class TablesRead:
    """Notes which tables a request reads; for `connection.execute_wrapper`."""

    def __init__(self) -> None:
        self.tables = set(ALWAYS)

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.tables |= tables_in(sql if isinstance(sql, str) else repr(sql))
        return execute(sql, params, many, context)


def install_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Lays the triggers that are missing; needs the owner's role only then. Returns the tables that got one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'allmende_content'")
        have = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'allmende_content_changed'")
        sources = cursor.fetchall()
        there = set(
            connection.introspection.table_names(cursor)
        )  # after a partial migration some tables are yet to come
        missing = [table for table in watched_tables() if table not in have and table in there]
        if missing or not any(f"'{channel()}'" in row[0] for row in sources):
            cursor.execute(FUNCTION.format(channel=channel().replace("'", "''")))
        for table in missing:
            cursor.execute(TRIGGER.format(table=connection.ops.quote_name(table)))
    return missing
