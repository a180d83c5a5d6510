"""Wagtail's tables of editors' preferences without its user management: people and roles are in `accounts`."""

from types import ModuleType

from wagtail.users.apps import WagtailUsersAppConfig


class EditorUsers(WagtailUsersAppConfig):
    """As Wagtail's own, but its hooks (pages for users and groups) are not found, so those pages do not exist.

    They would not work either: `accounts.Person` has no groups, since roles are granted per scope. Hooks are looked for
    in `module`; models, migrations and templates have been found through it before `ready` runs.
    """

    def ready(self) -> None:
        super().ready()
        self.module = ModuleType(self.name)
