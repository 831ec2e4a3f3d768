"""Temporary files of tests in memory where there is room: databases are made, synced and deleted by the thousand."""
from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 1024 ** 3


def prefer_memory() -> None:
    """From now on temporary folders, also those of programs that tests start, are in memory; TMPDIR names another place."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
