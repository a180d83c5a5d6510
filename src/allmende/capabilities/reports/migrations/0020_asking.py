import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0030_routing_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='Answered',
            fields=[
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='answered', serialize=False, to='reports.report')),
                ('version_id', models.UUIDField()),
                ('answers', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='Asking',
            fields=[
                ('category', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='asking', serialize=False, to='reports.category')),
                ('version_id', models.UUIDField()),
                ('public', models.JSONField(default=list)),
            ],
        ),
    ]
