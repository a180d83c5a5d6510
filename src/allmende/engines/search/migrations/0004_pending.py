"""New vectors wait in a longer list before they go into the index of words: writing many costs half. What waits is read
by every search, so the worker brings it in every five minutes (`tasks.learn`), which only the index's owner may.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

WAITING = """
ALTER INDEX search_finding_words SET (gin_pending_list_limit = 4096);

CREATE FUNCTION public.search_bring_in() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT gin_clean_pending_list('public.search_finding_words') + gin_clean_pending_list('public.search_finding_title')
$$;
"""
BACK = """
DROP FUNCTION public.search_bring_in();
ALTER INDEX search_finding_words SET (gin_pending_list_limit = 512);
"""


class Migration(migrations.Migration):

    dependencies = [("search", "0003_map")]

    operations = [
        migrations.RunSQL(WAITING, BACK, state_operations=[
            migrations.RemoveIndex("finding", "search_finding_words"),
            migrations.AddIndex(
                "finding", GinIndex(fields=["words"], gin_pending_list_limit=4096, name="search_finding_words")
            ),
        ]),
    ]
