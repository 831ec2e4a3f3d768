"""Finding out whether two servers mean the same condition without telling which: private set intersection by Diffie–Hellman.

Each server has a secret number for each partner and each epoch. It sends a·H(code); the partner multiplies that by its own
secret and answers only a digest of b·a·H(code), bound to the entry it is about. Multiplication commutes (RFC 7748), so that
equal codes, and nothing else, meet. Nobody can try out codes alone: each try is an entry that the other side must answer, and
counts. The construction: Meadows 1986; Huberman, Franklin, Hogg 1999, "Enhancing privacy and trust in electronic communities".
"""
from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from itertools import count
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from federation.errors import Malformed
from models import clock

EPOCH_DAYS = 28
POINT_BYTES = 32
#: Curve25519 (RFC 7748 §4.1): v² = u³ + A·u² + u over the integers modulo P.
P: Final = 2**255 - 19
A: Final = 486662
Match = tuple[str, str]


def epoch() -> int:
    """The number of these four weeks: secrets, and with them all that was sent, are other ones in the next."""
    return clock.now().date().toordinal() // EPOCH_DAYS


def is_near(number: object) -> bool:
    """Whether another server's epoch can be ours too: clocks differ, and activities are delayed."""
    return type(number) is int and abs(number - epoch()) <= 1


def secret_for(secret: str, number: int) -> X25519PrivateKey:
    """Our secret number for one partner and one epoch."""
    return X25519PrivateKey.from_private_bytes(_derived(secret, f"waiting {number}"))


def blind(key: X25519PrivateKey, code: str) -> str:
    """A code as one partner gets it."""
    return _written(key.exchange(X25519PublicKey.from_public_bytes(_point_of(code))))


def double(key: X25519PrivateKey, blinded: str) -> str:
    """What a partner blinded, blinded by us too. Malformed if it is no number of that kind."""
    try:
        point = base64.urlsafe_b64decode(blinded + "=")
        if len(point) == POINT_BYTES and _written(point) == blinded:
            return _written(key.exchange(X25519PublicKey.from_public_bytes(point)))
    except ValueError as error:  # also of a point of small order, which would come out as nought
        raise Malformed("not a blinded code") from error
    raise Malformed("not a blinded code")


def padding(secret: str, number: int, place: int) -> tuple[str, str]:
    """A name, always the same, and a number for this epoch that mean nobody: they look like all others."""
    name = _derived(secret, f"nobody {place}").hex()[:44]
    key = X25519PrivateKey.from_private_bytes(_derived(secret, f"nobody {number} {place} key"))
    return name, _written(key.public_key().public_bytes_raw())


def answer(doubled: str, uri: str) -> str:
    """What is answered about an entry: it cannot be used for another, nor to make up an answer."""
    return hashlib.sha256(f"{doubled}\n{uri}".encode()).hexdigest()


def matches(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[Match]:
    """Which entries mean the same. `ours`: what the partner answered, by our ids; `theirs`: doubled by us, by their ids."""
    return [(uri, other) for uri, answered in ours.items() for other, doubled in theirs.items()
            if answered and hmac.compare_digest(answer(doubled, uri), answered)]


def _derived(secret: str, what: str) -> bytes:
    return hmac.new(secret.encode(), what.encode(), hashlib.sha256).digest()


def _point_of(code: str) -> bytes:
    """A point of the curve that belongs to a code, so that nobody knows its logarithm: the first digest that is one.

    One that is on the twist instead would stay there, and so tell one bit of the code.
    """
    for attempt in count():
        digest = hashlib.sha256(f"dazzle waiting list\n{attempt}\n{code}".encode()).digest()
        u = int.from_bytes(digest, "little") & (2**255 - 1)
        if u < P and pow(u * (u * u + A * u + 1), (P - 1) // 2, P) == 1:
            return u.to_bytes(POINT_BYTES, "little")
    raise AssertionError("half of all numbers are on the curve")


def _written(point: bytes) -> str:
    return base64.urlsafe_b64encode(point).decode().rstrip("=")
