import allmende.core.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0035_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Partner',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=80)),
                ('endpoint', models.URLField(max_length=300)),
                ('jurisdiction', models.CharField(blank=True, max_length=100)),
                ('sealed_key', models.TextField(blank=True)),
                ('shows_words', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_until', models.DateTimeField(blank=True, null=True)),
                ('next_read_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('problem', models.CharField(blank=True, max_length=20)),
            ],
            options={
                'ordering': ['label', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PartnerService',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=100)),
                ('by_itself', models.BooleanField(default=False)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='partner_services', to='reports.category')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='services', to='reports.partner')),
            ],
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=100)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('begun_at', models.DateTimeField()),
                ('next_at', models.DateTimeField()),
                ('tries', models.PositiveIntegerField(default=0)),
                ('problem', models.CharField(blank=True, max_length=20)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('remote_id', models.CharField(blank=True, max_length=100)),
                ('token', models.CharField(blank=True, max_length=200)),
                ('heard_at', models.DateTimeField(blank=True, null=True)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='reports.partner')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='referrals', to='reports.report')),
            ],
        ),
        migrations.AddConstraint(
            model_name='partnerservice',
            constraint=models.UniqueConstraint(fields=('partner', 'category'), name='reports_partner_service_once'),
        ),
        migrations.AddConstraint(
            model_name='partnerservice',
            constraint=models.UniqueConstraint(condition=models.Q(('by_itself', True)), fields=('category',), name='reports_one_partner_by_itself'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.UniqueConstraint(fields=('report', 'partner'), name='reports_referral_once'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), models.Q(('remote_id', ''), _negated=True), _connector='OR'), name='reports_sent_has_number'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='reports_referral_due'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['partner', 'remote_id'], name='reports_referral_remote'),
        ),
    ]
