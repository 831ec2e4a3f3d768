# ruff: noqa: E501 - tables and statements read better in one line
"""`./run bench [CASE …] [--full] [--database …]`: measures, prints a table, keeps it in var/bench/ and deploy/performance.md."""
from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

from tests import postgres
from tests.bench import cases, consent, report
from tests.bench.child import ROOT
from tests.bench.scene import Place

Case = Callable[[Place, bool], Awaitable[cases.Row]]
CASES: dict[str, Case] = {
    "inbox": lambda place, full: cases.inbox(place, 20_000 if full else 2_000),
    "fan-out": lambda place, full: cases.fan_out(place, 300, 9 if full else 3),
    "bad-hosts": lambda place, full: cases.bad_hosts(place, 300),
    "killed-fan-out": lambda place, full: cases.killed_fan_out(place, 300, 10 if full else 2),
    "killed-inbox": lambda place, full: cases.killed_inbox(place, 3000, 10 if full else 2),
    "home": lambda place, full: (cases.pages(place, 20, 1_000_000, 50, 500) if full
                                 else cases.pages(place, 5, 5_000, 10, 100)),
    "consent": lambda place, full: consent.decisions(place, 1000 if full else 200),
    "home-json": lambda place, full: (cases.pages(place, 20, 1_000_000, 50, 500, json=True) if full
                                      else cases.pages(place, 5, 5_000, 10, 100, json=True)),
    "7000-hosts": lambda place, full: cases.fan_out(place, 7000 if full else 1000, 1, name=f"{7000 if full else 1000} hosts"),
}


def main() -> None:
    """Run the cases one after the other, each on both databases."""
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("cases", nargs="*", help=f"of: {', '.join(CASES)}")
    parser.add_argument("--full", action="store_true", help="the numbers of the goals: longer, 1,000,000 messages, 7,000 hosts")
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    given = parser.parse_args()
    if wrong := set(given.cases) - set(CASES):
        parser.error(f"no such case: {', '.join(sorted(wrong))}")
    rows = []
    for name in given.cases or CASES:
        for database in given.database or ["sqlite", "postgres"]:
            try:
                row = run(name, database, given.full)
            except postgres.NoPostgres as reason:
                print(f"{name} on PostgreSQL is left out: {reason}", file=sys.stderr)
                continue
            rows.append(row)
            print(report.line(row), flush=True)
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{time.strftime('%Y%m%d-%H%M%S')}.json").write_text(json.dumps(rows, indent=1) + "\n")
    report.keep(rows, ROOT / "deploy" / "performance.md", given.full)


def run(name: str, database: str, full: bool) -> cases.Row:
    """One case on one database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dazzle-bench-")))
        url = stack.enter_context(postgres.server()) if database == "postgres" else ""
        began = time.perf_counter()
        row = {"database": database} | asyncio.run(CASES[name](Place(folder, url), full))
        return row | {"took_seconds": time.perf_counter() - began}


if __name__ == "__main__":
    main()
