"""Folders that go with the process that made them, however it ends: also where it is killed, and nothing of it can tidy up.

A small process beside it holds the end of a pipe, and reads its end when the other is gone. Should both be killed, whoever makes
the next folder of that kind finds that nobody holds the lock of the old one. What somebody still uses is never touched.
"""
from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ALIVE = "alive"  # the file that the maker keeps locked
OLD_SECONDS = 3600  # after which a folder without a lock is nobody's: between making it and locking it is a moment
STOP_SECONDS = 20


def make(prefix: str, base: Path | None = None) -> Path:
    """A new folder in `base`, else where temporary folders are, and away with those of this kind that nobody uses any more."""
    base = base or Path(tempfile.gettempdir())
    for old in base.glob(f"{prefix}*"):
        if old.is_dir() and not is_used(old):
            clear(old)
    top = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    lock = os.open(top / ALIVE, os.O_CREAT | os.O_RDWR, 0o600)  # never closed: it is free once this process is gone
    fcntl.flock(lock, fcntl.LOCK_EX)
    guard = subprocess.Popen([sys.executable, "-S", "-E", __file__, top], stdin=subprocess.PIPE, cwd="/", start_new_session=True)
    _guards.append(guard)
    return top


#: Kept, so that their pipes stay open.
_guards: list[subprocess.Popen[bytes]] = []


def is_used(top: Path) -> bool:
    """Whether the maker of this folder still runs; of one that cannot be read, that is taken for granted."""
    try:
        with open(top / ALIVE, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except FileNotFoundError:
        return _is_young(top) or any(map(_runs, _postmasters(top)))
    except OSError:
        return True


def clear(top: Path) -> None:
    """Stop the databases that still run in it, and remove it."""
    for pid_file in _postmasters(top):
        if pid := _runs(pid_file):
            os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast" stop, which also gives its shared memory back
            deadline = time.monotonic() + STOP_SECONDS
            while _runs(pid_file) and time.monotonic() < deadline:
                time.sleep(0.05)
    shutil.rmtree(top, ignore_errors=True)


def _is_young(top: Path) -> bool:
    try:
        return top.stat().st_mtime > time.time() - OLD_SECONDS
    except OSError:
        return True


def _postmasters(top: Path) -> list[Path]:
    return [*top.glob("data/postmaster.pid"), *top.glob("*/data/postmaster.pid")]


def _runs(pid_file: Path) -> int:
    """The number of the PostgreSQL that keeps its data there; 0 if it has ended, and the number is now another's."""
    try:
        pid = int(pid_file.read_text().split()[0])
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return 0
    return pid if str(pid_file.parent).encode() in words else 0


if __name__ == "__main__":
    sys.stdin.buffer.read()  # until whoever made the folder is gone
    clear(Path(sys.argv[1]))
