"""The form and the steps of a report in plain words, for everybody who asks for them.

Short sentences and everyday words; it is not „Leichte Sprache“, which is a tree of its own that a group has tested
(practice.md 16).
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allmende.capabilities.reports.workflow import State
from allmende.core.texts import Text
from allmende.ui import forms as ui

HELP: Mapping[str, Text] = {
    "words": _("Ein kurzer Satz reicht. Zum Beispiel: Die Lampe ist aus."),
    "recording": _("Sie können sprechen oder gebärden. Das Amt schreibt es auf. Höchstens 30 MB."),
    "place": _("Zum Beispiel: die Straße und die Hausnummer. Oder eine Haltestelle."),
    "detail": _("Zum Beispiel: neben der Bank."),
    "email": _("Dann schreiben wir Ihnen. Niemand sonst sieht die Adresse."),
    "telephone": _("Dann rufen wir Sie an. Niemand sonst sieht die Nummer."),
}
LABELS: Mapping[str, Text] = {"category": _("Worum geht es?"), "telephone": _("Oder Telefon")}
MEANINGS: Mapping[State, Text] = {
    State.RECEIVED: _("Die Stadt hat die Meldung. Bald liest sie jemand."),
    State.CHECKED: _("Ein Amt kümmert sich darum."),
    State.FORWARDED: _("Jetzt kümmert sich ein anderes Amt darum."),
    State.IN_WORK: _("Das Amt arbeitet daran."),
    State.WAITING: _("Das Amt hat etwas gefragt. Es wartet auf die Antwort."),
    State.PLANNED: _("Das Amt macht es später."),
    State.DONE: _("Es ist fertig."),
    State.NOT_OURS: _("Das macht nicht die Stadt. Das macht jemand anderes."),
    State.DUPLICATE: _("Das hat schon jemand gemeldet."),
    State.REOPENED: _("Es war noch nicht fertig. Das Amt schaut noch einmal."),
    State.REFUSED: _("Die Stadt nimmt die Meldung nicht an."),
}
"""What a state means."""
DEEDS: Mapping[str, Text] = {
    "receive": _("Die Meldung ist da."),
    "photo": _("Das Foto ist kaputt. Die Meldung ist trotzdem da."),
    "check": _("Jemand hat die Meldung gelesen."),
    "forward": _("Jetzt ist ein anderes Amt dran."),
    "begin": _("Das Amt fängt an."),
    "ask": _("Das Amt hat eine Frage."),
    "plan": _("Das Amt macht es später."),
    "finish": pgettext_lazy("step", "Es ist fertig."),
    "decline": _("Das macht nicht die Stadt."),
    "refuse": _("Die Stadt nimmt die Meldung nicht an."),
    "hand_over": _("Jetzt hilft jemand von außerhalb."),
    "ext_work": _("Der Helfer arbeitet daran."),
    "ext_done": _("Der Helfer ist fertig. Das Amt prüft es."),
    "ext_not_ours": _("Der Helfer kann es nicht machen. Das Amt kümmert sich."),
    "take_back": _("Das Amt macht es wieder selbst."),
    "merge": _("Das hat schon jemand gemeldet. Beide Meldungen gehören jetzt zusammen."),
    "split": _("Es ist doch etwas anderes."),
    "reopen": _("Das Amt fängt noch einmal an."),
    "answer": _("Die Antwort ist da."),
    "object": _("Es ist noch nicht fertig."),
    "confirm": _("Ja, es ist fertig."),
}
"""What the timeline says of a step."""


def reword(form: ui.Form) -> None:
    """Labels and hints of the fields that a form has, in plain words."""
    for texts, attribute in ((LABELS, "label"), (HELP, "help_text")):
        for name, text in texts.items():
            if name in form.fields:
                setattr(form.fields[name], attribute, text)
