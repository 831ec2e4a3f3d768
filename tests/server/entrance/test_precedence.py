"""Those who read come first, and nobody waits for ever; what the process of the inbox takes is what the server takes."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from aiohttp.test_utils import make_mocked_request

from federation.errors import Busy
from server.background import relay
from server.background.relay import parsed
from server.entrance import peers
from server.entrance.precedence import AHEAD_SECONDS, WAIT_SECONDS, Precedence
from server.routes import ROUTES


async def test_what_is_brought_waits_until_a_page_is_made() -> None:
    precedence, done = Precedence(), list[str]()

    async def bring(name: str) -> None:
        await precedence.give_way()
        done.append(name)
    with precedence.ahead():
        brought = [asyncio.create_task(bring(name)) for name in "ab"]
        await asyncio.sleep(WAIT_SECONDS / 4)
        assert done == []
        done.append("page")
    await asyncio.gather(*brought)
    assert done == ["page", "a", "b"]


async def test_nobody_waits_long_however_many_read() -> None:
    precedence = Precedence()
    with precedence.ahead():
        began = time.monotonic()
        await precedence.give_way()
        assert WAIT_SECONDS / 2 < time.monotonic() - began < AHEAD_SECONDS


@pytest.mark.parametrize("ends", ["in time", "late", "in an error"])
async def test_a_stream_is_not_waited_for_and_an_end_counts_once(ends: str) -> None:
    precedence = Precedence()

    def read() -> Iterator[None]:
        with precedence.ahead():
            yield
            if ends == "in an error":
                raise ConnectionError
    reading = read()
    next(reading)
    if ends == "late":
        await asyncio.sleep(AHEAD_SECONDS * 1.2)
        await asyncio.wait_for(precedence.give_way(), WAIT_SECONDS / 2)
    with pytest.raises((StopIteration, ConnectionError)):
        next(reading)
    await asyncio.wait_for(precedence.give_way(), WAIT_SECONDS / 2)
    with precedence.ahead():
        began = time.monotonic()
        await precedence.give_way()
        assert time.monotonic() - began > WAIT_SECONDS / 2  # one more is still one


def test_the_process_of_the_inbox_takes_all_inboxes() -> None:
    assert {route.path for route in ROUTES if route.path.endswith("/inbox") and route.method == "POST"} == set(peers.INBOXES)


def test_what_it_answers_is_read() -> None:
    head = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Type: a/b; c=d\r\nContent-Length: 7\r\n\r\n"
    assert parsed(head) == (503, {"retry-after": "60", "content-type": "a/b; c=d", "content-length": "7"})


async def test_a_process_that_hangs_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection, and says nothing: the sender is told to come again, and the connection is given up."""
    async def silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)
    monkeypatch.setattr(relay, "ANSWER_SECONDS", 0.05)
    async with await asyncio.start_server(silent, relay.HERE, 0) as listener:
        way = relay.Relay(listener.sockets[0].getsockname()[1])
        with pytest.raises(Busy):
            await asyncio.wait_for(way.pass_on(make_mocked_request("POST", "/inbox"), b"{}", "192.0.2.1"), 5)
        assert len(way) == 0
