"""Making keys, and keys as text: PEM for draft-cavage, Multikey (FEP-521a) for Ed25519.

Parsing a private RSA key costs milliseconds, so what was parsed is remembered by its text. Making an RSA key
takes a tenth of a second or more: call it in a thread.
"""
from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from federation.errors import Malformed

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ed25519.Ed25519PublicKey

RSA_BITS = 2048
MAX_RSA_BITS = 8192  # a larger one makes verifying slow, which a stranger could want
MAX_PEM_CHARS = 8000
MAX_MULTIBASE_CHARS = 1600  # RSA of 8192 bits
_MULTICODEC_ED25519 = b"\xed\x01"
_MULTICODEC_RSA = b"\x85\x24"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def make_rsa() -> rsa.RSAPrivateKey:
    """A new RSA-2048 key: the only kind that every server can verify."""
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def make_ed25519() -> ed25519.Ed25519PrivateKey:
    """A new Ed25519 key, for RFC 9421 and object proofs."""
    return ed25519.Ed25519PrivateKey.generate()


def private_pem(key: PrivateKey) -> str:
    """The private key as unencrypted PKCS#8 PEM: a secret, never to be logged."""
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption()).decode("ascii")


def public_pem(key: PublicKey) -> str:
    """The public key as SPKI PEM, as `publicKeyPem` wants it."""
    return key.public_bytes(serialization.Encoding.PEM,
                            serialization.PublicFormat.SubjectPublicKeyInfo).decode("ascii")


@lru_cache(maxsize=1024)
def load_private(pem: str) -> PrivateKey:
    """One of our own keys from its PEM; Malformed if it is not RSA or Ed25519."""
    try:
        key = serialization.load_pem_private_key(pem.encode("ascii"), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Malformed("not a private key") from error
    if not isinstance(key, PrivateKey):
        raise Malformed("not an RSA or Ed25519 key")
    return key


@lru_cache(maxsize=4096)
def load_public(pem: str) -> PublicKey:
    """A public key from the PEM that an actor shows; Malformed if unreadable, of another kind, weak or huge."""
    if len(pem) > MAX_PEM_CHARS:
        raise Malformed("the key is too long")
    try:
        raw = pem.strip().encode("ascii")
    except ValueError as error:
        raise Malformed("not a public key") from error
    return _acceptable(serialization.load_pem_public_key, raw)


def multikey(key: PublicKey) -> str:
    """`publicKeyMultibase` of FEP-521a: "z", then base58btc of the multicodec prefix and the key.

    RSA keys are PKCS#1 in it. They stand there while they are being replaced, when `publicKey` shows the new one.
    """
    if isinstance(key, rsa.RSAPublicKey):
        pkcs1 = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
        return "z" + base58_encode(_MULTICODEC_RSA + pkcs1)
    return "z" + base58_encode(_MULTICODEC_ED25519 + key.public_bytes_raw())


@lru_cache(maxsize=4096)
def load_multikey(text: str) -> PublicKey:
    """The key of a `publicKeyMultibase`; Malformed if it is not an Ed25519 key, or an acceptable RSA key, in base58btc."""
    if not text.startswith("z") or len(text) > MAX_MULTIBASE_CHARS:
        raise Malformed("not a base58btc multibase key")
    raw = base58_decode(text[1:])
    if raw.startswith(_MULTICODEC_RSA):
        return _acceptable(serialization.load_der_public_key, raw[2:])
    if len(raw) != 34 or not raw.startswith(_MULTICODEC_ED25519):
        raise Malformed("not an Ed25519 or RSA multikey")
    return ed25519.Ed25519PublicKey.from_public_bytes(raw[2:])


def _acceptable(load: Callable[[bytes], object], raw: bytes) -> PublicKey:
    """What `load` reads, if it is a key of a kind and size that we take; else Malformed."""
    try:
        key = load(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("not a public key") from error
    if not isinstance(key, PublicKey):
        raise Malformed("not an RSA or Ed25519 key")
    if isinstance(key, rsa.RSAPublicKey) and not RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise Malformed("an RSA key of this size is not accepted")
    return key


def base58_encode(raw: bytes) -> str:
    """Base58btc, without the multibase letter."""
    number, letters = int.from_bytes(raw), ""
    while number:
        number, rest = divmod(number, 58)
        letters = _BASE58[rest] + letters
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + letters


def base58_decode(letters: str) -> bytes:
    """The bytes of base58btc letters; Malformed for others. The time grows with the square of the length: bound it first."""
    number = 0
    for letter in letters:
        if (digit := _BASE58.find(letter)) < 0:
            raise Malformed("not base58btc")
        number = number * 58 + digit
    zeros = len(letters) - len(letters.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)
