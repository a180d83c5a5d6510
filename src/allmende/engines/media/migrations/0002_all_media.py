"""One table for pictures, documents and videos; one for their files."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("media", "0001_initial")]

    operations = [
        migrations.RenameModel("Image", "Medium"),
        migrations.RenameModel("Rendition", "File"),
        migrations.RenameField("File", "image", "medium"),
        migrations.AlterField(
            "File",
            "medium",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="files", to="media.medium"),
        ),
        migrations.RemoveConstraint("Medium", "media_image_ref_whole"),
        migrations.RemoveConstraint("Medium", "media_image_public_is_attached"),
        migrations.RemoveConstraint("File", "media_rendition_once"),
        migrations.RenameIndex("Medium", new_name="media_medium_ref", old_name="media_image_ref"),
        migrations.RenameIndex("Medium", new_name="media_medium_loose", old_name="media_image_loose"),
        migrations.RenameIndex("Medium", new_name="media_medium_open", old_name="media_image_open"),
        migrations.RenameIndex("File", new_name="media_file_sha256", old_name="media_rendition_sha256"),
        *[
            migrations.AddField("Medium", name, field)
            for name, field in (
                (
                    "media_type",
                    models.CharField(
                        choices=[("image", "Image"), ("document", "Document"), ("video", "Video")],
                        default="image",
                        max_length=8,
                    ),
                ),
                ("title", models.CharField(blank=True, default="", max_length=200)),
                ("language", models.CharField(blank=True, default="", max_length=8)),
                ("decorative", models.BooleanField(default=False)),
                ("summary", models.TextField(blank=True, default="")),
                ("transcript", models.TextField(blank=True, default="")),
                ("credit", models.CharField(blank=True, default="", max_length=200)),
                ("licence", models.CharField(blank=True, default="", max_length=80)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("seconds", models.FloatField(default=0)),
                ("link", models.URLField(blank=True, default="", max_length=500)),
                ("library", models.BooleanField(default=False)),
                (
                    "scan",
                    models.CharField(
                        choices=[("clean", "Clean"), ("waiting", "Waiting")], default="clean", max_length=8
                    ),
                ),
            )
        ],
        *[
            migrations.AlterField("Medium", name, field)
            for name, field in (
                ("title", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("summary", models.TextField(blank=True)),
                ("transcript", models.TextField(blank=True)),
                ("credit", models.CharField(blank=True, max_length=200)),
                ("licence", models.CharField(blank=True, max_length=80)),
                ("link", models.URLField(blank=True, max_length=500)),
                ("width", models.PositiveIntegerField(default=0)),
                ("height", models.PositiveIntegerField(default=0)),
                *[
                    (
                        name,
                        models.CharField(
                            choices=[("private", "Private"), ("public", "Public"), ("expired", "Expired")],
                            default="private",
                            max_length=8,
                        ),
                    )
                    for name in ("state", "placed")
                ],
            )
        ],
        migrations.AddField(
            "File",
            "role",
            models.CharField(
                choices=[
                    ("rendition", "Rendition"),
                    ("document", "Document"),
                    ("video", "Video"),
                    ("sign", "Sign"),
                    ("captions", "Captions"),
                    ("poster", "Poster"),
                ],
                default="rendition",
                max_length=9,
            ),
        ),
        migrations.AddField("File", "language", models.CharField(blank=True, default="", max_length=8)),
        migrations.AlterField("File", "language", models.CharField(blank=True, max_length=8)),
        migrations.AlterField("File", "width", models.PositiveIntegerField(default=0)),
        migrations.AlterField("File", "height", models.PositiveIntegerField(default=0)),
        migrations.AlterField("File", "size", models.PositiveBigIntegerField()),
        migrations.AddField("File", "stored", models.BooleanField(default=False)),
        migrations.AddIndex(
            "File", models.Index(fields=["id"], name="media_file_unstored", condition=Q(stored=False))
        ),
        migrations.AddConstraint(
            "Medium",
            models.CheckConstraint(
                name="media_medium_ref_whole",
                condition=Q(object_id=None, capability="", kind="")
                | (Q(object_id__isnull=False) & ~Q(capability="") & ~Q(kind="")),
            ),
        ),
        migrations.AddConstraint(
            "Medium",
            models.CheckConstraint(
                name="media_medium_public_is_attached", condition=~Q(state="public") | Q(object_id__isnull=False)
            ),
        ),
        migrations.AddConstraint(
            "Medium",
            models.CheckConstraint(
                name="media_document_says_what_it_holds",
                condition=~Q(media_type="document") | (~Q(title="") & ~Q(summary="")),
            ),
        ),
        migrations.AddConstraint(
            "Medium",
            models.CheckConstraint(name="media_decorative_has_no_alt", condition=Q(decorative=False) | Q(alt="")),
        ),
        migrations.AddConstraint(
            "File",
            models.UniqueConstraint(fields=["medium", "role", "language", "width", "extension"], name="media_file_once"),
        ),
        migrations.AddIndex(
            "Medium",
            models.Index(
                fields=["expires_at"], name="media_medium_expires", condition=Q(expires_at__isnull=False)
            ),
        ),
        migrations.AddIndex(
            "Medium", models.Index(fields=["-id"], name="media_medium_library", condition=Q(library=True))
        ),
    ]
