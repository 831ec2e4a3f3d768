# ruff: noqa: E501 - the table
"""`./run drill [NAME …]`: a server as people run it, under load, and something goes wrong with the computer around it.

Nothing that it has accepted may be lost, everybody else must be answered, and all must go on without anybody's help.
"""
from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import postgres
from tests.bench.scene import Place
from tests.drills import clocks, connections, database, disk, flood, kills, network
from tests.drills.judging import Broken, NotHere

LOG_LINES = 20
Figures = dict[str, Any]
Run = Callable[[Path], Awaitable[Figures]]


@dataclass(frozen=True)
class Drill:
    """`run` takes an empty folder and gives figures; it raises Broken where a promise was not kept. `about`: what goes wrong."""

    about: str
    run: Run


def on_sqlite(drill: Callable[[Place, Path], Awaitable[Figures]]) -> Run:
    """On SQLite."""
    return lambda folder: drill(Place(folder, ""), folder)


def on_postgres(drill: Callable[[Place, Path], Awaitable[Figures]]) -> Run:
    """On PostgreSQL."""
    async def run(folder: Path) -> Figures:
        with postgres.cluster(postgres.FAST) as database:
            return await drill(Place(folder, database.url), folder)
    return run


DRILLS: dict[str, Drill] = {
    "disk-full": Drill("the disk with the SQLite file, keys and images gets full, and has room again", disk.on_sqlite),
    "tables-full": Drill("the disk with PostgreSQL's tables, keys and images gets full, and has room again", disk.on_postgres),
    "database-restarted": Drill("PostgreSQL is stopped for five seconds; then its processes are killed with -9", database.restarted),
    "killed": Drill("the server and commands are killed with -9 while they start, publish, export and make keys, on SQLite", on_sqlite(kills.killed)),
    "killed-postgres": Drill("the same on PostgreSQL", on_postgres(kills.killed)),
    "network-gone": Drill("nobody outside can be reached for 20 seconds, on SQLite", on_sqlite(network.gone)),
    "network-gone-postgres": Drill("the same on PostgreSQL", on_postgres(network.gone)),
    "clock": Drill("the clock is put forward and back by an hour and by two days, on SQLite", on_sqlite(clocks.clock_steps)),
    "clock-postgres": Drill("the same on PostgreSQL", on_postgres(clocks.clock_steps)),
    "stalled": Drill("3,500 connections say nothing, half a request, or do not read their answer", connections.stalled),
    "flood": Drill("20,000 unknown servers and 1,000 new people of a partner write at once, on SQLite", on_sqlite(flood.flood)),
    "flood-postgres": Drill("the same on PostgreSQL", on_postgres(flood.flood)),
}


def main() -> int:
    """Exit status 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="./run drill", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="\n".join(f"  {name:20} {drill.about}" for name, drill in DRILLS.items()))
    parser.add_argument("names", nargs="*", metavar="NAME", help="of those below; without any, all of them one after the other")
    given = parser.parse_args()
    if wrong := set(given.names) - set(DRILLS):
        parser.error(f"no such drill: {', '.join(sorted(wrong))}")
    return max(said(name, DRILLS[name]) for name in given.names or DRILLS)


def said(name: str, drill: Drill) -> int:
    """Do one drill and print what came of it; 1 if a promise was broken."""
    print(f"{name}: {drill.about}", flush=True)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="dazzle-drill-") as folder:
        try:
            row = asyncio.run(drill.run(Path(folder)))
        except (NotHere, postgres.NoPostgres) as reason:
            print(f"  left out: {reason}", file=sys.stderr)
            return 0
        except Broken as fault:
            print(f"  BROKEN: {fault}", *logged(Path(folder)), sep="\n    ", flush=True)
            return 1
    answers = row.pop("answers", {})
    print(f"  kept, in {time.perf_counter() - began:.0f} s: "
          + json.dumps({key: round(value, 2) if isinstance(value, float) else value for key, value in row.items()}))
    for kind, phases in answers.items():
        print(f"    {kind:9} " + " | ".join(f"{phase}: {text}" for phase, text in phases.items()))
    return 0


def logged(folder: Path) -> list[str]:
    """The last that the server wrote."""
    return [line for log in folder.glob("*log") for line in log.read_text().splitlines()[-LOG_LINES:]]


if __name__ == "__main__":
    sys.exit(main())
