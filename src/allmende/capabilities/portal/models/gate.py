"""The one way by which a page becomes public: only while an action of ours runs may live pages be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_open: ContextVar[bool] = ContextVar("portal_publishing", default=False)


def is_open() -> bool:
    return _open.get()


@contextmanager
def publishing() -> Iterator[None]:
    """Inside, live pages may be written; used by `actions.publishing` and by nothing else."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)
