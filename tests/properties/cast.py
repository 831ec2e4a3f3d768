"""What property tests share: one event loop for many examples, and newcomers who cost no key each."""
from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from federation import keys, resolve
from federation.signatures import Key
from models import Actor, Follow, clock
from tests import databases
from tests.live import LiveServer
from tests.peer import Peer, PeerActor, rsa_key

_numbers = count(1)


def bounded(examples: int, steps: int = 20) -> settings:
    """So many examples in `./run test`, and those that failed before; `./run fuzz` sets FUZZ_EXAMPLES, and makes what it finds
    smaller.
    """
    wanted = int(os.environ.get("FUZZ_EXAMPLES", "0"))
    phases = tuple(Phase) if wanted else (Phase.explicit, Phase.reuse, Phase.generate)
    return settings(max_examples=wanted or examples, stateful_step_count=steps, deadline=None, print_blob=True, phases=phases,
                    suppress_health_check=list(HealthCheck))


async def newcomer(server: LiveServer, peer: Peer, name: str, *, followed_by: Actor | None = None) -> PeerActor:
    """Somebody new on a peer, with a name of their own and everybody's key; a member of ours may follow them already."""
    uri = f"{peer.origin}/users/{name}{next(_numbers)}"
    key = Key(f"{uri}#main-key", rsa_key(1))
    public = {"id": key.id, "owner": uri, "publicKeyPem": keys.public_pem(key.private.public_key())}
    document = {"@context": "https://www.w3.org/ns/activitystreams", "id": uri, "type": "Person", "preferredUsername": name,
                "inbox": f"{uri}/inbox", "followers": f"{uri}/followers", "featured": f"{uri}/featured", "publicKey": public}
    peer.show(uri, document)

    async def meet() -> None:
        actor = await resolve.actor(server.instance, uri)
        if followed_by:
            await Follow.create(uri=f"{uri}/followed", follower=followed_by, target=actor, accepted_at=clock.now())
    await server.run(meet())
    return PeerActor(uri, key, document)


Run = Callable[[Coroutine[Any, Any, Any]], Any]


@contextmanager
def copied(request: pytest.FixtureRequest, templates: Callable[[str], str], folder: Path, loop: asyncio.Runner) -> Iterator[str]:
    """The URL of an empty database of the kind that a fixture of a module is for."""
    template = templates(request.param)
    if request.param == "sqlite":
        yield databases.copy_file(folder, template)
        return
    server = request.getfixturevalue("postgres_url")
    url = loop.run(databases.create(server, databases.TEMPLATE))
    yield url
    loop.run(databases.drop(server, url))


def runner() -> asyncio.Runner:
    """The loop in which the servers of a property test live; they stand still between examples."""
    return asyncio.Runner()
