"""Every endpoint needs the scope that it documents: the whole table is walked."""
from __future__ import annotations

import re

import pytest

from models.member import Role
from server.actions import apps
from server.api.door import ANY_TOKEN, ANYBODY, Endpoint
from server.api.routes import API
from server.entrance import limits
from server.entrance.limits import Rate
from server.words import scopes
from tests.live import LiveServer
from tests.server.api.client import Api

GUARDED = [one for one in API if one.scope not in (ANYBODY, ANY_TOKEN)]
#: These look at nothing of anybody, or look for the token themselves.
OPEN = re.compile(r"/api/v1/(apps|instance.*|custom_emojis|streaming.*)|/api/v2/instance|/api/openapi.*|/oauth/(token|revoke)"
                  r"|/\.well-known/oauth-authorization-server")


def address(endpoint: Endpoint) -> str:
    """One that it answers to."""
    return re.sub(r"{[^}]+}", "1", endpoint.path)


def stranger_to(scope: str) -> str:
    """A scope that lets nobody in there."""
    return next(one for one in ("push", "write:media", "read:bookmarks") if not scopes.covers([one], scope))


def test_the_table_is_sound() -> None:
    known = set(scopes.SCOPES)
    assert {word for one in GUARDED for word in one.scope.split()} <= known
    assert len({(one.method, one.path) for one in API}) == len(API), "no endpoint stands twice"
    assert [one.path for one in API if one.scope == ANYBODY and not OPEN.fullmatch(one.path)] == []


async def test_no_endpoint_works_with_the_wrong_token_or_without_one(alpha: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.RATES, "api", Rate(10_000, 1))
    host = await alpha.member("odile", role=Role.HOST)
    app, _ = await alpha.run(apps.register("Test", "", [apps.NOT_HERE], list(scopes.SCOPES)))
    _, own = await alpha.run(apps.give(app, list(scopes.SCOPES)))
    async with (Api(alpha, host, "push") as push, Api(alpha, host, "write:media") as media,
                Api(alpha, host, "read:bookmarks") as marks, Api(alpha) as nobody):
        holders = {"push": push, "write:media": media, "read:bookmarks": marks}
        for one in GUARDED:
            where = f"{one.method} {one.path}"
            assert (await holders[stranger_to(one.scope)].ask(one.method, address(one))).status == 403, where
            bare = (await nobody.ask(one.method, address(one))).status
            alone = (await nobody.ask(one.method, address(one), headers={"Authorization": f"Bearer {own}"})).status
            assert one.visitors or (bare, alone) == (401, 422), where
            assert bare < 500 and alone < 500, where


async def test_the_team_endpoints_are_for_the_team(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    async with Api(alpha, ourse, "admin:read admin:write") as app:
        for one in GUARDED:
            if one.scope.startswith("admin:"):
                assert (await app.ask(one.method, address(one))).status == 404, one.path
