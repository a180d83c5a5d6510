"""Squares of three grids with the number of entries in them: the map counts these where there are too many entries.

The grids are those of `queries.cells`: levels 13 to 15 of the map's own zooms, so that coarser ones are made of them.
"""

from django.db import migrations, models

WIDTH = "(360.0 / (2 ^ level) * 72 / 512)"
COUNTED = "longitude IS NOT NULL AND removed_at IS NULL AND visible_from IS NULL AND visibility <> 'hidden'"
HALVES = """('x' || left(replace(id::text, '-', ''), 16))::bit(64)::bigint AS first,
         ('x' || right(replace(id::text, '-', ''), 16))::bit(64)::bigint AS second"""


def summed(rows: str) -> str:
    """What `rows` (entries with a column `sign`) add to the cells."""
    return f"""
  INSERT INTO search_cell (level, capability, kind, visibility, district, "column", line, count, longitudes, latitudes,
    first, second)
  SELECT level, capability, kind, visibility, district, floor(longitude / {WIDTH}), floor(latitude / ({WIDTH} * 0.6)),
         sum(sign), sum(sign * longitude), sum(sign * latitude), bit_xor(first), bit_xor(second)
    FROM (SELECT *, {HALVES} FROM ({rows}) said WHERE {COUNTED}) counted
    CROSS JOIN (VALUES (13), (14), (15)) levels (level)
   GROUP BY 1, 2, 3, 4, 5, 6, 7;"""


COLUMNS = "id, capability, kind, visibility, visible_from, district, longitude, latitude, removed_at"
NARROW = f"SELECT {{sign}} AS sign, {COLUMNS} FROM {{table}}"
SAME = " AND ".join(
    f"a.{name} IS NOT DISTINCT FROM b.{name}"
    for name in ("visibility", "visible_from", "district", "longitude", "latitude", "removed_at")
)
MOVED = f"""SELECT b.id FROM search_before b JOIN search_after a ON a.id = b.id AND {SAME}"""
TRIGGERS = f"""
CREATE FUNCTION public.search_cell_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {summed(NARROW.format(sign=1, table="search_after"))}
  RETURN NULL;
END $$;
CREATE FUNCTION public.search_cell_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {summed(NARROW.format(sign=-1, table="search_before"))}
  RETURN NULL;
END $$;
CREATE FUNCTION public.search_cell_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM search_before b WHERE b.id NOT IN ({MOVED})) THEN
    RETURN NULL;
  END IF; {summed(
    NARROW.format(sign=1, table="search_after") + f" WHERE id NOT IN ({MOVED}) UNION ALL "
    + NARROW.format(sign=-1, table="search_before") + f" WHERE id NOT IN ({MOVED})")}
  RETURN NULL;
END $$;
CREATE TRIGGER search_cell_added AFTER INSERT ON search_entry
  REFERENCING NEW TABLE AS search_after FOR EACH STATEMENT EXECUTE FUNCTION public.search_cell_added();
CREATE TRIGGER search_cell_taken AFTER DELETE ON search_entry
  REFERENCING OLD TABLE AS search_before FOR EACH STATEMENT EXECUTE FUNCTION public.search_cell_taken();
CREATE TRIGGER search_cell_moved AFTER UPDATE ON search_entry
  REFERENCING OLD TABLE AS search_before NEW TABLE AS search_after
  FOR EACH STATEMENT EXECUTE FUNCTION public.search_cell_moved();
{summed(NARROW.format(sign=1, table="search_entry"))}
"""
TRIGGERS_BACK = """
DROP TRIGGER search_cell_added ON search_entry;
DROP TRIGGER search_cell_taken ON search_entry;
DROP TRIGGER search_cell_moved ON search_entry;
DROP FUNCTION public.search_cell_added;
DROP FUNCTION public.search_cell_taken;
DROP FUNCTION public.search_cell_moved;
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0005_facet")]

    operations = [
        migrations.CreateModel(
            name="Cell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.SmallIntegerField()),
                ("capability", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=40)),
                ("visibility", models.CharField(max_length=80)),
                ("district", models.CharField(max_length=80)),
                ("column", models.IntegerField()),
                ("line", models.IntegerField()),
                ("count", models.IntegerField()),
                ("longitudes", models.FloatField()),
                ("latitudes", models.FloatField()),
                ("first", models.BigIntegerField()),
                ("second", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["level", "capability", "kind", "column", "line"], name="search_cell_map")
                ]
            },
        ),
        migrations.RunSQL(TRIGGERS, TRIGGERS_BACK),
    ]
