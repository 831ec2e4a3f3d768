"""Who we are to the network, and the one client that speaks to it."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from federation import identity, negotiation, signatures
from federation.addresses import host_of, same_origin
from federation.arrivals import Arrivals
from federation.budgets import RecentFailures
from federation.client import Client, HeadersFor, Limits
from federation.dev_peers import DevPeers
from federation.errors import Refused
from federation.follower_digests import Drifts, FollowerDigests
from federation.gaps import Gaps
from federation.keys import load_private
from federation.negotiation import Wish
from federation.signatures import Key
from models import Actor, ActorKey, clock
from models.actor import ActorKind, KeyKind
from models.database import in_transaction
from models.memory import Recent
from models.turns import take_turn

SOFTWARE = "dazzle"
VERSION = "0.1.0"
CONTINUITY_SECONDS = 60.0  # then it is asked again whether a server is the same as ever
CONTINUITY_LIMIT = 10_000
NAMES_SECONDS = 3600.0
NAMES_LIMIT = 10_000
PROFILES_AGAIN_SECONDS = 6 * 3600.0  # then what stands on top of a page elsewhere is read again


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What the settings say about the network. Durations in seconds, sizes in bytes."""

    origin: str
    dev_peers: DevPeers = field(default_factory=DevPeers)
    ca_file: str = ""
    inbox_limit_bytes: int = 262_144
    fetch_limit_bytes: int = 1_000_000
    fetch_timeout_seconds: float = 10.0
    delivery_timeout_seconds: float = 10.0
    first_retry_seconds: float = 5.0
    give_up_seconds: float = 7 * 24 * 3600.0
    slots: int = 128
    slow_slots: int = 8
    key_refetch_seconds: float = 30.0
    clock_skew_seconds: float = 3600.0

    @property
    def host(self) -> str:
        """Our own canonical host."""
        return host_of(self.origin)


@dataclass(frozen=True, slots=True)
class Instance:
    """First argument of every function that needs the network. `actor` signs for the whole community."""

    network: Network
    client: Client
    actor: Actor
    unreadable_keys: RecentFailures  # key ids of others that led to no key a moment ago
    arrivals: Arrivals = field(default_factory=Arrivals)
    digests: FollowerDigests = field(default_factory=FollowerDigests)
    drifts: Drifts = field(default_factory=Drifts)
    gaps: Gaps = field(default_factory=Gaps)
    continuous: Recent[str, bool] = field(default_factory=lambda: Recent(CONTINUITY_SECONDS, CONTINUITY_LIMIT))  # by host
    answers_names: Recent[str, bool] = field(default_factory=lambda: Recent(NAMES_SECONDS, NAMES_LIMIT))  # by host: WebFinger
    profiles: Gaps = field(default_factory=lambda: Gaps(PROFILES_AGAIN_SECONDS))  # whose page somebody looks at

    @property
    def origin(self) -> str:
        """ "https://community.example": the start of every id of ours."""
        return self.network.origin

    async def sign_get(self, method: str, url: str, wish: Wish | None = None, by: Actor | None = None) -> dict[str, str]:
        """Headers that prove a fetch comes from us: in the instance actor's name, so that nobody learns who reads.

        `wish`: what the host wants of the signature; without one it is draft-cavage. `by`: see `federation.readers`.
        """
        signer = by or self.actor
        key = await self.key(signer.id, wish.kind if wish else KeyKind.RSA)
        if wish is None or not wish.may_use(key.id):
            key = await self.key(signer.id, KeyKind.RSA)
            return await asyncio.to_thread(signatures.sign_cavage, method, url, None, key, clock.now())
        return await asyncio.to_thread(negotiation.sign, wish, method, url, None, key, clock.now())

    def sign_there(self, uri: str) -> HeadersFor:
        """What signs a fetch that stays on the origin of `uri`. It raises Refused before anybody else is asked, wherever it is
        redirected: a request says who we are.
        """
        async def headers(method: str, url: str, wish: Wish | None) -> dict[str, str]:
            if not same_origin(url, uri):
                raise Refused("leads to another server", host=host_of(url))
            return await self.sign_get(method, url, wish)
        return headers

    async def key(self, actor_id: int, kind: KeyKind) -> Key:
        """A signing key of an actor of ours; the parsed half is remembered by its text."""
        row = await ActorKey.signing(actor_id, kind)
        return Key(row.uri, load_private(row.private_pem))


@asynccontextmanager
async def open_instance(network: Network) -> AsyncIterator[Instance]:
    """The instance, with its actor made at the first start, and its client for as long as the block lasts."""
    actor = await ensure_actor(network.origin)
    user_agent = f"{SOFTWARE}/{VERSION} (+{network.origin})"
    limits = Limits(total_seconds=network.fetch_timeout_seconds, document_bytes=network.fetch_limit_bytes,
                    connections=network.slots + network.slow_slots + 36)
    ca_file = Path(network.ca_file) if network.ca_file else None
    async with Client(user_agent=user_agent, dev=network.dev_peers, ca_file=ca_file, limits=limits,
                      own_host=network.host) as client:
        yield Instance(network, client, actor, RecentFailures(network.key_refetch_seconds))


async def ensure_actor(origin: str) -> Actor:
    """The actor of the community, made with its keys if it is missing."""
    ours = Actor.filter(host="", kind=ActorKind.APPLICATION)
    if actor := await ours.first():
        return actor
    keys = await asyncio.to_thread(identity.make_keys)
    async with in_transaction():
        await take_turn("instance actor")  # two processes may start on one empty database
        name = host_of(origin).partition(":")[0]  # a port cannot stand in a user name
        return await ours.first() or await identity.new_actor(origin, name, keys, kind=ActorKind.APPLICATION)
