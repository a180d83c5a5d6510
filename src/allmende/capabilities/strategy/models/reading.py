"""How far somebody has read a text, if they asked us to remember it."""

from django.conf import settings
from django.db import models

from allmende.capabilities.strategy.models.texts import Text, Version
from allmende.core.ids import uuid7


class Reading(models.Model):
    """The version that a person marked as read. For them alone; nobody counts or lists it (GDPR Art. 9)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    """What was said afterwards is new to them."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "text"], name="strategy_reading_once")]
