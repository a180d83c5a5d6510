"""A crew's day: ordered by the way, told from the spot, taken along without a network."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders
from allmende.capabilities.reports.builders import category, clerk, move, public, report
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.rules.tour import length, nearest_first, ordered
from allmende.core.actor import Role
from allmende.engines.media import builders as pictures
from allmende.engines.media import interface as media
from allmende.engines.notify.models import Notice

points = st.tuples(st.floats(12.0, 12.1), st.floats(50.8, 50.9))


@given(start=st.none() | points, stops=st.lists(points, max_size=14))
def test_every_stop_is_driven_to_once_and_the_way_is_no_longer_than_to_the_nearest_each_time(start, stops):
    order, simple = ordered(start, stops), nearest_first(start, stops)
    assert sorted(order) == list(range(len(stops)))
    ways = [length(start, [stops[place] for place in one]) for one in (order, simple)]
    assert ways[0] <= ways[1] + 0.01
    if start is None and stops:
        assert order[0] == simple[0]


@given(start=points, stops=st.lists(points, min_size=2, max_size=9))
def test_no_part_of_the_way_is_better_the_other_way_round(start, stops):
    way = [stops[place] for place in ordered(start, stops)]
    for first in range(len(way)):
        for last in range(first + 1, len(way)):
            turned = [*way[:first], *reversed(way[first : last + 1]), *way[last + 1 :]]
            assert length(start, turned) >= length(start, way) - 0.02


def test_stops_along_a_street_are_driven_one_after_the_other():
    street = [(12.0 + 0.01 * place, 50.88) for place in (3, 0, 4, 1, 2)]
    assert ordered((11.99, 50.88), street) == [1, 3, 4, 0, 2]


def client_of(person):
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return client


@pytest.fixture
def crew():
    return client_of(people.with_role(Role.CLERK, f"department:{builders.OFFICE}"))


@pytest.mark.django_db
def test_the_tour_holds_what_is_to_be_driven_to_and_fits_into_a_file(crew):
    image = media.take_image(pictures.jpeg(), alt="Kaputte Bank")
    one = move(report(image_id=image.pk, words="Die Bank ist kaputt."), "check")
    report(words="Noch ungeprüft")
    move(public(words="Schon fertig"), "finish", words="Fertig.")
    move(report(kind=category(department="kultur"), words="Fremdes Amt"), "check")
    Report.objects.filter(pk=one.pk).update(longitude=12.08, latitude=50.88)
    for name in ("tour", "tour_file"):
        answer = crew.get(reverse(f"reports:{name}"), {"ab": "Nirgendwo 99", "district": "\0", "category": "x"})
        page = answer.content.decode()
        assert answer["Cache-Control"] == "private, no-store"
        assert "Die Bank ist kaputt." in page
        assert "geo:50.880000,12.080000" in page
        for other in ("Noch ungeprüft", "Schon fertig", "Fremdes Amt"):
            assert other not in page
    assert 'src="data:image/' in page
    assert "http" not in page
    assert "attachment" in answer["Content-Disposition"]
    assert Client(headers={"host": "localhost"}).get(reverse("reports:tour_file")).status_code in {302, 401, 403}


@pytest.mark.django_db
def test_a_crew_tells_from_the_spot_with_a_photo(crew, deliver):
    colleague = people.with_role(Role.CLERK, f"department:{builders.OFFICE}")
    one = public()

    def tell(outcome, words="", *, photo=True):
        sent = {"words": words}
        if photo:
            sent["photo"] = SimpleUploadedFile("da.jpg", pictures.jpeg(), "image/jpeg")
        return crew.post(reverse("reports:visit", args=[one.number, outcome]), sent)

    assert tell("nicht-gefunden").status_code == 302
    assert tell("braucht-mehr", photo=False).status_code == 422
    assert tell("braucht-mehr", "Eine Hebebühne.").status_code == 302
    one.refresh_from_db()
    assert one.state == "checked"
    deliver()
    assert any("Hebebühne" in one.bodies["de"] for one in Notice.objects.filter(person=colleague))
    assert tell("erledigt", "Neue Lampe.").status_code == 302
    one.refresh_from_db()
    assert (one.state, len(media.images_of([one.ref])[one.ref])) == ("done", 3)
    assert "<picture>" not in crew.get(reverse("reports:report", args=[one.number])).content.decode()
    assert tell("braucht-mehr", "Zu spät.").status_code == 422
    assert crew.get(reverse("reports:visit", args=[one.number, "anders"])).status_code == 404


@pytest.mark.django_db
def test_a_sheet_of_paper_holds_what_is_needed_there_and_no_notes(crew):
    contact = {"contact_kind": "email", "email": "ines@example.org"}
    one = move(report(words="Die Bank ist kaputt.", contact=contact), "check", note="Nur für uns.")
    page = crew.get(reverse("reports:sheet", args=[one.number])).content.decode()
    assert "Die Bank ist kaputt." in page
    assert "Nur für uns." not in page
    assert "ines@" not in page


@pytest.mark.django_db
def test_what_still_has_open_parts_cannot_be_told_as_done(crew):
    one = public()
    actions.give_subtask(
        actor=clerk(), report_id=one.pk, department="kultur", words="Weg sperren.", at=timezone.now()
    )  # fmt: skip
    late = crew.post(reverse("reports:visit", args=[one.number, "erledigt"]), {"words": "Fertig."})
    assert late.status_code == 422
    assert "Teilaufgaben" in late.content.decode()
