"""Every address is walked as a visitor, a member, an app, a host and another server: no number about people gets past the guard.

There are as many members, followers, thanks and answers as would be found anywhere: a page, a collection or an app that says
that very number says what it counted, and not what may be told.
"""
from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import Actor, Announce, Community, Follow, Like, Member, Poll, Post, Vote, clock
from models.member import Role
from models.reach import Reach
from server.actions.polls import PollDraft
from server.keys import COMMUNITY
from server.routes import ROUTES
from tests.browser import Browser
from tests.live import LiveServer
from tests.peer import Peer
from tests.properties.cast import newcomer
from tests.server.api.client import Api

PEOPLE = 1373
ENDLESS = ("/api/v1/streaming", "/static")
SCOPES = "profile read write follow push admin:read"
DRAWN = re.compile(r"<svg.*?</svg>|<style.*?</style>", re.S)


def says(number: int, body: str) -> bool:
    """Whether a text says this number, also in groups ("1,373"); drawings and names with digits do not count."""
    text = DRAWN.sub("", body)
    return re.search(rf"(?<![\w./-]){number // 1000}[,\s\u202f\u00a0]?{number % 1000:03}(?![\w:-])", text) is not None


async def _choose(alpha: LiveServer, **columns: Any) -> None:
    async def change() -> None:
        await (await Community.current()).change(**columns)
        await alpha.app[COMMUNITY].load()
    await alpha.run(change())


async def _crowd(alice: Actor, post: Post) -> None:
    """So many people of another server and so many members, who all do everything that can be counted."""
    def people(host: str) -> list[Actor]:
        start = f"https://{host or 'here.example'}/people"
        return [Actor(name=f"p{n}", host=host, uri=f"{start}/{n}", inbox_uri=f"{start}/{n}/inbox") for n in range(PEOPLE)]
    here, away = people(""), people("away.example")
    await Actor.bulk_create([*here, *away])
    already = await Member.all().count()
    await Member.bulk_create([Member(actor_id=one.id, language="en") for one in here[already:]])
    poll = await Poll.get(post_id=post.id)
    now, answer = clock.now(), poll.options[0]["name"]
    for ours, theirs in (("target_id", "follower_id"), ("follower_id", "target_id")):
        await Follow.bulk_create([Follow(uri=f"{one.uri}/{ours}", accepted_at=now, **{ours: alice.id, theirs: one.id})
                                  for one in away])
    await Like.bulk_create([Like(uri=f"{one.uri}/l", actor_id=one.id, post_id=post.id) for one in away])
    await Announce.bulk_create([Announce(uri=f"{one.uri}/a", actor_id=one.id, post_id=post.id, reach=Reach.WEB) for one in away])
    await Vote.bulk_create([Vote(uri=f"{one.uri}/v", poll_id=poll.id, actor_id=one.id, option=answer) for one in away])
    await poll.change(closes_at=now)
    await poll.recount()
    assert await Member.all().count() == PEOPLE and poll.voters == PEOPLE


def _addresses(alice: Actor, post: Post) -> list[str]:
    fill = {"id": [str(post.id), str(alice.id)], "address": ["alice"], "step": ["1"], "version": ["2.1"], "path": ["api"],
            "collection": ["followers"], "name": ["alice"]}
    found = []
    for route in ROUTES:
        words = re.findall(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", route.path)
        bare = re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", r"{\1}", route.path)
        if route.method == "GET" and not route.path.startswith(ENDLESS):
            for place in range(2):
                values = [fill.get(word, [post.key, alice.key])[-1 if place else 0] for word in words]
                found.append(bare.format(**dict(zip(words, values, strict=True))))
    return [*dict.fromkeys(found), f"/actors/{alice.key}/outbox?page=first", "/nodeinfo/2.0", "/compose?reply=" + post.key]


async def _walk(alpha: LiveServer, peer: Peer, reader: Actor, host: Actor,
                addresses: list[str]) -> AsyncIterator[tuple[str, str, str]]:
    """Who asked, where, and what came back."""
    stranger = await newcomer(alpha, peer, "stranger")
    async with Browser(alpha) as visitor, Browser(alpha, reader) as member, Browser(alpha, host) as team, \
            Api(alpha, reader, SCOPES) as app, Api(alpha, host, SCOPES) as admin:
        for path in addresses:
            asking: dict[str, Browser | Api] = {"visitor": visitor, "member": member}
            if path.startswith(("/api", "/admin")):
                asking = {"host": team} if path.startswith("/admin") else {
                    "admin app": admin} if path.startswith("/api/v1/admin") else {"app": app}
            for who, one in asking.items():
                async with one.http.get(path, allow_redirects=False) as answer:
                    yield who, path, await answer.text(errors="replace") if "image" not in answer.content_type else ""
            if not path.startswith(("/api", "/admin")):
                yield "peer", path, (await peer.get(alpha, path, stranger))[1].decode(errors="replace")
        for kind, keys in (("measures", ["new_users", "active_users"]), ("dimensions", ["languages", "sources"])):
            span = {"keys": keys, "start_at": "2020-01-01", "end_at": "2100-01-01"}
            yield "admin app", kind, json.dumps((await admin.post(f"/api/v1/admin/{kind}", span)).json)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_no_number_about_people_gets_past_the_guard(alpha: LiveServer, peer: Peer) -> None:
    await peer.become(alpha)
    alice, host = await alpha.member("alice"), await alpha.member("hana", role=Role.HOST)
    await _choose(alpha, ceiling=Reach.WEB, opened_at=clock.now(), association="A")
    post = await alpha.write(alice, "How do you sleep?", Reach.WEB, poll=PollDraft(("Well", "Badly")))
    await alpha.run(_crowd(alice, post))
    addresses = _addresses(alice, post)

    told: set[tuple[str, str]] = set()
    async for who, path, body in _walk(alpha, peer, alice, host, addresses):
        assert not says(PEOPLE, body), f"{path} tells the {who} how many there are"
        if says(PEOPLE - 3, body):
            told.add((who, path))
    assert {("visitor", f"/m/{post.key}"), ("member", "/compose"), ("peer", f"/posts/{post.key}"),
            ("app", f"/api/v1/statuses/{post.id}"), ("admin app", "dimensions")} <= told, told  # rounded: the walk would find it

    await _choose(alpha, least_inside=5000, least_outside=5000)
    async for who, path, body in _walk(alpha, peer, alice, host, sorted({path for _, path in told if path.startswith("/")})):
        assert not says(PEOPLE - 3, body), f"{path} tells the {who} of a number below the threshold"
