"""The squares of the map are summed up: what single changes added becomes one row per square again."""

from django.db import connection, transaction

FOLD = """
WITH many AS (
  SELECT level, capability, kind, "column", line, visibility, district FROM search_cell
   GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING count(*) > 1 LIMIT %s
), gone AS (
  DELETE FROM search_cell c USING many m
   WHERE (c.level, c.capability, c.kind, c."column", c.line, c.visibility, c.district)
       = (m.level, m.capability, m.kind, m."column", m.line, m.visibility, m.district)
  RETURNING c.*
)
INSERT INTO search_cell (level, capability, kind, visibility, district, "column", line, count, longitudes, latitudes,
  first, second)
SELECT level, capability, kind, visibility, district, "column", line, sum(count), sum(longitudes), sum(latitudes),
       bit_xor(first), bit_xor(second)
  FROM gone GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(count) <> 0
"""
LOCK = 0x63656C6C
"""Of the advisory lock under which one process sums up ("cell")."""
AT_ONCE = 20_000


def fold_cells() -> None:
    """Readers see the squares before or after, and the same sums; changes meanwhile add rows of their own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone()[0]:
            cursor.execute(FOLD, [AT_ONCE])
