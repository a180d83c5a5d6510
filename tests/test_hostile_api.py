"""The API as its own OpenAPI document describes it, fed with everything that schemathesis can think of."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.accounts import builders, tokens
from allmende.accounts.models import ApiToken
from allmende.core import manifest
from tests.walk import EAGER, undone

PROBLEM = "application/problem+json"


def bearer() -> dict[str, str]:
    """The header of a program that may do whatever any scope allows."""
    scopes = [scope for room in manifest.registry().values() for scope in room.scopes]
    end = timezone.now() + timedelta(days=1)
    token = ApiToken(person=builders.administrator(), label="fuzz", scopes=scopes, expires_at=end)
    secret = tokens.secret_of(token.id)
    token.token_hash = tokens.hashed(secret)
    token.save()
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def application() -> Iterator[WSGIHandler]:
    """Django as programs reach it, on the test's own connection: between requests it would be closed."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_no_endpoint_ever_breaks_and_every_refusal_is_a_problem(full_city, application, subtests):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    headers = bearer()
    operations = [found.ok() for found in schema.get_all_operations()]
    assert operations
    for operation in operations:

        @settings(EAGER, max_examples=20)
        @given(operation.as_strategy(), st.booleans())
        def attack(case, known):
            with undone():
                response = case.call(headers=headers if known else None)
            assert response.status_code < 500, (response.request.url, response.text)
            if response.status_code >= 400:
                assert response.headers["content-type"] == [PROBLEM], response.text
                assert response.json()["status"] == response.status_code

        with subtests.test(operation=operation.label):
            attack()


BAD = ["%00", "%FF", "%F0%9F%98%80", "9" * 40, "x" * 90, "2000-01-01T00:00:00%2B23:59", "0001-01-01T00:00:00%2B14:00"]


def test_no_query_key_of_any_endpoint_breaks_it(full_city, subtests):
    """What hypothesis rarely thinks of, tried for each key that the document names."""
    client = Client(headers={"host": "localhost"} | bearer())
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for path, methods in paths.items():
        keys = [known["name"] for known in methods.get("get", {}).get("parameters", []) if known["in"] == "query"]
        filled = path.replace("{number}", "1").replace("{capability}", "participation").replace("{kind}", "idea")
        filled = re.sub("{.*?}", str(UUID(int=7 << 76 | 8 << 60)), filled)
        for key in keys:
            with subtests.test(path=path, key=key):
                for value in BAD:
                    with undone():
                        response = client.get(f"{filled}?{key}={value}")
                    assert response.status_code < 500, value


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/there-is-nothing/", 404),
        ("get", "/api/v1/participation/ideas/999999999", 404),
        ("put", "/api/v1/participation/ideas", 405),
        ("get", "/api/v1/openapi/nowhere.json", 404),
        ("get", "/api/v2/", 404),
    ],
)
def test_what_the_document_does_not_know_is_refused_with_a_problem_too(full_city, method, path, status):
    response = getattr(Client(headers={"host": "localhost"}), method)(path)
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM)
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == response["X-Request-ID"]


def test_a_body_that_is_no_json_and_a_wrong_host_get_problems(full_city):
    client = Client(headers={"host": "localhost"})
    for body in (b"\xff\xfe", b"{", b"[]", b'"\\u0000"'):
        response = client.post("/api/v1/participation/ideas", body, content_type="application/json")
        assert (response.status_code in {400, 422}, response["Content-Type"]) == (True, PROBLEM), body
    response = client.get("/api/v1/participation/ideas", headers={"host": "elsewhere.example"})
    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)
