"""The feeds of the demonstration city: one for each topic, whole, in both formats and languages."""

from django.test import Client
from django.utils import timezone

from allmende.capabilities.portal.queries.exchange import TOPICS
from allmende.capabilities.portal.rules import exchange as rules


def test_every_topic_has_a_feed_in_both_formats_and_languages(full_city):
    client = Client(headers={"host": "localhost"})
    for topic in TOPICS:
        for path in (f"/feeds/{topic}.atom", f"/feeds/{topic}.rss", f"/en/feeds/{topic}.atom"):
            found = rules.read(client.get(path).content, "application/xml", timezone.now())
            assert found.whole, path
            assert len(found.items) >= 2, path
            assert len({one.guid for one in found.items}) == len(found.items)
    assert client.get("/feeds/unbekannt.atom").status_code == 404
