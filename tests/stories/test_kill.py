"""A real server process is killed in the middle of its work; after the next start nothing is lost (security.md, R1–R3)."""
from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from aiohttp import web

from models import Actor, Delivery, InboxItem, Post, clock
from models.database import open_database
from models.delivery import DeliveryState, ItemState
from models.reach import Reach
from server.actions import posts
from tests import catalogue
from tests.bench.killed_withdrawal import staged
from tests.conftest import NewDatabase
from tests.live import LiveServer, promised, settle
from tests.peer import Peer, PeerActor

ROOT = Path(__file__).parent.parent.parent
MESSAGES = 25


@asynccontextmanager
async def process(server: LiveServer, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m server serve` with the settings of a live server that has stopped, and more variables; killed at the end of
    the block.
    """
    settings = server.settings
    catalogue.lay(settings.var_dir)
    environment = {name: text for name, text in os.environ.items() if not name.startswith("DAZZLE_")} | {
        "DAZZLE_ORIGIN": settings.origin, "DAZZLE_LISTEN_PORT": settings.origin.rpartition(":")[2],
        "DAZZLE_DATABASE_URL": settings.database_url, "DAZZLE_VAR_DIR": str(settings.var_dir), "DAZZLE_DEV_PEERS": "127.0.0.0/8",
        "DAZZLE_DELIVERY_FIRST_RETRY_SECONDS": "0.2", "DAZZLE_LOG_LEVEL": "error"} | more
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server", "serve", "--json", cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE)
    assert running.stdout
    try:
        async with asyncio.timeout(promised(20)):
            assert b"ready" in await running.stdout.readline()
        yield running
    finally:
        with suppress(ProcessLookupError):
            running.kill()
        await running.wait()


async def test_a_fan_out_that_is_killed_goes_on_after_the_next_start(new_database: NewDatabase, tmp_path: Path) -> None:
    """Every message arrives; one that was on its way at that moment may arrive twice, under the same id."""
    async with Peer() as peer:
        async with LiveServer(await new_database(), tmp_path) as before:
            await prepare(before, peer)
            written = set(await before.run(write(await before.ask(lambda: Actor.get(name="alice")), before.origin)))

        async with open_database(before.settings.database_url):  # now they are due
            await Delivery.filter(state=DeliveryState.WAITING).update(due_at=clock.now())
            await Post.all().update(held_until=None)

        async def slowly(_: web.Request) -> web.Response | None:
            await asyncio.sleep(0.03)
            return None
        peer.on_post = slowly
        async with process(before) as first:
            await peer.wait_for("Create", MESSAGES // 4, seconds=20)
            first.kill()
            await first.wait()
        assert len(peer.of_kind("Create")) < MESSAGES

        async with process(before):
            async with asyncio.timeout(30):
                while {activity["object"]["id"] for activity in peer.of_kind("Create")} != written:
                    await asyncio.sleep(0.05)
        ids = [activity["id"] for activity in peer.of_kind("Create")]
        assert len(set(ids)) == MESSAGES and len(ids) <= MESSAGES + 1


async def prepare(server: LiveServer, peer: Peer) -> PeerActor:
    """Alice, and a reader of hers on the peer."""
    alice, otto = await server.member("alice"), peer.actor("otto")
    await peer.become(server)
    assert await peer.send(server, otto.does("Follow", alice.uri), otto) == 202
    await peer.wait_for("Accept")
    await settle(server)
    return otto


async def write(alice: Actor, origin: str) -> list[str]:
    """Many messages that are not due yet."""
    uris = []
    for number in range(MESSAGES):
        post = await posts.publish(alice, posts.Composition(text=str(number), reach=Reach.PARTNERS, undo_seconds=600), origin)
        uris.append(post.uri)
    return uris


async def test_what_was_answered_with_202_is_there_after_a_kill(new_database: NewDatabase, tmp_path: Path) -> None:
    """A neighbour sends as fast as it can, the server is killed in between: all that was answered is carried out, once."""
    async with Peer() as peer:
        async with LiveServer(await new_database(), tmp_path) as before:
            otto = await prepare(before, peer)
            alice = await before.ask(lambda: Actor.get(name="alice"))
        accepted: list[str] = []

        async def send_all() -> None:
            for number in range(200):
                note = otto.note(str(number), to=[alice.uri])
                assert await peer.send(before, otto.does("Create", note), otto) == 202
                accepted.append(note["id"])
        async with process(before) as first:
            sending = asyncio.create_task(send_all())
            while len(accepted) < 20 and not sending.done():
                await asyncio.sleep(0.01)
            first.kill()
            await first.wait()
            await asyncio.wait([sending])
            assert len(accepted) >= 20, sending.exception()
            assert sending.exception() is not None  # it was cut off
        async with process(before), open_database(before.settings.database_url), asyncio.timeout(30):
            while await InboxItem.filter(state=ItemState.NEW).exists():
                await asyncio.sleep(0.1)
            kept = await Post.filter(author__uri=otto.uri).values_list("uri", flat=True)
            assert set(accepted) <= {str(uri) for uri in kept}
            assert await InboxItem.exclude(state=ItemState.DONE).count() == 0


async def test_the_process_of_the_inbox_is_killed_and_nothing_is_lost(new_database: NewDatabase, tmp_path: Path) -> None:
    """It dies under load: those who read do not notice, neighbours hear 503 until it is back, and what had 202 is carried out.
    What it answers, the one in front of it passes on: also of a member's own inbox, and what it refuses.
    """
    async with Peer() as peer:
        async with LiveServer(await new_database(), tmp_path) as before:
            otto = await prepare(before, peer)
            alice = await before.ask(lambda: Actor.get(name="alice"))
        accepted, statuses = list[str](), Counter[int]()

        async def send_for_ever(number: int) -> None:
            while True:
                note = otto.note(f"{number} {sum(statuses.values())}", to=[alice.uri])
                own = alice.inbox_uri.removeprefix(before.origin) if number else "/inbox"
                statuses[status := await peer.send(before, otto.does("Create", note), otto, path=own)] += 1
                if status == 202:
                    accepted.append(note["id"])
        async with process(before, DAZZLE_INBOX_PORT=str(free_port())) as front, asyncio.TaskGroup() as group:
            senders = [group.create_task(send_for_ever(number)) for number in (0, 1)]
            async with asyncio.timeout(60):
                while len(accepted) < 10:
                    await asyncio.sleep(0.01)
                os.kill(inbox := await child_of(front), signal.SIGKILL)
                while not statuses[503]:
                    assert (await peer.get(before, "/health"))[0] == 200
                while await child_of(front) in (0, inbox) or len(accepted) < 20:
                    await asyncio.sleep(0.05)
            assert await peer.send(before, b"{}", otto) == 400  # said by the other process
            for one in senders:
                one.cancel()
        async with process(before), open_database(before.settings.database_url), asyncio.timeout(30):
            while await InboxItem.filter(state=ItemState.NEW).exists():
                await asyncio.sleep(0.1)
            kept = [str(uri) for uri in await Post.filter(author__uri=otto.uri).values_list("uri", flat=True)]
            assert set(accepted) <= set(kept) and len(kept) == len(set(kept))
            assert statuses.keys() <= {202, 503} and await InboxItem.exclude(state=ItemState.DONE).count() == 0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def child_of(process: asyncio.subprocess.Process) -> int:
    """The id of the one process that this one has started; 0 if there is none."""
    found = (Path("/proc") / str(process.pid) / "task" / str(process.pid) / "children").read_text().split()
    return int(found[0]) if found else 0


async def test_whoever_is_killed_while_a_yes_is_taken_back_it_ends_confirmed(
        new_database: NewDatabase, database_kind: str, tmp_path: Path) -> None:
    """Both sides once on each database, each between two commits; `./run bench killed-withdrawal` kills at every point."""
    dams = {"sqlite": (0, 2), "postgres": (1, 4)}[database_kind]
    async with staged([await new_database(), await new_database()], tmp_path, people=1) as exchange:
        await exchange.at_dams(dams)
