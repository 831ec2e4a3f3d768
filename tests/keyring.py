"""RSA keys for tests: real ones, but not made anew for each test, as making one takes 40 ms and a run needs thousands."""
from __future__ import annotations

import threading
from itertools import count

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from federation import keys

KEPT = 100
make_anew = keys.make_rsa


class Keyring:
    """Stands in for `keys.make_rsa`: no test gets the same key twice, but the next test gets the same ones again."""

    def __init__(self) -> None:
        self._kept: list[RSAPrivateKey] = []
        self._numbers = count()
        self._lock = threading.Lock()  # keys are made in threads

    def begin(self) -> None:
        """Another test: all keys are free again."""
        self._numbers = count()

    def take(self) -> RSAPrivateKey:
        """A key that this test has not had."""
        number = next(self._numbers)
        if number >= KEPT:
            return make_anew()
        with self._lock:
            while len(self._kept) <= number:
                self._kept.append(make_anew())
            return self._kept[number]
