"""Where the room's pages stand."""

from django.urls import reverse
from django.utils.translation import gettext as _

type Crumbs = list[tuple[str, str]]


def crumbs(*more: tuple[str, str]) -> Crumbs:
    return [(_("Strategie"), reverse("strategy:overview") if more else ""), *more]
