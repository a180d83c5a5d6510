"""What every page needs to know of itself: `ui` (theme, size, menu, languages …) and `city` in each template's context.

Both are lazy, and nothing in them asks the database for a visitor without a session but for the city's settings, which
a process keeps for two seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from allmende.core import city, manifest
from allmende.core.actor import Viewer
from allmende.core.http import Request
from allmende.ui import theme

THEMES = ("system", "light", "dark")
SIZES = ("small", "normal", "large")
SESSION_ENDS = "ends"
"""Key in the session: when it ends, in Unix seconds; so that the page can warn without asking the database."""


def cookie_name(kind: str) -> str:
    """Name of a display cookie (`theme`, `size`); carries the city's id, because cities may share a host."""
    return f"{settings.CITY_ID}_{kind}"


@dataclass(frozen=True)
class Link:
    """An entry of a menu or of the language switch."""

    label: str
    url: str
    current: bool = False
    code: str = ""
    summary: str = ""
    waiting: int = 0
    group: str = ""


@dataclass(frozen=True)
class Group:
    """An entry of the main menu as the header shows it: one link, or several below a name."""

    label: str
    links: list[Link]

    @property
    def current(self) -> bool:
        return any(link.current for link in self.links)


@lru_cache(maxsize=2048)
def _address(name: str, args: tuple[Any, ...], _language: str, _urlconf: str | None) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def address(name: str, *args: Any) -> str:
    """The address of a page of the frame in the language of now, worked out once; nothing where its room is missing.

    Only for names with arguments that are few: each page has some forty such links, and Django looks for each anew.
    """
    return _address(name, args, get_language() or "", get_urlconf())


_PREFIXED: dict[tuple[str, str], bool] = {}
"""By route and language: whether its pages stand under the language's prefix, with the same address else."""


def _bare(path: str, language: str) -> str:
    prefix = f"/{language}/"
    return path.removeprefix(prefix[:-1]) if language != settings.LANGUAGE_CODE and path.startswith(prefix) else path


def in_language(request: HttpRequest, here: str, code: str) -> str:
    """The address `here` of this request in another language: what `translate_url` says, which tries all routes."""
    match = request.resolver_match
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    bare = _bare(here, language)
    prefixed = bare if code == settings.LANGUAGE_CODE else f"/{code}{bare}"
    if match is None:
        return translate_url(here, code)
    key = (f"{language}:{match.view_name}:{match.route}", code)
    if key not in _PREFIXED:
        if len(_PREFIXED) >= 4096:  # noqa: PLR2004 - there are some hundred routes; whatever goes wrong, it ends
            _PREFIXED.clear()
        _PREFIXED[key] = translate_url(here, code) == prefixed
    return prefixed if _PREFIXED[key] else translate_url(here, code)


class Page:
    """The page as the frame around it sees it; every part is computed when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = cast("Request", request)

    def _cookie(self, kind: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.request.COOKIES.get(cookie_name(kind), default)
        return value if value in allowed else default

    @cached_property
    def theme(self) -> str:
        return self._cookie("theme", THEMES, "system")

    @cached_property
    def size(self) -> str:
        return self._cookie("size", SIZES, "normal")

    @cached_property
    def kiosk(self) -> bool:
        """A public terminal: nothing stays on the device."""
        return self.request.COOKIES.get(cookie_name("kiosk")) == "1"

    @cached_property
    def language(self) -> str:
        return (get_language() or settings.LANGUAGE_CODE)[:2]

    @cached_property
    def here(self) -> str:
        """This page's address, to come back to."""
        return self.request.get_full_path()

    @cached_property
    def languages(self) -> list[Link]:
        return [
            Link(name, in_language(self.request, self.here, code), code == self.language, code)
            for code, name in settings.LANGUAGES
        ]

    @cached_property
    def viewer(self) -> Viewer:
        return getattr(self.request, "viewer", None) or Viewer(language=self.language)

    @cached_property
    def signed_in(self) -> bool:
        """Without a session cookie nobody is signed in, and nothing is asked."""
        return settings.SESSION_COOKIE_NAME in self.request.COOKIES and self.viewer.is_signed_in

    @cached_property
    def has_messages(self) -> bool:
        """Whether an answer may wait here; without cookies none does, and the session is left alone (page cache)."""
        return settings.SESSION_COOKIE_NAME in self.request.COOKIES or "messages" in self.request.COOKIES

    @cached_property
    def city(self) -> city.City:
        return city.current()

    @cached_property
    def theme_version(self) -> str:
        return theme.version(self.city.colours)

    def _items(self, *, staff: bool, top: bool = False) -> Iterator[tuple[int, Link]]:
        for room in manifest.registry().values():
            for item in room.menu:
                if (
                    item.staff is not staff
                    or (top and not item.top)
                    or (item.roles and not (self.signed_in and item.shown_to(self.viewer)))
                ):
                    continue
                if url := address(item.url_name):
                    yield item.order, Link(str(item.label), url, summary=str(item.summary), group=str(item.group))

    def _menu(self, *, staff: bool, top: bool = False) -> list[Link]:
        items = [link for _, link in sorted(self._items(staff=staff, top=top), key=lambda pair: pair[0])]
        home = "/" if self.language == settings.LANGUAGE_CODE else f"/{self.language}/"
        # The longest address that this page lies under is the current entry; the start page only is itself.
        under = [link for link in items if self.request.path.startswith(link.url) and link.url != home]
        best = max(under, key=lambda link: len(link.url), default=None)
        return [replace(link, current=link is best or link.url == home == self.request.path) for link in items]

    @cached_property
    def menu(self) -> list[Link]:
        return self._menu(staff=False)

    @cached_property
    def menu_groups(self) -> list[Group]:
        """The main menu and what staff need on every page, for the header: few words that fit one line."""
        groups: dict[str, Group] = {}
        for link in (*self.menu, *self.staff_top):
            groups.setdefault(link.group or link.url, Group(link.group, [])).links.append(link)
        return list(groups.values())

    @cached_property
    def own_menu(self) -> tuple[tuple[str, str], ...]:
        """What the main menu holds for whoever is signed in; a visitor's is always the same."""
        if not self.signed_in:
            return ()
        return tuple((link.label, link.url) for group in self.menu_groups for link in group.links)

    @cached_property
    def staff_top(self) -> list[Link]:
        """What staff need on every page."""
        return self._menu(staff=True, top=True) if self.signed_in else []

    @cached_property
    def staff_menu(self) -> list[Link]:
        return self._menu(staff=True) if self.signed_in else []

    @cached_property
    def account_menu(self) -> list[Link]:
        """What stands beside the account, with how many new things wait there."""
        if not self.signed_in:
            return []
        items = sorted((item for m in manifest.registry().values() for item in m.account_menu), key=lambda i: i.order)
        return [
            Link(
                str(item.label),
                url := reverse(item.url_name),
                self.request.path == url,
                waiting=item.badge(self.viewer) if item.badge else 0,
            )
            for item in items
        ]

    @cached_property
    def session_ends(self) -> int | None:
        """Unix seconds, for a signed-in person; noted in the session when it is not there yet (once per login)."""
        if not self.signed_in:
            return None
        session = self.request.session
        if SESSION_ENDS not in session:
            session[SESSION_ENDS] = int(datetime.now(UTC).timestamp()) + session.get_expiry_age()
        return int(session[SESSION_ENDS])

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `ui` and `city`."""
    found = Page(request)
    return {"ui": found, "city": SimpleLazyObject(lambda: found.city)}
