# ruff: noqa: E501 - tables and statements read better in one line
"""`./run bench [CASE …] [--full] [--size N] [--times N] [--database …]`: measures, prints a table, keeps it in var/bench/ and deploy/performance.md."""
from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests import postgres
from tests.bench import arrival, cases, catalogue, consent, directory, hostile, killed_withdrawal, mixed, queue, report
from tests.bench.child import ROOT
from tests.bench.scene import Place


@dataclass(frozen=True)
class Case:
    """`measure` takes a place and a size, which is `quick` or, with --full, `full`. `times`: with --full, for the median."""

    measure: Callable[[Place, int], Awaitable[cases.Row]]
    quick: int
    full: int
    times: int = 1


CASES: dict[str, Case] = {
    "inbox": Case(lambda place, count: cases.inbox(place, count), 1_500, 10_000, 3),
    "inbox-mixed": Case(lambda place, count: mixed.inbox_mixed(place, count), 1_500, 10_000, 3),
    "fan-out": Case(lambda place, messages: cases.fan_out(place, 300, messages), 3, 30, 3),  # long enough to be warm
    "bad-hosts": Case(lambda place, hosts: cases.bad_hosts(place, hosts), 100, 300, 3),
    "killed-fan-out": Case(lambda place, kills: cases.killed_fan_out(place, 300, kills), 1, 10),
    "killed-inbox": Case(lambda place, kills: cases.killed_inbox(place, 3000, kills), 1, 10),
    "killed-withdrawal": Case(lambda place, kills: killed_withdrawal.killed_withdrawal(place, kills), 2, 20),
    "home": Case(lambda place, posts: (cases.pages(place, 20, posts, 50, 500) if posts > 100_000
                                       else cases.pages(place, 4, posts, 10, 100)), 5_000, 1_000_000),
    "home-json": Case(lambda place, posts: (cases.pages(place, 20, posts, 50, 500, json=True) if posts > 100_000
                                            else cases.pages(place, 4, posts, 10, 100, json=True)), 5_000, 1_000_000),
    "catalogue": Case(lambda place, rounds: catalogue.search(place, rounds), 20, 100),
    "alike": Case(lambda place, people: catalogue.alike(place, people), 1_000, 5_000),
    "home-two": Case(lambda place, posts: (cases.pages(place, 20, posts, 50, 500, two=True) if posts > 100_000
                                           else cases.pages(place, 4, posts, 10, 100, two=True)), 5_000, 1_000_000),
    "consent": Case(lambda place, count: consent.decisions(place, count), 300, 1000),
    "hostile": Case(lambda place, seconds: hostile.hostile(place, seconds), 10, 120),
    "many-hosts": Case(lambda place, hosts: cases.fan_out(place, hosts, 1, name=f"{hosts:,} hosts"), 500, 7000),
    "arrival": Case(lambda place, messages: arrival.arrival(place, messages), 40, 200, 3),
    "directory": Case(lambda place, people: directory.directory(place, people), 50_000, 1_000_000),
    "queue": Case(lambda place, count: queue.queue(place, count), 10_000, 10_000),
    "memory": Case(lambda place, count: cases.memory(place, count), 0, 100_000),
}


def main() -> None:
    """Run the cases one after the other, each on both databases."""
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("cases", nargs="*", help=f"of: {', '.join(CASES)}")
    parser.add_argument("--full", action="store_true", help="the numbers of the goals: longer, 1,000,000 messages, 7,000 hosts")
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--size", type=int, help="of the cases named: activities, messages, hosts, kills or messages stored")
    parser.add_argument("--times", "--repeat", type=int, help="how often each case runs; the run in the middle counts")
    given = parser.parse_args()
    if wrong := set(given.cases) - set(CASES):
        parser.error(f"no such case: {', '.join(sorted(wrong))}")
    rows = []
    for name in given.cases or CASES:
        if not size(CASES[name], given):
            continue  # too long for a quick run
        for database in given.database or ["sqlite", "postgres"]:
            try:
                row = middle(name, database, given)
            except postgres.NoPostgres as reason:
                print(f"{name} on PostgreSQL is left out: {reason}", file=sys.stderr)
                continue
            rows.append(row)
            print(report.line(row), flush=True)
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{time.strftime('%Y%m%d-%H%M%S')}.json").write_text(json.dumps(rows, indent=1) + "\n")
    report.keep(rows, ROOT / "deploy" / "performance.md", given.full)


def size(case: Case, given: argparse.Namespace) -> int:
    """How much of it is measured."""
    return int(given.size or (case.full if given.full else case.quick))


def middle(name: str, database: str, given: argparse.Namespace) -> cases.Row:
    """The run of one case whose ratio to the bound, or else whose rate, is the median; the others are told too."""
    case = CASES[name]
    rows = [run(case, database, size(case, given)) for _ in range(given.times or (case.times if given.full else 1))]
    rows.sort(key=lambda row: float(row.get("ratio", row.get("rate", 0.0))))
    if len(rows) == 1:
        return rows[0]
    return rows[len(rows) // 2] | {"runs": len(rows), "ratios": [row.get("ratio") for row in rows]}


def run(case: Case, database: str, amount: int) -> cases.Row:
    """One case on one database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dazzle-bench-")))
        url = stack.enter_context(postgres.server()) if database == "postgres" else ""
        began = time.perf_counter()
        row = {"database": database} | asyncio.run(case.measure(Place(folder, url), amount))
        return row | {"took_seconds": time.perf_counter() - began}


if __name__ == "__main__":
    main()
