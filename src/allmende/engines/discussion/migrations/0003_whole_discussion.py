import django.contrib.postgres.fields
from django.db import migrations, models


def note_public(apps, schema_editor):
    """What everybody reads today stands in the history from now on."""
    version = apps.get_model('discussion', 'CommentVersion')
    shown = apps.get_model('discussion', 'Comment').objects.filter(state='published', current__isnull=False)
    version.objects.filter(pk__in=shown.values('current')).update(was_public=True)


class Migration(migrations.Migration):

    dependencies = [
        ('discussion', '0002_in_a_groups_name'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='fact',
            field=models.TextField(blank=True, default=''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='case',
            name='law',
            field=models.CharField(blank=True, default='', max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='comment',
            name='awaits_proof',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='comment',
            name='mentions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='commentversion',
            name='was_public',
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(note_public, migrations.RunPython.noop),
    ]
