"""What everybody reads of a series: a sentence, what is usual here, what is not, the numbers to take away."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from allmende.capabilities.urbandata import seeds
from allmende.capabilities.urbandata.builders import measure, series
from allmende.capabilities.urbandata.models import Datastream, Day, Hour, Observation
from allmende.core.manifest import index_kinds

pytestmark = pytest.mark.django_db
REAL = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "bicycle-counters-muenster"


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return re.sub(r"\s+", " ", answer.content.decode())


def weeks_of(one, numbers, *, now=50):
    """So many weeks the same hour, then the last one."""
    last = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    for week, number in enumerate(numbers, start=1):
        zone = timezone.get_current_timezone()
        start = (last.astimezone(zone) - timedelta(weeks=week)).astimezone(UTC)
        measure(one, start, [number])
    measure(one, last, [now])


@pytest.mark.parametrize(("now", "words"), [(50, "Wie sonst auch"), (200, "Mehr als sonst"), (1, "Weniger als sonst")])
def test_a_series_says_what_is_usual_and_what_is_not(visitor, now, words):
    one = series()
    weeks_of(one, [48, 50, 52, 51, 49, 50, 53, 47], now=now)
    found = page(visitor, f"/daten/{one.number}/")
    assert words in found
    assert "sind es meist" in found
    assert "letzten 8 Wochen" in found
    assert "<svg" in found


def test_a_young_series_says_that_it_is_too_early(visitor):
    one = series()
    weeks_of(one, [48, 50])
    found = page(visitor, f"/daten/{one.number}/")
    assert "erst nach vier Wochen" in found


def test_a_series_that_went_silent_says_so_and_one_without_values_too(visitor):
    old, empty = series(), series()
    measure(old, datetime(2024, 12, 31, 12, tzinfo=UTC), [12])
    assert "Seitdem kam nichts mehr." in page(visitor, f"/daten/{old.number}/")
    assert "Noch ist nichts gemessen." in page(visitor, f"/daten/{empty.number}/")
    assert visitor.get("/daten/999999/").status_code == 404
    assert visitor.get(f"/daten/{'9' * 30}/").status_code == 404


def test_parts_are_named_below_their_total_and_never_beside_it(visitor):
    whole = series(name="Räder zusammen")
    part = series(name="Räder stadteinwärts", total=whole)
    listed = page(visitor, "/daten/")
    assert "Räder zusammen" in listed
    assert "Räder stadteinwärts" not in listed
    assert "Räder stadteinwärts" in page(visitor, f"/daten/{whole.number}/")
    assert "Räder zusammen" in page(visitor, f"/daten/{part.number}/")


def test_series_are_found_by_words_and_listed_page_by_page(visitor):
    for number in range(32):
        series(name=f"Reihe {number:02}")
    first = page(visitor, "/daten/")
    assert "Reihe 29" in first
    assert "Reihe 30" not in first
    more = re.search(r'href="(/daten/\?after=\d+)"', first)
    assert more is not None
    assert "Reihe 31" in page(visitor, more[1])
    assert "Reihe 07" in page(visitor, "/daten/?q=reihe+07")
    assert "misst die Stadt nichts" in page(visitor, "/daten/?q=%25%00Mond&after=xx")


def test_values_can_be_taken_away_with_source_and_licence(visitor):
    one = series(name="=Gefahr")
    measure(one, datetime(2024, 7, 1, 10, tzinfo=UTC), [1, 2.5, "offen"])
    csv = visitor.get(f"/daten/{one.number}/werte.csv").content.decode("utf-8-sig").splitlines()
    assert csv[0].startswith("time;result;flags;unit;series;source;licence")
    assert [line.split(";")[1] for line in csv[1:]] == ["1", "2,5", "offen"]
    assert csv[1].split(";")[0] == "2024-07-01T12:00:00+02:00"
    assert csv[1].split(";")[4] == "'=Gefahr"
    body = json.loads(visitor.get(f"/daten/{one.number}/werte.json").content)
    assert [row[1] for row in body["values"]] == [1.0, 2.5, "offen"]
    assert body["licence"] == "https://www.govdata.de/dl-de/by-2-0"
    hours = visitor.get(f"/daten/{one.number}/stunden.csv?von=2024-07-01&bis=2024-07-01").content.decode("utf-8-sig")
    assert len(hours.splitlines()) == 3
    empty = visitor.get(f"/daten/{one.number}/stunden.csv?von=2023-07-01&bis=2023-07-01")
    assert len(empty.content.splitlines()) == 1


@pytest.mark.parametrize("query", ["von=gestern", "von=2024-02-30", "von=0001-01-01&bis=2024-01-01", "bis=9999-12-31"])
def test_days_that_cannot_be_are_told(visitor, query):
    one = series()
    measure(one, datetime(2024, 7, 1, 10, tzinfo=UTC), [1])
    assert visitor.get(f"/daten/{one.number}/werte.csv?{query}").status_code == 422


def test_the_example_is_made_once_marked_and_out_of_the_ordinary(visitor, begun_city):
    seeds.seed(None)
    seeds.seed(None)
    one = Datastream.objects.get()
    found = page(visitor, f"/daten/{one.number}/")
    assert "ausgedacht" in found
    assert "Mehr als sonst" in found
    assert "Was in dieser Woche auffiel" in found
    entry = index_kinds()["urbandata", "series"].entry(one.pk)
    assert entry is not None
    assert (entry.state, entry.url) == ("measured", f"/daten/{one.number}/")
    assert entry.longitude is not None


@pytest.fixture
def real(tmp_path):
    """Three months of one site, with both changes of the clock."""
    if not REAL.is_dir():
        pytest.skip("Münster's counters are not beside this checkout (../shared/data/bicycle-counters-muenster).")
    for month in ("03", "10"):
        shutil.copy(REAL / f"100020113-2024-{month}.csv", tmp_path)
    return tmp_path


def test_muensters_counters_are_read_with_one_command_and_again_without_doubles(real, visitor, capsys):
    call_command("urbandata_import", str(real), source="Stadt Münster", licence="https://www.govdata.de/dl-de/by-2-0")
    lines = sum(len(path.read_text().splitlines()) - 1 for path in real.glob("*.csv"))
    assert Observation.objects.count() == lines * 3
    whole = Datastream.objects.get(total=None)
    assert whole.name == "Fahrräder Wolbecker Straße"
    assert sorted(whole.parts.values_list("name", flat=True)) == [
        "Fahrräder Wolbecker Straße, stadtauswärts", "Fahrräder Wolbecker Straße, stadteinwärts",
    ]  # fmt: skip
    spring, autumn = (Day.objects.get(datastream=whole, day=day) for day in ("2024-03-31", "2024-10-27"))
    assert (spring.count, autumn.count) == (92, 96)
    night = Hour.objects.filter(datastream=whole, start__gte="2024-10-26T23:00Z", start__lte="2024-10-27T02:00Z")
    assert [f"{one.start:%H}" for one in night.order_by("start")] == ["23", "00", "02"]
    call_command("urbandata_import", str(real))
    assert Observation.objects.count() == lines * 3
    assert "0 values added" in capsys.readouterr().out.splitlines()[-1]
    assert "Stadt Münster" not in page(visitor, f"/daten/{whole.number}/"), "the second call named no source"


def test_a_folder_without_tables_is_told(tmp_path):
    with pytest.raises(CommandError, match="no CSV"):
        call_command("urbandata_import", str(tmp_path))
    (tmp_path / "falsch.csv").write_text("Zeit;Wert\n2024-01-01 00:00;1\n")
    with pytest.raises(CommandError, match="no heading"):
        call_command("urbandata_import", str(tmp_path))
