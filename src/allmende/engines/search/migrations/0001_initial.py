
import allmende.core.ids
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models


WORDS = """
CREATE TEXT SEARCH CONFIGURATION public.city_german (COPY = pg_catalog.german);
ALTER TEXT SEARCH CONFIGURATION public.city_german
  ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.german_stem;
CREATE TEXT SEARCH CONFIGURATION public.city_english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION public.city_english
  ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.english_stem;

-- Without case and accents. Immutable as long as nobody edits the dictionary, which the schema's own files never do.
CREATE FUNCTION public.search_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN lower(public.unaccent('public.unaccent'::regdictionary, words));
"""
WORDS_BACK = """
DROP FUNCTION public.search_plain(text);
DROP TEXT SEARCH CONFIGURATION public.city_german;
DROP TEXT SEARCH CONFIGURATION public.city_english;
"""
TRIGGER = """
CREATE FUNCTION public.search_entry_derive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.modified := clock_timestamp();
  NEW.fed_at := greatest(NEW.modified, NEW.visible_from);
  NEW.german :=
    setweight(jsonb_to_tsvector('public.city_german', NEW.titles - 'en', '["string"]'), 'A') ||
    setweight(jsonb_to_tsvector('public.city_german', NEW.summaries - 'en', '["string"]'), 'B') ||
    setweight(jsonb_to_tsvector('public.city_german', NEW.bodies - 'en', '["string"]'), 'C');
  NEW.english :=
    setweight(to_tsvector('public.city_english', coalesce(NEW.titles ->> 'en', '')), 'A') ||
    setweight(to_tsvector('public.city_english', coalesce(NEW.summaries ->> 'en', '')), 'B') ||
    setweight(to_tsvector('public.city_english', coalesce(NEW.bodies ->> 'en', '')), 'C');
  NEW.plain := coalesce(
    (SELECT public.search_plain(string_agg(value, ' · ')) FROM jsonb_each_text(NEW.titles)), ''
  );
  RETURN NEW;
END $$;
CREATE TRIGGER search_entry_derive BEFORE INSERT OR UPDATE ON search_entry
  FOR EACH ROW EXECUTE FUNCTION public.search_entry_derive();
"""
TRIGGER_BACK = """
DROP TRIGGER search_entry_derive ON search_entry;
DROP FUNCTION public.search_entry_derive();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(WORDS, WORDS_BACK),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('capability', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=40)),
                ('object_id', models.UUIDField()),
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('titles', models.JSONField(blank=True, default=dict)),
                ('summaries', models.JSONField(blank=True, default=dict)),
                ('bodies', models.JSONField(blank=True, default=dict)),
                ('language', models.CharField(default='de', max_length=8)),
                ('url', models.CharField(max_length=300)),
                ('state', models.CharField(max_length=40)),
                ('state_labels', models.JSONField(blank=True, default=dict)),
                ('reached', models.BooleanField(default=True)),
                ('next_step', models.JSONField(blank=True, default=dict)),
                ('office', models.JSONField(blank=True, default=dict)),
                ('due', models.DateTimeField(blank=True, null=True)),
                ('happened_at', models.DateTimeField()),
                ('open_until', models.DateTimeField(blank=True, null=True)),
                ('visibility', models.CharField(default='public', max_length=80)),
                ('visible_from', models.DateTimeField(blank=True, null=True)),
                ('district', models.CharField(blank=True, max_length=80)),
                ('longitude', models.FloatField(blank=True, null=True)),
                ('latitude', models.FloatField(blank=True, null=True)),
                ('figures', models.JSONField(blank=True, default=dict)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('modified', models.DateTimeField(auto_now=True)),
                ('fed_at', models.DateTimeField(editable=False, null=True)),
                ('german', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ('english', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ('plain', models.TextField(default='', editable=False)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['german'], name='search_entry_german'), django.contrib.postgres.indexes.GinIndex(fields=['english'], name='search_entry_english'), django.contrib.postgres.indexes.GinIndex(fields=['plain'], name='search_entry_plain', opclasses=['gin_trgm_ops']), models.Index(condition=models.Q(('removed_at__isnull', True)), fields=['-happened_at', '-id'], name='search_entry_latest'), models.Index(fields=['fed_at', 'id'], name='search_entry_fed'), models.Index(fields=['object_id'], name='search_entry_object'), models.Index(condition=models.Q(('visible_from__isnull', False)), fields=['visible_from'], name='search_entry_embargo'), models.Index(condition=models.Q(('open_until__isnull', False)), fields=['open_until', 'id'], name='search_entry_open'), models.Index(condition=models.Q(('due__isnull', False)), fields=['due'], name='search_entry_due')],
                'constraints': [models.UniqueConstraint(fields=('capability', 'kind', 'object_id'), name='search_entry_once'), models.CheckConstraint(condition=models.Q(('visibility__in', ['public', 'hidden']), ('visibility__startswith', 'role:'), _connector='OR'), name='search_entry_visibility'), models.CheckConstraint(condition=models.Q(models.Q(('bodies', {}), ('summaries', {}), ('titles', {})), models.Q(('removed_at__isnull', True), models.Q(('visibility', 'hidden'), _negated=True)), _connector='OR'), name='search_entry_unseen_keeps_no_words'), models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__isnull', False), ('longitude__range', (-180, 180))), _connector='OR'), name='search_entry_position')],
            },
        ),
        migrations.RunSQL(TRIGGER, TRIGGER_BACK),
    ]
