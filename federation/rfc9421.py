"""RFC 9421 HTTP message signatures, verified by the library `http-message-signatures` with our profile around it.

Ours: one signature, Ed25519 or RSA-v1_5-SHA256 as the key says, `@method`, `@target-uri`, and `content-digest`
where there is a body (spec: fediverse §1.3).
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import http_sf
from cryptography.hazmat.primitives.asymmetric import ed25519
from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from multidict import CIMultiDict

from federation import rfc9421_plain
from federation.errors import Unproven
from federation.keys import PrivateKey, PublicKey
from federation.requests import MAX_KEY_ID_CHARS, Request, check_fresh

MAX_HEADER_CHARS = 8000
_COVERED = ("@method", "@target-uri")


@dataclass(slots=True)
class _Message:
    """What the library calls a message."""

    method: str
    url: str
    headers: CIMultiDict[str]


class _OneKey(HTTPSignatureKeyResolver):
    """The key was found before; the library asks for it by a name that we have read already."""

    def __init__(self, key: PrivateKey | PublicKey) -> None:
        self.key = key

    def resolve_private_key(self, key_id: str) -> PrivateKey | PublicKey:
        return self.key

    resolve_public_key = resolve_private_key


class _Verifier(HTTPMessageVerifier):
    """The library reads the clock itself and tolerates 5 seconds; here the time is an argument."""

    def __init__(self, key: PublicKey, now: datetime, skew_seconds: float) -> None:
        super().__init__(signature_algorithm=_algorithm(key), key_resolver=_OneKey(key))
        self.now = now
        self.skew_seconds = skew_seconds

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Replaces the library's own check."""
        created, expires = (_instant(sig_input.params.get(name)) for name in ("created", "expires"))
        if created is None:
            raise Unproven("no time is signed, or none that can be read")
        check_fresh(created, expires, self.now, self.skew_seconds)


def parse_key_id(fields: dict[str, str]) -> str:
    """The `keyid` of the one signature; Unproven if there are several, or none that can be read."""
    header = fields.get("signature-input", "")
    if plain := rfc9421_plain.key_id(fields):
        return plain
    if len(header) > MAX_HEADER_CHARS:
        raise Unproven("the signature header is too long")
    try:
        signatures: Any = http_sf.parse(header.encode("ascii"), tltype="dictionary")
        (_, parameters), = signatures.values()
        key_id = parameters["keyid"]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unproven("no single readable signature") from error
    if not isinstance(key_id, str) or not 0 < len(key_id) <= MAX_KEY_ID_CHARS:
        raise Unproven("the key id is unusable")
    return key_id


def verify(request: Request, public_key: PublicKey, now: datetime, skew_seconds: float) -> None:
    """Raise Unproven unless the signature is right, fresh, and covers method, target and body."""
    if not rfc9421_plain.verify(request, public_key, now, skew_seconds):
        authenticate(request, public_key, now, skew_seconds,
                     require=_COVERED, body=request.body if request.has_body else None)


def authenticate(request: Request, public_key: PublicKey, now: datetime, skew_seconds: float, *,
                 require: tuple[str, ...] = (), body: bytes | None = None) -> None:
    """Raise Unproven unless the key made this signature in time; `require` and `body` add what it must cover."""
    parse_key_id(request.fields())
    message = _Message(request.method.upper(), request.url, CIMultiDict(request.headers.items()))
    if body is not None:
        require = (*require, "content-digest")
    try:
        _Verifier(public_key, now, skew_seconds).verify(
            message, max_age=None, require_components=require, body=body)
    except HTTPMessageSignaturesException as error:
        raise Unproven("the signature is wrong or covers too little") from error


def _algorithm(key: PrivateKey | PublicKey) -> type[HTTPSignatureAlgorithm]:
    """The key decides, never the request: no confusion of RSA with HMAC is possible."""
    if isinstance(key, ed25519.Ed25519PrivateKey | ed25519.Ed25519PublicKey):
        return algorithms.ED25519
    return algorithms.RSA_V1_5_SHA256


def _instant(seconds: object) -> datetime | None:
    if type(seconds) is not int:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unproven("a time of the signature is unreadable") from error
