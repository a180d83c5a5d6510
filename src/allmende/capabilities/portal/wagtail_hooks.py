"""Where Wagtail's editor meets the house: each of its steps calls one action, or is refused."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from allmende.capabilities.portal.actions import publishing
from allmende.capabilities.portal.models import Post
from allmende.capabilities.portal.models.pages import ROOT_SLUG, EditorialPage
from allmende.capabilities.portal.queries.pages import waiting
from allmende.capabilities.portal.views.editor import editor_from
from allmende.core.errors import DomainError

SHOWN_MENU = {"portal", "explorer", "images", "documents", "weiterleitungen", "desk"}
HIDDEN_ACTIONS = {"action-submit", "action-restart-workflow", "action-cancel-workflow"}


def _back(page: Page) -> HttpResponse:
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_publish_page")
def release(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Wagtail's „Publish“ is our release; Wagtail itself publishes nothing."""
    if not isinstance(page.specific, EditorialPage):
        return None
    ours = editor_from(request)
    try:
        post = publishing.release_page(actor=ours.actor.without_key(), page_id=page.pk, at=ours.at)
    except DomainError as error:
        messages.error(request, str(error.message))
        if page.latest_revision_id is not None and error.code == "conflict":
            return redirect("portal:desk_step", page_id=page.pk)
        return _back(page)
    if post.state == Post.State.HELD:
        messages.warning(request, _("Angehalten bis zur erneuten Freigabe: %(reason)s") % {"reason": post.hold_reason})
    elif post.is_embargoed(ours.at) or post.next_from is not None:
        messages.success(request, _("Freigegeben. Die Seite erscheint von selbst zum angegebenen Zeitpunkt."))
    else:
        messages.success(request, _("Freigegeben. Alle können die Seite jetzt sehen."))
    return _back(page)


@hooks.register("before_unpublish_page")
def withdraw(request: HttpRequest, page: Page) -> HttpResponse | None:
    if request.method != "POST" or not isinstance(page.specific, EditorialPage):
        return None
    ours = editor_from(request)
    try:
        publishing.withdraw_page(actor=ours.actor.without_key(), page_id=page.pk, at=ours.at)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Zurückgezogen. Niemand sieht die Seite mehr."))
    return _back(page)


@hooks.register("before_delete_page")
def keep(request: HttpRequest, page: Page) -> HttpResponse | None:
    """What was public once is withdrawn and kept; only drafts that nobody ever saw may go."""
    family = [page, *page.get_descendants()]
    shown = Post.objects.filter(page__in=family, released_revision__isnull=False).exists()
    if shown or page.depth <= 2:  # noqa: PLR2004 - root and the trees of the languages
        messages.error(request, _("Diese Seite war veröffentlicht. Sie können sie zurückziehen, aber nicht löschen."))
        return _back(page) if isinstance(page.specific, EditorialPage) else redirect("wagtailadmin_home")
    return None


@hooks.register("before_copy_page")
def copy_as_draft(request: HttpRequest, page: Page) -> None:  # noqa: ARG001 - Wagtail's signature
    """A copy starts as a draft, whatever the form says."""
    if request.method == "POST":
        sent: Any = request.POST.copy()
        sent.pop("publish_copies", None)
        request.POST = sent


@hooks.register("construct_main_menu")
def only_ours(request: HttpRequest, menu_items: list[MenuItem]) -> None:  # noqa: ARG001 - Wagtail's signature
    menu_items[:] = [item for item in menu_items if item.name in SHOWN_MENU]


@hooks.register("register_admin_menu_item")
def back_to_the_portal() -> MenuItem:
    return MenuItem(_("Zurück zum Portal"), reverse("portal:start"), name="portal", icon_name="arrow-left", order=10)


@hooks.register("register_admin_menu_item")
def desk() -> MenuItem:
    return MenuItem(_("Prüfen, freigeben"), reverse("portal:desk"), name="desk", icon_name="check", order=50)


@hooks.register("register_admin_menu_item")
def redirects() -> MenuItem:
    """Wagtail keeps them among its settings, which are shut here."""
    address = reverse("wagtailredirects:index")
    return MenuItem(_("Weiterleitungen"), address, name="weiterleitungen", icon_name="redirect", order=900)


@hooks.register("insert_global_admin_css")
def house_colours() -> str:
    """The city's tokens, and how Wagtail's own names for colours follow from them."""
    return format_html(
        '<link rel="stylesheet" href="{}"><link rel="stylesheet" href="{}">',
        reverse("city:theme"),
        static("portal/editor.css"),
    )


@hooks.register("construct_page_action_menu")
def no_second_workflow(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:  # noqa: ARG001
    menu_items[:] = [item for item in menu_items if item.name not in HIDDEN_ACTIONS]


@hooks.register("construct_homepage_panels")
def quiet_home(request: HttpRequest, panels: list[Any]) -> None:
    """The first page shows one's own pages; what Wagtail says about itself is of no use here."""
    panels[:] = [
        panel for panel in panels if panel.name not in {"upgrade_notification", "whats_new_in_wagtail_version"}
    ]
    panels.insert(0, Entrances(editor_from(request).at))


class Entrances(Component):
    """What one comes for, each with one press: write, check, look at what is there."""

    name = "entrances"
    order = 0
    template_name = "portal/desk/entrances.html"

    def __init__(self, at: datetime) -> None:
        self.at = at

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:  # noqa: ARG002 - Wagtail's signature
        return {"rows": [*writing(), self.checking()]}

    def checking(self) -> tuple[str, str, str]:
        count = sum(
            post.state == Post.State.HELD
            or post.page.latest_revision_id not in {post.released_revision, post.next_revision}
            for post in waiting(self.at)
        )
        text = ngettext("%(count)s Seite wartet", "%(count)s Seiten warten", count) % {"count": count}
        return _("Prüfen und freigeben"), text if count else _("Zurzeit wartet nichts"), reverse("portal:desk")


def writing() -> list[tuple[str, str, str]]:
    """What can be written, and where its form is."""
    parents = {page.slug: page.pk for page in Page.objects.filter(locale__language_code="de", depth__in=(2, 3))}
    offered = (
        (ROOT_SLUG, "freepage", _("Freie Seite schreiben"), _("Alles, was sonst Platz braucht")),
        ("programm", "projectpage", _("Projekt anlegen"), _("Stand, Meilensteine, nächster Schritt")),
        ("aktuelles", "newspage", _("Nachricht schreiben"), _("Erscheint unter Aktuelles")),
        ("stimmen", "voicepage", _("Stimme aufnehmen"), _("Was jemand aus dem Netzwerk sagt")),
        ("videos", "videopage", _("Video zeigen"), _("Mit Kapiteln und allem, was gesagt wird")),
    )
    rows = [
        (title, text, reverse("wagtailadmin_pages:add", args=["portal", kind, parents[slug]]))
        for slug, kind, title, text in offered
        if slug in parents
    ]
    return sorted(rows, key=lambda row: "newspage" not in row[2])


@hooks.register("construct_homepage_summary_items")
def no_counts(request: HttpRequest, summary_items: list[Any]) -> None:  # noqa: ARG001 - Wagtail's signature
    """How many pages there are helps nobody to write one."""
    summary_items.clear()
