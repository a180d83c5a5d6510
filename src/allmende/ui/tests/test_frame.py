"""What every page carries around its content: links to itself in other languages, words from the catalogues."""

import contextlib

import pytest
from django.test import RequestFactory
from django.urls import Resolver404, resolve, reverse, translate_url
from django.utils import translation
from django.utils.translation import gettext, ngettext, trans_real

from allmende.ui.apps import merge
from allmende.ui.context import address, in_language

PLACES = (
    *(
        "/",
        "/?seite=2",
        "/mitmachen/ideen/",
        "/mitmachen/ideen/12/",
        "/mitmachen/ideen/13/?x=%2Fen%2F",
        "/suche/?q=%C3%BC",
    ),
    *(
        "/en/",
        "/en/mitmachen/ideen/12/",
        "/anzeige/",
        "/api/v1/openapi.json",
        "/schnittstellen/",
        "/sitemap.xml",
        "/gibt-es-nicht/",
    ),
)


@pytest.mark.parametrize("place", PLACES)
def test_the_language_switch_leads_where_django_would_lead(place):
    """Asked twice each, since the second answer is the remembered one."""
    request = RequestFactory().get(place)
    with translation.override("en" if place.startswith("/en/") else "de"):
        with contextlib.suppress(Resolver404):
            request.resolver_match = resolve(request.path)
        for code in ("de", "en", "de", "en"):
            assert in_language(request, request.get_full_path(), code) == translate_url(request.get_full_path(), code)


def test_an_address_of_the_frame_is_that_of_the_language():
    for language in ("de", "en", "de"):
        with translation.override(language):
            assert address("participation:ideas") == reverse("participation:ideas")
            assert address("participation:idea", 7) == reverse("participation:idea", args=[7])
    assert address("nowhere:at_all") == ""


def test_the_words_of_all_rooms_are_in_one_catalogue_and_mean_the_same():
    for code in ("de", "en"):
        apart = trans_real.DjangoTranslation(code)
        told = dict(apart._catalog.items())
        for catalog in reversed(apart._catalog._catalogs):
            told.update(catalog)
        assert merge(apart) == 1
        assert dict(apart._catalog.items()) == told
        assert len(trans_real.translation(code)._catalog._catalogs) == 1
    with translation.override("en"):
        assert gettext("Alle Ideen") == "All ideas"
        assert [ngettext("{{ n }} Idee", "{{ n }} Ideen", n) for n in (0, 1, 2)] == [
            ngettext("{{ n }} Idee", "{{ n }} Ideen", n) for n in (5, 1, 9)
        ]


def test_catalogues_with_other_plurals_stay_apart():
    translation_ = trans_real.DjangoTranslation("en")
    translation_._catalog._plurals[-1] = lambda n: int(n > 1)
    before = len(translation_._catalog._catalogs)
    assert merge(translation_) == before > 1
