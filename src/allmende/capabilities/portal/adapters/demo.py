"""A feed that comes from nowhere, for the demonstration and for tests: always the same three things."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from allmende.capabilities.portal.ports import Fetched, Unreachable

ROWS = (
    ("hochwasser", 1, "Pegel der Weißen Elster: keine Warnung", "Die Stadt misst stündlich. Es gilt keine Warnstufe."),
    ("buergeramt", 4, "Bürgeramt: neue Zeiten am Samstag", "Ab dem nächsten Monat jeden zweiten Samstag offen."),
    ("baustelle", 9, "Kreuzung am Markt gesperrt", "Für die Erneuerung der Gleise gibt es eine Umleitung."),
)
HOST = "https://www.stadt.example"


class DemoReader:
    """„demo:website“ is the feed; every other address fails, so that a failure can be seen as well."""

    def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        del last_modified
        if url != "demo:website":
            raise Unreachable("gone")
        mark = f'"{datetime.now(tz=UTC):%Y-%m-%d}"'
        if etag == mark:
            return Fetched(None, etag=mark)
        noon = datetime.now(tz=UTC).replace(hour=8, minute=0, second=0, microsecond=0)
        items = "".join(
            f'<item><guid isPermaLink="false">stadt-{slug}</guid><title>{escape(title)}</title>'
            f"<link>{HOST}/aktuelles/{slug}</link><description>{escape(text)}</description>"
            f"<pubDate>{format_datetime(noon - timedelta(days=days))}</pubDate></item>"
            for slug, days, title, text in ROWS
        )
        head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Website</title>'
        body = f"{head}{items}</channel></rss>"
        return Fetched(body.encode(), "application/rss+xml; charset=utf-8", mark)
