"""Addresses below /strategie/."""

from django.urls import path

from allmende.capabilities.strategy.views import answering, board, entering, files, plan, say, structure, texts, writing

app_name = "strategy"
urlpatterns = [
    path("", plan.overview, name="overview"),
    path("beantwortet/", plan.answered, name="answered"),
    path("antwort/<int:number>/", plan.aside, name="aside"),
    path("ordnen/", board.board, name="board"),
    path("feld/neu/", structure.field_edit, name="field_new"),
    path("feld/<int:number>/", plan.field, name="field"),
    path("feld/<int:number>/aendern/", structure.field_edit, name="field_edit"),
    path("leitlinie/neu/", structure.guideline_edit, name="guideline_new"),
    path("leitlinie/<int:number>/aendern/", structure.guideline_edit, name="guideline_edit"),
    path("ziel/neu/", structure.goal_edit, name="goal_new"),
    path("ziel/<int:number>/", plan.goal, name="goal"),
    path("ziel/<int:number>/aendern/", structure.goal_edit, name="goal_edit"),
    path("ziel/<int:number>/beenden/", structure.goal_end, name="goal_end"),
    path("ziel/<int:number>/anregungen/", board.ties, name="ties"),
    path("danke/", say.thanks, name="thanks"),
    path("text/neu/", writing.text_edit, name="text_new"),
    path("text/<int:number>/", texts.text, name="text"),
    path("text/<int:number>/aendern/", writing.text_edit, name="text_edit"),
    path("text/<int:number>/antworten/", answering.answers, name="answers"),
    path("text/<int:number>/eintragen/", entering.enter, name="enter"),
    path("text/<int:number>/schreiben/", writing.write, name="write"),
    path("text/<int:number>/schreiben/neu/", writing.paragraph_add, name="paragraph_add"),
    path("text/<int:number>/schreiben/<int:paragraph>/", writing.paragraph_write, name="paragraph_write"),
    path("text/<int:number>/schreiben/<int:paragraph>/weg/", writing.paragraph_leave_out, name="leave_out"),
    path("text/<int:number>/schritt/<slug:verb>/", writing.step, name="step"),
    path("text/<int:number>/vergleich/", texts.compare, name="compare"),
    path("text/<int:number>/fassung/<int:version>/synopse/", texts.synopsis, name="synopsis"),
    path("text/<int:number>/fassung/<int:version>/text.<slug:form>", files.version_file, name="version_file"),
    path("text/<int:number>/fassung/<int:version>/synopse.<slug:form>", files.synopsis_file, name="synopsis_file"),
    path("text/<int:number>/absatz/<int:paragraph>/", texts.paragraph, name="paragraph"),
    path("text/<int:number>/absatz/<int:paragraph>/sagen/", say.say, name="say"),
    path("zusammenfuehren/<uuid:rival_id>/", writing.rival, name="rival"),
    path("rueckmeldung/<int:number>/", say.feedback, name="feedback"),
    path("rueckmeldung/<int:number>/beantworten/", answering.adopt, name="adopt"),
    path("rueckmeldung/<int:number>/unterstuetzen/", say.support, name="support"),
    path("rueckmeldung/<int:number>/zurueckziehen/", say.withdraw, name="withdraw"),
]
