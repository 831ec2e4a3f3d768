"""The demo, as a newcomer lives it: start it, sign in with a link, follow somebody elsewhere, answer, and be seen there."""
from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar

from server import cli
from server.serving import is_free
from server.words.language import gettext_for
from tests.live import promised
from tests.test_layers import ROOT

pytestmark = pytest.mark.timeout(240)
SEEN_SECONDS = 2.0
STOP_SECONDS = 2.0
LINE_BYTES = 2 ** 20
DAZZLE = (sys.executable, "-m", "server")


class Visitor:
    """A browser without JavaScript, at one of the two communities."""

    def __init__(self, http: ClientSession) -> None:
        self.http, self.path, self.page = http, "", ""

    async def get(self, path: str) -> str:
        """Open a page."""
        async with self.http.get(path) as answer:
            return await self._read(answer)

    async def send(self, path: str, **fields: str) -> str:
        """Send a form with the token of the last page."""
        token = re.search(r'name="csrf" value="([^"]*)"', self.page)
        async with self.http.post(path, data=({"csrf": unescape(token[1])} if token else {}) | fields) as answer:
            return await self._read(answer)

    async def _read(self, answer: Any) -> str:
        self.page, self.path = await answer.text(), answer.url.path
        assert answer.status == 200, (answer.status, answer.url.path)
        return self.page


@asynccontextmanager
async def visitor(origin: str) -> AsyncIterator[Visitor]:
    """Somebody new, with cookies of their own."""
    async with ClientSession(origin, cookie_jar=CookieJar(unsafe=True), headers={"Accept-Language": "en"}) as http:
        yield Visitor(http)


@asynccontextmanager
async def demo(folder: Path, *words: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, Any]]]:
    """The demo, ready, and what it says; killed at the end if it still runs."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("DAZZLE_")}
    process = await asyncio.create_subprocess_exec(
        *DAZZLE, "demo", "--json", "--folder", str(folder), *words, cwd=ROOT, env=clean, stdout=asyncio.subprocess.PIPE,
        limit=LINE_BYTES)
    try:
        assert process.stdout
        yield process, json.loads(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


def free_ports() -> tuple[int, int]:
    """Two ports that nobody uses now, below those that systems give to connections: they are free at the second start too."""
    first, second, *_ = (port for port in random.sample(range(20_000, 30_000), 100) if is_free("127.0.0.1", port))
    return first, second


async def soon(look: Callable[[], Awaitable[bool]]) -> None:
    """It is so within the two seconds of the bar, stretched for a busy machine."""
    async with asyncio.timeout(promised(SEEN_SECONDS)):
        while not await look():
            await asyncio.sleep(0.1)


async def stop(process: asyncio.subprocess.Process) -> float:
    """Press Ctrl-C; the seconds that it took."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    process.send_signal(signal.SIGINT)
    assert await process.wait() == 0
    return loop.time() - started


async def test_a_newcomer_follows_and_answers_across_and_all_is_there_the_next_day(tmp_path: Path) -> None:
    """Camille of the first community follows Ada of the second; Nora, who follows Camille from there, reads and answers her."""
    folder, (first, second) = tmp_path / "demo", free_ports()
    async with demo(folder, "--ports", f"{first},{second}") as (process, info):
        assert info == json.loads((folder / "info.json").read_text())
        assert {role for role in ("member", "moderator", "host") for side in ("first", "second") if info[side][role]["link"]} == {
            "member", "moderator", "host"}
        async with visitor(info["first"]["origin"]) as camille, visitor(info["second"]["origin"]) as nora:
            await by_link(camille, info["first"]["member"]["link"])
            await by_password(nora, info["second"]["member"]["name"], info["password"])
            await follow_ada(camille, info["second"]["origin"].removeprefix("http://"))
            await write_and_be_answered(camille, nora)
        seconds = await stop(process)
        assert seconds < promised(STOP_SECONDS)

    async with demo(folder) as (process, again):
        assert [again[side]["origin"] for side in ("first", "second")] == [info[side]["origin"] for side in ("first", "second")]
        async with visitor(again["first"]["origin"]) as camille:
            await by_link(camille, again["first"]["member"]["link"])
            assert "Hello from the train" in await camille.get("/home")
        process.kill()  # and even so nothing is left running: both servers end with it
        await process.wait()

        async def is_gone() -> bool:
            port = int(again["second"]["origin"].rpartition(":")[2])
            return is_free("127.0.0.1", port)
        await soon(is_gone)


async def by_link(person: Visitor, link: str) -> None:
    """A link signs in after a press on its button."""
    path = "/" + link.split("/", 3)[3]
    await person.get(path)
    await person.send(path)
    await person.get("/home")
    assert person.path == "/home"


async def by_password(person: Visitor, name: str, password: str) -> None:
    """Or by name and password."""
    form = await person.get("/signin")
    assert 'name="password"' in form
    who = re.search(r'<input[^>]*name="([a-z]+)"[^>]*autocomplete="username"', form)
    await person.send("/signin", **{who[1] if who else "who": name, "password": password})
    await person.get("/home")
    assert person.path == "/home"


async def follow_ada(camille: Visitor, host: str) -> None:
    """Found by her address; she lets everybody follow, so the yes comes back by itself."""
    address = f"/@ada@{host}"
    await camille.get(f"{address}/follow")
    await camille.send(f"{address}/follow")

    async def is_followed() -> bool:
        return gettext_for("fr")("Stop following") in await camille.get(address)
    await soon(is_followed)


async def write_and_be_answered(camille: Visitor, nora: Visitor) -> None:
    """A message for partner communities arrives at its followers, and the answer comes back."""
    await camille.get("/compose")
    await camille.send("/compose", text="Hello from the train", reach="partners", voice="experience", language="en")

    async def has_arrived() -> bool:
        return "Hello from the train" in await nora.get("/home")
    await soon(has_arrived)
    before = nora.page[:nora.page.index("Hello from the train")]
    key = re.findall(r'href="/m/([\w-]{22})', before)[-1]
    await nora.get(f"/compose?reply={key}")
    await nora.send("/compose", text="Mind the gap, and enjoy", reach="partners", voice="experience", language="en", reply=key)
    sent = camille.path

    async def is_answered() -> bool:
        return "Mind the gap, and enjoy" in await camille.get(sent)
    await soon(is_answered)


async def test_a_folder_of_somebody_else_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    process = await asyncio.create_subprocess_exec(*DAZZLE, "demo", "--fresh", "--folder", str(tmp_path), cwd=ROOT,
                                                   stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"holds something that is not the demo's" in said
    assert (tmp_path / "letters.txt").read_text() == "mine"


@pytest.mark.parametrize("ports", ["8001", "8001,8001", "a,b", "0,8001", "1,2,3", "8001,65536"])
def test_ports_that_make_no_sense_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], ports: str) -> None:
    assert cli.main(["demo", "--ports", ports, "--folder", str(tmp_path / "new")]) == cli.CALLED_WRONGLY
    assert "--ports takes two different numbers" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
