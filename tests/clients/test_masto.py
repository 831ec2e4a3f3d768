"""A day with masto, the client library of web apps: day.mjs, run by Node with the versions of package-lock.json."""
from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import picture
from tests.clients.scene import Scene
from tests.test_layers import ROOT

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json")
INSTALL_SECONDS = 120
PATIENCE_SECONDS = 25


@pytest.fixture(scope="session")
def folder() -> Path:
    """Where masto is installed: a folder of its own for each lock file, filled once by `npm ci`."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("masto: there is no node or no npm here")
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:16]
    path = ROOT / "var" / "tests" / f"masto-{digest}"
    if not (path / "done").exists():
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        for name in FILES:
            shutil.copyfile(HERE / name, path / name)
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=path, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
        if done.returncode:
            pytest.skip(f"masto: npm could not install it: {done.stderr.strip()[-300:]}")
        (path / "done").touch()
    shutil.copyfile(HERE / "day.mjs", path / "day.mjs")
    return path


async def test_a_day_with_masto(stage: Scene, folder: Path) -> None:
    photo = base64.b64encode(picture()).decode()
    environment = {**os.environ, "HERE": stage.here.origin, "THERE": stage.there.host, "PHOTO": photo}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("node", "day.mjs", cwd=folder, env=environment, stdin=pipe, stdout=pipe,
                                                   stderr=asyncio.subprocess.STDOUT)
    assert process.stdin and process.stdout
    printed = ""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while line := (await process.stdout.readline()).decode():
                printed += line
                if line.startswith("LET IN "):
                    process.stdin.write(f"{await stage.code(line.split()[2])}\n".encode())
                elif line.startswith("ANSWER "):
                    await stage.answer(line.split()[1], "Good morning, Camille")
                    process.stdin.write(b"written\n")
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0 and "DONE" in printed, printed


def test_the_lock_file_names_no_other_registry() -> None:
    """Whoever runs the tests chooses where packages come from."""
    packages = json.loads((HERE / "package-lock.json").read_text())["packages"]
    hosts = {urlsplit(one["resolved"]).hostname for one in packages.values() if "resolved" in one}
    assert hosts <= {"registry.npmjs.org"} and all("integrity" in one for name, one in packages.items() if name)
