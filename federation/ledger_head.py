"""How far the ledger of consent reached, signed, to be kept outside the database: a chain does not show that its end was cut off.

The head is {"records", "hash", "at", "key", "signature"}: the number of records, the hash of the last one, when it was
read, and the community's Ed25519 signature over those four, by newlines. It says nothing of anybody.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import ledger
from federation.errors import Malformed
from federation.keys import load_private
from models import Actor, ActorKey, ConsentRecord, clock
from models.actor import KeyKind


@dataclass(frozen=True, slots=True)
class Head:
    """What is kept."""

    records: int
    hash: str
    at: str
    key: str
    signature: str = ""

    @classmethod
    def parse(cls, document: Any) -> Head:
        """Read one; Malformed for what is none."""
        if not isinstance(document, dict):
            raise Malformed("a head must be an object")
        records, words = document.get("records"), [document.get(name) for name in ("hash", "at", "key", "signature")]
        if type(records) is not int or records < 0 or not all(isinstance(word, str) for word in words):
            raise Malformed("not the head of a ledger")
        return cls(records, *map(str, words))

    def document(self) -> dict[str, object]:
        """As JSON takes it."""
        return asdict(self)

    def signed(self) -> bytes:
        """What the signature is over."""
        return "\n".join((str(self.records), self.hash, self.at, self.key)).encode()


async def read() -> Head | None:
    """The head of the ledger as it stands; None while it is empty."""
    last = await _newest()
    if last is None:
        return None
    key = await ActorKey.signing((await Actor.instance()).id, KeyKind.ED25519)
    private = load_private(key.private_pem)
    if not isinstance(private, Ed25519PrivateKey):
        raise Malformed("the community's key is of another kind")
    records = await ConsentRecord.filter(id__lte=last.id).exclude(hash="").count()
    bare = Head(records, last.hash, clock.now().isoformat(timespec="seconds"), key.uri)
    return Head(bare.records, bare.hash, bare.at, bare.key, private.sign(bare.signed()).hex())


async def newest_hash() -> str:
    """The hash of the last record; "" while there is none. One look into an index."""
    last = await _newest()
    return last.hash if last else ""


async def fault(head: Head) -> str:
    """What the ledger lacks that this head of earlier says it had; "" when it still holds all of it."""
    key = (await ledger.keys()).get(head.key)
    try:
        if key is None:
            raise InvalidSignature
        key.verify(bytes.fromhex(head.signature), head.signed())
    except (InvalidSignature, ValueError):
        return "the head that was kept is not signed by this community"
    there = await ConsentRecord.get_or_none(hash=head.hash)
    if there is None or await ConsentRecord.filter(id__lte=there.id).exclude(hash="").count() != head.records:
        return f"it had {head.records} records on {head.at}, and its end is gone since"
    return ""


async def _newest() -> ConsentRecord | None:
    return await ConsentRecord.exclude(hash="").order_by("-id").first()
