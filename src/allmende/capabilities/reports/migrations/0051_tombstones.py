from django.db import migrations, models
from django.db.models import Q

TOMBSTONE = Q(
    is_public=False, words="", public_words="", place="", detail="", longitude=None, reporter=None, entered_by=None,
    anonymised_at__isnull=False, closed_at__isnull=False,
)  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [("reports", "0050_owners_and_answers")]

    operations = [
        migrations.AddField(
            model_name="category",
            name="deletion_days",
            field=models.PositiveIntegerField(default=3650),
        ),
        migrations.AddField(
            model_name="report",
            name="deleted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=Q(deleted_at=None) | TOMBSTONE, name="reports_tombstone_is_empty"
            ),
        ),
    ]
