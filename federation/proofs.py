"""Proofs that stand in a document itself, so that it can be believed whoever passes it on (FEP-8b32, eddsa-jcs-2022).

Ours stand on what is for the whole web, and on nothing else: a proof can be shown to anybody for ever. Everything here is
about bytes; whose key it is, and whether its owner may say this, is decided by `forwarding`.
"""
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import values
from federation.contexts import DATA_INTEGRITY
from federation.errors import Malformed, Unproven
from federation.keys import PublicKey, base58_decode, base58_encode, load_private
from federation.requests import Key
from models import Actor, ActorKey, clock
from models.actor import KeyKind

Document = dict[str, Any]
TYPE: Final = "DataIntegrityProof"
SUITE: Final = "eddsa-jcs-2022"
PURPOSE: Final = "assertionMethod"
LINKED_DATA_SIGNATURE: Final = "signature"
MAX_VALUE_CHARS = 100


async def attested(document: Document, actor: Actor, created: datetime) -> Document:
    """A document of an actor of ours with a proof by the actor's newest Ed25519 key. It takes a third of a millisecond.

    `created` is when what it says was said, not when it is asked for: the same document is the same bytes at any time, as
    Ed25519 signs without chance (RFC 8032 §5.1.6).
    """
    row = await ActorKey.signing(actor.id, KeyKind.ED25519)
    return sign(document, Key(row.uri, load_private(row.private_pem)), created)


def sign(document: Document, key: Key, created: datetime) -> Document:
    """The document with a proof, and with the context that explains it. ValueError if the key is not Ed25519."""
    if not isinstance(key.private, Ed25519PrivateKey):
        raise ValueError("only Ed25519 keys make these proofs")
    context = values.many(document.get("@context"), 20)
    bare = document | {"@context": [*context, DATA_INTEGRITY] if DATA_INTEGRITY not in context else context}
    options = {"@context": bare["@context"], "type": TYPE, "cryptosuite": SUITE, "verificationMethod": key.id,
               "proofPurpose": PURPOSE, "created": created.strftime("%Y-%m-%dT%H:%M:%SZ")}
    signature = key.private.sign(_hashes(bare, options))
    return bare | {"proof": options | {"proofValue": "z" + base58_encode(signature)}}


def key_id(document: Mapping[str, Any]) -> str | None:
    """The key that is said to have made the proof; None where there is no proof of this kind."""
    proof = document.get("proof")
    if not isinstance(proof, dict) or proof.get("type") != TYPE or proof.get("cryptosuite") != SUITE:
        return None
    return values.link(proof.get("verificationMethod")) if proof.get("proofPurpose") == PURPOSE else None


def verify(document: Mapping[str, Any], key: PublicKey) -> datetime:
    """When the proof was made. Raises Unproven unless `key` made it over this very document.

    Both editions: today's repeats the document's `@context` in the proof, which may then stand before further contexts of
    the document; the first has none there (Data Integrity EdDSA Cryptosuites v1.0 §3.3.2). Who makes both puts the signature of
    Linked Data on after the proof (Fedify does, on whatever it sends): the proof is good if it fits without that too, which
    nobody here reads.
    """
    proof = document.get("proof")
    if not isinstance(proof, dict) or key_id(document) is None:
        raise Unproven("no proof that we can read")
    bare = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if "@context" in options:
        _check_context(options["@context"], bare.get("@context"))
        bare["@context"] = options["@context"]
    created, signature = _created(proof), _signature(proof.get("proofValue"))
    if not _fits(key, signature, _hashes(bare, options)):
        if bare.pop(LINKED_DATA_SIGNATURE, None) is None or not _fits(key, signature, _hashes(bare, options)):
            raise Unproven("the proof does not fit")
    return created


def _fits(key: PublicKey, signature: bytes, proven: bytes) -> bool:
    try:
        key.verify(signature, proven)  # type: ignore[call-arg]
    except (InvalidSignature, TypeError):  # TypeError: an RSA key, which this suite does not know
        return False
    return True


def _created(proof: Mapping[str, Any]) -> datetime:
    """When it was made, unless it says that it is over."""
    created, expires = values.instant(proof.get("created")), values.instant(proof.get("expires"))
    if created is None or "expires" in proof and (expires is None or expires < clock.now()):
        raise Unproven("the proof has no time, or is over")
    return created


def _check_context(proven: object, shown: object) -> None:
    """What the proof says must stand first in the document, in that order."""
    first = proven if isinstance(proven, list) else [proven]
    if (shown if isinstance(shown, list) else [shown])[:len(first)] != first:
        raise Unproven("the proof is about another context")


def _signature(value: object) -> bytes:
    if not isinstance(value, str) or not value.startswith("z") or len(value) > MAX_VALUE_CHARS:
        raise Unproven("the proof has no value")
    try:
        return base58_decode(value[1:])
    except Malformed as error:
        raise Unproven("the proof has no value") from error


def _hashes(bare: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """What is signed: the digest of the proof's options, then that of the document, both in canonical form (RFC 8785)."""
    try:
        return b"".join(hashlib.sha256(rfc8785.dumps(dict(part))).digest() for part in (options, bare))
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise Unproven("a document without canonical form") from error
