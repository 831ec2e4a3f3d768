"""`python -m tests.wire.flood [--activities N] [--actors N]`: many new people write at once to a server that runs as its own
process; says what it cost: answers, how long others waited for a page meanwhile, and how much memory it took (security.md R29).
"""
from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from federation import keys
from federation.signatures import Key
from models import Host
from models.database import open_database
from models.host import Standing
from models.migration import migrate
from tests.live import LiveServer
from tests.peer import Peer, PeerActor, rsa_key
from tests.test_layers import ROOT

SENDERS = 24
MEBIBYTE_KIB = 1024
PROBE_SECONDS = 0.1


def resident_mib(pid: int) -> float:
    """The memory that a process holds now."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / MEBIBYTE_KIB if found else 0.0


async def flood(activities: int, actors: int) -> dict[str, Any]:
    """Run the drill; the figures by name."""
    with tempfile.TemporaryDirectory() as place:
        async with Peer() as peer:
            url = f"sqlite://{place}/flood.sqlite3"
            await migrate(url)
            async with open_database(url):
                await (await Host.called(peer.host)).change(standing=Standing.PARTNER)
            target = LiveServer(url, Path(place))  # only for its free port
            port = int(target.host.rpartition(":")[2])
            target._socket.close()
            variables = {"DAZZLE_DATABASE_URL": url, "DAZZLE_VAR_DIR": place, "DAZZLE_ORIGIN": target.origin, "DAZZLE_CONFIG": "",
                         "DAZZLE_LISTEN_PORT": str(port), "DAZZLE_DEV_PEERS": "127.0.0.0/8", "DAZZLE_LOG_LEVEL": "error"}
            server = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "server", "serve", "--json", cwd=ROOT, stdout=asyncio.subprocess.PIPE,
                env=os.environ | variables)
            try:
                assert server.stdout
                await server.stdout.readline()
                return await _drill(target, peer, server.pid, activities, actors)
            finally:
                server.terminate()
                await server.wait()


async def _drill(target: LiveServer, peer: Peer, pid: int, activities: int, actors: int) -> dict[str, Any]:
    people = [person(peer, number) for number in range(actors)]
    before, waits, stop = resident_mib(pid), list[float](), asyncio.Event()
    peaks = [before]
    probe = asyncio.create_task(_probe(target.origin, pid, waits, peaks, stop))
    started = time.perf_counter()
    answers: Counter[int] = Counter()
    todo = iter(range(activities))

    async def sender() -> None:
        for number in todo:
            one = people[number % actors]
            answers[await peer.send(target, one.does("Create", one.note("flood " * 50)), one)] += 1
    await asyncio.gather(*(sender() for _ in range(SENDERS)))
    seconds = time.perf_counter() - started
    await asyncio.sleep(3)
    stop.set()
    await probe
    waits.sort()
    return {"activities": activities, "actors": actors, "seconds": round(seconds, 1), "answers": dict(answers),
            "page_p50_ms": round(waits[len(waits) // 2] * 1000), "page_worst_ms": round(waits[-1] * 1000),
            "memory_before_mib": round(before), "memory_peak_mib": round(max(peaks)),
            "memory_after_mib": round(resident_mib(pid))}


async def _probe(origin: str, pid: int, waits: list[float], peaks: list[float], stop: asyncio.Event) -> None:
    """Somebody opens a page again and again."""
    async with ClientSession() as http:
        while not stop.is_set():
            started = time.perf_counter()
            async with http.get(f"{origin}/about") as answer:
                await answer.read()
            waits.append(time.perf_counter() - started)
            peaks.append(resident_mib(pid))
            await asyncio.sleep(PROBE_SECONDS)


def person(peer: Peer, number: int) -> PeerActor:
    """One of many people on a peer, all with the same key."""
    uri = f"{peer.origin}/users/p{number}"
    key = Key(f"{uri}#main-key", rsa_key(1))
    public = {"id": key.id, "owner": uri, "publicKeyPem": keys.public_pem(key.private.public_key())}
    document = {"@context": "https://www.w3.org/ns/activitystreams", "id": uri, "type": "Person",
                "preferredUsername": f"p{number}", "inbox": f"{uri}/inbox", "followers": f"{uri}/followers", "publicKey": public}
    peer.show(uri, document)
    return PeerActor(uri, key, document)


def main() -> None:
    """Print the figures as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--activities", type=int, default=1500)
    parser.add_argument("--actors", type=int, default=300)
    given = parser.parse_args()
    print(json.dumps(asyncio.run(flood(given.activities, given.actors))))


if __name__ == "__main__":
    main()
