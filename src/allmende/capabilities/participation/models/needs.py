"""What answers a group of needs: the city's offer or reasoned no, and what partners could contribute to one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.participation.models.themes import Theme
from allmende.capabilities.participation.workflow.needs import OfferKind, PartnerState
from allmende.core.actor import Channel
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class PartnerOffer(models.Model):
    """What an organisation could contribute, said to the city and to nobody else: residents and partners never deal
    with each other here. `name` is what it is called; `organisation` where its people have accounts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("participation_partner_number"))
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120)
    body = models.TextField()
    language = models.CharField(max_length=2, default="de")
    channel = models.CharField(max_length=12, default=Channel.WEB.value)
    may_be_named = models.BooleanField(default=False)
    """Whether the city may say in public with whom it makes an offer."""
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="partner_offers"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, default=PartnerState.NEW.value)
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)
    at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["state", "-at"], name="participation_partner_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PartnerState]), name="participation_partner_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=PartnerState.DECLINED.value) | ~Q(reply=""), name="participation_partner_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> Ref:
        return Ref("participation", "partner_offer", self.pk)


class Offer(models.Model):
    """The city's answer to a group of needs. The latest one counts, earlier ones stay readable.

    A no has a reason, what is possible instead, an office and a date on which one may ask again (practice.md 3).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="offers")
    kind = models.CharField(max_length=10)
    text = models.TextField()
    alternative = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="de")
    url = models.URLField(max_length=500, blank=True)
    """Where the offer is found outside of this portal."""
    thing = models.CharField(max_length=120, blank=True)
    """Reference, as text, of what the offer is within this portal: an event, a pilot, a survey."""
    starts_on = models.DateField(null=True, blank=True)
    department = models.CharField(max_length=60)
    partner_offer = models.ForeignKey(
        PartnerOffer, null=True, blank=True, on_delete=models.SET_NULL, related_name="offers"
    )
    partner_name = models.CharField(max_length=120, blank=True)
    """Empty where the partner does not want to be named."""
    ask_again_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_example = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["theme", "-at"], name="participation_offer_theme")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in OfferKind]), name="participation_offer_kind"
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(department=""), name="participation_offer_words"),
            models.CheckConstraint(
                condition=~Q(kind=OfferKind.NO.value) | (~Q(alternative="") & Q(ask_again_on__isnull=False)),
                name="participation_offer_honest_no",
            ),
        ]

    @property
    def ref(self) -> Ref:
        return Ref("participation", "offer", self.pk)
