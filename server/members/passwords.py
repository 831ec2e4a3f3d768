"""Passwords: kept as Argon2id, checked off the event loop, refused only when they are easy to guess.

No rules of composition (NIST SP 800-63B §3.1.1.2): length, and what zxcvbn thinks of it.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from server.settings import Settings
from server.words.language import Words

SHORTEST = 8
LONGEST = 200
WEIGHED_CHARACTERS = 64  # zxcvbn's time grows with the square of the length
SCORE_ENOUGH = 2  # of 4: about 10^6 guesses; every sign-in is rate limited too
THREADS = 2
T = TypeVar("T")


class Passwords:
    """Hashes and checks with the costs of the settings, two at a time and never on the event loop."""

    def __init__(self, time_cost: int, memory_kib: int) -> None:
        self._hasher = argon2.PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")
        self._nobodys = self._hasher.hash("nobody has this password")

    @classmethod
    def of(cls, settings: Settings) -> Passwords:
        """With the costs that the settings name."""
        return cls(settings.password_time_cost, settings.password_memory_kib)

    async def hash(self, password: str) -> str:
        """What the database keeps of a password."""
        return await self._off_loop(lambda: self._hasher.hash(password))

    async def fits(self, stored: str, password: str) -> bool:
        """Whether a password is the one that was kept; `stored` is "" where there is none, which takes as long."""
        right = await self._off_loop(lambda: self._verify(stored or self._nobodys, password[:LONGEST]))
        return right and bool(stored)

    def is_dated(self, stored: str) -> bool:
        """Whether a kept password was hashed with other costs than today's, and should be hashed again."""
        return self._hasher.check_needs_rehash(stored)

    async def fault(self, password: str, known: Sequence[str], _: Words) -> str:
        """What is wrong with a new password, in words, or "". `known`: name and address, which guessers try first."""
        if len(password) < SHORTEST:
            return _("Choose a password of at least %(n)s characters.", n=SHORTEST)
        if len(password) > LONGEST:
            return _("Choose a password of at most %(n)s characters.", n=LONGEST)
        score = await self._off_loop(lambda: strength(password, known))
        return "" if score >= SCORE_ENOUGH else _(
            "This password is easy to guess. Three or four words that have nothing to do with each other are better.")

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _off_loop(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def strength(password: str, known: Sequence[str]) -> int:
    """How hard a password is to guess, 0 to 4 (Wheeler, USENIX Security 2016)."""
    from zxcvbn import zxcvbn  # its word lists take 12 MB, and most days nobody chooses a password

    parts = [part for word in known for part in (word, *word.split("@")) if part]
    return int(zxcvbn(password[:WEIGHED_CHARACTERS], user_inputs=parts)["score"])
