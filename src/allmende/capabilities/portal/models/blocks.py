"""The building blocks of a page: few, each with a meaning that a screen reader can tell."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

INLINE = ["bold", "italic", "link", "document-link"]
TEXT = [*INLINE, "ol", "ul"]


def films_to_choose() -> list[tuple[str, str]]:
    """The library's videos for a list of choices, newest first; asked anew whenever the editor opens a page."""
    from allmende.capabilities.portal.models.files import library_films

    return library_films()


class Heading(blocks.StructBlock):
    """A heading of the second or third rank; the first is the page's title."""

    text = blocks.CharBlock(label=_("Überschrift"), max_length=120)
    level = blocks.ChoiceBlock(
        label=_("Rang"), choices=[("2", _("Abschnitt")), ("3", _("Unterabschnitt"))], default="2"
    )

    class Meta:
        icon = "title"
        label = _("Überschrift")
        template = "portal/blocks/heading.html"


class PictureBlock(blocks.StructBlock):
    """A picture with caption. Credit, licence and end of the licence come from the picture itself."""

    picture = ImageChooserBlock(label=_("Bild"))
    caption = blocks.CharBlock(label=_("Bildunterschrift"), required=False, max_length=250)

    class Meta:
        icon = "image"
        label = _("Bild")
        template = "portal/blocks/picture.html"


class Film(blocks.StructBlock):
    """A video of the library: our own with captions and sign language, or one that stays with its host, as a link."""

    film = blocks.ChoiceBlock(label=_("Video"), choices=films_to_choose)

    class Meta:
        icon = "media"
        label = _("Video")
        template = "portal/blocks/film.html"


class Quote(blocks.StructBlock):
    """What somebody said, and in which role; people's names stand here only when they agreed."""

    text = blocks.TextBlock(label=_("Zitat"), max_length=600)
    who = blocks.CharBlock(label=_("Wer, in welcher Rolle"), max_length=120)

    class Meta:
        icon = "openquote"
        label = _("Zitat")
        template = "portal/blocks/quote.html"


class Bullets(blocks.StructBlock):
    """A list whose entries are whole thoughts; numbered when their order matters."""

    numbered = blocks.BooleanBlock(label=_("Nummeriert"), required=False)
    items = blocks.ListBlock(blocks.RichTextBlock(features=INLINE), label=_("Einträge"), min_num=1)

    class Meta:
        icon = "list-ul"
        label = _("Liste")
        template = "portal/blocks/bullets.html"


class Table(blocks.StructBlock):
    """A table with a caption and headings for its columns, and for its rows when the first column names them."""

    caption = blocks.CharBlock(label=_("Was die Tabelle zeigt"), max_length=200)
    first_column_heads = blocks.BooleanBlock(label=_("Erste Spalte nennt die Zeile"), required=False, default=True)
    cells = TypedTableBlock([("text", blocks.CharBlock(label=_("Text"), required=False))], label=_("Tabelle"))

    class Meta:
        icon = "table"
        label = _("Tabelle")
        template = "portal/blocks/table.html"


class Download(blocks.StructBlock):
    """A file to take along; its summary says what is in it, for those who cannot read it (practice.md 20)."""

    document = DocumentChooserBlock(label=_("Datei"))
    summary = blocks.TextBlock(label=_("Was in der Datei steht, als Text"), max_length=1200)

    class Meta:
        icon = "download"
        label = _("Datei zum Herunterladen")
        template = "portal/blocks/download.html"


class LinkCard(blocks.StructBlock):
    """One way on: to a page of the portal or to another address."""

    title = blocks.CharBlock(label=_("Titel"), max_length=120)
    text = blocks.TextBlock(label=_("Ein Satz dazu"), required=False, max_length=250)
    page = blocks.PageChooserBlock(label=_("Seite des Portals"), required=False)
    address = blocks.CharBlock(
        label=_("Oder Adresse"), required=False, max_length=300, help_text=_("Zum Beispiel /mitmachen/ oder https://…")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        address = cleaned.get("address") or ""
        if bool(cleaned.get("page")) == bool(address):
            raise ValidationError(_("Bitte wählen Sie entweder eine Seite oder geben Sie eine Adresse an."))
        if address and not (address.startswith(("https://", "http://")) or local_path(address)):
            raise ValidationError(_("Die Adresse beginnt mit https:// oder mit einem Schrägstrich."))
        return cleaned


def local_path(address: str) -> bool:
    """Whether the address is a path of this portal; what begins with two slashes leads elsewhere."""
    return address.startswith("/") and not address.startswith(("//", "/\\"))


class Cards(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Überschrift"), max_length=120)
    cards = blocks.ListBlock(
        LinkCard(label=pgettext_lazy("Baustein", "Karte")), label=_("Karten"), min_num=1, max_num=9
    )

    class Meta:
        icon = "link"
        label = _("Karten mit Links")
        template = "portal/blocks/cards.html"


class Body(blocks.StreamBlock):
    """What the body of any page is made of."""

    heading = Heading()
    text = blocks.RichTextBlock(label=_("Text"), icon="pilcrow", features=TEXT, template="portal/blocks/text.html")
    picture = PictureBlock()
    film = Film()
    quote = Quote()
    bullets = Bullets()
    table = Table()
    download = Download()
    cards = Cards()


class Milestone(blocks.StructBlock):
    """A step with its date; reached or still ahead."""

    date = blocks.DateBlock(label=_("Datum"))
    text = blocks.CharBlock(label=_("Meilenstein"), max_length=200)
    reached = blocks.BooleanBlock(label=_("Erreicht"), required=False)

    class Meta:
        icon = "flag"
        label = _("Meilenstein")


class StageBlock(blocks.StructBlock):
    """A stage of the programme: from the first year into the last, with what happened in it."""

    name = blocks.CharBlock(label=_("Name der Stufe"), max_length=80)
    first_year = blocks.IntegerBlock(label=_("Erstes Jahr"), min_value=2000, max_value=2100)
    last_year = blocks.IntegerBlock(label=_("Letztes Jahr"), min_value=2000, max_value=2100)
    text = blocks.RichTextBlock(label=_("Worum es geht"), features=TEXT)
    milestones = blocks.ListBlock(Milestone(), label=_("Meilensteine"), default=[])

    class Meta:
        icon = "calendar-alt"
        label = _("Stufe")


class Chapter(blocks.StructBlock):
    """A mark in a video."""

    minutes = blocks.IntegerBlock(label=_("Minute"), min_value=0, max_value=600)
    seconds = blocks.IntegerBlock(label=_("Sekunde"), min_value=0, max_value=59, default=0)
    title = blocks.CharBlock(label=_("Was hier beginnt"), max_length=120)

    class Meta:
        icon = "time"
        label = _("Kapitel")


class Correction(blocks.StructBlock):
    """What was wrong and since when it is right; shown on the page, newest first (practice.md 9)."""

    date = blocks.DateBlock(label=_("Berichtigt am"))
    text = blocks.TextBlock(label=_("Was wir berichtigt haben"), max_length=500)

    class Meta:
        icon = "edit"
        label = _("Berichtigung")


def words(value: Any) -> list[str]:
    """Every word that a block shows, for the index; pictures and files give their descriptions."""
    if isinstance(value, str):
        return [value]
    if hasattr(value, "source"):  # rich text
        return [value.source]
    if hasattr(value, "rows") and hasattr(value, "columns"):  # table
        return [*(str(column["heading"]) for column in value.columns), *(str(c) for row in value.rows for c in row)]
    if isinstance(value, blocks.StructValue):
        return [word for key, part in value.items() if key not in {"level", "address", "film"} for word in words(part)]
    if isinstance(value, (blocks.StreamValue, blocks.list_block.ListValue)):
        return [word for part in value for word in words(getattr(part, "value", part))]
    return []
