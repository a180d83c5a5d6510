"""Another body's Open311 system, asked and told over the guarded way of `core.fetching`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from allmende.capabilities.reports.rules.georeport import reading
from allmende.capabilities.reports.rules.georeport.reading import Answered, Found, Heard, Unreadable
from allmende.core.fetching import Bounds, Fetcher, Unreachable

PROVEN_BY = "capabilities/reports/tests/test_partners.py"
MOST_BYTES = 16 * 1024 * 1024
SECONDS = 20.0
MOST_PAGES = 200
FORM = "application/x-www-form-urlencoded"


def _said(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


class Open311:
    """One system. Whatever it answers that is no GeoReport is Unreachable("unreadable")."""

    def __init__(
        self, endpoint: str, jurisdiction: str, key: str, *, allow_private: bool = False, seconds: float = SECONDS
    ) -> None:
        self.endpoint = endpoint if endpoint.endswith("/") else f"{endpoint}/"
        self.common = {name: value for name, value in (("jurisdiction_id", jurisdiction), ("api_key", key)) if value}
        bounds = Bounds("Allmende Open311", "text/xml, application/xml", MOST_BYTES, seconds)
        self.fetcher = Fetcher(bounds, allow_private=allow_private)

    def _address(self, path: str, **sent: str) -> str:
        asked = urlencode({**self.common, **sent})
        return f"{self.endpoint}{path}.xml" + (f"?{asked}" if asked else "")

    def services(self) -> dict[str, str]:
        """Code → name."""
        try:
            return reading.services(self._get(self._address("services")))
        except Unreadable:
            raise Unreachable("unreadable") from None

    def send(self, values: Sequence[tuple[str, str]]) -> Answered:
        """A report. After "slow", "broken", "short" or "unreadable" nobody knows whether it is there."""
        body = urlencode([*self.common.items(), *values]).encode()
        try:
            return reading.answered(self.fetcher.send(f"{self.endpoint}requests.xml", body, FORM).body or b"")
        except Unreadable:
            raise Unreachable("unreadable") from None

    def tell(self, values: Sequence[tuple[str, str]]) -> None:
        """An update of what it has of ours; known again by its `update_id`."""
        body = urlencode([*self.common.items(), *values]).encode()
        self.fetcher.send(f"{self.endpoint}servicerequestupdates.xml", body, FORM)

    def find(self, external_id: str, reference: str, code: str, since: datetime) -> str:
        """The number of what we have sent before, by our own number or by the words that name it; "" for none."""
        own = self._requests(external_id=external_id, extensions="true")
        for one in own:
            if one.external_id == external_id:
                return one.number
        listed = self._requests(service_code=code, start_date=_said(since), extensions="true")
        return next((one.number for one in listed if one.external_id == external_id or reference in one.words), "")

    def number_of(self, token: str) -> str:
        """What a token has become; "" as long as it has not."""
        try:
            return reading.answered(self._get(self._address(f"tokens/{token}"))).number
        except Unreadable:
            return ""

    def updates(self, since: datetime, until: datetime, at: datetime) -> list[Heard]:
        """All updates within the time, oldest first, page by page."""
        url = self._address("servicerequestupdates", start_date=_said(since), end_date=_said(until), own="true")
        found: dict[str, Heard] = {}
        visited: set[str] = set()
        while url and url not in visited and len(visited) < MOST_PAGES:
            visited.add(url)
            fetched = self.fetcher.fetch(url)
            try:
                found |= {one.update_id: one for one in reading.updates(fetched.body or b"", at)}
            except Unreadable:
                raise Unreachable("unreadable") from None
            following = reading.following(fetched.link, url)
            key = self.common.get("api_key", "")
            url = f"{following}&{urlencode({'api_key': key})}" if following and key else following
        return sorted(found.values(), key=lambda one: one.said_at)

    def states(self, numbers: Sequence[str], at: datetime) -> list[Heard]:
        """Of a server that knows no updates: how the requests stand now."""
        return reading.by_status(self._requests(service_request_id=",".join(numbers)), at)

    def _requests(self, **sent: str) -> list[Found]:
        try:
            return reading.requests(self._get(self._address("requests", **sent)))
        except Unreadable:
            raise Unreachable("unreadable") from None

    def _get(self, url: str) -> bytes:
        return self.fetcher.fetch(url).body or b""
