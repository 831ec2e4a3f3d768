"""The data keys: one for each member, under which what stays below the community is kept at rest.

The database, and every copy of it, holds such texts sealed. Keys live in a file of their own outside it, wrapped by a secret
that is in neither; whoever destroys a key makes all copies that were ever made unreadable (crypto-shredding, THREATS P16).
Sealed text is AES-256-GCM (NIST SP 800-38D) under a random content key, which is wrapped for each holder, and bound to its row.
"""
from __future__ import annotations

import base64
import hmac
import json
import os
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models import clock
from models.errors import CommunityError

KEYS_FILE = "keys.sqlite3"
SECRET_FILE = "instance.secret"  # noqa: S105 - a name
KEY_BYTES = 32
NONCE_BYTES = 12
WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + 16
MARK = "sealed1:"  # no JSON and no Markdown of ours begins so
REMEMBERED_SECONDS = 5.0  # a key that another process destroyed is forgotten here
REMEMBERED_LIMIT = 2_000
HOUSE = 0  # holds what is for nobody whom we know
PASSAGE = "passage"
_TABLES = ("CREATE TABLE IF NOT EXISTS data_key (holder INTEGER PRIMARY KEY, wrapped BLOB, made_at TEXT NOT NULL,"
           " destroyed_at TEXT)",
           # of a copy that was brought back after new keys had been made here: they still open what they sealed
           "CREATE TABLE IF NOT EXISTS former_key (holder INTEGER NOT NULL, wrapped BLOB NOT NULL, UNIQUE (holder, wrapped))")
_FORMER = ("INSERT OR IGNORE INTO former_key (holder, wrapped) SELECT holder, ?2 FROM data_key WHERE holder = ?1 AND wrapped"
           " IS NOT NULL AND wrapped <> ?2")


class KeyGone(CommunityError):
    """The key is destroyed, or was never here: what it sealed is erased."""

    status = 410


class NoKeys(CommunityError):
    """This process was not told where the keys are, so that it may keep nothing private."""

    status = 500


class NotKeys(CommunityError):
    """The file is no copy of keys."""


class Vault:
    """The keys of one community, in a small file that several processes may share. All is done in microseconds, off any queue.

    Args:
        folder: where the file of keys is; made when the first key is.
        secret: wraps the keys; without one, the one of `instance.secret` beside the folder, made at random.
    """

    def __init__(self, folder: Path, secret: str = "") -> None:
        self.folder, self._given = folder, secret
        self._connection: sqlite3.Connection | None = None
        self._wrapper: AESGCM | None = None
        self._lock = Lock()
        self._known: OrderedDict[int, tuple[float, AESGCM]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def seal(self, content: str, holders: Sequence[int], place: str) -> str:
        """The text as only these holders' keys open it. `place`: the row it belongs to. Raises KeyGone."""
        return self._sealed(content, os.urandom(KEY_BYTES), holders, place)

    def seal_again(self, content: str, sealed: str, place: str) -> str:
        """Another text for those who hold one already. Raises KeyGone if none of them is left."""
        header = sealed[len(MARK):].partition(":")[0]
        key = self._content_key(header, place)
        return f"{MARK}{header}:{_text(_locked(AESGCM(key), content.encode(), place))}"

    def open(self, sealed: str, place: str) -> str:
        """The text. Raises KeyGone."""
        header, _, body = sealed[len(MARK):].partition(":")
        return _opened(AESGCM(self._content_key(header, place)), _bytes(body), place).decode()

    def mark(self, text: str) -> str:
        """What stands for a text that nobody may read here, as 64 characters: the same for the same text, and nobody who has
        the database alone can try out what it might be (HMAC, RFC 2104).
        """
        return hmac.new(self._derived(b"dazzle marks"), text.encode(), sha256).hexdigest()

    def destroy(self, holder: int) -> None:
        """End a key for good; it is never made again. Saying it twice is saying it once."""
        with self._lock:
            self._known.pop(holder, None)
            now = clock.now().isoformat()
            self._database().execute(
                "INSERT INTO data_key (holder, wrapped, made_at, destroyed_at) VALUES (?, NULL, ?, ?) ON CONFLICT (holder)"
                " DO UPDATE SET wrapped = NULL, destroyed_at = COALESCE(destroyed_at, excluded.destroyed_at)", (holder, now, now))
            self._database().execute("DELETE FROM former_key WHERE holder = ?", (holder,))

    def destroyed(self) -> list[int]:
        """Whose keys were ended."""
        with self._lock:
            return [int(row[0]) for row in self._database().execute("SELECT holder FROM data_key WHERE wrapped IS NULL")]

    def end_between(self, low: int, high: int) -> None:
        """Drop all trace of keys whose holders are counted so: those that only served a day."""
        with self._lock:
            self._known.clear()
            for table in ("data_key", "former_key"):
                self._database().execute(f"DELETE FROM {table} WHERE holder >= ? AND holder <= ?", (low, high))  # noqa: S608

    def copy(self, target: Path) -> int:
        """Write the keys, wrapped as they are, to a new file; how many there are. The secret is not in it."""
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with self._lock:
            copied = sqlite3.connect(target)
            try:
                self._database().backup(copied)
                return int(copied.execute("SELECT COUNT(*) FROM data_key WHERE wrapped IS NOT NULL").fetchone()[0])
            finally:
                copied.close()

    def bring_back(self, source: Path) -> int:
        """Take in the keys of a copy that are missing here; how many. Where another was made here meanwhile, both open what they
        sealed. What was destroyed here stays destroyed. Raises NotKeys.
        """
        copied = sqlite3.connect(source)
        try:
            found = copied.execute("SELECT holder, wrapped, made_at, destroyed_at FROM data_key").fetchall()
        except sqlite3.DatabaseError as error:
            raise NotKeys("keys") from error
        finally:
            copied.close()
        with self._lock:
            ring = self._database()
            before = ring.total_changes
            ring.executemany("INSERT OR IGNORE INTO data_key (holder, wrapped, made_at, destroyed_at) VALUES (?, ?, ?, ?)", found)
            ring.executemany(_FORMER, [(row[0], row[1]) for row in found if row[1] is not None])
            return ring.total_changes - before

    def has_keys(self) -> bool:
        """Whether there is any key."""
        return self._some() is not None

    def fits(self) -> bool:
        """Whether the secret is the one that wraps the keys; True where there is none yet."""
        if (row := self._some()) is None:
            return True
        with suppress(KeyGone):
            _opened(self._secret(), row[1], str(row[0]))
            return True
        return False

    def _some(self) -> tuple[int, bytes] | None:
        if not (self.folder / KEYS_FILE).exists():
            return None
        with self._lock:
            row: tuple[int, bytes] | None = self._database().execute(
                "SELECT holder, wrapped FROM data_key WHERE wrapped IS NOT NULL LIMIT 1").fetchone()
        return row

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection:
                self._connection.close()
            self._connection = None
            self._known.clear()

    def _sealed(self, content: str, key: bytes, holders: Sequence[int], place: str) -> str:
        wraps = ",".join(f"{holder}={_text(_locked(self._key(holder, makes=True), key, place))}" for holder in holders)
        return f"{MARK}{wraps}:{_text(_locked(AESGCM(key), content.encode(), place))}"

    def _content_key(self, header: str, place: str) -> bytes:
        for wrap in header.split(","):
            holder, _, wrapped = wrap.partition("=")
            with suppress(KeyGone, ValueError):
                return self._unwrapped(int(holder), _bytes(wrapped), place)
        raise KeyGone("sealed")

    def _unwrapped(self, holder: int, wrapped: bytes, place: str) -> bytes:
        key = self._key(holder)
        with suppress(KeyGone):
            return _opened(key, wrapped, place)
        with self._lock:
            former = self._database().execute("SELECT wrapped FROM former_key WHERE holder = ?", (holder,)).fetchall()
        for row in former:
            with suppress(KeyGone):
                return _opened(AESGCM(_opened(self._secret(), row[0], str(holder))), wrapped, place)
        raise KeyGone("another key")

    def _key(self, holder: int, *, makes: bool = False) -> AESGCM:
        known, now = self._known.get(holder), time.monotonic()
        if known and known[0] > now:
            return known[1]
        with self._lock:
            key = self._read(holder, makes)
            self._known[holder] = (now + REMEMBERED_SECONDS, key)
            self._known.move_to_end(holder)
            if len(self._known) > REMEMBERED_LIMIT:
                self._known.popitem(last=False)
        return key

    def _read(self, holder: int, makes: bool) -> AESGCM:
        ring = self._database()
        ask = "SELECT wrapped FROM data_key WHERE holder = ?"
        row = ring.execute(ask, (holder,)).fetchone()
        if row is None and makes:
            new = _locked(self._secret(), os.urandom(KEY_BYTES), str(holder))
            ring.execute("INSERT OR IGNORE INTO data_key (holder, wrapped, made_at) VALUES (?, ?, ?)",
                         (holder, new, clock.now().isoformat()))
            row = ring.execute(ask, (holder,)).fetchone()  # another process may have been quicker
        if row is None or row[0] is None:
            raise KeyGone("data key")
        return AESGCM(_opened(self._secret(), row[0], str(holder)))

    def _database(self) -> sqlite3.Connection:
        if self._connection is None:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.folder / KEYS_FILE
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            opened = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
            for pragma in ("secure_delete=ON", "synchronous=FULL"):
                opened.execute(f"PRAGMA {pragma}")
            for table in _TABLES:
                opened.execute(table)
            self._connection = opened
        return self._connection

    def _secret(self) -> AESGCM:
        if self._wrapper is None:
            self._wrapper = AESGCM(self._derived(b"dazzle data keys"))
        return self._wrapper

    def _derived(self, purpose: bytes) -> bytes:
        secret = self._given.encode() or _made_once(self.folder.parent / SECRET_FILE)
        return sha256(purpose + b"\0" + secret).digest()


def _made_once(path: Path) -> bytes:
    """The secret in this file; two processes that start together agree on one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            file.write(base64.urlsafe_b64encode(os.urandom(KEY_BYTES)))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink(missing_ok=True)
    return path.read_bytes()


def _locked(cipher: AESGCM, content: bytes, place: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, content, place.encode())


def _opened(cipher: AESGCM, sealed: bytes, place: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise KeyGone("it does not open") from error


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError as error:
        raise KeyGone("it is damaged") from error


_current: ContextVar[Vault | None] = ContextVar("keys of the open database", default=None)


def start(vault: Vault | None) -> None:
    """From now on these keys, for this task and those that it starts: called when a database is opened."""
    _current.set(vault)


def current() -> Vault:
    """The keys of the open database. Raises NoKeys."""
    if (vault := _current.get()) is None:
        raise NoKeys("no keys")
    return vault


def sealed(content: dict[str, Any], holders: Sequence[int], place: str) -> str:
    """Some columns of a row, sealed together. Raises KeyGone, NoKeys."""
    return current().seal(json.dumps(content, ensure_ascii=False), holders, place)


def in_passage(text: str) -> str:
    """What stays here only until it is carried out, sealed under a key of its day."""
    return current().seal(text, [-clock.now().date().toordinal()], PASSAGE)


def out_of_passage(text: str) -> str:
    """The text again; nothing if its day is long over."""
    if not text.startswith(MARK):
        return text
    try:
        return current().open(text, PASSAGE)
    except (KeyGone, NoKeys):
        return ""


def end_passages(days: int) -> None:
    """Destroy the keys of days that are longer ago."""
    current().end_between(-(clock.now().date().toordinal() - days), -1)


def holders_of(sealed: str | None) -> tuple[int, ...]:
    """For whom something is sealed."""
    if not sealed:
        return ()
    header = sealed[len(MARK):].partition(":")[0]
    return tuple(int(wrap.partition("=")[0]) for wrap in header.split(","))
