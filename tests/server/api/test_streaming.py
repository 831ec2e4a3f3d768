"""Streams: what apps hear at once, who hears it, and when they are sent away."""
from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from models import AccessToken, Member, PeopleList
from models.ids import digest
from models.member import MemberState
from models.post import Post
from models.reach import Reach
from server.actions import posts
from server.keys import LISTENERS, MEDIA
from server.streams import listeners
from tests.live import LiveServer, settle
from tests.server.api.client import Api
from tests.stories.scene import befriend, see

PATIENCE = 2.0  # seconds in which a reply is heard (issue: streaming of a reply)


async def heard(socket: ClientWebSocketResponse, name: str, seconds: float = PATIENCE) -> Any:
    """What the next event of this name says."""
    async with asyncio.timeout(seconds):
        while True:
            message = await socket.receive()
            assert message.type is WSMsgType.TEXT, message
            event = json.loads(message.data)
            if event.get("event") == name:
                return json.loads(event["payload"])


async def silence(socket: ClientWebSocketResponse, seconds: float = 1.0) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(seconds):
            raise AssertionError(await socket.receive())


async def test_a_reply_from_elsewhere_is_heard_within_two_seconds(alpha: LiveServer, beta: LiveServer) -> None:
    camille, nora, anna = await alpha.member("camille"), await beta.member("nora"), await alpha.member("anna")
    await befriend(beta, nora, camille, alpha)
    first = await alpha.write(camille, "Does anybody know this?")
    await settle(alpha, beta)
    copy = await beta.ask(lambda: Post.get(uri=first.uri).select_related("author"))
    async with Api(alpha, camille) as app, Api(alpha, anna) as other:
        socket = await app.http.ws_connect("/api/v1/streaming?stream=user")
        stranger = await other.http.ws_connect("/api/v1/streaming?stream=user")
        await stranger.send_json({"type": "subscribe", "stream": "public"})
        await asyncio.sleep(0.5)
        answer = await beta.write(nora, "I do", Reach.CIRCLE, parent=copy, recipients=(await see(beta, camille),))
        notice = await heard(socket, "notification")
        assert notice["type"] == "mention" and "I do" in notice["status"]["content"] and notice["account"]["acct"].startswith("nora@")
        await silence(stranger)
        await beta.run(posts.delete(answer, beta.app[MEDIA]))
        async with asyncio.timeout(PATIENCE):
            while (event := json.loads((await socket.receive()).data))["event"] != "delete":
                pass
        assert event["payload"] == notice["status"]["id"]
        await silence(stranger, 0.5)
