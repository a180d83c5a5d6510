"""The rules with which a city starts; it can change every word. Key → short text, long text, start of the letter."""

from django.utils.translation import gettext_lazy as _

from allmende.core.texts import Text

DEFAULT_RULES: dict[str, tuple[Text, Text, Text]] = {
    "respekt": (
        _("Respekt: keine Beleidigung, keine Drohung, keine Hetze"),
        _(
            "Wir streiten über die Sache. Wer andere beleidigt, bedroht oder wegen Herkunft, Religion, Geschlecht, "
            "Behinderung, Alter oder sexueller Orientierung herabsetzt, wird nicht veröffentlicht."
        ),
        _(
            "Ihr Beitrag enthält Worte, die andere Menschen verletzen. Schreiben Sie gern noch einmal, was Ihnen in "
            "der Sache wichtig ist: Dann veröffentlichen wir es."
        ),
    ),
    "privat": (
        _("Private Angaben bleiben privat"),
        _(
            "Namen, Adressen, Telefonnummern und Bilder anderer Menschen gehören nicht in einen öffentlichen Beitrag. "
            "Einzelne Namen ersetzen wir durch „[Name entfernt]“. Geht das nicht, veröffentlichen wir den Beitrag "
            "nicht."
        ),
        _(
            "Ihr Beitrag nennt private Angaben über andere Menschen. Ohne diese Angaben können wir ihn "
            "veröffentlichen. Bitte schreiben Sie ihn noch einmal ohne sie."
        ),
    ),
    "thema": (
        _("Zum Thema"),
        _(
            "Ein Beitrag hat mit dem zu tun, worunter er steht. Für Schäden im Straßenraum, für Anträge und für Fragen "
            "an ein Amt gibt es eigene Wege; wir nennen sie Ihnen."
        ),
        _("Ihr Beitrag gehört zu einem anderen Thema. Dort kann er mehr bewirken:"),
    ),
    "werbung": (
        _("Keine Werbung, keine Wiederholungen"),
        _("Anzeigen, Kettenbriefe und mehrfach gesendete gleiche Texte veröffentlichen wir nicht."),
        _("Ihr Beitrag ist Werbung oder steht hier schon einmal."),
    ),
    "recht": (
        _("Was verboten ist"),
        _(
            "Beiträge, die gegen Gesetze verstoßen, veröffentlichen wir nicht: zum Beispiel Volksverhetzung, Aufrufe "
            "zu Straftaten, verbotene Kennzeichen oder fremde Texte und Bilder ohne Erlaubnis."
        ),
        _("Ihr Beitrag verstößt nach unserer Ansicht gegen ein Gesetz, und zwar so:"),
    ),
    "name": (
        _("Kein falscher Name"),
        _("Ein Spitzname ist willkommen. Niemand gibt sich als eine andere Person oder als ein Amt aus."),
        _("Ihr Anzeigename gehört jemand anderem. Mit einem anderen Namen können wir Ihren Beitrag veröffentlichen."),
    ),
}
