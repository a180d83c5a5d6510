"""How the portal's things appear in the public index; `KINDS` is what the manifest declares."""

from allmende.core.manifest import IndexKind

KINDS: tuple[IndexKind, ...] = ()
