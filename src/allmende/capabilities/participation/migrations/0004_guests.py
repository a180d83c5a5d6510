from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0003_in_a_groups_name'),
    ]

    operations = [
        migrations.AddField(
            model_name='idea',
            name='awaits_proof',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='topicstore',
            name='guests',
            field=models.CharField(choices=[('open', 'Ja, auch ohne E-Mail-Adresse'), ('confirmed', 'Ja, mit bestätigter E-Mail-Adresse'), ('none', 'Nein, nur mit Konto')], default='open', max_length=10),
        ),
    ]
