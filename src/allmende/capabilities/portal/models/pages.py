"""The kinds of pages that editors write. What is public is decided by `Post`, never by Wagtail's own flags."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils.choices import CallableChoiceIterator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PageChooserPanel, PublishingPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Locale, Page

from allmende.capabilities.portal.models import gate
from allmende.capabilities.portal.models.blocks import Body, Chapter, Correction, LinkCard, Milestone, StageBlock, words
from allmende.capabilities.portal.models.files import library_films
from allmende.capabilities.portal.models.posts import Post
from allmende.core.texts import Text

ROOT_SLUG = "portal"


class FilmSelect(forms.Select):
    """The library's videos to choose from, asked anew with every form."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = CallableChoiceIterator(lambda: [("", _("Keines")), *library_films()])


SECTIONS = ("aktuelles", "programm", "stimmen", "videos", "info")
"""First words of the addresses that belong to the editors."""


class EditorialPage(Page):
    """What all pages have: a summary, a body of blocks, dated corrections; one address in both languages."""

    kind: ClassVar[str] = "page"
    label: ClassVar[Text] = _("Seite")

    summary = models.TextField(
        _("Zusammenfassung"),
        max_length=400,
        help_text=_("Ein bis zwei Sätze. Sie stehen in Listen, in der Suche und im Feed."),
    )
    body = StreamField(Body(), verbose_name=_("Inhalt"), blank=True)
    corrections = StreamField([("correction", Correction())], verbose_name=_("Berichtigungen"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]
    promote_panels = [FieldPanel("slug")]
    settings_panels = [PublishingPanel(), FieldPanel("corrections")]

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.locale_id and self.locale.language_code != settings.LANGUAGE_CODE:
            original = self.original
            if original is None:
                raise ValidationError(_now("Jede Seite beginnt auf Deutsch. Übersetzen Sie von dort."))
            self.slug = original.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Wagtail's, but what everybody would see is only written by an action of ours (`actions.publishing`)."""
        if self.live and not kwargs.get("update_fields") and not gate.is_open():
            raise PermissionDenied(_now("Seiten werden über die Freigabe veröffentlicht."))
        super().save(*args, **kwargs)
        if not kwargs.get("update_fields"):
            Post.objects.get_or_create(
                page_id=self.pk,
                defaults={"key": self.translation_key, "kind": self.kind, "language": self.locale.language_code},
            )

    @property
    def plain_address(self) -> str:
        """Path without language prefix; both languages have the same."""
        return "/" + str(self.url_path).split("/", 2)[2]

    def get_url_parts(self, request: Any = None) -> tuple[int, str, str]:  # noqa: ARG002 - Wagtail's signature
        """One city, one site; the language decides the prefix."""
        german = self.locale.language_code == settings.LANGUAGE_CODE
        prefix = "" if german else f"/{self.locale.language_code}"
        return (1, settings.PUBLIC_URL, prefix + self.plain_address)

    def get_url(self, request: Any = None, current_site: Any = None) -> str:  # noqa: ARG002 - Wagtail's signature
        return self.get_url_parts()[2]

    url = property(get_url)

    def serve_preview(self, request: Any, mode_name: str) -> Any:  # noqa: ARG002 - Wagtail's signature
        """What the editor sees while writing: the page as it will be."""
        from allmende.capabilities.portal.views.pages import draw_draft

        return draw_draft(request, self)

    @cached_property
    def original(self) -> Page | None:
        """The German page of which this one is a translation; itself when it is German."""
        if self.locale.language_code == settings.LANGUAGE_CODE:
            return self
        return Page.objects.filter(
            translation_key=self.translation_key, locale__language_code=settings.LANGUAGE_CODE
        ).first()

    @property
    def status_string(self) -> str:
        """Wagtail's list of pages says where a page really stands."""
        post = getattr(self, "post", None)
        if post is None:
            return _now("Entwurf")
        return str(post.get_state_display())

    def text(self) -> str:
        """All words, for the search."""
        return " ".join(word for part in self.parts() for word in words(part))

    def parts(self) -> Sequence[Any]:
        return [self.body, self.corrections]

    def pictures(self) -> list[Any]:
        """Pictures that stand in the page itself, in their order."""
        return [block.value["picture"] for block in self.body if block.block_type == "picture"]

    def files(self) -> list[Any]:
        return [block.value["document"] for block in self.body if block.block_type == "download"]

    def films(self) -> list[UUID]:
        """Keys of the library's videos that stand in the page, in their order."""
        own: UUID | None = getattr(self, "media_id", None)
        placed = [UUID(block.value["film"]) for block in self.body if block.block_type == "film"]
        return [*([own] if own else []), *placed]


class PortalRoot(Page):
    """The root of one language's tree; has no address of its own, since the start page is the portal's."""

    parent_page_types: ClassVar[list[str]] = []
    subpage_types: ClassVar[list[str]] = ["portal.SectionPage", "portal.ProgrammePage", "portal.FreePage"]
    max_count_per_parent = 2

    class Meta:
        verbose_name = _("Sprache")


class SectionPage(EditorialPage):
    """A list: news, voices or videos."""

    kind = "section"
    label = _("Übersicht")
    parent_page_types: ClassVar[list[str]] = ["portal.PortalRoot"]
    subpage_types: ClassVar[list[str]] = ["portal.NewsPage", "portal.VoicePage", "portal.VideoPage"]

    class Meta:
        verbose_name = _("Übersicht")


class NewsPage(EditorialPage):
    """A piece of news. Its place in lists is when everybody could read it first."""

    kind = "news"
    label = _("Nachricht")
    picture = models.ForeignKey(
        "portal.Picture", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Bild")
    )
    about = models.ForeignKey(
        Page,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Gehört zu"),
        help_text=_("Ein Projekt oder das Programm: Die Nachricht steht auch dort, und wer ihm folgt, erfährt davon."),
    )
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("picture"),
        FieldPanel("body"),
        PageChooserPanel("about", ["portal.ProjectPage", "portal.ProgrammePage"]),
    ]
    parent_page_types: ClassVar[list[str]] = ["portal.SectionPage"]
    subpage_types: ClassVar[list[str]] = ["portal.VersionPage"]

    class Meta:
        verbose_name = _("Nachricht")

    def pictures(self) -> list[Any]:
        return [*([self.picture] if self.picture else []), *super().pictures()]


class FreePage(EditorialPage):
    """Any other page."""

    parent_page_types: ClassVar[list[str]] = ["portal.PortalRoot", "portal.FreePage"]
    subpage_types: ClassVar[list[str]] = ["portal.FreePage", "portal.VersionPage"]

    class Meta:
        verbose_name = _("Freie Seite")


class ProgrammePage(EditorialPage):
    """The programme: its stages with milestones, its projects below it."""

    kind = "programme"
    label = _("Programm")
    stages = StreamField([("stage", StageBlock())], verbose_name=_("Stufen"), blank=True)
    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("stages"), FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["portal.PortalRoot"]
    subpage_types: ClassVar[list[str]] = ["portal.ProjectPage", "portal.VersionPage"]

    class Meta:
        verbose_name = _("Programm")

    def parts(self) -> Sequence[Any]:
        return [self.stages, *super().parts()]


class Stage(models.TextChoices):
    """The two stages of the federal programme „Modellprojekte Smart Cities“ as the cities run them (mission)."""

    STRATEGY = "strategy", _("Strategie 2019 bis 2022")
    IMPLEMENTATION = "implementation", _("Umsetzung 2022 bis 2026")


class ProjectState(models.TextChoices):
    PLANNED = "planned", _("geplant")
    RUNNING = "running", _("läuft")
    PAUSED = "paused", _("ruht")
    DONE = "done", _("abgeschlossen")
    STOPPED = "stopped", pgettext_lazy("Projekt", "beendet")


class ProjectPage(EditorialPage):
    """A project: stage, state, milestones, and what happens next, by whom, until when (practice.md 3)."""

    kind = "project"
    label = _("Projekt")
    stage = models.CharField(_("Stufe"), max_length=20, choices=Stage, default=Stage.IMPLEMENTATION)
    progress = models.CharField(_("Stand"), max_length=10, choices=ProjectState, default=ProjectState.PLANNED)
    picture = models.ForeignKey(
        "portal.Picture", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Bild")
    )
    milestones = StreamField([("milestone", Milestone())], verbose_name=_("Meilensteine"), blank=True)
    next_step = models.CharField(_("Nächster Schritt"), max_length=200, blank=True)
    office = models.CharField(_("Zuständig"), max_length=60, blank=True)
    due_on = models.DateField(_("Bis wann"), null=True, blank=True)
    links = StreamField([("link", LinkCard())], verbose_name=_("Links"), blank=True)
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("picture"),
        MultiFieldPanel([FieldPanel("stage"), FieldPanel("progress")], heading=_("Einordnung")),
        MultiFieldPanel(
            [FieldPanel("next_step"), FieldPanel("office"), FieldPanel("due_on")], heading=_("Wie es weitergeht")
        ),
        FieldPanel("milestones"),
        FieldPanel("body"),
        FieldPanel("links"),
    ]
    parent_page_types: ClassVar[list[str]] = ["portal.ProgrammePage"]
    subpage_types: ClassVar[list[str]] = ["portal.VersionPage"]

    class Meta:
        verbose_name = _("Projekt")

    def clean(self) -> None:
        super().clean()
        if any((self.next_step, self.office, self.due_on)) and not all((self.next_step, self.office, self.due_on)):
            raise ValidationError(
                {
                    "next_step": _now(
                        "Zum nächsten Schritt gehören Amt und Datum. Bitte füllen Sie alle drei Felder aus."
                    )
                }
            )

    def parts(self) -> Sequence[Any]:
        return [self.milestones, *super().parts(), self.links]

    def pictures(self) -> list[Any]:
        return [*([self.picture] if self.picture else []), *super().pictures()]


class VoicePage(EditorialPage):
    """A voice from the network: what somebody says, in which role."""

    kind = "voice"
    label = pgettext_lazy("portal", "Stimme")
    quote = models.TextField(_("Zitat"), max_length=600)
    role = models.CharField(
        _("Rolle"), max_length=120, help_text=_("Zum Beispiel „Inhaberin eines Ladens in der Innenstadt“.")
    )
    content_panels = [
        *Page.content_panels,
        FieldPanel("quote"),
        FieldPanel("role"),
        FieldPanel("summary"),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["portal.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("Stimme aus dem Netzwerk")

    def parts(self) -> Sequence[Any]:
        return [self.quote, self.role, *super().parts()]


class VideoPage(EditorialPage):
    """A past event as a video with chapters and transcript; of another host nothing is loaded, a link leads there."""

    kind = "video"
    label = _("Video")
    poster = models.ForeignKey(
        "portal.Picture",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Standbild"),
    )
    address = models.URLField(
        _("Adresse des Videos"), blank=True, help_text=_("Das Portal lädt das Video nicht, es führt nur dorthin.")
    )
    media_id = models.UUIDField(
        _("Eigenes Video"), null=True, blank=True, help_text=_("Aus „Videos und PDF“, mit Untertiteln.")
    )
    minutes = models.PositiveIntegerField(_("Länge in Minuten"), null=True, blank=True)
    recorded_on = models.DateField(_("Aufgenommen am"), null=True, blank=True)
    chapters = StreamField([("chapter", Chapter())], verbose_name=_("Kapitel"), blank=True)
    transcript = RichTextField(_("Was gesagt wird"), features=["h3", "bold", "ol", "ul"])
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("media_id", widget=FilmSelect),
        FieldPanel("address"),
        FieldPanel("poster"),
        FieldPanel("minutes"),
        FieldPanel("recorded_on"),
        FieldPanel("chapters"),
        FieldPanel("transcript"),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["portal.SectionPage"]
    subpage_types: ClassVar[list[str]] = ["portal.VersionPage"]

    class Meta:
        verbose_name = _("Video mit Zusammenfassung")

    def parts(self) -> Sequence[Any]:
        return [self.chapters, self.transcript, *super().parts()]

    def pictures(self) -> list[Any]:
        return [*([self.poster] if self.poster else []), *super().pictures()]


class Form(models.TextChoices):
    """In which form a version tells the same: address and name."""

    PLAIN = "leichte-sprache", _("Leichte Sprache")
    SIGN = "gebaerdensprache", _("Gebärdensprache")


class VersionPage(EditorialPage):
    """The page above it in Leichte Sprache or sign language: a work of its own (practice.md 16, 17)."""

    kind = "version"
    label = _("Fassung")
    form = models.CharField(_("Form"), max_length=20, choices=Form, default=Form.PLAIN)
    author = models.CharField(_("Verfasst von"), max_length=120)
    reviewing_group = models.CharField(_("Geprüft von der Gruppe"), max_length=120)
    reviewed_on = models.DateField(_("Geprüft am"))
    source_seen_at = models.DateTimeField(
        _("Stand des Originals"),
        null=True,
        blank=True,
        help_text=_("Bis zu diesem Stand ist das Original eingearbeitet."),
    )
    media_id = models.UUIDField(_("Eigenes Gebärdenvideo"), null=True, blank=True, help_text=_("Aus „Videos und PDF“."))
    video_address = models.URLField(_("Oder Adresse des Gebärdenvideos"), blank=True)
    minutes = models.PositiveIntegerField(_("Länge in Minuten"), null=True, blank=True)
    content_panels = [
        *Page.content_panels,
        FieldPanel("form"),
        FieldPanel("summary"),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("author"),
                FieldPanel("reviewing_group"),
                FieldPanel("reviewed_on"),
                FieldPanel("source_seen_at"),
            ],
            heading=_("Wer sie gemacht und geprüft hat"),
        ),
        MultiFieldPanel(
            [FieldPanel("media_id", widget=FilmSelect), FieldPanel("video_address"), FieldPanel("minutes")],
            heading=_("Gebärdenvideo"),
        ),
    ]
    promote_panels = []
    parent_page_types: ClassVar[list[str]] = [
        "portal.NewsPage",
        "portal.FreePage",
        "portal.ProgrammePage",
        "portal.ProjectPage",
        "portal.VideoPage",
    ]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("Leichte Sprache oder Gebärdensprache")

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.slug = self.form
        super().full_clean(*args, **kwargs)


PAGE_TYPES: tuple[type[EditorialPage], ...] = (
    SectionPage,
    NewsPage,
    FreePage,
    ProgrammePage,
    ProjectPage,
    VoicePage,
    VideoPage,
    VersionPage,
)


def locale(code: str) -> Locale:
    found: Locale = Locale.objects.get_or_create(language_code=code)[0]
    return found
