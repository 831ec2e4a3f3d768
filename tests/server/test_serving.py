"""A server as its own process: it starts, answers, says nothing of anybody in its log, and stops when asked."""
from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from models.catalogue import catalogue as catalogues
from models.catalogue import records
from models.catalogue.catalogue import Catalogue
from models.catalogue.records import Name, NameKind, Release
from models.catalogue.search import Kind
from models.database import is_sqlite
from server import serving
from tests import catalogue
from tests.conftest import NewDatabase
from tests.live import promised
from tests.test_layers import ROOT

STOP_SECONDS = 2.0
DAZZLE = (sys.executable, "-m", "server")
IDLE_MEGABYTES = 110


@dataclass(frozen=True)
class Served:
    """A running `serve`, its ready line, and where it logs."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a GET."""
        try:
            with urlopen(self.ready["listening"] + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, ""

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Ask it to stop; the seconds that it took."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=20)
        return time.monotonic() - started


def environment(url: str, folder: Path, port: int = 0) -> dict[str, str]:
    """Variables for a server of its own."""
    return {key: value for key, value in os.environ.items() if not key.startswith("DAZZLE_")} | {
        "DAZZLE_DATABASE_URL": url, "DAZZLE_VAR_DIR": str(folder), "DAZZLE_ORIGIN": "http://localhost:18997",
        "DAZZLE_LISTEN_PORT": str(port), "DAZZLE_LOG_FORMAT": "json", "DAZZLE_CONFIG": "", "PYTHONPATH": str(ROOT)}


@pytest.fixture
async def database_url(bare_database: NewDatabase) -> str:
    return await bare_database()


@pytest.fixture
def serve(database_url: str, tmp_path: Path) -> Iterator[Callable[[], Served]]:
    """Starts the server; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []
    catalogue.lay(tmp_path)

    def start() -> Served:
        log = tmp_path / "log"
        with log.open("w") as file:
            process = subprocess.Popen([*DAZZLE, "serve", "--json"], stdout=subprocess.PIPE, stderr=file, text=True, cwd=tmp_path,
                                       env=environment(database_url, tmp_path))
        started.append(process)
        assert process.stdout
        return Served(process, json.loads(process.stdout.readline()), log)

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_it_is_ready_small_and_stops_with_connections_open(serve: Callable[[], Served]) -> None:
    served = serve()
    assert served.get("/health") == (200, "ok")
    assert served.ready["open"].startswith("http://localhost:18997/open/")
    memory = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{served.process.pid}/status").read_text())
    assert memory
    assert int(memory[1]) / 1024 < IDLE_MEGABYTES

    address = served.ready["listening"].removeprefix("http://").split(":")
    idle, half = (socket.create_connection((address[0], int(address[1]))) for _ in range(2))
    idle.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"200" in idle.recv(1000)
    half.sendall(b"POST /signin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\nhalf")  # a request under way
    time.sleep(0.3)
    assert served.stop() < promised(STOP_SECONDS)
    assert served.process.returncode == 0


def test_ctrl_c_stops_it_and_it_starts_again(serve: Callable[[], Served]) -> None:
    assert serve().stop(signal.SIGINT) < promised(STOP_SECONDS)
    assert serve().get("/health") == (200, "ok")


def test_the_log_names_patterns_and_nobody(serve: Callable[[], Served]) -> None:
    served = serve()
    for path in ("/@camille?q=secret-question", "/m/abcdefghijklmnopqrstuv", "/signin/link/secret-token", "/nothing/secret-path"):
        served.get(path)
    served.stop()
    text = served.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert {"/@{address}", "/m/{key}", "/signin/link/{token}"} <= {line["path"] for line in requests}
    assert all({"request", "status", "ms", "method"} <= line.keys() for line in requests)
    for word in ("camille", "secret", "abcdefghij", "127.0.0.1"):
        assert word not in text, word


def test_a_second_server_is_told_why_it_cannot_start(serve: Callable[[], Served], database_url: str, tmp_path: Path) -> None:
    served = serve()
    port = int(served.ready["listening"].rpartition(":")[2])
    taken = subprocess.run([*DAZZLE, "serve"], capture_output=True, text=True, cwd=tmp_path, timeout=60,
                           env=environment(database_url, tmp_path, port), check=False)
    assert (taken.returncode, taken.stdout) == (1, "")
    assert taken.stderr.startswith(f"Another program listens on 127.0.0.1:{port} already")
    if is_sqlite(database_url):
        second = subprocess.run([*DAZZLE, "serve"], capture_output=True, text=True, cwd=tmp_path, timeout=60,
                                env=environment(database_url, tmp_path), check=False)
        assert (second.returncode, second.stdout) == (1, "")
        assert "is using the database" in second.stderr
        assert second.stderr.count("\n") == 1


def test_a_database_that_cannot_be_reached_is_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run([*DAZZLE, "serve"], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False,
                          env=environment("postgres://nobody:hidden-word@127.0.0.1:1/none", tmp_path))
    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hidden-word" not in done.stderr


async def test_the_index_of_the_catalogue_is_made_once_and_before_anybody_asks(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = tmp_path / "small.gz"
    records.write(small, [Release("Small", "1", "CC0", ""), Name("ORPHA:7", "en", NameKind.PREFERRED, "Seven disease")])
    monkeypatch.setattr(catalogues, "SHIPPED", small)
    monkeypatch.setattr(serving, "MOMENT_SECONDS", 0)
    ours = Catalogue(tmp_path)
    old = ours.folder / "index-old.sqlite3"
    ours.folder.mkdir()
    old.touch()
    await asyncio.gather(serving.index(ours), *(asyncio.to_thread(ours.prepare) for _ in range(2)))
    assert not ours.making() and not old.exists() and len(list(ours.folder.glob("index-*"))) == 1
    assert [one.code for one in ours.search("seven", Kind.CONDITION, "en")] == ["ORPHA:7"]
    made = ours._index().stat().st_mtime_ns
    await serving.index(ours)
    assert ours._index().stat().st_mtime_ns == made
