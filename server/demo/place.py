"""The folder of the demo: what it remembers, and that nothing else is ever deleted."""
from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.commands.output import Failed
from server.demo.story import SIDES
from server.serving import is_free
from server.settings import Settings

#: Its presence says that the folder is the demo's own; it keeps the ports, which are part of every address in it.
MARKER = "dazzle-demo.json"
INFO = "info.json"
HOST = "127.0.0.1"
PORTS_TRIED = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demo lives, and on which ports, first and second. `is_filled`: the story is complete."""

    folder: Path
    ports: tuple[int, int]
    is_filled: bool

    def config(self, side: str) -> Path:
        """The settings of one community, as `DAZZLE_CONFIG` wants them."""
        return self.folder / side / "dazzle.toml"

    def settings(self, side: str) -> Settings:
        """The settings of one community, whatever the variables of this process say."""
        return Settings.read({}, self.config(side))

    def filled(self) -> None:
        """Remember that the story is complete."""
        _write(self.folder / MARKER, {"ports": self.ports, "filled": True})


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder for this demo alone; Failed if another one runs in it."""
    handle = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Failed(f"A demo runs already in {folder}; stop it first, with Ctrl-C.") from error
    finally:
        os.close(handle)


def prepare(folder: Path, wanted: Sequence[int], *, fresh: bool) -> Path:
    """The folder, made if it is missing, and emptied if `fresh` is asked for; Failed if it is somebody else's."""
    folder = folder.absolute()
    is_ours = (folder / MARKER).is_file()
    if folder.exists() and not is_ours and (not folder.is_dir() or any(folder.iterdir())):
        raise Failed(f"{folder} holds something that is not the demo's ({MARKER} is missing); choose another --folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with held(folder):
        if is_ours and (fresh or not _read(folder)["filled"]):
            _empty(folder)
        if not (folder / MARKER).is_file():
            _furnish(folder, wanted)
    return folder


def open_(folder: Path) -> Place:
    """What is remembered of a prepared folder; Failed if its ports are taken by another program."""
    kept = _read(folder)
    first, second = kept["ports"]
    for port in (first, second):
        if not is_free(HOST, port):
            raise Failed(f"Port {port} is taken by another program, and the demo's addresses contain it; "
                         "stop that program, or start anew with --fresh.")
    return Place(folder, (first, second), kept["filled"])


def save_info(folder: Path, info: dict[str, Any]) -> Path:
    """Write what the demo prints, readable by its owner only: there are links in it that sign in."""
    _write(folder / INFO, info)
    return folder / INFO


def _furnish(folder: Path, wanted: Sequence[int]) -> None:
    """The marker, and the settings of both communities."""
    ports: list[int] = []
    for port in wanted:
        free = (other for other in range(port, port + PORTS_TRIED) if other not in ports and is_free(HOST, other))
        if (chosen := next(free, None)) is None:
            raise Failed(f"No free port from {port} on; choose others with --ports.")
        ports.append(chosen)
    _write(folder / MARKER, {"ports": ports, "filled": False})
    for side, port, language in zip(SIDES, ports, ("fr", "en"), strict=True):
        (folder / side).mkdir(mode=0o700)
        (folder / side / "dazzle.toml").write_text(_toml(folder / side, port, language), encoding="utf-8")


def _toml(folder: Path, port: int, language: str) -> str:
    lines = {"origin": f"http://{HOST}:{port}", "listen_host": HOST, "listen_port": port, "language": language,
             "database_url": f"sqlite://{folder / 'dazzle.sqlite3'}", "var_dir": str(folder), "dev_peers": ["127.0.0.0/8"]}
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in lines.items())


def _empty(folder: Path) -> None:
    """Delete what the demo made, the marker last, so that an interrupted deletion can go on."""
    for side in SIDES:
        with suppress(FileNotFoundError):
            shutil.rmtree(folder / side)
    for name in (INFO, MARKER):
        (folder / name).unlink(missing_ok=True)


def _read(folder: Path) -> dict[str, Any]:
    try:
        kept = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        return {"ports": [int(port) for port in kept["ports"]], "filled": bool(kept["filled"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failed(f"{folder / MARKER} cannot be read; delete the folder by hand, or choose another --folder.") from error


def _write(path: Path, content: dict[str, Any]) -> None:
    unfinished = path.with_suffix(".part")
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
    unfinished.replace(path)
