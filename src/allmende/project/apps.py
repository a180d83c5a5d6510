from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate


class ProjectConfig(AppConfig):
    """Composition: what has to be laid over the tables of all rooms once they are there."""

    name = "allmende.project"
    label = "project"

    def ready(self) -> None:
        post_migrate.connect(watch_content, sender=apps.get_app_config("core"))


def watch_content(*, using: str, **_: object) -> None:
    """After migrations: changes of every table reach the page cache (`shell/content.py`)."""
    from allmende.project.shell.content import install_triggers

    install_triggers(connections[using])
