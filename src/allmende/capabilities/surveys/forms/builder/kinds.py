"""The kinds of question as an editor chooses them: what they are called, and what each is good for."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allmende.core.texts import Text

KINDS: Mapping[str, tuple[Text, Text]] = {
    "select_one": (_("Eine Antwort auswählen"), _("Aus einer Liste wird eine gewählt.")),
    "select_multiple": (_("Mehrere Antworten auswählen"), _("Aus einer Liste werden beliebig viele gewählt.")),
    "rating": (pgettext_lazy("surveys", "Bewerten"), _("Eine Zahl auf einer Skala, zum Beispiel von 1 bis 5.")),
    "matrix": (_("Tabelle"), _("Mehrere Zeilen, für alle dieselben Antworten.")),
    "ranking": (_("In eine Reihenfolge bringen"), _("Das Wichtigste zuerst.")),
    "allocation": (_("Etwas aufteilen"), _("Zum Beispiel 100 Euro auf mehrere Dinge.")),
    "text": (_("Kurzer Text"), _("Ein Wort oder ein Satz.")),
    "longtext": (_("Langer Text"), _("Eigene Worte, mehrere Zeilen.")),
    "integer": (_("Ganze Zahl"), _("Zum Beispiel Alter oder Anzahl.")),
    "decimal": (_("Zahl mit Komma"), _("Zum Beispiel eine Entfernung.")),
    "date": (pgettext_lazy("date", "Tag"), _("Ein Datum.")),
    "time": (_("Uhrzeit"), _("Eine Uhrzeit.")),
    "datetime": (_("Tag und Uhrzeit"), _("Ein Datum mit Uhrzeit.")),
    "place": (_("Ort"), _("Auf der Karte, als Adresse oder als bekannte Stelle.")),
    "route": (_("Weg auf der Karte"), _("Ein Weg wird eingezeichnet.")),
    "file": (_("Bild oder Datei"), _("Etwas wird hochgeladen.")),
    "consent": (_("Zustimmung"), _("Ein Kästchen, zum Beispiel für den Datenschutz.")),
    "note": (_("Hinweis"), _("Nur ein Text, nichts zum Ausfüllen.")),
    "calculate": (_("Berechneter Wert"), _("Wird aus anderen Antworten gerechnet. Für Geübte.")),
}
GROUPS: Sequence[tuple[Text, Sequence[str]]] = (
    (_("Auswählen und bewerten"), ("select_one", "select_multiple", "rating", "matrix", "ranking", "allocation")),
    (_("Schreiben und zählen"), ("text", "longtext", "integer", "decimal", "date", "time", "datetime")),
    (_("Zeigen"), ("place", "route", "file")),
    (_("Sonst"), ("consent", "note", "calculate")),
)
LISTED = frozenset({"select_one", "select_multiple", "matrix", "ranking", "allocation"})
TESTS: Sequence[tuple[str, Text]] = (
    ("is", _("ist")),
    ("is_not", _("ist nicht")),
    ("at_least", _("ist mindestens")),
    ("at_most", _("ist höchstens")),
    ("more", _("ist größer als")),
    ("less", _("ist kleiner als")),
    ("answered", _("ist beantwortet")),
    ("unanswered", _("ist nicht beantwortet")),
)
LANGUAGES: Sequence[tuple[str, Text]] = (
    ("de", _("Deutsch")), ("en", _("Englisch")), ("uk", _("Ukrainisch")), ("ru", _("Russisch")), ("ar", _("Arabisch")),
    ("tr", _("Türkisch")), ("fa", _("Persisch")), ("fr", _("Französisch")), ("pl", _("Polnisch")),
    ("vi", _("Vietnamesisch")),
)  # fmt: skip


def language_name(code: str) -> Text:
    return dict(LANGUAGES).get(code, code)
