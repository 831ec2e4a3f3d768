"""Keys survive their text forms; what is weak, huge or of another kind is refused."""
import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from federation import keys
from federation.errors import Malformed


def pem_of(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey | dsa.DSAPublicKey,
           format: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> str:
    return key.public_bytes(Encoding.PEM, format).decode()


@pytest.mark.parametrize("make", [keys.make_rsa, keys.make_ed25519])
def test_private_and_public_pem_round_trip(make: object) -> None:
    key = keys.make_rsa() if make is keys.make_rsa else keys.make_ed25519()
    pem = keys.private_pem(key)
    assert keys.load_private(pem) is keys.load_private(pem), "parsed once"
    public = keys.public_pem(key.public_key())
    assert keys.public_pem(keys.load_private(pem).public_key()) == public
    assert keys.public_pem(keys.load_public(public)) == public
    assert keys.load_public(f"\n{public}\n") == keys.load_public(public)


def test_the_older_pem_of_rsa_is_read() -> None:
    public = keys.make_rsa().public_key()
    assert keys.load_public(pem_of(public, PublicFormat.PKCS1)) == public


def test_multikey_of_the_published_example() -> None:
    """FEP-8b32's key."""
    text = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    assert keys.multikey(keys.load_multikey(text)) == text


@given(st.binary(min_size=32, max_size=32))
def test_multikey_round_trip(raw: bytes) -> None:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(raw).public_key()
    assert keys.load_multikey(keys.multikey(key)) == key


def test_multikeys_of_rsa_are_keys_and_those_of_other_kinds_are_not() -> None:
    """X25519 has the length of Ed25519, and proves nothing."""
    rsa_key = keys.make_rsa().public_key()
    assert keys.load_multikey(keys.multikey(rsa_key)) == rsa_key
    for raw in (b"\xec\x01" + b"k" * 32, b"\xed\x01" + b"k" * 31):
        with pytest.raises(Malformed):
            keys.load_multikey("z" + keys.base58_encode(raw))


@pytest.mark.parametrize("text", ["", "z", "z0OIl", "m6Mkr", "z6Mkr", "z" + "1" * 46, "z" + "z" * 500, "zé",
                                  "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2x",
                                  "u6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"])
def test_not_a_multikey(text: str) -> None:
    with pytest.raises(Malformed):
        keys.load_multikey(text)


@given(st.text(max_size=80))
def test_any_text_is_no_multikey_but_raises_malformed_only(text: str) -> None:
    with pytest.raises(Malformed):
        keys.load_multikey(text)


@pytest.mark.parametrize("pem", [
    "", "x", "é", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
    " " * 9000 + keys.public_pem(ed25519.Ed25519PrivateKey.generate().public_key()),
    pem_of(rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()),
    pem_of(ec.generate_private_key(ec.SECP256R1()).public_key()),
], ids=["empty", "text", "not ASCII", "cut", "long", "RSA-1024", "elliptic curve"])
def test_not_an_acceptable_public_key(pem: str) -> None:
    with pytest.raises(Malformed):
        keys.load_public(pem)


def test_a_private_key_is_not_a_public_one_and_the_reverse() -> None:
    key = keys.make_ed25519()
    with pytest.raises(Malformed):
        keys.load_public(keys.private_pem(key))
    with pytest.raises(Malformed):
        keys.load_private(keys.public_pem(key.public_key()))


def test_not_an_acceptable_private_key() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    for encryption in (NoEncryption(), BestAvailableEncryption(b"secret")):
        with pytest.raises(Malformed):
            keys.load_private(curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode())
