import allmende.core.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('council', '0004_tracking'),
    ]

    operations = [
        migrations.AddField(
            model_name='vote',
            name='order',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='vote',
            name='subject',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name='vote',
            name='item',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='council.agendaitem'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.UniqueConstraint(fields=('item', 'order'), name='council_vote_in_order'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.CheckConstraint(condition=models.Q(('order', 0), models.Q(('subject', ''), _negated=True), _connector='OR'), name='council_vote_subject'),
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('quorum', models.CharField(default='majority', max_length=20)),
                ('present', models.PositiveIntegerField()),
                ('seats', models.PositiveIntegerField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('corrections', models.PositiveIntegerField(default=0)),
                ('is_example', models.BooleanField(default=False)),
                ('meeting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='council.meeting')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('present__lte', models.F('seats'))), name='council_attendance_present'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(blank=True, null=True)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('attendance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='council.attendance')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='council.person')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('attendance', 'person'), name='council_present_once'),
                    models.CheckConstraint(condition=models.Q(('since__isnull', True), ('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='council_presence_period'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Recusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recusals', to='council.agendaitem')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='council.person')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('item', 'person'), name='council_recused_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Minutes',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('note', models.TextField(blank=True, max_length=5000)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('approved_on', models.DateField(blank=True, null=True)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('is_example', models.BooleanField(default=False)),
                ('meeting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='minutes', to='council.meeting')),
            ],
            options={
                'verbose_name_plural': 'minutes',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('approved_on__isnull', True), ('released_at__isnull', False), _connector='OR'), name='council_minutes_approved'),
                ],
            },
        ),
    ]
