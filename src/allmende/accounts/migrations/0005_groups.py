import allmende.core.ids
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_sessions"),
    ]

    operations = [
        migrations.AddField("person", "birth_band", models.PositiveSmallIntegerField(blank=True, null=True)),
        migrations.AddField("organisation", "ended_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            "organisation",
            "kind",
            models.CharField(
                choices=[
                    ("club", "Verein"),
                    ("class", "Schulklasse"),
                    ("firm", "Betrieb"),
                    ("initiative", "Initiative"),
                    ("agency", "Einrichtung"),
                ],
                default="club",
                max_length=20,
            ),
        ),
        migrations.AddField("membership", "may_post", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                ("is_responsible", models.BooleanField(default=False)),
                ("may_post", models.BooleanField(default=False)),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="accounts.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.UUIDField(default=allmende.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("signed_on", models.DateField()),
                ("adult_name", models.CharField(max_length=120)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_on", models.DateField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
