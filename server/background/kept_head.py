"""The head of the ledger of consent, in a file beside the database: written when there are new records, never back."""
from __future__ import annotations

import asyncio
import json
from pathlib import Path

import structlog

from federation import ledger_head
from federation.errors import Malformed
from federation.ledger_head import Head

FILE = "ledger-head.json"
LIMIT_BYTES = 10_000
log = structlog.get_logger()


def read(folder: Path) -> Head | None:
    """The head that was kept last; None if there is no file. Malformed where it holds something else."""
    try:
        with (folder / FILE).open("rb") as file:
            return Head.parse(json.loads(file.read(LIMIT_BYTES)))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise Malformed("not the head of a ledger") from error


async def keep(folder: Path) -> int:
    """Bring the file up to date; 0, as there is no more to do. A ledger that lost its end leaves the file as it is, so that the
    loss goes on showing in `dazzle consent verify` until a person has looked.
    """
    kept = await asyncio.to_thread(read, folder)
    if await ledger_head.newest_hash() == (kept.hash if kept else ""):
        return 0
    if kept and (why := await ledger_head.fault(kept)):
        log.error("ledger_head", why=why)
        return 0
    if head := await ledger_head.read():
        await asyncio.to_thread(_write, folder, head)
    return 0


def _write(folder: Path, head: Head) -> None:
    """As a whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = (folder / FILE).with_suffix(".partial")
    partial.write_text(json.dumps(head.document()))
    partial.chmod(0o600)
    partial.replace(folder / FILE)
