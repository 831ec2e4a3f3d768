"""A signed request as a value: what both signature schemes read, and what a signer needs."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from federation.errors import Unproven
from federation.keys import PrivateKey

CONTENT_TYPE: Final = "application/activity+json"
MAX_KEY_ID_CHARS: Final = 500
SKEW_SECONDS: Final = 3600  # Mastodon's tolerance; Threads and slow queues need it
MAX_AGE: Final = timedelta(hours=12)  # whatever `expires` promises
EXPIRES_GRACE: Final = timedelta(seconds=60)


class Scheme(StrEnum):
    """The two ways in which servers sign."""

    CAVAGE = "cavage"  # draft-cavage-http-signatures-12
    RFC9421 = "rfc9421"


class Manner(StrEnum):
    """How a host wants our deliveries signed, as `Host.signature` keeps it. An empty one is that of CAVAGE."""

    CAVAGE = "cavage"  # RSA
    RFC9421 = "rfc9421"  # RSA
    ED25519 = "ed25519"  # RFC 9421 with Ed25519, a tenth of the work: for hosts that announce it
    ONLY_CAVAGE = "cavage only"  # RSA, and Ed25519 was refused whatever is announced

    @property
    def scheme(self) -> Scheme:
        """The form of the signature."""
        return Scheme.RFC9421 if self in (Manner.RFC9421, Manner.ED25519) else Scheme.CAVAGE

    @property
    def second(self) -> Manner:
        """What is tried after a refusal, and remembered if it is taken."""
        if self is Manner.ED25519:
            return Manner.ONLY_CAVAGE
        return Manner.CAVAGE if self is Manner.RFC9421 else Manner.RFC9421


@dataclass(frozen=True, slots=True)
class Key:
    """A key of ours and the id under which others find its public half."""

    id: str
    private: PrivateKey


@dataclass(frozen=True, slots=True)
class Request:
    """What came in. `url` is our own origin (from settings, never from Host) and the raw target as sent."""

    method: str
    url: str
    headers: Mapping[str, str]  # a multidict keeps repeated lines apart
    body: bytes
    _fields: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _claims: list[Claim] = field(default_factory=list, init=False, repr=False, compare=False)

    def fields(self) -> dict[str, str]:
        """Headers by lower-case name, repeated lines joined by a comma as both drafts say. Nobody may change them."""
        fields = self._fields
        if not fields:
            for name, text in self.headers.items():
                name, text = name.lower(), text.strip()
                fields[name] = f"{fields[name]}, {text}" if name in fields else text
        return fields

    def claim(self, parse: Callable[[dict[str, str]], Claim]) -> Claim:
        """Who it says has signed it, read out of its fields once."""
        if not self._claims:
            self._claims.append(parse(self.fields()))
        return self._claims[0]

    @property
    def has_body(self) -> bool:
        """A method that carries content, or content anyway: its digest must be signed."""
        return bool(self.body) or self.method.upper() not in ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says of its own signature, before anything is proven."""

    key_id: str
    scheme: Scheme


def check_fresh(created: datetime, expires: datetime | None, now: datetime, skew_seconds: float) -> None:
    """Raise Unproven for a signature from the future, expired, or too old.

    Without `expires` a signature lives for the tolerated skew; with it until then, but never above 12 hours.
    """
    skew = timedelta(seconds=skew_seconds)
    if created > now + skew:
        raise Unproven("signed in the future")
    if expires is not None and (expires < created or expires + EXPIRES_GRACE < now):
        raise Unproven("the signature has expired")
    if now - created > (MAX_AGE if expires is not None else min(skew, MAX_AGE)):
        raise Unproven("the signature is too old")
