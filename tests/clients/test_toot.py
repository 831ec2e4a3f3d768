"""toot, the client for terminals: logs in through the page, shows the timeline, posts and answers."""
from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

from click.testing import CliRunner
from toot.cli import cli

from models import Post
from tests.clients.scene import Scene
from tests.live import settle

TOOT = (sys.executable, "-m", "toot")
PATIENCE_SECONDS = 30


async def log_in(stage: Scene, environment: dict[str, str]) -> None:
    """`toot login`: it prints an address to open in a browser, and asks for the code that the page shows."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*TOOT, "login", "-i", stage.here.origin, env=environment, stdin=pipe,
                                                   stdout=pipe, stderr=asyncio.subprocess.STDOUT)
    assert process.stdin and process.stdout
    printed = ""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (url := re.search(r"^(https?://\S*/oauth/authorize/?\?\S*)\s", printed, re.M)):
            line = await process.stdout.readline()
            assert line, printed
            printed += line.decode()
        process.stdin.write(f"n\n{await stage.code(url[1])}\n".encode())
        rest, _ = await process.communicate()
    assert process.returncode == 0 and "Successfully logged in" in rest.decode(), printed + rest.decode()


async def test_toot(stage: Scene, tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config"), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}

    async def toot(*arguments: str) -> str:
        """One command; in this process, as starting Python each time takes longer than all the rest."""
        done = await asyncio.to_thread(CliRunner(env=environment).invoke, cli, ["--no-color", *arguments])
        assert done.exit_code == 0, done.output
        return done.output
    await log_in(stage, environment)
    assert "camille" in await toot("whoami")
    await toot("post", "Hello from a terminal", "--language", "en")
    post = await stage.here.ask(lambda: Post.get(text="Hello from a terminal"))
    await toot("post", "And an answer", "--reply-to", str(post.id))
    answer = await stage.here.ask(lambda: Post.get(text="And an answer"))
    assert answer.parent_id == post.id and answer.reach is post.reach
    await stage.answer(post.uri, "Good morning from Leeds")
    await settle(stage.here, stage.there)
    assert "Hello from a terminal" in await toot("timelines", "home", "--no-pager")
    thread = await toot("thread", str(post.id))
    assert "Good morning from Leeds" in thread and "And an answer" in thread
    assert f"bea@{stage.there.host}" in await toot("notifications")
