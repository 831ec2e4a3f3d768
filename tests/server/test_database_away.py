"""PostgreSQL stops and starts while the server runs (security.md R7); `./run drill database-restarted` does so under load."""
from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from models import Post
from tests import postgres
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Peer


async def test_it_goes_and_comes_back(tmp_path: Path) -> None:
    """Meanwhile everybody is told at once to come again; afterwards nobody has to do anything. No server of another kind of
    database runs beside it: Tortoise remembers one for the whole process.
    """
    with ExitStack() as stack:
        try:
            database = stack.enter_context(postgres.cluster(postgres.FAST))
        except postgres.NoPostgres as reason:
            pytest.skip(str(reason))
        async with LiveServer(database.url.format(db="postgres"), tmp_path) as server, Peer() as peer:
            alice, otto = await server.member("alice"), peer.actor("otto")
            await peer.become(server)
            note = otto.does("Create", otto.note(to=[alice.uri]))
            async with Browser(server, alice) as browser:
                await browser.get("/home")
                await asyncio.to_thread(database.stop)
                with capture_logs() as said:
                    async with asyncio.timeout(5):
                        assert await peer.send(server, note, otto) == 503
                        await browser.get("/home")
                        assert browser.status == 503 and browser.headers["Retry-After"]
                        assert await peer.get(server, "/health/ready") == (503, b"database")
                        assert (await peer.get(server, "/health"))[0] == 200
                    await asyncio.to_thread(database.start)
                    async with asyncio.timeout(10):
                        while await peer.send(server, note, otto) != 202:
                            await asyncio.sleep(0.1)
                assert not [line for line in said if line["event"] == "unexpected"]
                await browser.get("/home")
                assert browser.status == 200
            await settle(server)
            assert await server.ask(lambda: Post.all().count()) == 1
