"""No request makes the client API fail, and what it answers is what its description says. `./run fuzz api` takes longer."""
from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from models import Actor, Filter, Notification, PeopleList, Poll, Post, Report
from models.database import sqlite_path
from models.member import Role
from models.reach import Reach
from server.actions import follows, reactions
from server.api.openapi import document
from server.api.routes import API
from server.entrance import limits
from server.entrance.limits import Rate
from tests.cast import Templates
from tests.fuzz import api
from tests.fuzz.api import Found
from tests.live import LiveServer
from tests.server.api.client import token_for

SECONDS = float(os.environ.get("FUZZ_API_SECONDS", "0"))
EXAMPLES = 3
EVERYTHING = "profile read write follow push admin:read admin:write"


@pytest.fixture
def fresh(templates: Templates, tmp_path: Path) -> str:
    """The URL of an empty SQLite database; made outside the event loop."""
    copyfile(sqlite_path(templates("sqlite")), path := tmp_path / "db.sqlite3")
    return f"sqlite://{path}"


@pytest.fixture
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """How often somebody asks is another test's subject."""
    for kind in limits.RATES:
        monkeypatch.setitem(limits.RATES, kind, Rate(10**9, 1e-6))


async def some_rows(server: LiveServer, host: Actor) -> list[str]:
    """A small community in which requests find something; the ids of what is there."""
    others = [await server.member(name) for name in ("camille", "dora")]
    posts = [await server.write(author, f"Hello from {author.name}", reach=Reach.COMMUNITY) for author in (host, *others)]

    async def act() -> list[str]:
        await follows.follow(host, others[0])
        await follows.follow(others[0], host)
        await reactions.thank(others[0], posts[0])
        await reactions.pass_on(others[1], posts[0])
        tables = (Actor, Post, Notification, Poll, Filter, PeopleList, Report)
        return [str(id_) for table in tables for id_ in await table.all().values_list("id", flat=True)]
    return await server.run(act())


@pytest.mark.timeout(SECONDS + 180)
async def test_no_request_makes_it_fail(fresh: str, tmp_path: Path, no_limits: None) -> None:
    async with LiveServer(fresh, tmp_path / "server") as server:
        host = await server.member("odile", role=Role.HOST)
        ids, token = await some_rows(server, host), await server.run(token_for(host, EVERYTHING))
        described = document(API, "", "Dazzle", "test")

        def hunt() -> list[Found]:
            found: Iterator[Found] = (
                api.hunt_for(SECONDS, described, server.origin, token, ids) if SECONDS
                else api.hunt(described, server.origin, token, ids, EXAMPLES, number=1))
            return list({one.operation: one for one in found}.values())
        found = await asyncio.to_thread(hunt)
        assert not found, "\n\n".join(f"{one.operation}: {one.problem}\n{one.request}" for one in found)
