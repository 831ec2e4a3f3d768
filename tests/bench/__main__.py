"""`./run bench [CASE …] [--full] [--database sqlite|postgres]`: measures, prints a table, and keeps it in var/bench/ and deploy/performance.md."""
from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests import postgres
from tests.bench import cases
from tests.bench.child import ROOT
from tests.bench.scene import Place

Case = Callable[[Place, bool], Awaitable[cases.Row]]
CASES: dict[str, Case] = {
    "inbox": lambda place, full: cases.inbox(place, 10_000 if full else 2_000),
    "fan-out": lambda place, full: cases.fan_out(place, 300, 9 if full else 3),
}


def main() -> None:
    """Run the cases one after the other, each on both databases."""
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("cases", nargs="*", help=f"of: {', '.join(CASES)}")
    parser.add_argument("--full", action="store_true", help="longer runs; without it everything takes under two minutes")
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    given = parser.parse_args()
    if wrong := set(given.cases) - set(CASES):
        parser.error(f"no such case: {', '.join(sorted(wrong))}")
    rows: list[dict[str, Any]] = []
    for database in given.database or ["sqlite", "postgres"]:
        for name in given.cases or CASES:
            row = run(name, database, given.full)
            rows.append(row)
            print(json.dumps(row), flush=True)


def run(name: str, database: str, full: bool) -> dict[str, Any]:
    """One case on one database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dazzle-bench-")))
        url = stack.enter_context(postgres.server()) if database == "postgres" else ""
        return {"database": database} | asyncio.run(CASES[name](Place(folder, url), full))


if __name__ == "__main__":
    main()
