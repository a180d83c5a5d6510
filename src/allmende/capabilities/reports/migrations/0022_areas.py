import allmende.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0021_drafts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('district', models.SlugField(blank=True, max_length=60)),
                ('longitude', models.FloatField(blank=True, null=True)),
                ('latitude', models.FloatField(blank=True, null=True)),
                ('radius', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['latitude', 'longitude'], name='reports_area_near')],
            },
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(fields=('district', 'longitude', 'latitude', 'radius'), name='reports_area_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.CheckConstraint(
                condition=(~models.Q(district="") & models.Q(radius=0, longitude__isnull=True, latitude__isnull=True))
                | (
                    models.Q(district="", radius__in=(250, 500, 1000, 2000))
                    & models.Q(longitude__range=(-180, 180))
                    & models.Q(latitude__range=(-90, 90))
                ),
                name="reports_area_shape",
            ),
        ),
    ]
