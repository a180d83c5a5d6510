from django.urls import path

from allmende.engines.discussion.views import case, comments, duty, public, queue, reports

app_name = "discussion"

THING = "<slug:capability>/<slug:kind>/<uuid:object_id>/"

urlpatterns = [
    path(f"diskussion/{THING}", comments.thread, name="thread"),
    path(f"diskussion/{THING}neu/", comments.add, name="add"),
    path("diskussion/kommentar/<uuid:comment_id>/", comments.comment, name="comment"),
    path("diskussion/kommentar/<uuid:comment_id>/aendern/", comments.edit, name="edit"),
    path("diskussion/kommentar/<uuid:comment_id>/zurueckziehen/", comments.withdraw, name="withdraw"),
    path("diskussion/kommentar/<uuid:comment_id>/mit-code/", comments.by_code, name="by_code"),
    path("diskussion/kommentar/<uuid:comment_id>/fassungen/", comments.history, name="history"),
    path(
        "diskussion/kommentar/<uuid:comment_id>/fassungen/<int:number>/entfernen/",
        comments.blank_version,
        name="blank_version",
    ),
    path(f"melden/{THING}", reports.report, name="report"),
    path("moderation/", queue.queue, name="queue"),
    path("moderation/liste/", queue.start_list, name="start_list"),
    path("moderation/liste/<uuid:list_id>/", queue.work_list, name="list"),
    path("moderation/freigeben/", queue.decide_list, name="decide_list"),
    path("moderation/zuruecknehmen/", queue.undo, name="undo"),
    path("moderation/faelle/<uuid:case_id>/", case.case, name="case"),
    path("moderation/entscheidung/<uuid:case_id>/", reports.reasons, name="reasons"),
    path("moderation/meldung/<uuid:report_id>/", reports.answer, name="answer"),
    path("moderation/dienstplan/", duty.roster, name="roster"),
    path("moderation/gefahr/", duty.escalation, name="escalation"),
    path("moderation/zahlen/", duty.figures, name="figures"),
    path("moderation/regeln/", public.rules, name="rules"),
    path("moderation/regeln/<slug:key>/", public.change_rule, name="change_rule"),
    path("moderation/protokoll/", public.public_log, name="log"),
]
