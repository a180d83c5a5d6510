"""Bad input never ends in an error of ours: every form and every endpoint, fed with what nobody should send."""

from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.core.manifest import Persona
from tests.walk import clients, fill_city, walks

HOSTILE = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        ["", "\x00", "' OR 1=1 --", "<script>alert(1)</script>", "{{ 7*7 }}", "\u202e", "a" * 5000, "9" * 20,
         "-1", "0", "2026-02-30", "../../etc/passwd", "%00", "\U0001f600" * 50, "NaN", "on", "true", "null"]
    ),
)  # fmt: skip


class Forms(HTMLParser):
    """The forms of a page: (action, method, names of fields)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, set[str]]] = []
        self.open = False

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form":
            self.found.append((values.get("action") or "", (values.get("method") or "get").lower(), set()))
            self.open = True
        elif tag in {"input", "textarea", "select", "button"} and self.open and values.get("name"):
            self.found[-1][2].add(values["name"])

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = False


def attack(client, target: str, method: str, names: set[str]) -> None:
    """Sends the form twelve times with what hypothesis thinks of."""

    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(names), HOSTILE)))
    def send(values):
        response = (client.post if method == "post" else client.get)(target, values)
        assert response.status_code < 500, (target, values)

    send()


@pytest.mark.django_db
def test_no_form_of_any_page_ever_breaks(subtests):
    fill_city()
    people = clients()
    seen: set[tuple[str, str, frozenset[str]]] = set()
    for walk in [walk for walk in walks() if walk.page.open_to]:
        persona = max(walk.page.open_to, key=list(Persona).index)
        client = people[persona]
        client.raise_request_exception = True
        page = client.get(walk.path)
        if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
            continue
        forms = Forms()
        forms.feed(page.content.decode())
        for action, method, names in forms.found:
            target = action.split("?")[0] or walk.path.split("?")[0]
            key = (target, method, frozenset(names))
            if key in seen or "abmelden" in target:
                continue
            seen.add(key)
            with subtests.test(page=walk.name, form=target, method=method):
                attack(client, target, method, names)


@pytest.mark.django_db
def test_hostile_query_strings_never_break_a_page(subtests):
    fill_city()
    people = clients()
    bad = ["%00", "%FF%FE", "' OR 1=1", "9" * 40, "-1", "{{7*7}}", "x" * 3000, "%F0%9F%98%80", "../..", "[]"]
    for walk in [walk for walk in walks() if walk.page.open_to]:
        persona = max(walk.page.open_to, key=list(Persona).index)
        keys = {*walk.page.cache_query, "q", "after", "seite", "next", "art"}
        with subtests.test(page=walk.name):
            for key in sorted(keys):
                for value in bad:
                    response = people[persona].get(f"{walk.path.split('?')[0]}?{key}={value}")
                    assert response.status_code < 500, (walk.path, key, value)
