"""A copy of somebody's data as it lies on the disk: sealed under their key, in pieces, so that a file of any size needs little
memory. AES-256-GCM (NIST SP 800-38D); each piece is bound to its place and to whether it is the last.
"""
from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.vault import Vault

PIECE_BYTES = 1024 * 1024
TAG_BYTES = 16
KEY_BYTES = 32
HEADER_BYTES = 2000


def lock(source: Path, target: Path, vault: Vault, holder: int) -> None:
    """Write `source` sealed to `target`; takes CPU, so call it in a thread. Raises models.vault.KeyGone."""
    key = os.urandom(KEY_BYTES)
    with source.open("rb") as plain, open(target, "xb", opener=_private) as sealed:
        sealed.write(vault.seal(b64encode(key).decode(), [holder], target.stem).encode() + b"\n")
        number, piece = 0, plain.read(PIECE_BYTES)
        while piece or not number:
            following = plain.read(PIECE_BYTES)
            sealed.write(AESGCM(key).encrypt(*_place(number, piece, not following)))
            number, piece = number + 1, following


def pieces(file: IO[bytes], name: str, vault: Vault) -> Iterator[bytes]:
    """What was sealed, piece by piece. Raises models.vault.KeyGone; cryptography's InvalidTag for a file that was changed."""
    key = b64decode(vault.open(file.readline(HEADER_BYTES).decode().strip(), name))
    number, piece = 0, file.read(PIECE_BYTES + TAG_BYTES)
    while piece:
        following = file.read(PIECE_BYTES + TAG_BYTES)
        yield AESGCM(key).decrypt(*_place(number, piece, not following))
        number, piece = number + 1, following


def _place(number: int, piece: bytes, is_last: bool) -> tuple[bytes, bytes, bytes]:
    return number.to_bytes(12, "big"), piece, b"last" if is_last else b"more"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
