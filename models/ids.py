"""Two kinds of names for a row: a number that sorts by birth, and a key that tells nothing."""
import hashlib
import secrets
import time
from datetime import datetime, timedelta

RANDOM_BITS = 20
AHEAD_MS = 1000  # that many blocks in little time take ids from; further ahead, it is the clock that went back
KEY_BYTES = 16
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # base58: no look-alikes
_last = 0
_ahead_ms = 0  # of the clock, since that was set back


def new_id() -> int:
    """Milliseconds since 1970 above 20 random bits, and always above the last id of this process. After the clock was set back
    they go on from where they were, at the pace of the clock: what is written then is still newer than what was written before.

    Two processes may still disagree about the order within one millisecond: where order is
    everything, as in a ledger, let the database count instead.
    """
    global _last
    _last = max(_last + 1, _milliseconds() << RANDOM_BITS | secrets.randbits(RANDOM_BITS))
    return _last


def _milliseconds() -> int:
    global _ahead_ms
    now, last = int(time.time() * 1000), _last >> RANDOM_BITS
    _ahead_ms = 0 if now > last - AHEAD_MS else max(_ahead_ms, last - now)
    return now + _ahead_ms


def go_on_from(last: int) -> None:
    """There is an id already that is as high: of a process that ended, when the clock may have been ahead."""
    global _last
    _last = max(_last, last)


def new_block() -> int:
    """A number such that the million above it are ids of nobody else: for rows that the database makes itself."""
    global _last
    start = new_id()
    _last = start + (1 << RANDOM_BITS)
    return start


def first_id(since: datetime) -> int:
    """The lowest id that a row born since then can have: lets a query use the primary key instead of a scan."""
    return int(since.timestamp() * 1000) << RANDOM_BITS


def id_of(ago: timedelta) -> int:
    """The lowest id that a row born so long ago can have, as ids count time: they may be ahead of a clock that was set back."""
    return _milliseconds() - int(ago.total_seconds() * 1000) << RANDOM_BITS


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
