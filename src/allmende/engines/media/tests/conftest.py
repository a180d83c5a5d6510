import pytest


@pytest.fixture(autouse=True)
def _places(settings, tmp_path):
    """Each test has trees of its own; pages are drawn without collected static files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
