import allmende.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Edge',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('source_capability', models.CharField(max_length=40)),
                ('source_kind', models.CharField(max_length=40)),
                ('source_id', models.UUIDField()),
                ('target_capability', models.CharField(max_length=40)),
                ('target_kind', models.CharField(max_length=40)),
                ('target_id', models.UUIDField()),
                ('reason', models.CharField(max_length=500)),
                ('language', models.CharField(default='de', max_length=8)),
                ('happened_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('actor_key', models.UUIDField(blank=True, null=True)),
                ('role', models.CharField(blank=True, max_length=20)),
                ('scope', models.CharField(blank=True, max_length=80)),
                ('retracted_at', models.DateTimeField(blank=True, null=True)),
                ('retracted_by', models.UUIDField(blank=True, null=True)),
                ('retract_reason', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('retracted_at__isnull', True)), fields=['target_id'], name='trace_edge_back')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('retracted_at__isnull', True)), fields=('source_id', 'source_kind', 'source_capability', 'target_id', 'target_kind', 'target_capability'), name='trace_edge_once'), models.CheckConstraint(condition=models.Q(('source_capability', models.F('target_capability')), ('source_id', models.F('target_id')), ('source_kind', models.F('target_kind')), _negated=True), name='trace_edge_between_two'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='trace_edge_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('retract_reason', ''), ('retracted_at__isnull', True)), models.Q(('retracted_at__isnull', False), models.Q(('retract_reason', ''), _negated=True)), _connector='OR'), name='trace_edge_retracted_with_reason')],
            },
        ),
    ]
