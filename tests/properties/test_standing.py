"""Nobody's standing, and no message's, changes without a ruling: over every form and every endpoint of the team."""
from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from models import Actor, Case, Member, Post, Ruling, Statement
from models.case import CaseSource, Matter
from models.member import Role
from models.reach import Reach
from models.ruling import Act
from server.actions import cases
from server.api.routes import API
from server.routes import ROUTES
from tests.browser import Browser
from tests.live import LiveServer
from tests.server.api.client import Api

REASONS = {"reason": "because", "facts": "because", "text": "because", "answer": "because", "grants": "1", "role": "member"}
FORMS: tuple[dict[str, Any], ...] = (
    REASONS, *({**REASONS, "act": str(act), "words": "Words", "days": "7", "keep": "1"} for act in (Act.LIMIT, *Act)))
ASKED: tuple[dict[str, Any], ...] = tuple(
    {"type": kind, "text": text} for kind in ("none", "sensitive", "disable", "silence", "suspend") for text in ("", "because"))
STANDING = ("limited_at", "frozen_at", "suspended_at")
OF_POSTS = ("hidden_at", "settled_at", "deleted_at", "label", "label_words", "team_note", "held_until")
Snapshot = tuple[list[Any], list[Any], list[Any]]


async def snapshot(server: LiveServer) -> tuple[Snapshot, int]:
    """How everybody and every message stands, and how many rulings there are."""
    async def read() -> tuple[Snapshot, int]:
        people = await Actor.all().order_by("id").values_list("id", *STANDING)
        members = await Member.all().order_by("id").values_list("id", "state")
        posts = await Post.all().order_by("id").values_list("id", *OF_POSTS)
        return (list(people), list(members), list(posts)), await Ruling.all().count()
    return await server.run(read())


def words_of(path: str, known: dict[str, str]) -> Iterator[str]:
    """The addresses of a route, with what is known in the place of its words and each of the verbs it takes."""
    places = re.findall(r"\{(\w+)(?::([^{}]*(?:\{[^{}]*\}[^{}]*)*))?\}", path)
    choices = [pattern.split("|") if re.fullmatch(r"[a-z-]+(\|[a-z-]+)+", pattern) else [known.get(name, "1")]
               for name, pattern in places]
    for chosen in product(*choices):
        found = path
        for (name, pattern), word in zip(places, chosen, strict=True):
            found = found.replace(f"{{{name}:{pattern}}}" if pattern else f"{{{name}}}", word)
        yield found


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_no_route_changes_how_somebody_stands_without_a_ruling(alpha: LiveServer) -> None:
    host, victim = await alpha.member("host", role=Role.HOST), await alpha.member("victim")
    await alpha.member("second", role=Role.HOST)
    changed = 0
    post = await alpha.write(victim, "A message", reach=Reach.COMMUNITY)

    async def open_case() -> Case:
        return await cases.open_(await Actor.get(id=victim.id), Matter.HARASSMENT, CaseSource.REPORT, [post])
    case = await alpha.run(open_case())
    before, rulings = await snapshot(alpha)
    async with Browser(alpha, host) as browser, Api(alpha, host, "admin:read admin:write read write") as app:
        async def check(done: str) -> int:
            nonlocal before, rulings
            after, count = await snapshot(alpha)
            if after != before:
                assert count > rulings, f"{done} changed how somebody stands, and there is no ruling"
            is_change, before, rulings = after != before, after, count
            return int(is_change)

        for route in [one for one in ROUTES if one.method == "POST" and one.path.startswith("/admin/")]:
            for form in FORMS if route.path.endswith("/decide") else FORMS[:2]:
                ruling = await alpha.ask(lambda: Ruling.all().order_by("-id").first())
                known = {"name": "victim", "id": str(case.id), "number": str(ruling.id if ruling else 1), "host": "b.example",
                         "key": "x", "country": "FR"}
                for path in words_of(route.path, known):
                    await browser.post(path, form)
                    changed += await check(f"POST {path} {form}")
                    assert browser.status != 500, path
        for endpoint in [one for one in API if "/admin/" in one.path and one.method != "GET"]:
            for asked in ASKED:
                for path in words_of(endpoint.path, {"id": str(victim.id)}):
                    await app.ask(endpoint.method, path, json=asked)
                    changed += await check(f"{endpoint.method} {path} {asked}")
    assert changed > 10, "the forms did what they are for"
    rows = await alpha.ask(lambda: Ruling.exclude(act=Act.NOTHING).values_list("id", flat=True))
    told = await alpha.ask(lambda: Statement.all().values_list("ruling_id", flat=True))
    assert set(rows) == set(told), "every ruling has its statement"
