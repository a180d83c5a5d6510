"""Letters to addresses, reminders by letter, and what is not known of whoever got a letter without an address."""

import io
import zipfile

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as accounts
from allmende.capabilities.surveys import actions, builders, queries
from allmende.capabilities.surveys.models import Invitation
from allmende.core.actor import Actor, Role
from allmende.core.errors import Conflict, NotSignedIn
from allmende.core.models import AuditEntry

ADDRESSES = [("Erna Beispiel", "Markt 1", "07545 Musterstadt"), ("Otto Beispiel", "Markt 2", "07545 Musterstadt")]


def written(survey, addresses=ADDRESSES):
    return actions.write_letters(actor=builders.EDITOR, survey_id=survey.pk, addresses=addresses, at=timezone.now())


def test_reminder_letters_go_to_unused_codes_only_and_carry_the_same_code(db):
    survey = builders.survey(access="code")
    first, second = written(survey)
    assert queries.invited(survey) == queries.Invited(2, 0, 0, 2)
    builders.answer(survey, code=first.code, answers={"age": "41"})
    reminded = actions.remind_by_letter(actor=builders.EDITOR, survey_id=survey.pk, at=timezone.now())
    assert reminded == [second]
    assert queries.invited(survey) == queries.Invited(2, 1, 0, 1)
    assert Invitation.objects.get(used=True).sealed is None, "whoever has answered has no address here any more"
    assert AuditEntry.objects.filter(action="surveys.remind_by_letter").count() == 1
    assert not [row for row in Invitation.objects.all() if b"Erna" in bytes(row.sealed or b"")]


def test_mails_and_letters_are_reminded_apart(db):
    survey = builders.survey(access="code")
    written(survey)
    actions.invite_by_mail(
        actor=builders.EDITOR, survey_id=survey.pk, addresses=["erna@example.org"], at=timezone.now()
    )
    assert queries.invited(survey) == queries.Invited(3, 0, 1, 2)
    (mail,) = actions.remind_by_mail(actor=builders.EDITOR, survey_id=survey.pk, at=timezone.now())
    assert mail.address == "erna@example.org"
    assert len(actions.remind_by_letter(actor=builders.EDITOR, survey_id=survey.pk, at=timezone.now())) == 2


def test_a_used_code_cannot_keep_its_address(db):
    survey = builders.survey(access="code")
    written(survey)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(survey=survey).update(used=True)


def test_only_editors_and_only_while_codes_can_be_used(db):
    survey = builders.survey(access="code")
    with pytest.raises(NotSignedIn):
        actions.write_letters(actor=Actor(), survey_id=survey.pk, addresses=ADDRESSES, at=timezone.now())
    with pytest.raises(NotSignedIn):
        actions.remind_by_letter(actor=Actor(), survey_id=survey.pk, at=timezone.now())
    with pytest.raises(Conflict):
        written(builders.survey())


def test_the_page_writes_letters_reminds_them_and_has_one_for_all(db):
    survey = builders.survey(access="code")
    client = accounts.login(Client(), accounts.with_role(Role.EDITOR))
    page = f"/umfragen/{survey.number}/briefe/"
    assert "Zurzeit ist niemand einzeln zu erinnern" in client.get(page).content.decode()
    wrong = client.post(page, {"verb": "post", "post-addresses": "Erna Beispiel; Markt 1; 07545 Ort\nOtto"})
    assert wrong.status_code == 422
    assert "Zeile 2 ist keine Anschrift" in wrong.content.decode()
    lines = "\n".join("\t".join(one) for one in (*ADDRESSES, ADDRESSES[0]))
    made = client.post(page, {"verb": "post", "post-addresses": lines})
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        assert archive.namelist() == ["briefe.pdf"], "no table that would say which code is whose"
        assert archive.read("briefe.pdf").startswith(b"%PDF")
    shown = client.get(page).content.decode()
    assert "2 Anschriften haben noch nicht geantwortet." in shown
    assert "Erna" not in shown
    for verb in ("remind-post", "remind-all"):
        answer = client.post(page, {"verb": verb})
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
