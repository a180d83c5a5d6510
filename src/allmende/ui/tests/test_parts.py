from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import engines
from django.utils import translation

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def german():
    with translation.override("de"):
        yield


def shown(source, **context):
    return " ".join(engines["django"].from_string(source).render(context).split())


@dataclass
class Station:
    label: str
    state: str
    title: str
    when: object = None
    url: str = ""
    reason: str = ""
    later: bool = False
    here: bool = False


def test_the_trace_says_its_states_in_words():
    stations = [
        Station("Idee", "reached", "Bänke", date(2020, 11, 12), "/x/", reason="Aus der Idee wurde ein Ziel."),
        Station("Pilot", "now", "Probe", "seit Mai 2022", here=True, later=True),
        Station("Wirkung", "open", "Bericht"),
    ]
    html = shown('{% include "ui/parts/trace.html" %}', stations=stations)
    for words in ("Idee · erreicht", "Pilot · jetzt", "Wirkung · offen", "diese Seite", "nachträglich verknüpft"):
        assert words in html
    assert '<time datetime="2020-11-12">12. November 2020</time>' in html
    assert html.startswith("<ol")
    assert 'role="list"' in html


def test_a_next_step_names_office_and_date_and_admits_being_late():
    part = '{% include "ui/parts/next_step.html" with step="Prüfen" office="Amt für Umwelt" due=due at=at %}'
    assert "Zuständig: Amt für Umwelt" in shown(part, due=AT + timedelta(days=3), at=AT)
    assert "überfällig" not in shown(part, due=AT + timedelta(days=3), at=AT)
    late = shown(part, due=AT - timedelta(days=3), at=AT)
    assert 'überfällig seit <time datetime="2026-11-18">18. November 2026</time>' in late


def test_until_31_december_is_said_for_what_ends_at_midnight():
    end = datetime(2020, 12, 31, 23, tzinfo=UTC)  # 1 January 00:00 in Gera
    assert "31. Dezember 2020" in shown("{{ end|until }}", end=end)


def test_a_time_of_day_is_local():
    assert "14. April 2021, 17:00 Uhr" in shown("{{ at|at_time }}", at=datetime(2021, 4, 14, 15, tzinfo=UTC))
    with translation.override("en"):
        assert "April 14, 2021, 17:00" in shown("{{ at|at_time }}", at=datetime(2021, 4, 14, 15, tzinfo=UTC))


def test_what_people_write_is_shown_and_not_run():
    bad = "<script>alert(1)</script>"
    for source in (
        "{% tag bad %}",
        '{% button_link bad "/x" about=bad %}',
        "{% button bad name=bad value=bad %}",
        "{% icon bad %}",
        '{% include "ui/parts/card.html" with title=bad url=bad tag=bad text=bad %}',
        '{% include "ui/parts/comment.html" with author=bad text=bad when=at id=bad language=bad %}',
        '{% include "ui/parts/alert.html" with title=bad body=bad %}',
        '{% include "ui/parts/trace.html" %}',
        "{{ bad|prose }}",
    ):
        html = shown(source, bad=bad, at=AT, stations=[Station(bad, "now", bad, bad, bad, bad)])
        assert "<script" not in html, source


@pytest.mark.parametrize("text", ["[x](javascript:alert(1))", "[x](data:text/html,x)", "<a href='javascript:x'>x</a>"])
def test_a_citys_text_links_to_no_script(text):
    assert "<a " not in shown("{{ text|prose }}", text=text)


def test_a_citys_text_has_headings_lists_and_links():
    html = shown("{{ text|prose }}", text="## Titel\n\n- eins\n- [zwei](/zwei/)\n\n**fett**")
    assert "<h2>Titel</h2>" in html
    assert '<a href="/zwei/">zwei</a>' in html
    assert "<strong>fett</strong>" in html


def test_numbers_are_written_as_people_write_them():
    assert shown("{{ n|plain_number }}", n=1284) == "1.284"
    with translation.override("en"):
        assert shown("{{ n|plain_number }}", n=1284) == "1,284"


def test_texts_of_the_city_pack_follow_the_language():
    text = {"de": "Hallo", "en": "Hello"}
    assert shown("{{ text|words }}", text=text) == "Hallo"
    with translation.override("en"):
        assert shown("{{ text|words }}", text=text) == "Hello"
    assert shown("{{ text|words }}", text={"de": "Hallo"}) == "Hallo"
    assert shown("{{ text|words }}", text="so") == "so"


def test_a_sorted_table_says_so_and_links_to_the_other_way(rf):
    columns = [{"label": "Idee", "key": "title"}, {"label": "Seit", "key": "since", "numeric": True}]
    rows = [{"id": 1, "url": "/1/", "cells": ["Bänke", "1 Tag"]}]
    html = shown(
        '{% include "ui/parts/table.html" %}',
        columns=columns,
        rows=rows,
        sort="since",
        caption="C",
        request=rf.get("/?a=1&sort=since"),
    )
    assert 'aria-sort="ascending"' in html
    assert "?a=1&amp;sort=-since" in html
    assert '<th scope="row"' in html
