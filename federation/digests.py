"""`Digest` (RFC 3230), which binds the body to a draft-cavage signature, and its successor for RFC 9421."""
from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache

from federation.errors import Unproven

MAX_DIGESTS = 8
_HASHES = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


def digest(body: bytes) -> str:
    """The value of a Digest header. The algorithm is in capitals because Threads refuses it otherwise."""
    return "SHA-256=" + _sha256(body)


def content_digest(body: bytes) -> str:
    """The value of a Content-Digest header (RFC 9530)."""
    return f"sha-256=:{_sha256(body)}:"


@lru_cache(maxsize=32)  # one body goes to many hosts
def _sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")


def check_digest(header: str, body: bytes) -> None:
    """Raise Unproven unless a strong digest is there and every strong one fits; others count for nothing."""
    bound = False
    entries = header.split(",")
    if len(entries) > MAX_DIGESTS:
        raise Unproven("too many digests")
    for entry in entries:
        algorithm, _, encoded = entry.strip().partition("=")
        if (hash_of := _HASHES.get(algorithm.lower())) is None:
            continue
        try:
            stated = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Unproven("the digest is unreadable") from error
        if not hmac.compare_digest(stated, hash_of(body).digest()):
            raise Unproven("the digest does not fit the body")
        bound = True
    if not bound:
        raise Unproven("no digest that we know")
