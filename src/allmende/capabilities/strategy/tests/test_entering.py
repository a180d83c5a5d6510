"""What came by post, mail or at an event, entered by staff."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.strategy.builders import LAMPS, said, text
from allmende.capabilities.strategy.forms.entering import entries_of
from allmende.capabilities.strategy.models import Feedback, Text
from allmende.core.actor import Role


def client_of(person):
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return client


@pytest.fixture
def clerk(db):
    return client_of(people.with_role(Role.EDITOR, "strategy"))


def send(client, to, lines, **more):
    today = timezone.localdate()
    values = {"channel": "paper", "received_on": f"{today:%d.%m.%Y}", "display_name": "Themenabend", "said": lines}
    return client.post(reverse("strategy:enter", args=[to.number]), {**values, **more})


def test_lines_become_entries():
    found, lost = entries_of("Vorweg\n3: Bitte genauer.\nAuch hier.\n\nAbsatz 12 = Neuer Satz.\n4:\n")
    assert [(one.line, one.paragraph, one.kind, one.words) for one in found] == [
        (2, 3, "comment", "Bitte genauer.\nAuch hier."),
        (5, 12, "wording", "Neuer Satz."),
        (6, 4, "comment", ""),
    ]
    assert lost == [1]


def test_minutes_become_feedback_with_channel_and_day(clerk):
    made = text()
    answer = send(clerk, made, f"2: Zu lang.\n2= {LAMPS.replace('sieben', 'drei')}\n3: Gut so.", channel="counter")
    assert "3 Rückmeldungen sind eingetragen" in answer.content.decode()
    rows = list(
        Feedback.objects.order_by("number").values_list("paragraph__number", "kind", "channel", "author_name", "state")
    )
    assert rows == [
        (2, "comment", "counter", "Themenabend", "waiting"),
        (2, "wording", "counter", "Themenabend", "waiting"),
        (3, "comment", "counter", "Themenabend", "waiting"),
    ]
    one = Feedback.objects.first()
    assert one.entered_by is not None
    assert one.author.is_guest
    assert one.received_at <= timezone.now()


def test_nothing_is_written_while_a_line_is_wrong(clerk):
    made = text()
    answer = send(clerk, made, "2: Gut.\n99: Wohin?\n3:")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Zeile 2: Absatz 99 gibt es" in page
    assert "Zeile 3: Bitte schreiben Sie" in page
    assert not Feedback.objects.exists()


def test_what_is_refused_stays_in_the_field_and_the_rest_is_entered(clerk):
    made = text()
    wording = LAMPS.replace("sieben", "drei")
    said(made, wording=wording)
    answer = send(clerk, made, f"2= {wording}\n3: Gut so.")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Das hat schon jemand vorgeschlagen" in page
    assert "1 Rückmeldung ist eingetragen" in page
    assert "3: Gut so." not in page
    assert Feedback.objects.filter(channel="paper").count() == 1


def test_the_day_lies_in_the_consultation_and_not_in_the_future(clerk):
    made = text()
    for days, says in ((2, "in der Zukunft"), (-5, "An diesem Tag konnte man")):
        day = timezone.localdate() + timedelta(days=days)
        answer = send(clerk, made, "2: Gut.", received_on=f"{day:%d.%m.%Y}")
        assert says in answer.content.decode()
    assert not Feedback.objects.exists()


def test_paper_in_time_counts_after_the_end(clerk):
    now = timezone.now()
    made = text(opens_at=now - timedelta(days=20), closes_at=now + timedelta(hours=1), at=now)
    Text.objects.filter(pk=made.pk).update(closes_at=now - timedelta(days=2))
    day = timezone.localdate() - timedelta(days=4)
    send(clerk, made, "2: Gut.", received_on=f"{day:%d.%m.%Y}")
    assert Feedback.objects.get().received_at.date() == day


def test_only_staff_enter_and_only_while_the_text_is_discussed(clerk):
    made = text()
    resident = client_of(people.person())
    assert send(resident, made, "2: Gut.").status_code == 403
    Text.objects.filter(pk=made.pk).update(state="revising")
    assert (
        "wird zurzeit nichts eingetragen" in clerk.get(reverse("strategy:enter", args=[made.number])).content.decode()
    )
    assert not Feedback.objects.exists()
