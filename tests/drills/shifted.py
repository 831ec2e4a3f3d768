"""`python -m tests.drills.shifted …`: the server with a clock that is as far ahead as the file DRILL_CLOCK says, in seconds."""
from __future__ import annotations

import importlib.util
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace

ROOT = Path(__file__).parents[2]  # nothing of ours is imported here: it would keep the real clock
FILE = Path(os.environ["DRILL_CLOCK"])
LOOK_SECONDS = 0.02
REAL = time.time


class Shift:
    """Read again after a moment."""

    def __init__(self) -> None:
        self._seconds, self._until = 0.0, 0.0

    def __call__(self) -> float:
        if time.monotonic() >= self._until:
            self._seconds, self._until = float(FILE.read_text() or 0), time.monotonic() + LOOK_SECONDS
        return self._seconds


def put() -> None:
    """Before anything of ours is imported that keeps `models.clock.now`."""
    shift, clock = Shift(), _clock()
    now = clock.now

    def shifted() -> datetime:
        moment: datetime = now()
        return moment + timedelta(seconds=shift())
    clock.now = shifted  # type: ignore[attr-defined]
    time.time = lambda: REAL() + shift()


def _clock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("models.clock", ROOT / "models" / "clock.py")
    assert spec and spec.loader
    module = sys.modules["models.clock"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def keep_for_files() -> None:
    """The times of files are those of the real clock, and so is what they are compared with."""
    from server.pictures import media, uploads
    for module in (media, uploads):
        module.time = SimpleNamespace(time=REAL)  # type: ignore[assignment]


if __name__ == "__main__":
    put()
    keep_for_files()
    from server.__main__ import main
    sys.exit(main())
