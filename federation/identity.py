"""New actors of ours: their uris and their keys."""
from __future__ import annotations

from dataclasses import dataclass

from federation import keys
from models import Actor, ActorKey, clock
from models.actor import ActorKind, KeyKind
from models.ids import new_key


@dataclass(frozen=True, slots=True)
class NewKeys:
    """An RSA-2048 and an Ed25519 pair as PEM."""

    rsa_private: str
    rsa_public: str
    ed25519_private: str
    ed25519_public: str


def make_keys() -> NewKeys:
    """Both pairs. RSA takes a tenth of a second of CPU: call it in a thread, before any transaction."""
    rsa, ed25519 = keys.make_rsa(), keys.make_ed25519()
    return NewKeys(keys.private_pem(rsa), keys.public_pem(rsa.public_key()),
                   keys.private_pem(ed25519), keys.public_pem(ed25519.public_key()))


async def new_actor(origin: str, name: str, pair: NewKeys, *, kind: ActorKind = ActorKind.PERSON, display_name: str = "",
                    key: str = "", path: str = "") -> Actor:
    """A new actor of ours, with its keys. Inside the caller's transaction.

    The uri holds a random key and not the name, so that it tells nothing and the name can change. The instance actor
    has a fixed one: everybody may know it. `key`: one made before, as the coat is drawn from it. `path`: a fixed address.
    """
    key = key or new_key()
    is_instance = kind is ActorKind.APPLICATION
    uri = f"{origin}/{path or ('actor' if is_instance else f'actors/{key}')}"
    actor = await Actor.create(
        key=key, uri=uri, name=name.lower(), kind=kind, display_name=display_name,
        url=origin if is_instance else f"{origin}/@{name.lower()}", inbox_uri=f"{uri}/inbox", shared_inbox_uri=f"{origin}/inbox",
        outbox_uri=f"{uri}/outbox", followers_uri=f"{uri}/followers",
        following_uri=f"{uri}/following", featured_uri=f"{uri}/featured", approves_followers=True, published_at=clock.now())
    await add_keys(actor, pair, "main-key", "ed25519-key")
    return actor


async def add_keys(actor: Actor, pair: NewKeys, rsa_name: str, ed25519_name: str) -> None:
    """Give an actor of ours these keys, under ids of those names; from now on it signs with them. Inside a transaction."""
    for name, kind, public, private in ((rsa_name, KeyKind.RSA, pair.rsa_public, pair.rsa_private),
                                        (ed25519_name, KeyKind.ED25519, pair.ed25519_public, pair.ed25519_private)):
        await ActorKey.create(actor=actor, uri=f"{actor.uri}#{name}", kind=kind, public_pem=public, private_pem=private)
