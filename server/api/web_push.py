"""Web push: a notice sealed so that only one app can read it (RFC 8291), and signed so that a push service knows us (RFC 8292).

Older apps read the draft that came before (aesgcm); they say so when they subscribe.
"""
from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta

import http_ece
from cryptography.exceptions import InvalidKey, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from federation.addresses import origin_of

PAYLOAD_LIMIT_BYTES = 3000  # push services take 4096 in all, sealed (RFC 8030 §7.2)
TOKEN_TIME = timedelta(hours=12)  # at most a day (RFC 8292 §2)
KEEP_SECONDS = 24 * 3600  # how long a push service keeps it for an app that is away (RFC 8030 §5.2)
SECRET_BYTES = 16
AGENT = "Dazzle"  # not our address: the service need not be told whose community this is


class BadKeys(ValueError):
    """These are no keys of an app."""


@dataclass(frozen=True, slots=True)
class AppKeys:
    """What an app gave: its public key and its secret, as bytes, and which of both ways it reads."""

    public: bytes
    secret: bytes
    is_standard: bool

    @classmethod
    def parse(cls, public: str, secret: str, *, is_standard: bool) -> AppKeys:
        """Out of base64url, with or without its end. Raises: BadKeys."""
        try:
            keys = cls(from_base64(public), from_base64(secret), is_standard)
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), keys.public)
        except (ValueError, InvalidKey, UnsupportedAlgorithm) as error:
            raise BadKeys("p256dh") from error
        if len(keys.secret) != SECRET_BYTES:
            raise BadKeys("auth")
        return keys


@dataclass(frozen=True, slots=True)
class Sealed:
    """What goes to the push service."""

    body: bytes
    headers: dict[str, str]


def seal(payload: bytes, keys: AppKeys, endpoint: str, private_pem: str, contact: str, now: datetime) -> Sealed:
    """A payload for one app, in the name of the holder of the key. CPU: keep it off the event loop.

    `contact`: an address of whoever runs the community, for the push service. Raises: ValueError for a payload too long.
    """
    if len(payload) > PAYLOAD_LIMIT_BYTES:
        raise ValueError("the payload is too long")
    ours, salt = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    version = "aes128gcm" if keys.is_standard else "aesgcm"
    body: bytes = http_ece.encrypt(payload, salt=salt, private_key=ours, dh=keys.public, auth_secret=keys.secret, version=version)
    token, known_as = signed(endpoint, private_pem, contact, now)
    headers = {"Content-Encoding": version, "Content-Type": "application/octet-stream", "TTL": str(KEEP_SECONDS),
               "Urgency": "normal", "User-Agent": AGENT}
    if keys.is_standard:
        return Sealed(body, headers | {"Authorization": f"vapid t={token}, k={known_as}"})
    theirs = to_base64(ours.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    return Sealed(body, headers | {"Authorization": f"WebPush {token}", "Encryption": f"salt={to_base64(salt)}",
                                   "Crypto-Key": f"dh={theirs};p256ecdsa={known_as}"})


def signed(endpoint: str, private_pem: str, contact: str, now: datetime) -> tuple[str, str]:
    """A JSON Web Token for the service behind an endpoint (RFC 8292 §2), and the public key that it is proven with."""
    key = _private(private_pem)
    claims = {"aud": origin_of(endpoint), "exp": int((now + TOKEN_TIME).timestamp()), "sub": contact}
    text = ".".join(to_base64(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{to_base64(r.to_bytes(32) + s.to_bytes(32))}", public_of(private_pem)


def new_key() -> str:
    """A key pair of a community, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_of(private_pem: str) -> str:
    """The public half, as apps are told it: an uncompressed point in base64url."""
    return to_base64(_private(private_pem).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def to_base64(data: bytes) -> str:
    """base64url without its end (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64(text: str) -> bytes:
    """Out of base64url or base64, with or without its end. Raises: ValueError."""
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)


def _private(pem: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key for web push")
    return key
