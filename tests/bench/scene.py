# ruff: noqa: E501 - tables and statements read better in one line
"""What is there before the clock starts: a member, people elsewhere whose keys are known, followers at many hosts."""
from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg

from federation import keys
from federation.instance import ensure_actor
from models import Actor, ActorKey, Delivery, Follow, Host, Member, Post, Session, clock
from models.actor import KeyKind
from models.consent import Purpose
from models.database import KEYS_FOLDER, config, open_database
from models.delivery import DeliveryState
from models.host import Standing
from models.ids import digest, new_token
from models.migration import migrate
from models.reach import Reach
from models.vault import Vault
from server.actions import accounts, apps, posts

PEOPLE = 40
HOSTS = 8
KEYS = 4


@dataclass(frozen=True)
class Place:
    """Where a measurement takes place. `new_database` makes an empty one, of one kind."""

    folder: Path
    postgres: str  # "" for SQLite; else a URL with {db}

    async def new_database(self, name: str) -> str:
        """Its URL."""
        if not self.postgres:
            return f"sqlite://{self.folder}/{name}.sqlite3"
        credentials = config(self.postgres.format(db="postgres"))["connections"]["pg"]["credentials"]
        wanted = ("host", "port", "user", "password", "database")
        connection = await asyncpg.connect(**{key: credentials[key] for key in wanted})
        try:
            await connection.execute(f'CREATE DATABASE "{name}"')
        finally:
            await connection.close()
        return self.postgres.format(db=name)


def free_origin() -> str:
    """An address of ours that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}"


@asynccontextmanager
async def prepared(place: Place, name: str, origin: str) -> AsyncIterator[tuple[str, Actor]]:
    """A database with one member who has agreed to everything, open for this block: its URL and the member."""
    url = await place.new_database(name)
    await migrate(url)
    async with open_database(url, Vault(place.folder / "var" / KEYS_FOLDER)):
        await ensure_actor(origin)
        yield url, await _member(origin, "alice")


async def more_members(origin: str, count: int) -> list[Actor]:
    """So many others, as one member has a limit to how much an app may ask."""
    return [await _member(origin, f"reader{number}") for number in range(count)]


async def _member(origin: str, name: str) -> Actor:
    newcomer = accounts.Newcomer(name=name, language="en", consents=(Purpose.MEMBERSHIP, Purpose.SHARED_OUT))
    return (await accounts.create(origin, newcomer)).actor


async def people(alice: Actor) -> tuple[list[list[str]], dict[str, str]]:
    """Actors of partner servers whom Alice follows and whose keys are known: (uri, key id, private PEM), and public PEMs."""
    pairs = [await asyncio.to_thread(keys.make_rsa) for _ in range(KEYS)]
    made, public = [], {}
    for number in range(HOSTS):
        await (await Host.called(f"friends{number}.example")).change(standing=Standing.PARTNER)
    for number in range(PEOPLE):
        host = f"friends{number % HOSTS}.example"
        uri = f"https://{host}/users/{number}"
        actor = await Actor.create(uri=uri, name=f"friend{number}", host=host, inbox_uri=f"{uri}/inbox", fetched_at=clock.now(),
                                   shared_inbox_uri=f"https://{host}/inbox", followers_uri=f"{uri}/followers")
        pem = keys.public_pem(pairs[number % KEYS].public_key())
        await ActorKey.create(actor=actor, uri=f"{uri}#main-key", kind=KeyKind.RSA, public_pem=pem)
        await Follow.create(uri=f"{uri}/follow", follower=alice, target=actor, accepted_at=clock.now())
        made.append([uri, f"{uri}#main-key", keys.private_pem(pairs[number % KEYS])])
        public[f"{uri}#main-key"] = pem
    return made, public


def addresses(count: int) -> list[str]:
    """So many addresses of this computer."""
    return [f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}" for number in range(count)]


async def followers(alice: Actor, count: int, port: int) -> list[str]:
    """One follower of Alice on each of so many servers, all partners; returns the shared inboxes."""
    now, hosts = clock.now(), [f"{address}:{port}" for address in addresses(count)]
    await Host.bulk_create([Host(name=host, standing=Standing.PARTNER) for host in hosts], batch_size=500)
    actors = [Actor(uri=f"http://{host}/users/reader", name="reader", host=host, inbox_uri=f"http://{host}/users/reader/inbox",
                    shared_inbox_uri=f"http://{host}/inbox", followers_uri=f"http://{host}/users/reader/followers", fetched_at=now)
              for host in hosts]
    await Actor.bulk_create(actors, batch_size=500)
    await Follow.bulk_create([Follow(uri=f"{actor.uri}/follow", follower_id=actor.id, target_id=alice.id, accepted_at=now)
                              for actor in actors], batch_size=500)
    return [actor.shared_inbox_uri for actor in actors]


async def write_held(alice: Actor, origin: str, count: int) -> None:
    """Messages for partners that are not due yet."""
    for number in range(count):
        text = f"Message {number}. " + "The mornings are better since the new dose, and I slept. " * 8
        await posts.publish(alice, posts.Composition(text=text, reach=Reach.PARTNERS, undo_seconds=3600), origin)


async def let_go() -> None:
    """Now they are due."""
    now = clock.now()
    await Delivery.filter(state=DeliveryState.WAITING).update(due_at=now)
    await Post.all().update(held_until=None)


async def session(alice: Actor, origin: str) -> str:
    """The cookie of a member who has signed in."""
    member = await Member.get(actor_id=alice.id)
    token = new_token()
    await Session.create(member=member, token_digest=digest(token), seen_on=clock.now().date(),
                         expires_at=clock.now() + timedelta(days=7))
    return f"session-{origin.rpartition(':')[2]}={token}"


async def token(alice: Actor) -> str:
    """The token of an app of a member."""
    member = await Member.get(actor_id=alice.id)
    app, _ = await apps.register("Bench", "", [apps.NOT_HERE], ["read"])
    return (await apps.give(app, ["read"], member))[1]
