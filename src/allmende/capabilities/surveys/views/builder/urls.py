"""Addresses of the builder, below /umfragen/fragebogen/."""

from django.urls import path

from allmende.capabilities.surveys.views.builder import editing, files, preview, whole

ONE = "fragebogen/<uuid:questionnaire_id>/"
patterns = [
    path("fragebogen/", whole.questionnaires, name="questionnaires"),
    path("fragebogen/neu/", whole.questionnaire_new, name="questionnaire_new"),
    path("fragebogen/einlesen/", files.questionnaire_import, name="questionnaire_import"),
    path(ONE, whole.questionnaire, name="questionnaire"),
    path(f"{ONE}schritt/", whole.step, name="questionnaire_step"),
    path(f"{ONE}titel/", whole.settings, name="questionnaire_settings"),
    path(f"{ONE}ausprobieren/", preview.preview, name="questionnaire_preview"),
    path(f"{ONE}uebersetzung/<slug:language>/", whole.translation, name="questionnaire_translation"),
    path(f"{ONE}datei/<slug:form>/", files.questionnaire_file, name="questionnaire_file"),
    path(f"{ONE}abschnitt/neu/", editing.section_new, name="section_new"),
    path(f"{ONE}abschnitt/<slug:name>/", editing.section, name="section"),
    path(f"{ONE}abschnitt/<slug:section>/art/", editing.question_kind, name="question_kind"),
    path(f"{ONE}abschnitt/<slug:section>/frage/", editing.question_new, name="question_new"),
    path(f"{ONE}frage/<slug:name>/", editing.question, name="question"),
]
