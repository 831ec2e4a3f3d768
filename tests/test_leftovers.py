"""A run of tests that is killed leaves nothing behind, and another one beside it loses nothing."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import leftovers
from tests.live import PATIENCE_SECONDS

MAKER = """
import subprocess, sys, time
from pathlib import Path
from tests import leftovers
top = leftovers.make("run-", Path(sys.argv[1]))
(top / "data").mkdir()
words = [sys.executable, "-c", "import time; time.sleep(60)", top / "data"]
postmaster = subprocess.Popen(words, start_new_session=True, stderr=subprocess.DEVNULL)
(top / "data" / "postmaster.pid").write_text(f"{postmaster.pid}\\n")
print(top, postmaster.pid, leftovers._guards[0].pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def database_kind() -> str:
    """None is needed."""
    return "sqlite"


def run(base: Path) -> tuple[subprocess.Popen[bytes], Path, int, int]:
    """A run, its folder with what looks like a PostgreSQL in it, and the numbers of that one and of the guard."""
    maker = subprocess.Popen([sys.executable, "-c", MAKER, base], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1])
    assert maker.stdout
    folder, postmaster, guard = maker.stdout.readline().split()
    return maker, Path(folder.decode()), int(postmaster), int(guard)


def is_gone(pid: int) -> bool:
    """Whether a process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def until(question: Callable[[], bool]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_run_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    beside, used, *_ = run(tmp_path)
    killed, folder, postmaster, _ = run(tmp_path)
    killed.kill()
    until(lambda: not folder.exists() and is_gone(postmaster))  # its guard tidies up

    lost, folder, postmaster, guard = run(tmp_path)
    os.kill(guard, signal.SIGKILL)
    lost.kill()
    lost.wait()
    assert folder.exists() and not is_gone(postmaster), "the guard was killed too"
    (young := tmp_path / "run-young").mkdir()
    (old := tmp_path / "run-old").mkdir()
    os.utime(old, (0, 0))
    new = leftovers.make("run-", tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([used, new, young]), "what somebody uses, or just begins to, stays"
    until(lambda: is_gone(postmaster))
    assert beside.poll() is None
    beside.kill()
    beside.wait()
