"""What somebody has answered in the join wizard so far: kept in their own browser, sealed, and nowhere else.

No row holds anything of a person before they have agreed to be a member. The cookie is encrypted and authenticated
(Fernet); its key is derived from the private key of the community's actor: a secret that exists already, is the same
for every process and after every restart, and needs no file of its own. If that key changes, half-filled forms
start anew, and nothing else happens.
"""
from __future__ import annotations

import base64
import json
import zlib
from dataclasses import asdict, dataclass, fields

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models import Actor, ActorKey
from models.actor import KeyKind

COOKIE = "join"
KEPT_SECONDS = 2 * 60 * 60
COOKIE_LIMIT = 3800  # characters; browsers drop cookies over 4096 bytes


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of the steps. `done` is the last step that was in order."""

    done: int = 0
    key: str = ""  # of the actor to be: the coat is drawn from it
    name: str = ""
    email: str = ""
    password_hash: str = ""
    situation: str = ""
    reach: str = ""
    shares: bool = False  # said yes to C5 in the exact words
    invitation: str = ""  # a token
    answer: str = ""


async def sealer(instance: Actor) -> MultiFernet:
    """What seals and opens answers on this server; what a key sealed that has been replaced since can still be opened."""
    keys = await ActorKey.shown(instance.id)
    return MultiFernet([_sealer(key.private_pem) for key in reversed(keys) if key.kind is KeyKind.RSA])


def _sealer(private_pem: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"dazzle join wizard").derive(private_pem.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(answers: Answers, fernet: MultiFernet) -> str:
    """The value of the cookie; "" if it were too long for one."""
    sealed = fernet.encrypt(zlib.compress(json.dumps(asdict(answers)).encode())).decode()
    return sealed if len(sealed) <= COOKIE_LIMIT else ""


def unseal(cookie: str, fernet: MultiFernet) -> Answers:
    """The answers in a cookie; empty ones if it is missing, older than KEPT_SECONDS or not ours."""
    try:
        found = json.loads(zlib.decompress(fernet.decrypt(cookie.encode(), ttl=KEPT_SECONDS)))
    except (InvalidToken, ValueError, zlib.error):
        return Answers()
    known = {field.name for field in fields(Answers)}
    return Answers(**{name: value for name, value in found.items() if name in known})
