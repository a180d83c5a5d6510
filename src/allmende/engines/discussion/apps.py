from django.apps import AppConfig


class DiscussionConfig(AppConfig):
    name = "allmende.engines.discussion"
    label = "discussion"
