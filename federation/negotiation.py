"""Accept-Signature (RFC 9421 §5): what a server asks of the signature of the next request, and what we ask for.

Others are answered with what they ask for, as far as it is one of the things below, and never with less than we sign
anyhow: a wish can make a signature cover more, and never make it worth less.
"""
from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import http_sf
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from federation.addresses import Address
from federation.digests import content_digest
from federation.errors import Malformed
from federation.requests import CONTENT_TYPE, Key, Manner
from federation.rfc9421_plain import algorithm
from models.actor import KeyKind

HEADER: Final = "Accept-Signature"
#: What we ask for: one signature, as of two nobody could say which is meant, and no algorithm, as the key decides.
WANTED: Final = 'sig1=("@method" "@target-uri" "content-digest");created'
WANTED_OF_A_FETCH: Final = 'sig1=("@method" "@target-uri");created'
MAX_HEADER_CHARS = 2000
MAX_MEMBERS = 4
LIVES = timedelta(minutes=5)  # where an end is asked for
ALGORITHMS: Final = {"rsa-v1_5-sha256": KeyKind.RSA, "ed25519": KeyKind.ED25519}
#: Components (RFC 9421 §2) that a request of ours has.
COMPONENTS: Final = frozenset({"@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query", "host",
                               "content-digest", "content-type"})
OF_A_BODY: Final = frozenset({"content-digest", "content-type"})
_LABEL = re.compile(r"[a-z*][a-z0-9_.*-]{0,40}")
_WORD = re.compile(r"[ !#-\[\]-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Wish:
    """A signature that somebody asks for; `words` (`nonce`, `tag`, `alg`) go into it as they came."""

    label: str
    components: tuple[str, ...]
    kind: KeyKind
    key_id: str | None  # the one key that may make it
    with_end: bool
    words: tuple[tuple[str, str], ...]

    @property
    def manner(self) -> Manner:
        """What of ours comes next to it."""
        return Manner.ED25519 if self.kind is KeyKind.ED25519 else Manner.RFC9421

    def may_use(self, key_id: str) -> bool:
        """Whether this key may make it."""
        return self.key_id in (None, key_id)


#: What a server gets that takes no draft-cavage and does not say what it wants.
PLAIN: Final = Wish("sig1", ("@method", "@target-uri"), KeyKind.RSA, None, with_end=False, words=())


def wish_in(headers: Mapping[str, str]) -> Wish | None:
    """The first signature that an answer asks for and that we can make; None for an answer that asks for nothing of the kind."""
    header = headers.get(HEADER, "")
    if not header or len(header) > MAX_HEADER_CHARS:
        return None
    try:
        members: Any = http_sf.parse(header.encode("ascii"), tltype="dictionary")
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    wishes = (_wish(label, *member) for label, member in list(members.items())[:MAX_MEMBERS])
    return next((wish for wish in wishes if wish), None)


def _wish(label: str, items: Any, parameters: Any) -> Wish | None:
    if not isinstance(items, list) or not _LABEL.fullmatch(label):
        return None
    names = [name for name, more in items if name in COMPONENTS and not more]
    kind, key_id = ALGORITHMS.get(parameters.get("alg", "rsa-v1_5-sha256")), parameters.get("keyid")
    words = _words(parameters)
    if kind is None or words is None or not 0 < len(items) == len(set(names)) or not isinstance(key_id, str | None):
        return None
    return Wish(label, tuple(names), kind, key_id, bool(parameters.get("expires")), words)


def _words(parameters: Any) -> tuple[tuple[str, str], ...] | None:
    """What goes into the signature as it came; None if that cannot be."""
    words = [(name, parameters[name]) for name in ("nonce", "tag", "alg") if name in parameters]
    return tuple(words) if all(isinstance(text, str) and _WORD.fullmatch(text) for _, text in words) else None


def sign(wish: Wish, method: str, url: str, body: bytes | None, key: Key, now: datetime) -> dict[str, str]:
    """The headers of a request that is signed as somebody wishes. CPU-heavy with RSA: call in a thread.

    Raises Malformed for a bad URL, and where another key is asked for.
    """
    address = Address.parse(url)
    if not wish.may_use(key.id) or not address.target.isascii():
        raise Malformed("no signature that we can make")
    headers = {"Host": address.netloc}
    if body is not None:
        headers |= {"Content-Type": CONTENT_TYPE, "Content-Digest": content_digest(body)}
    said = _values(method, address) | {name.lower(): text for name, text in headers.items()}
    asked = [name for name in wish.components if body is not None or name not in OF_A_BODY]
    covered = dict.fromkeys([*asked, "@method", "@target-uri", *([] if body is None else ["content-digest"])])
    parameters = _parameters(wish, list(covered), key, int(now.timestamp()))
    lines = [f'"{name}": {said[name]}' for name in covered]
    text = "\n".join([*lines, f'"@signature-params": {parameters}']).encode("ascii")
    proof = (key.private.sign(text, padding.PKCS1v15(), hashes.SHA256()) if isinstance(key.private, rsa.RSAPrivateKey)
             else key.private.sign(text))
    encoded = base64.b64encode(proof).decode("ascii")
    return headers | {"Signature-Input": f"{wish.label}={parameters}", "Signature": f"{wish.label}=:{encoded}:"}


def _values(method: str, address: Address) -> dict[str, str]:
    """The derived components of RFC 9421 §2.2."""
    path, _, query = address.target.partition("?")
    return {"@method": method.upper(), "@target-uri": address.origin + address.target, "@authority": address.netloc,
            "@scheme": address.scheme, "@request-target": address.target, "@path": path, "@query": f"?{query}"}


def _parameters(wish: Wish, covered: list[str], key: Key, created: int) -> str:
    names = " ".join(f'"{name}"' for name in covered)
    end = f";expires={created + int(LIVES.total_seconds())}" if wish.with_end else ""
    words = "".join(f';{name}="{text}"' for name, text in (dict(wish.words) | {"alg": algorithm(key.private)}).items())
    return f'({names});created={created};keyid="{key.id}"{end}{words}'
