"""What the gallery at /ui/ shows: every component in every state, with content that fills the shape."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms as django_forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from allmende.core.city import current
from allmende.core.http import Request
from allmende.ui import forms, theme

# fmt: off
ICONS = (
    "pin", "idea", "group", "comment", "support", "bell", "phone", "letter", "counter", "flag", "lock", "file",
    "trace", "clock", "search", "info", "success", "warning", "danger", "check", "close", "add", "edit", "delete",
    "mail", "help", "home", "calendar-today", "arrow-forward", "arrow-back", "arrow-up", "arrow-down",
    "account-circle", "download", "draft", "open-in-new", "easy-language", "sign-language", "light-mode",
    "dark-mode", "brightness-medium", "language", "logout", "visibility", "checklist",
)
# fmt: on


class ExampleForm(forms.Form):
    """One field of each kind."""

    title = django_forms.CharField(
        label=gettext_lazy("Ihre Idee in einem Satz"),
        help_text=gettext_lazy("So, wie Sie es einer Nachbarin sagen würden."),
        max_length=120,
    )
    body = forms.LongText(label=gettext_lazy("Was soll sich ändern?"), max_length=600, rows=5)
    area = django_forms.ChoiceField(
        label=gettext_lazy("Thema"),
        choices=[
            ("", gettext_lazy("Bitte wählen")),
            ("energy", gettext_lazy("Energie und Umwelt")),
            ("culture", gettext_lazy("Bildung und Kultur")),
        ],
    )
    contact = django_forms.ChoiceField(
        label=gettext_lazy("Wie dürfen wir antworten?"),
        choices=[
            ("email", gettext_lazy("E-Mail")),
            ("letter", gettext_lazy("Brief")),
            ("code", gettext_lazy("Nummer und Code")),
        ],
        widget=django_forms.RadioSelect,
    )
    since = forms.DateField(label=gettext_lazy("Seit wann?"), required=False)
    image = forms.KeptFile(label=gettext_lazy("Bild"), max_size=15 * 1024 * 1024, accept="image/*", required=False)
    agree = django_forms.BooleanField(label=gettext_lazy("Ich bin mindestens 16 Jahre alt."), required=False)


class FilterForm(forms.Form):
    q = django_forms.CharField(label=gettext_lazy("Wort"), required=False)
    area = django_forms.ChoiceField(
        label=gettext_lazy("Thema"),
        required=False,
        choices=[("", gettext_lazy("Alle")), ("energy", gettext_lazy("Energie und Umwelt"))],
    )


@dataclass(frozen=True)
class Station:
    label: str
    state: str
    title: str
    when: str = ""
    url: str = ""
    reason: str = ""
    here: bool = False
    later: bool = False


def _stations() -> list[Station]:
    return [
        Station(_("Idee"), "reached", _("Arbeitsgruppe Energie und Umwelt"), _("12. November 2020"), "#trace"),
        Station(_("Vorschlag"), "reached", _("einer von 14 des Strategiekreises"), _("Januar 2021"), "#trace"),
        Station(_("Beschluss"), "reached", _("Der Stadtrat wählt den Piloten aus"), _("24. Februar 2021"), "#trace"),
        Station(_("Pilot"), "now", _("184 Leuchten im Probebetrieb"), _("seit Mai 2022"), "#trace", here=True),
        Station(_("Wirkung"), "open", _("Stromverbrauch im Vergleich zu vorher"), _("Bericht im Dezember")),
    ]


def _failed() -> ExampleForm:
    data = QueryDict(mutable=True)
    data.update({"title": "", "body": _("Zu lang. ") * 90, "area": "energy", "contact": "", "since": "32.13.2027"})
    return ExampleForm(data, auto_id="failed_%s")


def context(request: Request) -> dict[str, Any]:
    """All samples; the same for everyone, so that pictures and tests can compare them."""
    at: datetime = request.at
    cards = [
        {
            "title": _("Mobilitätsumfrage: Wie kommen Sie durch die Stadt?"),
            "url": "#cards",
            "tag": _("noch 3 Tage"),
            "tag_kind": "hot",
            "text": _("12 Fragen, etwa 6 Minuten. Auch auf Papier im Pop-up-Store."),
            "meta": [format_html(_("<b>{}</b> haben teilgenommen"), "1.284")],
        },
        {
            "title": _("Strategieentwurf lesen und Absatz für Absatz kommentieren"),
            "url": "#cards",
            "tag": _("bis 30. September"),
            "tag_kind": "",
            "text": _("Fünf Handlungsfelder, 41 Ziele. Offene Hinweise beantwortet das Team bis 30. November."),
            "meta": [format_html(_("<b>{}</b> von <b>{}</b> Hinweisen beantwortet"), "206", "318")],
        },
        {
            "title": _("Energie und Umwelt: Welche Ideen fehlen noch?"),
            "url": "#cards",
            "tag": _("Ideensammlung"),
            "tag_kind": "quiet",
            "text": _("Die Arbeitsgruppe sammelt bis zur Vollversammlung und fasst dann zusammen."),
            "meta": [format_html(_("<b>{}</b> Ideen"), "74"), format_html(_("<b>{}</b> Themen"), "9")],
        },
    ]
    columns = [
        {"label": _("Idee"), "key": "title", "numeric": False},
        {"label": _("Stand"), "key": "state", "numeric": False},
        {"label": _("Wartet seit"), "key": "since", "numeric": True},
    ]
    rows = [
        {"id": "1", "url": "#table", "cells": [_("Bänke an der Elster"), _("neu"), _("2 Stunden")]},
        {"id": "2", "url": "#table", "cells": [_("Licht am Bahnhof"), _("gemeldet"), _("1 Tag")]},
    ]
    city = current()
    return {
        "crumbs": [(_("Bausteine"), "")],
        "stations": _stations(),
        "cards": cards,
        "form": ExampleForm(auto_id="new_%s"),
        "failed_form": _failed(),
        "filter_form": FilterForm(request.GET or None, auto_id="filter_%s"),
        "due": at + timedelta(days=12),
        "late": at - timedelta(days=3),
        "at": at,
        "facts": [
            (_("Zuständig"), _("Amt für Umwelt")),
            (_("Nummer"), "1042"),
            (_("Ort"), _("Lusan, Zeulsdorfer Straße")),
        ],
        "dates": [
            {
                "starts": at + timedelta(days=5),
                "title": _("Abschluss der Themenwochen"),
                "text": _("17 Uhr, online."),
                "action": _("Anmelden"),
                "action_url": "#dates",
            },
            {
                "starts": at + timedelta(days=40),
                "title": _("4. Vollversammlung"),
                "text": _("17 Uhr, online, mit Gebärdensprache."),
                "action": _("Teilnehmen"),
                "action_url": "#dates",
            },
        ],
        "columns": columns,
        "rows": rows,
        "sort": "since",
        "tabs": [
            (_("Offen"), "#table", True),
            (_("Beantwortet"), "#table", False),
            (_("Alle"), "#table", False),
        ],
        "steps": [_("Thema"), _("Idee"), _("Kontakt"), _("Prüfen")],
        "events": [
            {"when": at - timedelta(days=9), "text": _("Idee eingereicht"), "who": _("Portal")},
            {"when": at - timedelta(days=8), "text": _("geprüft und veröffentlicht"), "who": _("Team Beteiligung")},
        ],
        "links": [(pgettext("Verb", "Antworten"), "#comment"), (_("Melden"), "#comment")],
        "actions": [("release", _("Veröffentlichen")), ("later", _("Zurückstellen"))],
        "icons": ICONS,
        "swatches": [
            {"name": name, "light": day, "dark": night}
            for (name, day), night in zip(
                theme.light(city.colours).items(), theme.dark(city.colours).values(), strict=True
            )
        ],
    }
