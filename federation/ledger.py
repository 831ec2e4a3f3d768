"""The chain of consent records: written one after the other, signed by the community, checked row by row.

Every record holds the hash of the one before it, and the community's Ed25519 key signs its own hash. So nobody who cannot
sign in the community's name changes, takes out or puts in a record without its showing here.
"""
from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from federation.errors import Malformed
from federation.keys import load_private, load_public
from models import Actor, ActorKey, ConsentRecord, ConsentText
from models.actor import KeyKind
from models.consent import Capacity, ConsentEvent, ConsentState, lock_chain, next_number
from models.database import in_transaction
from models.ids import new_key

BEFORE_THE_FIRST = "0" * 64
PAGE = 500
SCHEMA_OF_0_1 = "dazzle-0.1"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first record that is not as it was written, and how that shows."""

    id: int
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole chain found. `waiting`: records of release 0.1 that were not taken in yet."""

    records: int
    waiting: int = 0
    fault: Fault | None = None


async def append(**columns: Any) -> ConsentRecord:
    """Write one record at the end of the chain, with the columns of ConsentRecord that say something; joins a transaction.

    Two who write at once do so one after the other (`lock_chain`); the unique `previous_hash` makes sure.
    """
    async with in_transaction():
        await lock_chain()
        last = await ConsentRecord.all().order_by("-id").first()
        if last is not None and not last.is_chained and await _adopt_waiting():
            last = await ConsentRecord.all().order_by("-id").first()
        row = ConsentRecord(id=await next_number(), key=new_key(), **columns)
        await _seal(row, last.hash if last else BEFORE_THE_FIRST)
        await row.save()
    return row


async def adopt() -> int:
    """Take the records of release 0.1 into the chain, as they are and in their order; how many. Called when a server starts."""
    async with in_transaction():
        await lock_chain()
        return await _adopt_waiting()


async def _adopt_waiting() -> int:
    count, last = 0, BEFORE_THE_FIRST
    if await ConsentRecord.exclude(hash="").exists():
        return 0  # a row without a hash after one that has it was damaged: `verify` names it
    while waiting := await ConsentRecord.filter(hash="").order_by("id").limit(PAGE).select_related("actor"):
        for row in waiting:
            state, event = ((ConsentState.GIVEN, ConsentEvent.GIVEN) if row.granted
                            else (ConsentState.WITHDRAWN, ConsentEvent.WITHDRAWN))
            row.update_from_dict({"key": new_key(), "state": state, "event": event, "subject": row.actor.key,
                                  "acted_by_id": row.actor_id, "capacity": Capacity.SELF, "schema_version": SCHEMA_OF_0_1})
            await _seal(row, last)
            kept = {name: getattr(row, name) for name in ("key", "state", "event", "subject", "acted_by_id", "capacity",
                                                          "schema_version", "previous_hash", "hash", "key_uri", "signature")}
            await ConsentRecord.filter(id=row.id).update(**kept)
            last, count = row.hash, count + 1
    return count


async def _seal(row: ConsentRecord, previous_hash: str) -> None:
    """Tie a record to the one before it, and sign it."""
    key = await ActorKey.signing((await Actor.instance()).id, KeyKind.ED25519)
    private = load_private(key.private_pem)
    if not isinstance(private, Ed25519PrivateKey):
        raise Malformed("the community's key is of another kind")
    row.update_from_dict({"previous_hash": previous_hash, "key_uri": key.uri})
    row.hash = row.digest()
    row.signature = private.sign(row.hash.encode()).hex()


async def verify() -> Verdict:
    """Read the whole chain and name the first record that is not as it was written, or whose words are not."""
    if not await ConsentRecord.exclude(hash="").exists():
        return Verdict(0, waiting=await ConsentRecord.all().count())
    known, texts = await keys(), await _texts()
    last, records, after = BEFORE_THE_FIRST, 0, 0
    while rows := await ConsentRecord.filter(id__gt=after).order_by("id").limit(PAGE):
        for row in rows:
            if why := fault(row, last, known) or texts.get(row.text_digest):
                return Verdict(records, fault=Fault(row.id, why))
            last, after, records = row.hash, row.id, records + 1
    return Verdict(records)


def fault(row: ConsentRecord, previous_hash: str, keys: dict[str, Ed25519PublicKey]) -> str:
    """What is wrong with one record, given the hash of the one before it; "" when nothing is."""
    if row.previous_hash != previous_hash:
        return "it does not follow the record before it"
    return alone(row, keys)


def alone(row: ConsentRecord, keys: dict[str, Ed25519PublicKey]) -> str:
    """What is wrong with one record by itself: with its hash or its signature; "" when nothing is."""
    if row.granted is not (row.state is ConsentState.GIVEN):
        return "it says yes and no"
    if row.digest() != row.hash:
        return "it says something else than when it was written"
    key = keys.get(row.key_uri)
    if key is None:
        return "its key is none of this community"
    try:
        key.verify(bytes.fromhex(row.signature), row.hash.encode())
    except (InvalidSignature, ValueError):
        return "its signature does not fit"
    return ""


async def proven(row: ConsentRecord) -> bool:
    """Whether this record is as the community signed it, with its words: for whoever looks at a receipt."""
    return not (alone(row, await keys()) or (await _texts([row.text_digest])).get(row.text_digest))


async def keep_text(words: str) -> str:
    """Keep the exact words that somebody read, once; their digest."""
    digest = hashlib.sha256(words.encode()).hexdigest()
    if not await ConsentText.exists(digest=digest):
        await ConsentText.get_or_create({"text": words}, digest=digest)
    return digest


async def keys() -> dict[str, Ed25519PublicKey]:
    """Every Ed25519 key that this community ever signed with: also those that were replaced."""
    instance = await Actor.instance()
    found = await ActorKey.filter(actor_id=instance.id, kind=KeyKind.ED25519)
    loaded = {key.uri: load_public(key.public_pem) for key in found}
    return {uri: key for uri, key in loaded.items() if isinstance(key, Ed25519PublicKey)}


async def _texts(digests: Sequence[str] | None = None) -> dict[str, str]:
    """The digests whose words are not those that were read, with what is wrong."""
    found = ConsentText.all() if digests is None else ConsentText.filter(digest__in=list(digests))
    return {row.digest: "its words are not those that were read" for row in await found
            if hashlib.sha256(row.text.encode()).hexdigest() != row.digest}
