from django.db import migrations

APPEND_ONLY = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'allmende_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON core_auditentry FROM allmende_app;
  END IF;
END $$;
"""


class Migration(migrations.Migration):
    """The app role may not change what was audited; rate limits need no write-ahead log."""

    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL("ALTER TABLE core_ratelimit SET UNLOGGED", "ALTER TABLE core_ratelimit SET LOGGED"),
    ]
