import django.db.models.functions.datetime
from django.db import migrations, models

FILL = """
UPDATE reports_report SET shown_since = published_at WHERE is_public;
UPDATE reports_update SET written_at = at;
"""
"""Clocks of rows that were there before: as near as is known."""


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0033_subtasks'),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='shown_since',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='update',
            name='written_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(models.OrderBy(models.F('received_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('is_public', True)), name='reports_public_received'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('shown_since__isnull', False)), fields=['shown_since'], name='reports_shown'),
        ),
        migrations.AddIndex(
            model_name='update',
            index=models.Index(fields=['written_at', 'id'], name='reports_update_written'),
        ),
    ]
