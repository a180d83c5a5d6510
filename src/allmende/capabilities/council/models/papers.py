"""Papers, the way each takes through the organisations, and the files that belong to something."""

from django.db import models
from django.db.models import Q

from allmende.capabilities.council.models.base import Thing, in_order
from allmende.capabilities.council.models.meetings import AgendaItem, Meeting
from allmende.capabilities.council.models.people import Body, Location, Organization, Person
from allmende.core.numbers import NextNumber


class Paper(Thing):
    """A draft resolution, a motion, a question, a report."""

    oparl = "Paper"
    kind = "paper"
    hidden_with = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="papers")
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("council_paper_number"))
    name = models.CharField(max_length=500)
    reference = models.CharField(max_length=80, blank=True)
    """What the council calls it: „12/2021“."""
    date = models.DateField(null=True, blank=True)
    paper_type = models.CharField(max_length=120, blank=True)
    plain = models.JSONField(default=dict)
    """Per language: what it is about and what would change, in plain words. Ours, also for what is mirrored."""
    related = models.ManyToManyField("self", blank=True)
    superordinated = models.ManyToManyField("self", symmetrical=False, related_name="subordinated", blank=True)
    locations = models.ManyToManyField(Location, related_name="papers", blank=True)
    originator_people = models.ManyToManyField(Person, related_name="papers", blank=True)
    originator_organizations = models.ManyToManyField(Organization, related_name="papers", blank=True)
    under_direction_of = models.ManyToManyField(Organization, related_name="directed_papers", blank=True)

    class Meta:
        indexes, constraints = in_order("paper")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/stadtrat/vorlagen/{self.number}/"


class Consultation(Thing):
    """One station of a paper: which organisation deals with it, at which point of which meeting, as what."""

    oparl = "Consultation"
    kind = "consultation"
    hidden_with = ("paper", "meeting", "agenda_item")

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="consultations")
    meeting = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="consultations")
    agenda_item = models.ForeignKey(
        AgendaItem, null=True, blank=True, on_delete=models.PROTECT, related_name="consultations"
    )
    organizations = models.ManyToManyField(Organization, related_name="consultations", blank=True)
    authoritative = models.BooleanField(null=True, blank=True)
    """Here it is decided."""
    role = models.CharField(max_length=120, blank=True)
    """As OParl words it: „Anhörung“, „Vorberatung“, „Entscheidung“, „Kenntnisnahme“."""

    class Meta:
        indexes, constraints = in_order("consultation")

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class File(Thing):
    """A document of a paper, a meeting or a point. The bytes of ours are kept by `engines/media`."""

    oparl = "File"
    kind = "file"
    hidden_with = ("paper", "meeting", "agenda_item")

    class Role(models.TextChoices):
        MAIN = "main"
        AUXILIARY = "auxiliary"
        INVITATION = "invitation"
        MINUTES = "results_protocol"
        VERBATIM = "verbatim_protocol"
        RESOLUTION = "resolution"

    body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="files")
    paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    meeting = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    agenda_item = models.ForeignKey(AgendaItem, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    role = models.CharField(max_length=20, choices=Role, default=Role.AUXILIARY)
    name = models.CharField(max_length=300, blank=True)
    file_name = models.CharField(max_length=300, blank=True)
    mime_type = models.CharField(max_length=120, blank=True)
    date = models.DateField(null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha512 = models.CharField(max_length=128, blank=True)
    text = models.TextField(blank=True)
    """What stands in it, to be searched and read without opening it."""
    access_url = models.URLField(max_length=500, blank=True)
    """Where the other system keeps it; empty for ours."""
    download_url = models.URLField(max_length=500, blank=True)
    file_license = models.URLField(max_length=300, blank=True)

    class Meta:
        indexes, _constraints = in_order("file")
        constraints = [
            *_constraints,
            models.CheckConstraint(
                condition=Q(paper__isnull=False, meeting__isnull=True, agenda_item__isnull=True)
                | Q(paper__isnull=True, meeting__isnull=False, agenda_item__isnull=True)
                | Q(paper__isnull=True, meeting__isnull=True, agenda_item__isnull=False)
                | Q(paper__isnull=True, meeting__isnull=True, agenda_item__isnull=True, public=False),
                name="council_file_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.name
