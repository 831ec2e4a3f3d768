"""Streams: what apps hear at once, who hears it, and when they are sent away."""
from __future__ import annotations

import asyncio
import json
import socket
import tracemalloc
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from models import AccessToken, Actor, Member, Post
from models.member import MemberState
from models.reach import Reach
from models.ruling import Act
from server.actions import held, posts, removal, rulings
from server.actions.posts import Composition
from server.keys import LISTENERS, MEDIA
from server.streams import listeners
from server.streams.channels import Channel
from server.streams.listeners import Event, Listener, Listeners
from tests.live import LiveServer, promised, settle
from tests.server.api.client import Api
from tests.stories.scene import befriend, ruled, see
from tests.stories.test_withdrawal_notices import take_back

PATIENCE = 2.0  # seconds in which a reply is heard (issue: streaming of a reply)
QUIET = 0.8  # three looks


async def next_event(socket: ClientWebSocketResponse, name: str, seconds: float = PATIENCE) -> dict[str, Any]:
    """The next event of this name."""
    async with asyncio.timeout(promised(seconds)):
        while True:
            message = await socket.receive()
            assert message.type is WSMsgType.TEXT, message
            event: dict[str, Any] = json.loads(message.data)
            if event.get("event") == name or "error" in event:
                return event


async def heard(socket: ClientWebSocketResponse, name: str) -> Any:
    """What the next event of this name says."""
    return json.loads((await next_event(socket, name))["payload"])


async def silence(*sockets: ClientWebSocketResponse) -> None:
    """None of them hears anything now."""
    for number, one in enumerate(sockets):
        with pytest.raises(TimeoutError):
            raise AssertionError(await one.receive(timeout=QUIET if not number else 0.01))


async def closed(socket: ClientWebSocketResponse, seconds: float) -> None:
    """It ends within so many seconds."""
    async with asyncio.timeout(promised(seconds)):
        while (await socket.receive()).type not in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
            pass


async def test_a_reply_from_elsewhere_is_heard_within_two_seconds(alpha: LiveServer, beta: LiveServer) -> None:
    camille, nora, anna = await alpha.member("camille"), await beta.member("nora"), await alpha.member("anna")
    await befriend(beta, nora, camille, alpha)
    first = await alpha.write(camille, "Does anybody know this?")
    await settle(alpha, beta)
    copy = await beta.ask(lambda: Post.get(uri=first.uri).select_related("author"))
    async with Api(alpha, camille) as app, Api(alpha, anna) as other, Api(alpha, camille, "read:statuses") as deaf:
        socket = await app.http.ws_connect("/api/v1/streaming?stream=user")
        await socket.send_json({"type": "subscribe", "stream": "direct"})
        stranger = await other.http.ws_connect("/api/v1/streaming?stream=user")
        await stranger.send_json({"type": "subscribe", "stream": "public"})
        no_notices = await deaf.http.ws_connect("/api/v1/streaming?stream=user")
        await no_notices.send_json({"type": "subscribe", "stream": "user:notification"})
        assert (await next_event(no_notices, "error"))["status"] == 403
        answer = await beta.write(nora, "I do", Reach.CIRCLE, parent=copy, recipients=(await see(beta, camille),))
        update = await heard(no_notices, "update")
        notice = await heard(socket, "notification")
        assert notice["type"] == "mention" and "I do" in notice["status"]["content"]
        assert notice["account"]["acct"].startswith("nora@") and update["id"] == notice["status"]["id"]
        assert (await heard(socket, "conversation"))["last_status"]["id"] == update["id"]
        await silence(stranger, no_notices)
        await beta.run(removal.delete(answer, beta.app[MEDIA]))
        assert (await next_event(socket, "delete"))["payload"] == update["id"]
        await silence(stranger)


async def test_what_is_taken_back_leaves_the_apps_of_those_who_had_it(alpha: LiveServer, beta: LiveServer) -> None:
    """Camille says no to copies elsewhere: apps on beta that showed her message are told to drop it; those at home keep it."""
    camille, nora, anna = await alpha.member("camille"), await beta.member("nora"), await alpha.member("anna")
    await befriend(beta, nora, camille, alpha)
    async with Api(beta, nora) as there, Api(alpha, anna) as here:
        away = await there.http.ws_connect("/api/v1/streaming?stream=user")
        home = await here.http.ws_connect("/api/v1/streaming?stream=public:local")
        await alpha.write(camille, "For partners")
        shown = await heard(away, "update")
        assert "For partners" in shown["content"] and (await heard(home, "update"))["content"] == shown["content"]
        await take_back(alpha, camille)
        assert (await next_event(away, "delete"))["payload"] == shown["id"]
        assert shown["id"] not in [one["id"] for one in await there.good("GET", "/api/v1/timelines/home")]
        assert (await there.get(f"/api/v1/statuses/{shown['id']}")).status == 404
        await silence(home)
        own = await here.http.ws_connect("/api/v1/streaming?stream=user")
        hers = await alpha.write(anna, "Of mine", Reach.COMMUNITY)
        assert (await heard(home, "update"))["id"] == (await heard(own, "update"))["id"] == str(hers.id)
        async with Api(alpha, camille) as late:
            reader = await late.http.ws_connect("/api/v1/streaming?stream=public:local")
            hers = await alpha.ask(lambda: Post.get(id=hers.id).select_related("author"))
            hidden = await ruled(alpha, Act.HIDE, anna, post=hers)
            assert (await next_event(reader, "delete"))["payload"] == str(hers.id), "also to whoever read it in a list"
            await alpha.run(rulings.take_back(hidden, None))
        await silence(own)


async def test_each_stream_hears_what_stands_in_its_list(alpha: LiveServer) -> None:
    camille, anna = await alpha.member("camille"), await alpha.member("anna")
    async with Api(alpha, camille) as app:
        made = await app.good("POST", "/api/v1/lists", json={"title": "Friends"})
        await app.good("POST", f"/api/v1/lists/{made['id']}/accounts", json={"account_ids": [str(anna.id)]})
        async with Api(alpha, anna) as hers:
            assert (await hers.get("/api/v1/streaming/list", list=made["id"])).status == 404  # not hers
    names = ("public:local", "public:remote", "hashtag", "list", "public:local:media")
    async with Api(alpha, camille) as app:
        socket = await app.http.ws_connect("/api/v1/streaming", protocols=[app.token])
        for name in names:
            await socket.send_json({"type": "subscribe", "stream": name, "tag": "#Mornings", "list": made["id"]})
        for wrong in ({"stream": "nonsense"}, {"stream": "hashtag"}, {"stream": "list", "list": "7"}, {"type": "shout"}):
            await socket.send_json({"type": "subscribe"} | wrong)
            assert (await next_event(socket, "error"))["status"] in (400, 404, 422)
        await socket.send_str("no JSON")
        assert (await next_event(socket, "error"))["status"] == 422
        post = await alpha.write(anna, "A good one, like most #mornings", Reach.COMMUNITY)
        streams = [(await next_event(socket, "update"))["stream"] for _ in range(3)]
        assert sorted(streams) == [["hashtag", "mornings"], ["list", made["id"]], ["public:local"]]
        await socket.send_json({"type": "unsubscribe", "stream": "hashtag", "tag": "mornings"})
        await alpha.run(posts.edit(post, Composition(text="A bad one #mornings", reach=post.reach), {}, alpha.origin))
        edited = [await next_event(socket, "status.update") for _ in range(2)]
        assert all("A bad one" in json.loads(one["payload"])["content"] for one in edited)
        await alpha.write(anna, "For me alone", Reach.ME)
        waits = Composition(text="Wait", reach=Reach.COMMUNITY, undo_seconds=60)
        later = await alpha.run(posts.publish(anna, waits, alpha.origin))
        await silence(socket)
        await alpha.run(held.send_now(later))
        assert {(await heard(socket, "update"))["id"] for _ in range(2)} == {str(later.id)}


async def test_server_sent_events(alpha: LiveServer) -> None:
    camille, anna = await alpha.member("camille"), await alpha.member("anna")
    async with Api(alpha, camille) as app, Api(alpha) as nobody:
        assert (await app.ask("GET", "/api/v1/streaming/health")).status == 200
        for path in ("user", "public", "list?list=7", "hashtag"):
            assert (await nobody.get(f"/api/v1/streaming/{path}")).status == 401
        assert (await app.get("/api/v1/streaming/hashtag")).status == 400 == (await app.get("/api/v1/streaming")).status
        async with nobody.http.get(f"/api/v1/streaming/user?access_token={app.token}") as answer:
            assert answer.status == 200 and answer.content_type == "text/event-stream"
            post = await alpha.write(anna, "Good morning", Reach.COMMUNITY)
            async with asyncio.timeout(promised(PATIENCE)):
                while (line := await answer.content.readline()) != b"event: update\n":
                    assert line.startswith((b":", b"\n"))
                assert json.loads((await answer.content.readline()).removeprefix(b"data: "))["id"] == str(post.id)
            await app.good("POST", "/api/v2/filters", json={"title": "Weight", "context": ["home"], "keywords_attributes": [
                {"keyword": "weight"}]})
            async with asyncio.timeout(promised(2 * PATIENCE)):
                while await answer.content.readline() != b"event: filters_changed\n":
                    pass


async def revoke(actor: Actor) -> None:
    await AccessToken.filter(member__actor_id=actor.id).delete()


async def suspend(actor: Actor) -> None:
    await Member.filter(actor_id=actor.id).update(state=MemberState.SUSPENDED)


@pytest.mark.parametrize("end", [revoke, suspend])
async def test_who_may_no_longer_listen_is_sent_away_at_once(
        alpha: LiveServer, end: Callable[[Actor], Awaitable[None]]) -> None:
    """Rows alone say so, as when another process has written them (CVE-2025-62175)."""
    camille, anna = await alpha.member("camille"), await alpha.member("anna")
    async with Api(alpha, camille) as app, Api(alpha, anna) as other:
        socket = await app.http.ws_connect("/api/v1/streaming?stream=user")
        staying = await other.http.ws_connect("/api/v1/streaming?stream=user")
        async with app.http.get("/api/v1/streaming/user") as answer:
            await answer.content.readline()
            await alpha.ask(lambda: end(camille))
            await closed(socket, 1.0)
            async with asyncio.timeout(promised(1.0)):
                while await answer.content.readline():
                    pass
        assert (await app.get("/api/v1/streaming/user")).status == 401
        await alpha.write(anna, "Still here")
        assert await heard(staying, "update")
        assert len(alpha.app[LISTENERS]) == 1
    async with asyncio.timeout(promised(PATIENCE)):
        while len(alpha.app[LISTENERS]):
            await asyncio.sleep(0.02)


async def test_nobody_listens_more_often_than_allowed_and_a_stop_waits_for_nobody(
        alpha: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    camille = await alpha.member("camille")
    monkeypatch.setattr(listeners, "LISTENERS_OF_ONE", 2)
    async with Api(alpha, camille) as app:
        sockets = [await app.http.ws_connect("/api/v1/streaming?stream=user") for _ in range(3)]
        await closed(sockets[0], 1.5)
        monkeypatch.setattr(listeners, "LISTENERS_LIMIT", 2)
        assert (await app.get("/api/v1/streaming/user")).status == 503
        await alpha.__aexit__()
        for socket in sockets[1:]:
            await closed(socket, 0.5)


async def test_who_reads_too_slowly_is_sent_away_and_costs_little_memory() -> None:
    cut = asyncio.Event()
    listener = Listener(AccessToken(id=1, scopes=["read"]), Member(id=1), cut.set)
    channel = Channel("user")
    listener.listen(channel)
    with Listeners().joined(listener):
        tracemalloc.start()
        for number in range(20 * listeners.WAITING_LIMIT):
            listener.tell(Event(channel, "update", f"{number:>5000}"), number)
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert listener.has_ended and await listener.next(1) is None
        assert size < 100_000  # what waited is gone too
        async with asyncio.timeout(listeners.FAREWELL_SECONDS + 1):
            await cut.wait()


async def test_a_connection_that_takes_nothing_is_cut(alpha: LiveServer) -> None:
    camille = await alpha.member("camille")
    async with Api(alpha, camille) as app:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        host, _, port = alpha.host.partition(":")
        await loop.sock_connect(raw, (host, int(port)))
        asking = f"GET /api/v1/streaming/user?access_token={app.token} HTTP/1.1\r\nHost: {host}\r\n\r\n"
        await loop.sock_sendall(raw, asking.encode())
        everybody = alpha.app[LISTENERS]
        async with asyncio.timeout(10):
            while not len(everybody):
                await asyncio.sleep(0.02)
            listener = next(iter(everybody.by_member().values()))[0]
            while not listener.has_ended:
                listener.tell(Event(Channel("user"), "update", "x" * 20_000))
                await asyncio.sleep(0)
            while len(everybody):
                await asyncio.sleep(0.02)
        raw.close()


async def test_what_waits_for_long_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listener(AccessToken(id=1, scopes=["read"]), Member(id=1), lambda: None)
    listener.tell(Event(Channel("user"), "update"))
    monkeypatch.setattr(listeners, "LATE_SECONDS", -1.0)
    assert await listener.next(1) is None and listener.has_ended


async def test_a_connection_ends_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "LIFETIME_SECONDS", 0.05)
    listener = Listener(AccessToken(id=1, scopes=["read"]), Member(id=1), lambda: None)
    while not listener.has_ended:
        assert await listener.next(10) is None
