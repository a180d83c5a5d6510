import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

PAGES = ["/anzeige/", "/hilfe/", "/hilfe/formular/", "/leichte-sprache/", "/gebaerdensprache/"]


@pytest.mark.parametrize("path", [*PAGES, *[f"/en{path}" for path in PAGES]])
def test_a_page_opens_in_both_languages(client: Client, path):
    response = client.get(path)
    assert response.status_code == 200
    html = response.content.decode()
    assert f'<html lang="{"en" if path.startswith("/en") else "de"}"' in html
    assert html.count("<h1") == 1
    assert '<div id="status" class="status" role="status"></div>' in html
