"""Projects: modules and dated phases. What they open to whom stands in `workflow.phases`."""

from collections.abc import Sequence

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Length, Trim
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from allmende.capabilities.participation.models.groups import WorkingGroup
from allmende.capabilities.participation.models.stores import CONTRACT_FIELDS, TopicStore
from allmende.capabilities.participation.workflow.phases import (
    AUDIENCES,
    BLUEPRINTS,
    COLLECTING,
    ELSEWHERE,
    ModuleKind,
    PhaseKind,
    Span,
    Who,
)
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


def _contract_complete() -> Q:
    """All five answers have German words."""
    complete = Q()
    for field in CONTRACT_FIELDS:
        text = Coalesce(KT(f"contract__{field}__de"), models.Value(""))
        complete &= Q(GreaterThan(Length(Trim(text)), 0))
    return complete


class Project(models.Model):
    """What a group does with people from the first call to the answer.

    `announced_at` None is a draft that only editors and the group's lead see. Each topic store lies in exactly one
    project; a project that is nothing but its store (blueprint "store") needs no page beside the store's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("participation_project_number"))
    group = models.ForeignKey(WorkingGroup, on_delete=models.PROTECT, related_name="projects")
    blueprint = models.CharField(max_length=16, default="store")
    title = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    contract = models.JSONField(default=dict)
    """The five answers of `CONTRACT_FIELDS`, each per language."""
    is_formal = models.BooleanField(default=False)
    is_example = models.BooleanField(default=False)
    asks_age = models.BooleanField(default=False)
    """Whether people may state an age group (`StatedAge`); never required."""
    announced_at = models.DateTimeField(null=True, blank=True)
    heard = models.JSONField(default=dict)
    """What was done with it all, in the city's words, per language: the opening of the page „Was wir gehört haben“."""
    turn_at = models.DateTimeField(null=True, blank=True, db_index=True)
    """When the next phase begins or ends; a job then makes it known (`actions.note_turn`)."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["group", "-announced_at"], name="participation_project_group")]
        constraints = [
            models.CheckConstraint(
                condition=Q(announced_at__isnull=True) | _contract_complete(), name="participation_project_contract"
            ),
            models.CheckConstraint(condition=Q(blueprint__in=list(BLUEPRINTS)), name="participation_project_blueprint"),
        ]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("participation", "project", self.pk)

    @property
    def is_store_only(self) -> bool:
        """Whether the topic store's page says everything there is."""
        return self.blueprint == "store"


class Module(models.Model):
    """One part of a project. Modules that collect are a topic store, whose own dates are their first phases; surveys
    and draft texts lie in other rooms (`thing`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="modules")
    kind = models.CharField(max_length=16)
    title = models.JSONField(default=dict)
    order = models.PositiveSmallIntegerField(default=0)
    store = models.OneToOneField(TopicStore, null=True, blank=True, on_delete=models.PROTECT, related_name="module")
    thing = models.CharField(max_length=120, blank=True, default="")
    """Reference, as text, of the survey or draft text that this part is; empty until an editor has said which."""
    read_phases: "Sequence[Phase] | None" = None
    """Set by a query that has read them together with something else; None: they are asked for."""

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "order"], name="participation_module_order"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ModuleKind]), name="participation_module_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(kind.value for kind in COLLECTING), store__isnull=False)
                | (~Q(kind__in=sorted(kind.value for kind in COLLECTING)) & Q(store__isnull=True)),
                name="participation_module_store",
            ),
            models.CheckConstraint(
                condition=Q(thing="") | Q(kind__in=sorted(kind.value for kind in ELSEWHERE)),
                name="participation_module_thing",
            ),
        ]

    @property
    def leads_to(self) -> Ref | None:
        """The survey or draft text of another room."""
        return Ref.parse(self.thing) if self.thing else None

    def spans(self) -> list[Span]:
        """All phases of this module as values: those of its store's dates, and its rows."""
        found = self.store.spans() if self.store is not None else []
        phases = self.phases.all() if self.read_phases is None else self.read_phases
        return [*found, *(phase.span for phase in phases)]


class Phase(models.Model):
    """When something happens with a module; half-open, several may run at once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="phases")
    kind = models.CharField(max_length=12)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    audience = models.CharField(max_length=12, default=Who.EVERYONE.value)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="participation_phase_period"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in PhaseKind]), name="participation_phase_kind"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=[who.value for who in AUDIENCES]), name="participation_phase_audience"
            ),
        ]

    @property
    def span(self) -> Span:
        return Span(PhaseKind(self.kind), self.starts_at, self.ends_at, Who(self.audience))
