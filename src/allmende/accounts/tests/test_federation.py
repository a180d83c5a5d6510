"""Signing in with an identity that others vouch for, and everything that a liar may try."""

import base64
import re
import zlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from joserfc.jwk import RSAKey

from allmende.accounts import builders, federation, interface, queries
from allmende.accounts.federation import Level
from allmende.accounts.models import Person
from allmende.accounts.personal_data import erase_identities, export_identities
from allmende.accounts.tests.identity import BundId, Oidc, certificate
from allmende.core.actor import Viewer
from allmende.core.errors import NotAllowed, NotSignedIn

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")  # in python3-saml
START, BACK = "/konto/anbieter/oidc/stadt/", "/konto/anbieter/oidc/stadt/zurueck/"
SAML = "/konto/anbieter/saml/bundid/"


@pytest.fixture
def oidc(settings):
    provider = Oidc()
    settings.SOCIALACCOUNT_PROVIDERS = federation.apps([provider.setting()])
    yield provider
    provider.stop()


@pytest.fixture
def bundid(settings):
    provider = BundId()
    settings.SOCIALACCOUNT_PROVIDERS = federation.apps([provider.setting()])
    return provider


def browser() -> Client:
    return Client(headers={"host": "localhost"})


def go_oidc(client: Client, oidc: Oidc, *, query: str = "", state: str = ""):
    """To the provider and back."""
    answer = client.get(START + query)
    asked = parse_qs(urlsplit(answer["Location"]).query)
    oidc.challenges.add(asked["code_challenge"][0])
    assert asked["code_challenge_method"] == ["S256"]
    return client.get(BACK, {"code": "c", "state": state or asked["state"][0]})


def ask_saml(client: Client, query: str = "") -> str:
    """Begins at BundID; the id of our request."""
    answer = client.get(SAML + query)
    request = parse_qs(urlsplit(answer["Location"]).query)["SAMLRequest"][0]
    xml = zlib.decompress(base64.b64decode(request), -15).decode()
    return re.search(r'\sID="([^"]+)"', xml).group(1)


def tell_saml(client: Client, xml: str):
    """The browser brings the answer of the provider."""
    answer = client.post(SAML + "zurueck/", {"SAMLResponse": base64.b64encode(xml.encode()).decode(), "RelayState": ""})
    return client.get(answer["Location"])


def finish_signup(client: Client, answer, outbox, address: str) -> Person:
    assert answer["Location"] == "/konto/anbieter/neu/"
    page = client.get(answer["Location"]).content.decode()
    assert f'value="{address}"' in page
    answer = client.post(answer["Location"], {"email": address, "display_name": "Linde 3"})
    assert answer["Location"] == "/konto/code/", answer.content.decode()
    letter = next(one for one in outbox() if address in one.to)
    client.post("/konto/code/", {"code": re.search(r"\d{4}-\d{4}", letter.body).group()})
    return Person.objects.get(email=address)


def is_in(client: Client) -> bool:
    return client.get("/konto/").status_code == 200


class TestOpenId:
    def test_a_new_person_proves_an_address_and_keeps_the_level_and_nothing_else(self, db, oidc, outbox):
        oidc.claims |= {"given_name": "Anna", "birthdate": "1970-01-01", "address": {"locality": "Gera"}}
        client = browser()
        assert "Mit Stadtwerke-Ausweis anmelden" in client.get("/konto/anmelden/").content.decode()
        person = finish_signup(client, go_oidc(client, oidc), outbox, "neu@example.org")
        assert is_in(client)
        held = SocialAccount.objects.get(user=person)
        assert (held.provider, held.uid, held.extra_data) == ("stadt", "person-1", {"level": Level.SUBSTANTIAL})
        assert queries.level_of(person.pk) == Level.SUBSTANTIAL
        again = browser()
        assert go_oidc(again, oidc, query="?next=/suche/")["Location"] == "/suche/"
        assert is_in(again)
        assert Person.objects.count() == 1

    def test_the_highest_level_stays_and_goes_with_the_provider(self, db, oidc, outbox, settings):
        client = browser()
        person = finish_signup(client, go_oidc(client, oidc), outbox, "neu@example.org")
        oidc.claims["acr"] = "silver"
        go_oidc(browser(), oidc)
        viewer = Viewer(person.pk)
        interface.require_level(viewer, "substantial")
        with pytest.raises(NotAllowed):
            interface.require_level(viewer, "high")
        with pytest.raises(NotSignedIn):
            interface.require_level(Viewer(), "basic")
        settings.SOCIALACCOUNT_PROVIDERS = federation.apps([])
        with pytest.raises(NotAllowed):
            interface.require_level(viewer, "basic")

    @pytest.mark.parametrize(
        "changes",
        [
            {"aud": "someone-else"}, {"iss": "https://evil.example"}, {"exp": 1_000_000},
        ],
    )  # fmt: skip
    def test_a_token_for_others_from_others_or_too_old_is_refused(self, db, oidc, changes):
        oidc.changes = changes
        client = browser()
        answer = go_oidc(client, oidc)
        assert answer.status_code == 401
        assert "nichts geschickt, dem wir trauen" in answer.content.decode()
        assert not is_in(client)
        assert not SocialAccount.objects.exists()

    def test_a_token_with_a_foreign_signature_is_refused(self, db, oidc):
        oidc.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
        assert go_oidc(browser(), oidc).status_code == 401

    def test_a_token_that_was_used_is_refused(self, db, oidc):
        oidc.changes = {"jti": "once", "exp": 4_000_000_000}
        assert go_oidc(browser(), oidc).status_code == 302
        assert go_oidc(browser(), oidc).status_code == 401

    def test_an_answer_to_nobodys_question_is_refused(self, db, oidc):
        assert browser().get(BACK, {"code": "c", "state": "made-up"}).status_code in {401, 403}
        assert go_oidc(browser(), oidc, state="made-up").status_code in {401, 403}

    def test_a_provider_that_is_away_is_no_error_of_ours(self, db, oidc):
        oidc.stop()
        assert browser().get(START).status_code == 401
        assert browser().get("/konto/anbieter/oidc/unbekannt/").status_code == 404

    def test_the_address_of_an_account_is_no_key_to_it(self, db, oidc, outbox):
        """Whoever claims at a provider to own Anna's address does not get Anna's account."""
        anna = builders.person(email="anna@example.org")
        oidc.claims |= {"email": "anna@example.org", "email_verified": True}
        client = browser()
        answer = go_oidc(client, oidc)
        assert answer["Location"] == "/konto/anbieter/neu/"
        client.post(answer["Location"], {"email": "anna@example.org", "display_name": "Falsch"})
        assert not is_in(client)
        assert not SocialAccount.objects.filter(user=anna).exists()
        assert any("schon ein Konto" in letter.subject for letter in outbox())

    def test_an_account_is_connected_from_inside_and_parted_again(self, db, oidc):
        anna = builders.person(email="anna@example.org", password="vier zufällige wörter hier")
        client = builders.login(browser(), anna)
        assert "Mit Stadtwerke-Ausweis verbinden" in client.get("/konto/anbieter/").content.decode()
        go_oidc(client, oidc, query="?process=connect")
        page = client.get("/konto/anbieter/").content.decode()
        assert "gut geprüft" in page
        account = SocialAccount.objects.get(user=anna)
        other = builders.login(browser(), builders.person())
        other.post("/konto/anbieter/", {"account": account.pk})
        assert SocialAccount.objects.exists(), "nobody parts another's"
        client.post("/konto/anbieter/", {"account": account.pk})
        assert not SocialAccount.objects.exists()

    def test_a_session_left_open_gains_no_new_way_in(self, db, oidc):
        client = browser()
        client.force_login(builders.person())
        go_oidc(client, oidc, query="?process=connect")
        assert not SocialAccount.objects.exists()

    def test_a_provider_with_a_second_factor_wakes_roles(self, db, oidc, settings):
        settings.STAFF_SECOND_FACTOR = True
        boss = builders.administrator()
        SocialAccount.objects.create(user=boss, provider="stadt", uid="person-1", extra_data={})
        client = browser()
        go_oidc(client, oidc)
        assert client.get("/verwaltung/").status_code == 302
        settings.SECOND_FACTOR_PROVIDERS = frozenset({"stadt"})
        assert client.get("/verwaltung/").status_code == 200


class TestBundId:
    def test_a_person_comes_by_bundid(self, db, bundid, outbox):
        client = browser()
        answer = tell_saml(client, bundid.answer(ask_saml(client)))
        person = finish_signup(client, answer, outbox, "neu@example.org")
        assert queries.level_of(person.pk) == Level.SUBSTANTIAL
        assert SocialAccount.objects.get().uid == "bpk-1"
        again = browser()
        tell_saml(again, bundid.answer(ask_saml(again), level="STORK-QAA-Level-4"))
        assert is_in(again)
        assert queries.level_of(person.pk) == Level.HIGH
        rows = list(export_identities(person.pk))
        assert [(row["provider"], row["level"]) for row in rows] == [("bundid", "high")]
        erase_identities(person.pk, _keep_texts=False)
        assert not SocialAccount.objects.exists()

    @pytest.mark.parametrize(
        "lie",
        [
            {"key": "foreign"}, {"signed": False}, {"audience": "https://other.example/"},
            {"lasts": timedelta(minutes=-6)},
        ],
        ids=["wrong signature", "unsigned", "wrong audience", "expired"],
    )  # fmt: skip
    def test_what_is_not_for_us_now_and_signed_is_refused(self, db, bundid, lie):
        if lie.get("key"):
            lie = {"key": certificate()[0]}
        client = browser()
        answer = tell_saml(client, bundid.answer(ask_saml(client), **lie))
        assert answer.status_code == 401
        assert not is_in(client)
        assert client.get("/konto/anbieter/neu/").status_code == 302

    def test_an_answer_counts_once_and_only_where_it_was_asked_for(self, db, bundid):
        client, thief = browser(), browser()
        xml = bundid.answer(ask_saml(client))
        stolen = tell_saml(thief, xml)
        assert stolen.status_code in {401, 403}
        ask_saml(thief)
        assert tell_saml(thief, xml).status_code in {401, 403}
        assert tell_saml(client, xml)["Location"] == "/konto/anbieter/neu/"
        assert tell_saml(client, xml).status_code in {401, 403}

    def test_an_answer_that_nobody_asked_for_is_refused(self, db, bundid):
        client = browser()
        ask_saml(client)
        assert tell_saml(client, bundid.answer("")).status_code in {401, 403}

    def test_an_old_assertion_in_a_new_envelope_is_refused(self, db, bundid):
        client = browser()
        old = bundid.assertion(
            "another-request", uid="bpk-1", level="STORK-QAA-Level-4", email="x@example.org",
            audience="http://localhost/konto/anbieter/saml/bundid/metadata/", lasts=timedelta(minutes=5),
        )  # fmt: skip
        assert tell_saml(client, bundid.response(ask_saml(client), old)).status_code in {401, 403}

    @pytest.mark.parametrize("where", ["before", "after", "inside", "extension"])
    def test_a_forged_assertion_wrapped_around_a_signed_one_is_refused(self, db, bundid, where):
        """XML signature wrapping: the signed part is genuine, the part that would be read is not."""
        victim = builders.person()
        SocialAccount.objects.create(user=victim, provider="bundid", uid="bpk-victim", extra_data={})
        client = browser()
        request_id = ask_saml(client)
        given = {
            "level": "STORK-QAA-Level-4", "email": "x@example.org", "lasts": timedelta(minutes=5),
            "audience": "http://localhost/konto/anbieter/saml/bundid/metadata/",
        }  # fmt: skip
        genuine = bundid.assertion(request_id, uid="bpk-thief", **given)
        forged = bundid.assertion(request_id, uid="bpk-victim", signed=False, **given)
        if where == "inside":
            xml = bundid.response(request_id, forged.replace("</saml:Issuer>", f"</saml:Issuer>{genuine}", 1))
        elif where == "extension":
            xml = bundid.response(request_id, f"<samlp:Extensions>{genuine}</samlp:Extensions>", forged)
        else:
            xml = bundid.response(request_id, *([forged, genuine] if where == "before" else [genuine, forged]))
        assert tell_saml(client, xml).status_code in {401, 403}
        assert not is_in(client)

    @pytest.mark.parametrize("text", ["", "x", "<a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "\x00"])
    def test_nonsense_is_refused_in_words(self, db, bundid, text):
        client = browser()
        ask_saml(client)
        assert tell_saml(client, text).status_code in {401, 403}
        assert client.post(SAML + "zurueck/").status_code == 302
        assert client.get(SAML + "fertig/").status_code in {401, 403}

    def test_our_metadata_can_be_registered(self, db, bundid):
        answer = browser().get(SAML + "metadata/")
        assert answer["Content-Type"] == "text/xml"
        assert "http://localhost/konto/anbieter/saml/bundid/zurueck/" in answer.content.decode()
        assert 'WantAssertionsSigned="true"' in answer.content.decode()


def test_the_file_of_providers_is_read(tmp_path):
    file = tmp_path / "providers.toml"
    file.write_text(
        '[[provider]]\nkind = "oidc"\nid = "a"\nname = "A"\nclient_id = "x"\nserver_url = "https://a.example"\n'
        'level = "basic"\nsecond_factor = true\n'
    )
    found = federation.read(str(file))
    assert federation.read("") == []
    assert federation.second_factors(found) == {"a"}
    made = federation.apps(found)["openid_connect"]["APPS"][0]["settings"]
    assert federation.level_of(made, {"acr": "high"}) == Level.BASIC


def test_an_unknown_level_is_none():
    settings = {"level_from": "x", "levels": {"a": "high"}}
    assert federation.level_of(settings, {"x": ["b"]}) == Level.NONE
    assert federation.level_of(settings, {}) == Level.NONE
    assert federation.level_of(settings, {"x": ["b", "a"]}) == Level.HIGH
