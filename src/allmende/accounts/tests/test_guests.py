"""A guest becomes an account and loses nothing: ideas, supports and what they follow stay theirs."""

import re

from django.test import Client
from django.utils import timezone

from allmende.accounts import builders
from allmende.accounts.interface import claim_url
from allmende.accounts.models import Person
from allmende.accounts.views.own import export_zip
from allmende.capabilities.participation import actions as participation
from allmende.capabilities.participation import builders as ideas
from allmende.capabilities.participation.models import Idea, Support
from allmende.engines.notify import actions as notify
from allmende.engines.notify.models import Follow


def test_ideas_supports_and_follows_of_a_guest_move_into_the_account(db, outbox, deliver):
    at = timezone.now()
    wanted = ideas.published()
    own = ideas.idea(title="Ein Trinkbrunnen am Markt", guest={"contact_kind": "none", "display_name": "Ahorn 12"})
    guest = Person.objects.get(display_name="Ahorn 12", pk=own.author_id)
    actor = builders.actor(guest)
    participation.support_idea(actor=actor, idea_id=wanted.pk, at=at)
    deliver()
    notify.follow(actor=actor, ref=wanted.ref, at=timezone.now())

    client = Client()
    page = client.get(claim_url(guest.pk)).content.decode()
    claim = re.search(r'name="guest" value="([^"]+)"', page).group(1)
    client.post("/konto/neu/", {"email": "neu@example.org", "display_name": "Ahorn 12", "guest": claim})
    letter = next(one for one in outbox() if "neu@example.org" in one.to)
    client.post("/konto/code/", {"code": re.search(r"\d{4}-\d{4}", letter.body).group()})

    account = Person.objects.get(email="neu@example.org")
    assert not account.is_guest
    assert Idea.objects.get(pk=own.pk).author_id == account.pk
    assert Support.objects.filter(idea=wanted, person=account).count() == 1
    assert Follow.objects.filter(person=account, object_id=wanted.pk, state="following").count() == 1
    assert client.get("/konto/").status_code == 200
    assert len(export_zip(account.pk, at)) > 500
