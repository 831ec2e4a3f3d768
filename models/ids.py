"""Two kinds of names for a row: a number that sorts by birth, and a key that tells nothing."""
import hashlib
import secrets
import time
from datetime import datetime

RANDOM_BITS = 20
KEY_BYTES = 16
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # base58: no look-alikes
_last = 0


def new_id() -> int:
    """Milliseconds since 1970 above 20 random bits, and always above the last id of this process.

    Two processes may still disagree about the order within one millisecond: where order is
    everything, as in a ledger, let the database count instead.
    """
    global _last
    _last = max(_last + 1, int(time.time() * 1000) << RANDOM_BITS | secrets.randbits(RANDOM_BITS))
    return _last


def new_block() -> int:
    """A number such that the million above it are ids of nobody else: for rows that the database makes itself."""
    global _last
    start = new_id()
    _last = start + (1 << RANDOM_BITS)
    return start


def first_id(since: datetime) -> int:
    """The lowest id that a row born since then can have: lets a query use the primary key instead of a scan."""
    return int(since.timestamp() * 1000) << RANDOM_BITS


def new_key() -> str:
    """22 characters that hold 128 random bits: what addresses show, so that nothing can be guessed or counted."""
    number = int.from_bytes(secrets.token_bytes(KEY_BYTES))
    letters = []
    for _ in range(22):
        number, rest = divmod(number, 58)
        letters.append(_ALPHABET[rest])
    return "".join(letters)


def new_token() -> str:
    """A secret for a link or a cookie: 256 random bits, URL-safe. Store only its `digest`."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """SHA-256 of a token, in hex: what the database keeps, so that a stolen copy opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
