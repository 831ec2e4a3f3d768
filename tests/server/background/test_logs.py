"""Log lines say what happened, never to whom."""
from __future__ import annotations

import json
import logging
import os
import re

import pytest
import structlog

from server.background import logs
from server.settings import Settings
from tests.browser import Browser
from tests.live import LiveServer

SECRET = "camille@example.org"  # noqa: S105 - what a person typed


@pytest.fixture(autouse=True)
def _quiet_again() -> object:
    """Logging belongs to the process: put it back for the tests that follow."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.parametrize("log_format", ["console", "json"])
@pytest.mark.parametrize("logger", ["ours", "library"])
def test_an_exception_is_logged_without_its_words(log_format: str, logger: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format=log_format))
    try:
        typed = SECRET
        raise ValueError(f"Key (email)=({typed}) already exists")
    except ValueError as error:
        if logger == "ours":
            structlog.get_logger().error("unexpected", exc_info=error)
        else:
            logging.getLogger("some.library").exception("unexpected")

    line = capsys.readouterr().err
    assert "ValueError" in line
    assert "test_logs.py" in line
    assert "camille" not in line
    if log_format == "json":
        assert json.loads(line)["error"] == "ValueError"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_request_is_logged_by_its_pattern(alpha: LiveServer, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"))
    await alpha.member("camille")
    async with Browser(alpha) as visitor:
        await visitor.get("/@camille?what=secret")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert any(line.get("path") == "/@{address}" and line["status"] in (200, 303, 403, 404) for line in lines)
    assert "camille" not in json.dumps(lines)
    assert "secret" not in json.dumps(lines)


def test_a_log_that_nobody_reads_stops_nobody() -> None:
    """As when the program that collects it hangs: a pipe takes 64 KiB."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as collector, os.fdopen(writing, "w") as stream:
        handler = logs.Unblocked(stream)
        for number in range(1000):
            handler.emit(logging.LogRecord("x", logging.INFO, "", 0, f"{number} " + "x" * 300, None, None))
        assert collector.read(2**20).startswith(b"0 x")
        handler.emit(logging.LogRecord("x", logging.INFO, "", 0, "and on", None, None))
        said = collector.read(65536).decode().splitlines()[-2:]
        assert said[1] == "and on" and re.fullmatch(r"\(\d+ lines before this one were lost\)", said[0])
