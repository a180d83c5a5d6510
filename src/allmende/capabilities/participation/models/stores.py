"""Topic stores: what a group collects, under a contract that is public before the first contribution."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Length, Trim
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.translation import gettext_lazy

from allmende.capabilities.participation.models.groups import WorkingGroup
from allmende.capabilities.participation.workflow.phases import ModuleKind, PhaseKind, Span
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

CONTRACT_FIELDS = ("what_is_open", "decided_already", "who_decides", "when_decided", "what_it_changes")
"""The five answers without which no participation opens (practice.md 1)."""


def _filled(field: str) -> Q:
    """The German text of a field is not blank; a missing key counts as blank."""
    return Q(GreaterThan(Length(Trim(Coalesce(KT(f"{field}__de"), Value("")))), 0))


def _contract_complete() -> Q:
    complete = Q()
    for field in CONTRACT_FIELDS:
        complete &= _filled(field)
    return complete


class TopicStore(models.Model):
    """What a group asks the city, from `opens_at` until before `closes_at`.

    `opens_at` None is a draft that only editors and the group's chair see. `future_question` collects answers to a
    question without right or wrong: they are read, never supported and never ranked. A `contest` collects entries,
    without counts beside them. A `need` collects what people need; the city answers them in groups.
    `idea_count` counts public ideas.
    """

    class Kind(models.TextChoices):
        STORE = "store"
        FUTURE_QUESTION = "future_question"
        CONTEST = "contest"
        NEED = "need"

    COUNTED = (Kind.STORE.value, Kind.NEED.value)
    """Kinds whose supports are counted."""

    class Guests(models.TextChoices):
        """Who may write without an account."""

        OPEN = "open", gettext_lazy("Ja, auch ohne E-Mail-Adresse")
        CONFIRMED = "confirmed", gettext_lazy("Ja, mit bestätigter E-Mail-Adresse")
        NONE = "none", gettext_lazy("Nein, nur mit Konto")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("participation_store_number"))
    group = models.ForeignKey(WorkingGroup, on_delete=models.PROTECT, related_name="stores")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.STORE)
    title = models.JSONField(default=dict)
    description = models.JSONField(default=dict)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    what_is_open = models.JSONField(default=dict)
    decided_already = models.JSONField(default=dict)
    who_decides = models.JSONField(default=dict)
    when_decided = models.JSONField(default=dict)
    what_it_changes = models.JSONField(default=dict)
    is_formal = models.BooleanField(default=False)
    guests = models.CharField(max_length=10, choices=Guests, default=Guests.OPEN)
    is_example = models.BooleanField(default=False)
    next_step = models.JSONField(default=dict)
    """What happens after the end, in words; empty: the workflow's own words."""
    due_at = models.DateTimeField(null=True, blank=True)
    idea_count = models.PositiveIntegerField(default=0)
    close_noted_at = models.DateTimeField(null=True, blank=True)
    """When the end of the period was made known (task `close_stores`)."""
    open_noted_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    deputy_reminded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["closes_at"], name="participation_store_closes"),
            models.Index(fields=["group", "-opens_at"], name="participation_store_group"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | _contract_complete(), name="participation_store_contract"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(opens_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="participation_store_period",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=False), name="participation_store_ends"
            ),
        ]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("participation", "store", self.pk)

    @property
    def module_kind(self) -> ModuleKind:
        """Which part of a project it is, as the table of phases knows it."""
        return ModuleKind.IDEAS if self.kind == TopicStore.Kind.STORE else ModuleKind(self.kind)

    def spans(self) -> list[Span]:
        """The phases that its own two dates are: collecting, then condensing without an end."""
        if self.opens_at is None or self.closes_at is None:
            return []
        return [
            Span(PhaseKind.COLLECT, self.opens_at, self.closes_at),
            Span(PhaseKind.CONDENSE, self.closes_at, None),
        ]

    @property
    def is_question(self) -> bool:
        return self.kind == TopicStore.Kind.FUTURE_QUESTION

    @property
    def is_need(self) -> bool:
        return self.kind == TopicStore.Kind.NEED

    @property
    def counts_support(self) -> bool:
        """Whether support is counted and shown: not for questions about the future, not beside a contest's entries."""
        return self.kind in TopicStore.COUNTED

    @property
    def contract(self) -> dict[str, dict[str, str]]:
        return {field: getattr(self, field) for field in CONTRACT_FIELDS}

    def count_ideas(self, by: int) -> None:
        """Adds to the number of public ideas, in the database itself; belongs into the action that releases."""
        type(self).objects.filter(pk=self.pk).update(idea_count=F("idea_count") + by)

    @property
    def missing_in_contract(self) -> list[str]:
        """Which of the five answers still lack their German text."""
        return [field for field in CONTRACT_FIELDS if not str(getattr(self, field).get("de", "")).strip()]


class Category(models.Model):
    """A heading within a store."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    store = models.ForeignKey(TopicStore, on_delete=models.CASCADE, related_name="categories")
    slug = models.SlugField(max_length=60)
    names = models.JSONField(default=dict)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "slug"]
        constraints = [models.UniqueConstraint(fields=["store", "slug"], name="participation_category_once")]
