"""Needs as a kind of collection, the city's answers to groups of them, and what partners offer."""

import allmende.core.ids
import allmende.core.numbers
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from allmende.core.numbers import create_sequence


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_guests'),
        ('participation', '0007_themes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        create_sequence("participation_partner_number"),
        migrations.CreateModel(
            name='PartnerOffer',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(db_default=allmende.core.numbers.NextNumber('participation_partner_number'), editable=False, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('title', models.CharField(max_length=120)),
                ('body', models.TextField()),
                ('language', models.CharField(default='de', max_length=2)),
                ('channel', models.CharField(default='web', max_length=12)),
                ('may_be_named', models.BooleanField(default=False)),
                ('state', models.CharField(default='new', max_length=10)),
                ('reply', models.TextField(blank=True)),
                ('replied_at', models.DateTimeField(blank=True, null=True)),
                ('is_example', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.organisation')),
                ('sender', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='partner_offers', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['state', '-at'], name='participation_partner_state')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['new', 'noted', 'used', 'declined'])), name='participation_partner_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('reply', ''), _negated=True), _connector='OR'), name='participation_partner_reason'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('text', models.TextField()),
                ('alternative', models.TextField(blank=True)),
                ('language', models.CharField(default='de', max_length=2)),
                ('url', models.URLField(blank=True, max_length=500)),
                ('thing', models.CharField(blank=True, max_length=120)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('department', models.CharField(max_length=60)),
                ('partner_name', models.CharField(blank=True, max_length=120)),
                ('ask_again_on', models.DateField(blank=True, null=True)),
                ('is_example', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('partner_offer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offers', to='participation.partneroffer')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='participation.theme')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['theme', '-at'], name='participation_offer_theme')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['event', 'pilot', 'partner', 'research', 'no'])), name='participation_offer_kind'),
                    models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('department', ''), _negated=True)), name='participation_offer_words'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'no'), _negated=True), models.Q(models.Q(('alternative', ''), _negated=True), ('ask_again_on__isnull', False)), _connector='OR'), name='participation_offer_honest_no'),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name='module',
            name='participation_module_store',
        ),
        migrations.RemoveConstraint(
            model_name='module',
            name='participation_module_kind',
        ),
        migrations.AlterField(
            model_name='topicstore',
            name='kind',
            field=models.CharField(choices=[('store', 'Store'), ('future_question', 'Future Question'), ('contest', 'Contest'), ('need', 'Need')], default='store', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='module',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['ideas', 'future_question', 'contest', 'need', 'discussion', 'budget', 'survey', 'draft_text'])), name='participation_module_kind'),
        ),
        migrations.AddConstraint(
            model_name='module',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['contest', 'future_question', 'ideas', 'need']), ('store__isnull', False)), models.Q(models.Q(('kind__in', ['contest', 'future_question', 'ideas', 'need']), _negated=True), ('store__isnull', True)), _connector='OR'), name='participation_module_store'),
        ),
    ]
