import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('council', '0005_attendance'),
    ]

    operations = [
        migrations.CreateModel(
            name='FileText',
            fields=[
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='reading', serialize=False, to='council.file')),
                ('text', models.TextField(blank=True)),
                ('outcome', models.CharField(choices=[('whole', 'Whole'), ('cut', 'Cut'), ('empty', 'Empty'), ('locked', 'Locked'), ('broken', 'Broken'), ('absent', 'Absent')], max_length=6)),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('attempts', models.PositiveSmallIntegerField(default=1)),
                ('next_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('outcome', 'absent'), ('next_at__isnull', True), _connector='OR'), name='council_filetext_again'),
                    models.CheckConstraint(condition=models.Q(('text', ''), ('outcome__in', ['whole', 'cut']), _connector='OR'), name='council_filetext_of_read'),
                ],
            },
        ),
    ]
