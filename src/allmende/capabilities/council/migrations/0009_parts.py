import allmende.core.ids
import allmende.core.numbers
import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from allmende.core.numbers import create_sequence


class Migration(migrations.Migration):

    dependencies = [
        ('council', '0008_authoring'),
    ]

    operations = [
        create_sequence('council_part_number'),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(db_default=allmende.core.numbers.NextNumber('council_part_number'), editable=False, unique=True)),
                ('place', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('title', models.CharField(max_length=300)),
                ('text', models.TextField(blank=True, max_length=1500)),
                ('about', models.CharField(blank=True, max_length=120)),
                ('decision', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('rejected', 'Rejected'), ('postponed', 'Postponed')], max_length=10)),
                ('decided_on', models.DateField(blank=True, null=True)),
                ('edition', models.PositiveIntegerField(default=1)),
                ('corrections', models.PositiveIntegerField(default=0)),
                ('told', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('is_example', models.BooleanField(default=False)),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='council.agendaitem')),
                ('paper', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='council.paper')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('paper', 'place'), name='council_part_place'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_on', None), ('decision', ''), ('item', None), ('told', False)), models.Q(models.Q(('decision', ''), _negated=True), ('decided_on__isnull', False), ('place__isnull', False)), _connector='OR'), name='council_part_decided'),
                ],
            },
        ),
    ]
