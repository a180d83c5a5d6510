"""Log lines carry a request id and no address, query string or body; database errors keep only their kind."""

import logging
from contextvars import ContextVar

from django.db import Error as DatabaseError

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class Terse(logging.Filter):
    """Adds the request id; replaces a database error by its class, since its text quotes row values."""

    def filter(self, record: logging.LogRecord) -> bool:
        known = request_id.get()
        if known == "-":  # Django writes of refused requests after the last of our middleware
            known = getattr(getattr(record, "request", None), "id", known)
        record.request_id = known
        if record.exc_info and isinstance(record.exc_info[1], DatabaseError):
            record.msg = f"{record.msg} [{type(record.exc_info[1]).__name__}]"
            record.exc_info = None
            record.exc_text = None
        return True
