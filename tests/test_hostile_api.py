"""The API as its own OpenAPI document describes it, fed with everything that schemathesis can think of."""

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, settings

from tests.walk import fill_city


@pytest.fixture
def api_schema(db):
    fill_city()
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())


schema = schemathesis.pytest.from_fixture("api_schema")


@schema.parametrize()
@settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_no_endpoint_ever_breaks(case):
    response = case.call()
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.headers["Content-Type"][0].startswith("application/problem+json"), response.text
