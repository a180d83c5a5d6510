"""Which things of the room stand in the public index."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allmende.capabilities.participation import index
from allmende.capabilities.participation.index import contest as index_contest
from allmende.capabilities.participation.index import work as index_work
from allmende.core.manifest import IndexKind

KINDS = (
    IndexKind("idea", _("Idee"), _("Ideen"), index.idea_entry, index.idea_ids, index.idea_url),
    IndexKind(
        "answer",
        _("Antwort der Stadt"),
        _("Antworten der Stadt"),
        index.answer_entry,
        index.answer_ids,
        index.answer_url,
    ),
    IndexKind("store", _("Themenspeicher"), _("Themenspeicher"), index.store_entry, index.store_ids, index.store_url),
    IndexKind("theme", _("Thema"), _("Themen"), index.theme_entry, index.theme_ids, index.theme_url),
    IndexKind(
        "offer",
        _("Angebot der Stadt"),
        _("Angebote der Stadt"),
        index.offer_entry,
        index.offer_ids,
        index.offer_url,
    ),
    IndexKind(
        "partner_offer",
        _("Angebot eines Partners"),
        _("Angebote von Partnern"),
        index.partner_entry,
        index.partner_ids,
        index.partner_url,
    ),
    IndexKind(
        "document",
        _("Ergebnis einer Sammlung"),
        _("Ergebnisse von Sammlungen"),
        index.document_entry,
        index.document_ids,
        index.document_url,
    ),
    IndexKind(
        "placing",
        _("Ergebnis eines Wettbewerbs"),
        _("Ergebnisse von Wettbewerben"),
        index_contest.placing_entry,
        index_contest.placing_ids,
        index_contest.placing_url,
    ),
    IndexKind("project", _("Projekt"), _("Projekte"), index.project_entry, index.project_ids, index.project_url),
    IndexKind("poll", _("Abstimmung"), _("Abstimmungen"), index.poll_entry, index.poll_ids, index.poll_url),
    IndexKind("group", _("Gruppe"), _("Gruppen"), index.group_entry, index.group_ids, index.group_url),
    IndexKind(
        "meeting",
        _("Termin"),
        pgettext_lazy("participation", "Termine"),
        index.meeting_entry,
        index.meeting_ids,
        index.meeting_url,
    ),
    IndexKind(
        "decision",
        _("Beschluss einer Gruppe"),
        _("Beschlüsse von Gruppen"),
        index_work.decision_entry,
        index_work.decision_ids,
        index_work.decision_url,
    ),
    IndexKind(
        "certificate",
        _("Bescheinigung"),
        _("Bescheinigungen"),
        index_work.certificate_entry,
        index_work.certificate_ids,
        index_work.certificate_url,
    ),
    IndexKind("task", _("Aufgabe"), _("Aufgaben"), index_work.task_entry, index_work.task_ids, index_work.task_url),
)
