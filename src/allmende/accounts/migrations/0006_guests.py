import allmende.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_groups'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='contact_proven_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='AddressProof',
            fields=[
                ('id', models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('code_hash', models.BinaryField(max_length=32)),
                ('code_until', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('proven_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='address_proof', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
