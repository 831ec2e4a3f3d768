"""How often each job has failed since the server started, in a file that `dazzle check` reads: not everybody reads the log."""
from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

FILE = "failures.json"


class Failures:
    """Of one server. Names of jobs, kinds of errors and numbers; nothing of anybody."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._jobs: dict[str, dict[str, int]] = {}  # at most one entry for each of JOBS and kind of error
        self._write()

    def add(self, job: str, error: Exception) -> None:
        """Count one more failure of a job."""
        kinds = self._jobs.setdefault(job, {})
        kinds[type(error).__name__] = kinds.get(type(error).__name__, 0) + 1
        self._write()

    def _write(self) -> None:
        """As a whole or not at all. A disk that is full is somebody else's news."""
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial = self._path.with_suffix(".partial")
            partial.write_text(json.dumps(self._jobs))
            partial.replace(self._path)


def read(folder: Path) -> dict[str, dict[str, int]]:
    """The failures of the server that uses this folder, by job and kind of error; none if no server has run."""
    try:
        found = json.loads((folder / FILE).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
