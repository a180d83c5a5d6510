"""Writing without the editor: the trees of both languages at the first start, pages of the demo and of tests."""

from datetime import datetime

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from wagtail.models import Collection, Locale, Page, Site

from allmende.accounts.interface import Person
from allmende.capabilities.portal.models import PortalRoot, Post, ProgrammePage, SectionPage
from allmende.capabilities.portal.models.pages import ROOT_SLUG, EditorialPage, locale
from allmende.capabilities.portal.rules import pages as rules
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import NotAllowed
from allmende.core.refs import Ref

SECTION_PAGES = {
    "aktuelles": {
        "de": ("Aktuelles", "Was in der Stadt und im Programm gerade geschieht."),
        "en": ("News", "What is happening in the city and in the programme."),
    },
    "programm": {
        "de": ("Programm", "Die Stufen des Programms, seine Projekte und ihre Meilensteine."),
        "en": ("Programme", "The stages of the programme, its projects and their milestones."),
    },
    "stimmen": {
        "de": ("Stimmen", "Was Menschen aus dem Netzwerk sagen."),
        "en": ("Voices", "What people from the network say."),
    },
    "videos": {
        "de": ("Videos", "Veranstaltungen zum Nachsehen, mit Text und Kapiteln."),
        "en": ("Videos", "Past events to watch, with text and chapters."),
    },
}
TREES = {"de": (ROOT_SLUG, "Deutsch"), "en": (f"{ROOT_SLUG}-en", "English")}
PLANTING = 0x706F7274
"""Advisory lock: "port"."""


@action
def plant_trees(*, actor: Actor, at: datetime) -> Post | None:
    """Makes what every city starts with: one tree for each language, and the lists of news, voices and videos.

    Tolerates repeats; returns the row of the first list.
    """
    if actor.channel not in {Channel.SYSTEM, Channel.SEED}:
        raise NotAllowed
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLANTING])
    _ground()
    german, english = _tree("de"), _tree("en")
    first = None
    for slug, texts in SECTION_PAGES.items():
        if Page.objects.child_of(german).filter(slug=slug).exists():
            continue
        kind = ProgrammePage if slug == "programm" else SectionPage
        page = kind(title=texts["de"][0], slug=slug, summary=texts["de"][1], locale=german.locale, live=False)
        _add(german, page, None)
        twin = kind(
            title=texts["en"][0],
            slug=slug,
            summary=texts["en"][1],
            locale=english.locale,
            translation_key=page.translation_key,
            live=False,
        )
        _add(english, twin, None)
        for one in (page, twin):
            Post.objects.filter(page_id=one.pk).update(checked_revision=one.latest_revision_id)
        first = first or Post.objects.get(page_id=page.pk)
    if first is not None:
        audit.record(actor, "portal.plant_trees", first.ref)
    del at
    return first


def _ground() -> None:
    """Root, default collection and languages, as Wagtail's own migrations make them."""
    for code, _name in settings.LANGUAGES:
        locale(code)
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(
            instance=Page(
                title="Root", slug="root", content_type=ContentType.objects.get_for_model(Page), locale=locale("de")
            )
        )
    if not Collection.objects.filter(depth=1).exists():
        Collection.add_root(name="Root")


def _tree(code: str) -> PortalRoot:
    slug, title = TREES[code]
    found: PortalRoot | None = PortalRoot.objects.filter(slug=slug).first()
    if found is not None:
        return found
    german = PortalRoot.objects.filter(slug=TREES["de"][0]).first()
    root = PortalRoot(title=title, slug=slug, locale=locale(code), live=True)
    if german is not None:
        root.translation_key = german.translation_key
    trunk = Page.objects.filter(depth=1).order_by("path").first()
    assert trunk is not None
    trunk.add_child(instance=root)
    if code == settings.LANGUAGE_CODE:
        for welcome in trunk.get_children().type(Page).exact_type(Page):  # the page with which Wagtail greets
            welcome.delete()
        Site.objects.update_or_create(
            is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": root}
        )
        trunk.refresh_from_db()
    return root


def _person(actor: Actor) -> Person | None:
    return Person.objects.filter(pk=actor.person_id).first() if actor.person_id else None


def _add(parent: Page, page: EditorialPage, person: Person | None) -> None:
    fresh = Page.objects.get(pk=parent.pk)  # treebeard counts children in the instance
    fresh.add_child(instance=page)
    page.save_revision(user=person, log_action=True)


@action
def write_page(*, actor: Actor, parent_id: int, page: EditorialPage) -> EditorialPage:
    """Adds a draft below a page, with its first version."""
    if not rules.may_edit(actor.viewer):
        raise NotAllowed
    parent = Page.objects.get(pk=parent_id)
    page.live = False
    page.locale = parent.locale
    page.owner_id = actor.person_id
    _add(parent, page, _person(actor))
    audit.record(actor, "portal.write_page", Ref("portal", page.kind, page.translation_key), fields=["title", "body"])
    return page


@action
def write_translation(*, actor: Actor, original: EditorialPage, page: EditorialPage) -> EditorialPage:
    """Adds the same page in another language, below the translation of its parent."""
    if not rules.may_edit(actor.viewer):
        raise NotAllowed
    english = Locale.objects.get(language_code="en")
    above = original.get_parent().get_translation(english)
    page.live, page.locale, page.translation_key, page.slug = False, english, original.translation_key, original.slug
    page.owner_id = actor.person_id
    _add(above, page, _person(actor))
    audit.record(actor, "portal.write_page", Ref("portal", page.kind, page.translation_key), fields=["title", "body"])
    return page


@action
def change_page(*, actor: Actor, page: EditorialPage) -> EditorialPage:
    """Keeps what was changed on a page as its newest version; what everybody sees stays as it is."""
    if not rules.may_edit(actor.viewer):
        raise NotAllowed
    page.save_revision(user=_person(actor), log_action=True)
    audit.record(actor, "portal.change_page", Ref("portal", page.kind, page.translation_key), fields=["body"])
    return page
