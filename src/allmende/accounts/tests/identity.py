"""Identity providers for tests: one for OpenID Connect on loopback, one that signs SAML answers."""

import base64
import hashlib
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Saml


class Oidc:
    """An OpenID Connect provider. What it says of the person, and how honestly, is set on the object."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.signs_with = self.key
        self.claims: dict[str, Any] = {"sub": "person-1", "email": "neu@example.org", "acr": "gold"}
        self.changes: dict[str, Any] = {}
        self.challenges: set[str] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None:
                pass

            def _say(self, value: Any, status: int = 200) -> None:
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                at = urlsplit(self.path).path
                if at == "/.well-known/openid-configuration":
                    ends = {name: f"{outer.url}/{name}" for name in ("authorize", "token", "userinfo", "keys")}
                    self._say({
                        "issuer": outer.url, "authorization_endpoint": ends["authorize"],
                        "token_endpoint": ends["token"], "userinfo_endpoint": ends["userinfo"],
                        "jwks_uri": ends["keys"], "token_endpoint_auth_methods_supported": ["client_secret_post"],
                    })  # fmt: skip
                elif at == "/keys":
                    self._say({"keys": [{**outer.key.as_dict(private=False), "alg": "RS256", "use": "sig"}]})
                elif at == "/userinfo":
                    self._say(outer.claims)
                else:
                    self._say({}, 404)

            def do_POST(self) -> None:
                sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                digest = hashlib.sha256(sent["code_verifier"][0].encode()).digest()
                if base64.urlsafe_b64encode(digest).decode().rstrip("=") not in outer.challenges:
                    return self._say({"error": "invalid_grant"}, 400)
                return self._say({"access_token": "x", "token_type": "Bearer", "id_token": outer.token()})

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def token(self) -> str:
        now = int(time.time())
        said = {"iss": self.url, "aud": "allmende", "iat": now, "exp": now + 300, **self.claims, **self.changes}
        return jwt.encode({"alg": "RS256", "kid": "one"}, said, self.signs_with)

    def setting(self) -> dict[str, Any]:
        return {
            "kind": "oidc", "id": "stadt", "name": "Stadtwerke-Ausweis", "client_id": "allmende", "client_secret": "x",
            "server_url": self.url, "level_from": "acr", "levels": {"silver": "basic", "gold": "substantial"},
        }  # fmt: skip

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def certificate() -> tuple[str, str]:
    """A key and a certificate of its own, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()
    return pem, made.public_bytes(serialization.Encoding.PEM).decode()


class BundId:
    """Signs answers as BundID does: a signed assertion with bPK2, address and trust level."""

    ENTITY = "https://idp.example/saml"

    def __init__(self) -> None:
        self.key, self.cert = certificate()

    def setting(self) -> dict[str, Any]:
        return {
            "kind": "bundid", "id": "bundid", "name": "BundID", "entity_id": self.ENTITY,
            "sso_url": "https://idp.example/sso", "certificate": self.cert,
        }  # fmt: skip

    def answer(
        self,
        request_id: str,
        *,
        uid: str = "bpk-1",
        level: str = "STORK-QAA-Level-3",
        email: str = "neu@example.org",
        audience: str = "http://localhost/konto/anbieter/saml/bundid/metadata/",
        lasts: timedelta = timedelta(minutes=5),
        key: str = "",
        signed: bool = True,
    ) -> str:
        """The XML of a response to the request with this id ("" for one that nobody asked for)."""
        return self.response(request_id, self.assertion(
            request_id, uid=uid, level=level, email=email, audience=audience, lasts=lasts, key=key, signed=signed
        ))  # fmt: skip

    def response(self, request_id: str, *assertions: str) -> str:
        now = datetime.now(UTC)
        to = f' InResponseTo="{request_id}"' if request_id else ""
        return (
            f'<samlp:Response xmlns:samlp="{Names.NS_SAMLP}" xmlns:saml="{Names.NS_SAML}" ID="r{uuid4().hex}"'
            f' Version="2.0" IssueInstant="{_at(now)}" Destination="{ACS}"{to}>'
            f"<saml:Issuer>{self.ENTITY}</saml:Issuer><samlp:Status><samlp:StatusCode"
            f' Value="{Names.STATUS_SUCCESS}"/></samlp:Status>{"".join(assertions)}</samlp:Response>'
        )

    def assertion(
        self, request_id: str, *, uid: str, level: str, email: str, audience: str, lasts: timedelta, key: str = "",
        signed: bool = True,
    ) -> str:  # fmt: skip
        now = datetime.now(UTC)
        ends, begins = _at(now + lasts), _at(now - timedelta(minutes=10))
        to = f' InResponseTo="{request_id}"' if request_id else ""
        values = {
            "urn:oid:1.3.6.1.4.1.25484.494450.3": uid,
            "urn:oid:0.9.2342.19200300.100.1.3": email,
            "urn:oid:1.2.40.0.10.2.1.1.261.94": level,
        }
        attributes = "".join(
            f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
            for name, value in values.items()
        )
        xml = (
            f'<saml:Assertion xmlns:saml="{Names.NS_SAML}" ID="a{uuid4().hex}" Version="2.0" IssueInstant="{_at(now)}">'
            f"<saml:Issuer>{self.ENTITY}</saml:Issuer><saml:Subject><saml:NameID"
            f' Format="{Names.NAMEID_TRANSIENT}">{uuid4().hex}</saml:NameID><saml:SubjectConfirmation'
            f' Method="{Names.CM_BEARER}"><saml:SubjectConfirmationData NotOnOrAfter="{ends}" Recipient="{ACS}"{to}/>'
            f'</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{begins}" NotOnOrAfter="{ends}">'
            f"<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>"
            f'</saml:Conditions><saml:AuthnStatement AuthnInstant="{_at(now)}"><saml:AuthnContext>'
            f"<saml:AuthnContextClassRef>{Names.AC_UNSPECIFIED}</saml:AuthnContextClassRef></saml:AuthnContext>"
            f"</saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"
        )
        if not signed:
            return xml
        made = Saml.add_sign(xml, key or self.key, self.cert, sign_algorithm=Names.RSA_SHA256)
        return str((made.decode() if isinstance(made, bytes) else made).replace('<?xml version="1.0"?>', ""))


ACS = "http://localhost/konto/anbieter/saml/bundid/zurueck/"


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
