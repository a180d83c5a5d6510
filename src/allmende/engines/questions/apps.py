from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    name = "allmende.engines.questions"
    label = "questions"
