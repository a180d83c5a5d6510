"""Signs people of the demonstration in, as the entrance does, and prints the cookies of their browsers (JSON).

Usage: python signed_in.py KEY…, with the settings of a running city; KEY is "resident", "moderator" …
"""

import json
import sys
from importlib import import_module

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.contrib.auth import login
from django.test import RequestFactory

from allmende.accounts import interface as accounts


def session_of(person: accounts.Person) -> str:
    """The key of a new session, with all that signing in leaves in it."""
    request = RequestFactory().get("/")
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    key = request.session.session_key
    assert key is not None
    return key


def main(keys: list[str]) -> dict[str, str]:
    found = {}
    for key in keys:
        person = accounts.demo_person(key)
        assert person is not None, f"the demonstration has no {key}"
        found[key] = f"{settings.SESSION_COOKIE_NAME}={session_of(person)}"
    return found


if __name__ == "__main__":
    json.dump(main(sys.argv[1:]), sys.stdout)
