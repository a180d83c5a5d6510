"""Who may write, check and release. Whoever holds a step for the portal stands in for the others (practice.md 9)."""

from uuid import UUID

from allmende.core.actor import Role, Viewer

SCOPE = "portal"
CHECK, RELEASE = "portal:check", "portal:release"


def may_edit(viewer: Viewer) -> bool:
    """Write and see drafts: editors, whatever step they hold, and the administrators of the portal."""
    return viewer.has(Role.ADMINISTRATOR) or any(viewer.has(Role.EDITOR, scope) for scope in (SCOPE, CHECK, RELEASE))


def may_check(viewer: Viewer) -> bool:
    """Editors for the whole portal, or those who were given this step."""
    return viewer.has(Role.ADMINISTRATOR) or viewer.has(Role.EDITOR, SCOPE) or viewer.has(Role.EDITOR, CHECK)


def may_release(viewer: Viewer) -> bool:
    return viewer.has(Role.ADMINISTRATOR) or viewer.has(Role.EDITOR, SCOPE) or viewer.has(Role.EDITOR, RELEASE)


def is_own(viewer: Viewer, written_by: UUID | None) -> bool:
    """Whether somebody would check their own words; then there must be a reason, e.g. that nobody else is there."""
    return written_by is not None and written_by == viewer.person_id
