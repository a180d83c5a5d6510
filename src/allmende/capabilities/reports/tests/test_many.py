"""A report in parts for several offices, and many reports at once."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders
from allmende.capabilities.reports.builders import category, clerk, move, public, report
from allmende.capabilities.reports.models import Report
from allmende.core.actor import Role
from allmende.core.errors import Conflict, NotAllowed
from allmende.engines.media import builders as pictures
from allmende.engines.media import interface as media
from allmende.engines.notify.models import Notice

pytestmark = pytest.mark.django_db


def client_of(person):
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return client


def give(one, office="kultur", **fields):
    return actions.give_subtask(
        actor=clerk(), report_id=one.pk, department=office, words="Den Weg sperren.", at=timezone.now(), **fields
    )


def end(part, actor, **fields):
    return actions.end_subtask(actor=actor, subtask_id=part.pk, words="Gesperrt.", at=timezone.now(), **fields)


def test_a_report_is_done_only_when_all_its_parts_are(deliver):
    helper = people.with_role(Role.CLERK, "department:kultur")
    mine = people.with_role(Role.CLERK, f"department:{builders.OFFICE}")
    image = media.take_image(pictures.jpeg(), alt="Weg")
    one = move(report(image_id=image.pk, words="Der Baum liegt auf dem Weg."), "check")
    first, second = give(one), give(one, "wirtschaft")
    deliver()
    assert any("Teilaufgabe" in one.subjects["de"] for one in Notice.objects.filter(person=helper))
    with pytest.raises(Conflict, match="Amt für Bildung und Kultur"):
        move(one, "finish", words="Fertig.")
    office = client_of(helper)
    address = reverse("reports:subtask", args=[first.pk])
    page = office.get(address).content.decode()
    assert "Der Baum liegt auf dem Weg." in page
    shown = media.images_of([one.ref])[one.ref][0].src
    assert office.get(shown).status_code == 200
    assert client_of(people.with_role(Role.CLERK, "department:steuerung")).get(shown).status_code == 404
    assert "Den Weg sperren." in office.get(reverse("reports:subtasks")).content.decode()
    assert office.get(reverse("reports:handle", args=[one.number])).status_code == 404
    with pytest.raises(NotAllowed):
        end(second, people.actor(helper))
    with pytest.raises(NotAllowed):
        end(first, people.actor(helper), is_done=False)
    assert office.post(address, {"words": "Gesperrt.", "go": "done"}).status_code == 302
    with pytest.raises(Conflict):
        end(first, people.actor(helper))
    end(second, clerk(), is_done=False)
    deliver()
    assert sum(one.subjects["de"].startswith("Alle Teil") for one in Notice.objects.filter(person=mine)) == 1
    assert move(one, "finish", words="Fertig.").state == "done"
    assert "Gesperrt." in client_of(mine).get(reverse("reports:handle", args=[one.number])).content.decode()
    with pytest.raises(Conflict):
        give(one)


def test_many_are_moved_at_once_and_what_did_not_work_is_told():
    kind = category(names={"de": "Laterne"})
    open_ones = [public(kind=kind) for _ in range(3)]
    ended = move(public(kind=kind), "finish", words="Fertig.")
    theirs = report(kind=category(department="kultur"))
    office = client_of(people.with_role(Role.CLERK, f"department:{builders.OFFICE}"))
    numbers = [one.number for one in (*open_ones, ended, theirs)]
    assert f'value="{open_ones[0].number}"' in office.get(reverse("reports:inbox")).content.decode()
    address = reverse("reports:many")
    asked = office.post(address, {"pick": numbers, "do": "finish"}).content.decode()
    assert open_ones[0].title("de") in asked
    assert theirs.title("de") not in asked
    assert office.post(address, {"pick": numbers, "do": "finish", "really": "1"}).status_code == 422
    sent = {
        "pick": numbers,
        "do": "finish",
        "really": "1",
        "words": "Nr. {nummer} ({art}) ist fertig.",
        "_once": "a" * 32,
    }
    done = office.post(address, sent).content.decode()
    assert "Bei 3 Meldungen hat es geklappt." in done
    assert "einen Schritt weiter" in done
    one = Report.objects.get(pk=open_ones[1].pk)
    assert (one.state, one.updates.get(verb="finish").words) == ("done", f"Nr. {one.number} (Laterne) ist fertig.")
    again = office.post(address, sent).content.decode()
    assert "Bei 3 Meldungen hat es geklappt." in again
    assert one.updates.filter(verb="finish").count() == 1


def test_many_are_checked_passed_on_and_merged():
    ones = [report() for _ in range(3)]
    office = client_of(people.with_role(Role.CLERK, "reports"))
    address, numbers = reverse("reports:many"), [one.number for one in ones]
    office.post(address, {"pick": numbers, "do": "check", "really": "1", "publish": "on", "template": "1"})
    assert Report.objects.filter(state="checked", is_public=True).count() == 3
    assert ones[0].updates.get(verb="check").words
    office.post(address, {"pick": numbers, "do": "forward", "really": "1", "department": "kultur"})
    assert Report.objects.filter(state="forwarded", department="kultur").count() == 3
    missing = office.post(address, {"pick": numbers, "do": "merge", "really": "1", "main": "99999999"})
    assert missing.status_code == 422
    office.post(address, {"pick": numbers, "do": "merge", "really": "1", "main": str(ones[0].number)})
    assert Report.objects.filter(main=ones[0]).count() == 2
    for hostile in ({"pick": ["x", "-1", "9" * 40], "do": "finish"}, {"pick": numbers, "do": "refuse"}, {}):
        assert "Wählen Sie im Eingang" in office.post(address, hostile).content.decode()
