"""Temporary files of tests in memory where there is room: databases are made, synced and deleted by the thousand."""
from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from tests import leftovers

MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 1024 ** 3
#: Tells test processes that another one has started where that keeps its files.
OURS = "TESTS_FOLDER_OF_DAZZLE"  # not DAZZLE_…: those are settings


def prefer_memory() -> None:
    """From now on temporary files, also those of programs that tests start, are in a folder of this run's own, in memory; TMPDIR
    names another place for it. It goes when the run ends: no run meets what another one left, or removes what another uses.
    """
    if os.environ.get(OURS) == os.environ.get("TMPDIR", ""):
        return
    base = None
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        base = MEMORY
    top = leftovers.make("dazzle-tests-", base)
    top.chmod(0o711)  # PostgreSQL, which is somebody else, has its folder in it
    os.environ["TMPDIR"] = os.environ[OURS] = tempfile.tempdir = str(top)
