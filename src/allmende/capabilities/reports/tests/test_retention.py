"""How long a report is kept: first people, words and pictures go, later everything but the number."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CASCADE
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders, index
from allmende.capabilities.reports.actions.personal_data import delete_reports, expire_reports
from allmende.capabilities.reports.builders import category, move, public, report
from allmende.capabilities.reports.models import Join, Report, Update
from allmende.core.actor import Role, Viewer
from allmende.core.errors import Invalid
from allmende.engines.search.interface import Entry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


def closed(**fields):
    kind = category(retention_days=30, deletion_days=60)
    return move(public(kind=kind, place="Am Bach", **fields), "finish", words="Fertig.")


def get(path, expected, **sent):
    answer = Client(headers={"host": "localhost"}).get(path, sent)
    assert answer.status_code == expected, answer.content
    return json.loads(answer.content)


def test_first_words_go_then_everything_but_the_number(visitor, deliver):
    one = closed()
    deliver()
    now = timezone.now()
    begun = now - DAY
    assert expire_reports(now + 31 * DAY) == 1
    assert "Am Bach" in visitor.get(f"/meldungen/{one.number}/").content.decode()
    assert expire_reports(now + 59 * DAY) == 0
    assert expire_reports(now + 61 * DAY) == 1
    assert expire_reports(now + 62 * DAY) == 0
    deliver()
    one.refresh_from_db()
    assert (one.place, one.longitude, one.district, one.words, one.is_public) == ("", None, "", "", False)
    assert not Update.objects.filter(report=one).exists()
    page = visitor.get(f"/meldungen/{one.number}/")
    assert page.status_code == 410
    assert f"Die Meldung Nr. {one.number} ist gelöscht" in page.content.decode()
    get(f"/open311/v2/requests/{one.number}.json", 410)
    changed = get("/open311/v2/requests.json", 200, updated_after=begun.isoformat(), extensions="true")
    assert [row["service_request_id"] for row in changed] == [str(one.number)]
    assert changed[0]["extended_attributes"] == {"deleted": True}
    assert index.report_entry(one.pk) is None
    assert one.pk not in set(index.report_ids())
    assert not Entry.objects.visible_to(Viewer(), now + 62 * DAY).filter(object_id=one.pk).exists()


def test_what_nobody_could_read_is_not_known_afterwards(visitor):
    one = move(report(kind=category(retention_days=30, deletion_days=60, publishes=False)), "decline", words="Nein.")
    at = timezone.now()
    expire_reports(at + 31 * DAY)
    expire_reports(at + 61 * DAY)
    assert visitor.get(f"/meldungen/{one.number}/").status_code == 404
    get(f"/open311/v2/requests/{one.number}.json", 404)
    office = Client(headers={"host": "localhost"})
    office.force_login(people.with_role(Role.CLERK, "reports"))
    assert office.get(reverse("reports:handle", args=[one.number])).status_code == 404
    assert (
        reverse("reports:handle", args=[one.number])
        not in office.get(f"{reverse('reports:inbox')}?state=not_ours").content.decode()
    )


def test_nothing_hangs_on_a_tombstone_and_it_holds_nothing():
    one = closed(by=people.actor(people.person()))
    Join.objects.create(report=one, person=people.person(), at=timezone.now())
    delete_reports(timezone.now() + 90 * DAY)  # not emptied yet: it is left alone
    one.refresh_from_db()
    assert one.deleted_at is None
    expire_reports(timezone.now() + 90 * DAY)
    assert delete_reports(timezone.now() + 90 * DAY) == 1
    for relation in Report._meta.related_objects:
        if relation.on_delete is CASCADE:
            model = apps.get_model(relation.related_model._meta.label)
            assert not model.objects.filter(**{relation.field.name: one}).exists(), model
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=one.pk).update(place="Am Bach")


def test_the_dry_run_says_both_before_the_night_does_them():
    office = Client(headers={"host": "localhost"})
    office.force_login(people.with_role(Role.CLERK, "reports"))
    one, other = closed(), closed()
    Report.objects.filter(pk__in=[one.pk, other.pk]).update(closed_at=timezone.now() - 61 * DAY)
    Report.objects.filter(pk=other.pk).update(anonymised_at=timezone.now(), words="", public_words="")
    page = office.get(reverse("reports:retention")).content.decode()
    assert "Heute Nacht wird 1 Meldung geleert." in page
    assert "Heute Nacht wird 1 Meldung gelöscht." in page
    assert expire_reports(timezone.now()) == 2
    other.refresh_from_db()
    assert other.deleted_at is not None


def test_a_kind_is_not_deleted_before_it_is_emptied():
    kind = category()
    data = actions.CategoryData({"de": "Licht"}, builders.OFFICE, retention_days=90, deletion_days=60)
    with pytest.raises(Invalid):
        actions.save_category(actor=builders.desk(), category_id=kind.pk, data=data, at=timezone.now())
