"""Addresses of images for apps, which show pictures without saying who asks.

An address is bound to one reader, and good for a day or two; whether that reader may see the image is asked again each
time. The secret is derived from the private key of the community's actor, as in `server.members.answers`: the same for every
process, with no file of its own.
"""
from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from federation.addresses import origin_of
from models import Actor, ActorKey, clock
from models.actor import KeyKind

DAY_SECONDS = 86_400
GOOD_DAYS = 2  # today's addresses are good tomorrow too
PARAMETER = "for"


@dataclass(frozen=True, slots=True)
class ImageLinks:
    """Makes and checks addresses."""

    origin: str
    secret: bytes

    @classmethod
    async def of(cls, instance: Actor) -> ImageLinks:
        """Those of this server, by its instance actor."""
        key = await ActorKey.signing(instance.id, KeyKind.RSA)
        derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"dazzle image links")
        return cls(origin_of(instance.uri), derivation.derive(key.private_pem.encode()))

    def address(self, key: str, reader: str, *, folder: str = "media") -> str:
        """The address of an image for a reader, by the key of their actor; "" for a visitor, who sees what everybody may."""
        plain = f"{self.origin}/{folder}/{key}"
        return f"{plain}?{PARAMETER}={self._mark(key, reader, _today())}" if reader else plain

    def reader(self, key: str, mark: str) -> str:
        """The key of the actor whom an address was made for; "" if it is not ours or too old."""
        reader, _, rest = mark.partition(".")
        day = rest.partition(".")[0]
        if not (reader and day.isascii() and day.isdecimal() and len(day) <= 6) or not 0 <= _today() - int(day) < GOOD_DAYS:
            return ""
        return reader if hmac.compare_digest(mark.encode(), self._mark(key, reader, int(day)).encode()) else ""

    def _mark(self, key: str, reader: str, day: int) -> str:
        proof = hmac.new(self.secret, f"{key} {reader} {day}".encode(), sha256).hexdigest()[:32]
        return f"{reader}.{day}.{proof}"


def _today() -> int:
    return int(clock.now().timestamp()) // DAY_SECONDS
