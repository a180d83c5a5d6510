"""Fills a city with reports of ten years by statements: `reports_fill.py REPORTS UPDATES`. Prints what it made (JSON).

Rows are as the actions make them: a hundredth is open, one in seven never became public, each has its steps in order,
and its line in the public index. Most lie around the middle of the city, as faults do; ids grow with time.
"""

import json
import sys
import time
from typing import Any

import django
import psycopg
from django.db import connection
from tend import tend

WEST, SOUTH, EAST, NORTH = 12.0, 50.81, 12.14, 50.95
REPORT_ID = "('b0' || lpad(to_hex(n), 30, '0'))::uuid"
REPORTS = f"""
INSERT INTO reports_report ({{columns}})
SELECT {{values}} FROM (
  SELECT n, {REPORT_ID} AS id,
         (%(categories)s::uuid[])[1 + n %% %(kinds)s] AS category,
         (%(districts)s::text[])[1 + (n / 7) %% cardinality(%(districts)s::text[])] AS district,
         (%(offices)s::text[])[1 + n %% %(kinds)s] AS office,
         (%(words)s::text[])[1 + (n / 3) %% cardinality(%(words)s::text[])] || ' Nummer ' || n AS words,
         now() - interval '10 years' * (1 - n::float8 / %(reports)s) - interval '5 minutes' AS came,
         CASE WHEN n %% 7 = 3 THEN CASE WHEN n %% 2 = 0 THEN 'refused' ELSE 'duplicate' END
              WHEN n > %(reports)s * 0.99
                THEN (ARRAY['received', 'checked', 'in_work', 'planned', 'waiting', 'forwarded'])[1 + n %% 6]
              WHEN n %% 11 = 1 THEN 'not_ours' ELSE 'done' END AS state,
         %(west)s + (%(east)s - %(west)s) * (random() + random() + random()) / 3 AS lon,
         %(south)s + (%(north)s - %(south)s) * (random() + random() + random()) / 3 AS lat
    FROM generate_series(1, %(reports)s) n) made
"""
VALUES: dict[str, str] = {
    "id": "id",
    "token": "'bench' || n",
    "category_id": "category",
    "words": "words",
    "public_words": "words",
    "language": "'de'",
    "place": "'Heinrichstraße ' || (n %% 90 + 1)",
    "detail": "''",
    "district": "district",
    "longitude": "lon",
    "latitude": "lat",
    "state": "state",
    "state_at": "came + interval '3 days'",
    "resume": "''",
    "department": "office",
    "due_at": "came + interval '14 days'",
    "is_public": "state NOT IN ('received', 'refused', 'duplicate')",
    "published_at": "CASE WHEN state NOT IN ('received', 'refused', 'duplicate') THEN came + interval '4 hours' END",
    "shown_since": "CASE WHEN state NOT IN ('received', 'refused', 'duplicate') THEN came + interval '4 hours' END",
    "is_barred": "false",
    "shows_image": "false",
    "closed_at": "CASE WHEN state IN ('done', 'not_ours', 'refused', 'duplicate') THEN came + interval '3 days' END",
    "join_count": "n %% 3",
    "channel": "'web'",
    "is_proven": "true",
    "is_example": "false",
    "received_at": "came",
    "created_at": "came",
    "modified": "came + interval '3 days'",
}
UPDATES = f"""
INSERT INTO reports_update (id, report_id, verb, state, words, note, language, department, is_public, at, written_at)
SELECT ('b1' || lpad(to_hex(u), 30, '0'))::uuid, r.id,
       (ARRAY['receive', 'check', 'begin', 'finish'])[1 + k],
       (ARRAY['received', 'checked', 'in_work', 'done'])[1 + k],
       CASE WHEN k = 3 THEN 'Die Stelle ist in Ordnung gebracht. Danke für den Hinweis.' ELSE '' END, '', 'de',
       CASE WHEN k = 0 THEN '' ELSE r.department END, true,
       r.received_at + k * interval '1 day', r.received_at + k * interval '1 day'
  FROM (SELECT u, {REPORT_ID.replace("n", "(1 + (u - 1) / %(each)s)")} AS id, (u - 1) %% %(each)s AS k
          FROM generate_series(1, %(updates)s) u) made
  JOIN reports_report r ON r.id = made.id
"""
ENTRIES = """
INSERT INTO search_entry ({columns})
SELECT {values} FROM reports_report r JOIN reports_category c ON c.id = r.category_id
 WHERE r.token LIKE 'bench%%' AND r.is_public
"""
ENTRY: dict[str, str] = {
    "id": "('b2' || substr(r.id::text, 3))::uuid",
    "capability": "'reports'",
    "kind": "'report'",
    "object_id": "r.id",
    "titles": "jsonb_build_object('de', (c.names ->> 'de') || ', ' || r.place || ' (Nr. ' || r.number || ')')",
    "summaries": "jsonb_build_object('de', left(r.public_words, 300))",
    "bodies": "jsonb_build_object('de', r.public_words)",
    "language": "'de'",
    "url": "'/meldungen/' || r.number || '/'",
    "state": "r.state",
    "state_labels": """'{"de": "erledigt", "en": "done"}'::jsonb""",
    "reached": "true",
    "next_step": "'{}'::jsonb",
    "office": "'{}'::jsonb",
    "happened_at": "r.received_at",
    "visibility": "'public'",
    "district": "r.district",
    "longitude": "r.longitude",
    "latitude": "r.latitude",
    "figures": "'{}'::jsonb",
    "published_at": "r.published_at",
    "within": "''",
    "counted": "true",
    "modified": "now()",
}
WORDS = (
    "Die Laterne vor dem Haus ist seit Tagen dunkel.",
    "Im Gehweg ist ein tiefes Loch, jemand ist schon gestürzt.",
    "Neben dem Container liegt wieder Sperrmüll.",
    "Ein großer Ast hängt über dem Spielplatz.",
    "Die Ampel schaltet für Fußgänger nicht mehr auf Grün.",
    "An der Brücke ist frisches Graffiti.",
    "Nach dem Regen steht hier das Wasser bis zum Bordstein.",
)


def insert(cursor: Any, statement: str, values: dict[str, str], said: dict[str, Any]) -> int:
    made = statement.format(columns=", ".join(values), values=", ".join(values.values()))
    cursor.execute(made, said)
    return int(cursor.rowcount)


def main(reports: int, updates: int) -> None:
    django.setup()
    from django.conf import settings

    from allmende.capabilities.reports.models import Category, Report
    from allmende.core import city
    from allmende.core.models import Setting

    began = time.monotonic()
    kinds = [one for one in Category.objects.order_by("order") if not one.elsewhere and one.publishes]
    said = {
        "reports": reports,
        "updates": updates,
        "each": max(1, updates // reports),
        "categories": [one.pk for one in kinds],
        "offices": [one.department for one in kinds],
        "kinds": len(kinds),
        "districts": sorted(city.current().districts),
        "words": list(WORDS),
        "west": WEST, "south": SOUTH, "east": EAST, "north": NORTH,
    }  # fmt: skip
    for key in ("reports.per_hour", "reports.per_hour_network"):
        Setting.objects.update_or_create(key=key, defaults={"value": 10_000_000})
    with psycopg.connect(settings.CONFIG.owner_url) as owner, owner.cursor() as cursor:
        made = {"reports": insert(cursor, REPORTS, VALUES, said)}
        cursor.execute(UPDATES, said)
        made["updates"] = cursor.rowcount
        made["entries"] = insert(cursor, ENTRIES, ENTRY, said)
    tend()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        (size,) = cursor.fetchone()
    last = Report.objects.filter(token__startswith="bench").order_by("-number").values_list("number", flat=True)[0]
    print(json.dumps({**made, "database": size, "seconds": round(time.monotonic() - began), "last": last}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
