"""Who decides: the body, its terms, its organisations, the people in them and since when, and where they meet."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from allmende.capabilities.council.models.base import Thing, in_order
from allmende.core.numbers import NextNumber


class Location(Thing):
    """A place: of a meeting, of an organisation, or one that papers speak of."""

    oparl = "Location"
    kind = "location"

    body = models.ForeignKey("council.Body", null=True, on_delete=models.PROTECT, related_name="locations")
    description = models.CharField(max_length=500, blank=True)
    room = models.CharField(max_length=200, blank=True)
    street_address = models.CharField(max_length=300, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    locality = models.CharField(max_length=120, blank=True)
    sub_locality = models.CharField(max_length=120, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)

    class Meta:
        indexes, constraints = in_order("location")

    def __str__(self) -> str:
        return ", ".join(part for part in (self.room, self.description, self.street_address, self.locality) if part)


class Body(Thing):
    """The city (or district) whose council it is."""

    oparl = "Body"
    kind = "body"
    few = True

    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=80, blank=True)
    website = models.URLField(max_length=300, blank=True)
    ags = models.CharField(max_length=8, blank=True)
    """Official key of the municipality, eight digits."""
    contact_name = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField(blank=True)
    classification = models.CharField(max_length=80, blank=True)
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.SET_NULL, related_name="bodies")

    class Meta:
        indexes, constraints = in_order("body")
        verbose_name_plural = "bodies"

    def __str__(self) -> str:
        return self.name


class LegislativeTerm(Thing):
    """For how long a council is elected."""

    oparl = "LegislativeTerm"
    kind = "term"
    hidden_with = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="terms")
    name = models.CharField(max_length=200)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)

    class Meta:
        indexes, constraints = in_order("term")

    def __str__(self) -> str:
        return self.name


class Organization(Thing):
    """The council, a committee, a group of members, an office that brings papers in."""

    oparl = "Organization"
    kind = "organization"
    hidden_with = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="organizations")
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("council_organization_number"))
    name = models.CharField(max_length=300)
    short_name = models.CharField(max_length=80, blank=True)
    organization_type = models.CharField(max_length=80, blank=True)
    """As OParl words it: „Gremium“, „Fraktion“, „Verwaltungsbereich“, …"""
    classification = models.CharField(max_length=120, blank=True)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    website = models.URLField(max_length=300, blank=True)
    post = models.JSONField(default=list)
    """Functions that there are in it, in words."""
    sub_organization_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="sub_organizations"
    )
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.SET_NULL, related_name="organizations"
    )
    plain = models.JSONField(default=dict)
    """Per language: what it does, in a sentence or two. Ours, also for what is mirrored."""
    open_by_orders = models.BooleanField(default=False)
    """The standing orders say that it prepares in public; without them only the council meets in public."""

    class Meta:
        indexes, constraints = in_order("organization")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/stadtrat/gremien/{self.number}/"


class Person(Thing):
    """Somebody who sits in an organisation, under the name by which the council knows them.

    `account` ties them to their account on the portal, if they wish so; it is never told to anybody else.
    """

    oparl = "Person"
    kind = "person"
    hidden_with = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="people")
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("council_person_number"))
    name = models.CharField(max_length=200)
    family_name = models.CharField(max_length=120, blank=True)
    given_name = models.CharField(max_length=120, blank=True)
    form_of_address = models.CharField(max_length=60, blank=True)
    affix = models.CharField(max_length=120, blank=True)
    title = models.JSONField(default=list)
    status = models.JSONField(default=list)
    """Functions in words: „Mitglied des Stadtrats“."""
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes, constraints = in_order("person")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/stadtrat/personen/{self.number}/"


class Membership(Thing):
    """From when to when somebody sits in an organisation, as what, with a vote or without."""

    oparl = "Membership"
    kind = "membership"
    hidden_with = ("person", "organization")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=120, blank=True)
    voting_right = models.BooleanField(null=True, blank=True)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    """The last day, as OParl has it."""
    on_behalf_of = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.SET_NULL, related_name="sent_members"
    )

    class Meta:
        indexes, _constraints = in_order("membership")
        constraints = [
            *_constraints,
            models.CheckConstraint(
                condition=Q(start_date__isnull=True) | Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="council_membership_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"
