"""Wagtail's view of a person."""

from typing import Any

from allmende.accounts.interface import Person


class Editor(Person):  # type: ignore[django-manager-missing]
    """A person as Wagtail's admin wants to see them. Exists for one request that `may_edit` has let in."""

    class Meta:
        proxy = True

    is_superuser = True
    """Within the open part; publishing is nobody's right there, see `models.gate`."""
    last_name = ""

    @property
    def first_name(self) -> str:
        return self.label

    def get_full_name(self) -> str:
        return self.label

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return True

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return True

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002 - Django's signature
        return True
