import allmende.core.ids
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notify', '0002_channels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField()),
                ('after', models.CharField(blank=True, max_length=120)),
            ],
            options={
                'verbose_name_plural': 'watches',
            },
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('found_kind', models.CharField(blank=True, max_length=40)),
                ('district', models.CharField(blank=True, max_length=80)),
                ('language', models.CharField(default='de', max_length=8)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'saved searches',
                'constraints': [
                    models.UniqueConstraint(fields=('person', 'words', 'found_kind', 'district'), name='notify_savedsearch_once'),
                    models.CheckConstraint(condition=models.Q(('district', ''), ('found_kind', ''), ('words', ''), _negated=True), name='notify_savedsearch_of_something'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SearchHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('capability', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=40)),
                ('object_id', models.UUIDField()),
                ('round', models.UUIDField()),
                ('search', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hits', to='notify.savedsearch')),
            ],
            options={
                'indexes': [models.Index(fields=['round'], name='notify_searchhit_round')],
                'constraints': [models.UniqueConstraint(fields=('search', 'capability', 'kind', 'object_id'), name='notify_searchhit_once')],
            },
        ),
    ]
