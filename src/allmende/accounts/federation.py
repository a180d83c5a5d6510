"""Identity providers by setting: a TOML file says whom this city trusts, for what, and how far.

Knows no Django application: the settings read it before there are any.
"""

import tomllib
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any


class Level(IntEnum):
    """How sure it is who someone is (Regulation (EU) 910/2014, Art. 8: low, substantial, high)."""

    NONE = 0
    BASIC = 1
    SUBSTANTIAL = 2
    HIGH = 3

    @classmethod
    def named(cls, name: str) -> "Level":
        """The level of that name; what is unknown is none."""
        return cls.__members__.get(name.upper(), cls.NONE)


BUNDID: Mapping[str, Any] = {
    "attributes": {
        "uid": "urn:oid:1.3.6.1.4.1.25484.494450.3",  # bPK2: another one for each service
        "email": "urn:oid:0.9.2342.19200300.100.1.3",
    },
    "level_from": "urn:oid:1.2.40.0.10.2.1.1.261.94",
    "levels": {"STORK-QAA-Level-1": "basic", "STORK-QAA-Level-3": "substantial", "STORK-QAA-Level-4": "high"},
}
"""The attributes of BundID (SAML interface of the federal user account); level 2 is not used there."""


def read(path: str) -> list[dict[str, Any]]:
    """The providers of a file; none without one. Raises what is wrong with it when the city starts."""
    return list(tomllib.loads(Path(path).read_text())["provider"]) if path else []


def apps(providers: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What allauth wants to know of them (its SOCIALACCOUNT_PROVIDERS)."""
    made: dict[str, dict[str, Any]] = {"openid_connect": {"APPS": []}, "saml": {"APPS": []}}
    for one in providers:
        kind = "openid_connect" if one["kind"] == "oidc" else "saml"
        made[kind]["APPS"].append(_oidc(one) if one["kind"] == "oidc" else _saml(one))
    return made


def _trust(one: Mapping[str, Any]) -> dict[str, Any]:
    known = BUNDID if one["kind"] == "bundid" else {}
    return {
        "level": one.get("level", "none"),
        "level_from": one.get("level_from", known.get("level_from", "")),
        "levels": dict(one.get("levels", known.get("levels", {}))),
    }


def _oidc(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "provider_id": one["id"],
        "name": one["name"],
        "client_id": one["client_id"],
        "secret": one.get("client_secret", ""),
        "settings": {
            **_trust(one),
            "server_url": one["server_url"],
            "oauth_pkce_enabled": True,
            "scope": one.get("scope", ["openid", "email"]),
        },
    }


def _saml(one: Mapping[str, Any]) -> dict[str, Any]:
    """Answers are taken only when they are signed, asked for, and not from a weak algorithm."""
    known = BUNDID if one["kind"] == "bundid" else {}
    signed = bool(one.get("private_key"))
    return {
        "provider_id": one["id"],
        "name": one["name"],
        "client_id": one["id"],
        "settings": {
            **_trust(one),
            "attribute_mapping": dict(one.get("attributes", known.get("attributes", {}))),
            "idp": {"entity_id": one["entity_id"], "sso_url": one["sso_url"], "x509cert": one["certificate"]},
            "sp": {"entity_id": one.get("our_entity_id", "")},
            "advanced": {
                "strict": True,
                "want_assertion_signed": True,
                "reject_deprecated_algorithm": True,
                "reject_idp_initiated_sso": True,
                "want_assertion_encrypted": bool(one.get("encrypted", False)),
                "authn_request_signed": signed,
                "metadata_signed": signed,
                "x509cert": one.get("our_certificate"),
                "private_key": one.get("private_key"),
                "name_id_format": one.get("name_id_format"),
            },
        },
    }


def second_factors(providers: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The providers that ask for a second factor themselves, by the operator's word."""
    return frozenset(one["id"] for one in providers if one.get("second_factor"))


def level_of(settings: Mapping[str, Any], data: Mapping[str, Any]) -> Level:
    """How far a provider vouches for someone in this answer.

    `data` are SAML attributes (lists of texts) or the claims of OpenID Connect. Without a claim that says it, the level
    that the operator wrote down for the provider.
    """
    key = settings.get("level_from")
    if not key:
        return Level.named(str(settings.get("level", "none")))
    found = data.get(key)
    values = found if isinstance(found, list) else [found]
    names = [settings.get("levels", {}).get(str(value), "none") for value in values]
    return max((Level.named(name) for name in names), default=Level.NONE)
