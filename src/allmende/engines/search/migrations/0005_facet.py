"""What frequent words are counted by lies at the front of narrow rows: one number for everything that can be chosen.

Half of 100,000 documents are counted by reading 49,000 rows. With the columns of fixed width first and one number
instead of three texts to compare, that takes two thirds of the time.
"""

from django.db import migrations, models

FACET = """hashtextextended(capability || chr(31) || kind || chr(31) || state || chr(31) || district || chr(31)
    || visibility, 0)"""
COLUMNS = "entry_id, object_id, capability, kind, visibility, visible_from, happened_at, state, district, within, title, words"
ASIDE = """
ALTER TABLE search_finding RENAME TO search_finding_before;
ALTER TABLE search_finding_before DROP CONSTRAINT search_finding_pkey;
DROP INDEX search_finding_words, search_finding_title, search_finding_latest, search_finding_object,
  search_finding_within;
"""
INDEXES = f"""
INSERT INTO search_finding ({COLUMNS}) SELECT {COLUMNS} FROM search_finding_before ORDER BY happened_at;
DROP TABLE search_finding_before;
ALTER TABLE search_finding ALTER COLUMN words SET STORAGE EXTERNAL;
ALTER TABLE search_finding ADD CONSTRAINT search_finding_pkey PRIMARY KEY (entry_id);
ALTER TABLE search_finding ADD CONSTRAINT search_finding_entry FOREIGN KEY (entry_id) REFERENCES search_entry (id)
  DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX search_finding_words ON search_finding USING gin (words) WITH (gin_pending_list_limit = 4096);
CREATE INDEX search_finding_title ON search_finding USING gin (title) WITH (gin_pending_list_limit = 256);
CREATE INDEX search_finding_latest ON search_finding (happened_at DESC, entry_id DESC);
CREATE INDEX search_finding_object ON search_finding (object_id);
CREATE INDEX search_finding_within ON search_finding (within) WHERE NOT (within = '');
"""
FORWARD = f"""{ASIDE}
CREATE TABLE search_finding (
  visible_from timestamptz, happened_at timestamptz NOT NULL,
  facet bigint NOT NULL GENERATED ALWAYS AS ({FACET}) STORED,
  entry_id uuid NOT NULL, object_id uuid NOT NULL, visibility varchar(80) NOT NULL, capability varchar(40) NOT NULL,
  kind varchar(40) NOT NULL, state varchar(40) NOT NULL, district varchar(80) NOT NULL, within varchar(120) NOT NULL,
  title tsvector NOT NULL, words tsvector NOT NULL);
ALTER TABLE search_finding ALTER COLUMN title SET STORAGE EXTERNAL;
ALTER TABLE search_finding SET (toast_tuple_target = 128);
{INDEXES}"""
BACK = f"""{ASIDE}
CREATE TABLE search_finding (
  capability varchar(40) NOT NULL, kind varchar(40) NOT NULL, object_id uuid NOT NULL, entry_id uuid NOT NULL,
  visibility varchar(80) NOT NULL, visible_from timestamptz, happened_at timestamptz NOT NULL,
  state varchar(40) NOT NULL, district varchar(80) NOT NULL, within varchar(120) NOT NULL, title tsvector NOT NULL,
  words tsvector NOT NULL);
ALTER TABLE search_finding SET (toast_tuple_target = 256);
{INDEXES}"""


class Migration(migrations.Migration):

    dependencies = [("search", "0004_pending")]

    operations = [
        migrations.RunSQL(FORWARD, BACK, state_operations=[
            migrations.AddField(
                "finding", "facet", models.BigIntegerField(editable=False)
            ),
        ]),
    ]
