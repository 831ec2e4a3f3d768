# ruff: noqa: E501 - tables and statements read better in one line
"""Rows of measurements as lines and as the table of deploy/performance.md."""
from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

#: Column -> how it is written, in this order.
COLUMNS = {
    "rate": "{:,.0f}/s", "cpu_ms": "{:.2f} ms CPU each", "bound_rate": "bound {:,.0f}/s", "bound_cpu_ms": "bound {:.2f} ms CPU each",
    "ratio": "{:.0%} of the bound", "cpu_ratio": "{:.0%} of it by CPU", "seconds": "{:.2f} s", "without_seconds": "{:.2f} s without",
    "times_slower": "{:.2f} times as long", "enqueue_ms": "{:.0f} ms to write down", "kills": "{} kills", "sent": "{:,} sent",
    "lost": "{} lost", "twice": "{} twice", "messages": "{:,} messages stored", "wanted": "{}/s wanted", "p50_ms": "p50 {:.1f} ms", "p99_ms": "p99 {:.1f} ms",
    "answer_p50_ms": "of which the answer {:.1f} ms",
    "quiet_p50_ms": "p50 without load {:.1f} ms", "quiet_p99_ms": "p99 without load {:.1f} ms",
    "inbox_rate": "beside {:.0f} activities/s", "inbox_p99_ms": "whose p99 is {:.0f} ms", "idle_mib": "{:.0f} MiB at the start",
    "fed_mib": "{:.0f} MiB after them", "after_mib": "{:.0f} MiB after a message to 7,000 hosts", "errors": "{} answers of 5xx", "page_worst_ms": "slowest page of others {:.0f} ms",
    "peak_mib": "peak {:.0f} MiB", "cases": "{:,} open cases", "queries": "{} queries a page",
    "runs": "the median of {} runs",
    "index_seconds": "{:.1f} s to make the index, once a release", "open_ms": "{:.0f} ms for the first question", "more_mib": "{:.1f} MiB more memory",
    "first_ms": "{:.0f} ms for the first in five minutes", "rank_p50_ms": "ranking p50 {:.1f} ms", "rank_p99_ms": "ranking p99 {:.1f} ms",
    "publish_ms": "publishing {:.2f} ms", "publish_cost": "{:.1%} of it decisions", "home_ms": "home page {:.2f} ms", "home_cost": "{:.1%}",
    "worst_ms": "worst {:.1f} ms", "grown_mib": "{:.0f} MiB more memory", "listings": "{:,} people", "hosts": "of {:,} hosts",
    "place_seconds": "{:.1f} s to place 500 new ones", "reconciled": "a partner's {:,}", "reconcile_seconds": "read whole in {:.1f} s",
    "people_ms": "people {:.2f} ms", "people_cost": "{:.1%}", "visit_ms": "a visitor's page {:.2f} ms", "visit_cost": "{:.1%}",
}
HEAD = """# Performance

Written by `./run bench{full}` on {day}: two cores, which every program of the measurement shares, and whatever else runs on them. So
compare ratios rather than rates: a *bound* is a small program in `tests/bench/` that does the least that a correct server must do,
under the same load in the same run. "By CPU" divides its CPU time a unit by ours, which other programs on the computer disturb less.
CPU and memory are those of the server's process; PostgreSQL's own are not counted. PostgreSQL runs with the settings of the tests
(no fsync); SQLite with `synchronous=FULL`.

The load: people on 8 servers whom a member follows, each message signed with RSA, 3.5 kB, every tenth with two topics, none an
answer and none with a name in it. "Mixed" is what servers really send (tests/bench/mix.py): of a hundred activities 40 such messages,
15 answers that name a member, 25 signs of sympathy, 10 that pass a member's message on, 5 changes, and 5 that take something back;
its bound does for each kind what the least of servers must. Followers are on as many loopback addresses as
there are hosts, all served by one program over plain HTTP. Bad hosts are a fifth: half of those answer after ten seconds, a quarter
never, a quarter with 503.

| case | database | what was measured |
| --- | --- | --- |
"""


def words(row: dict[str, Any]) -> str:
    """What a row says: "910/s, 0.89 ms CPU each, …"."""
    return ", ".join(form.format(row[name]) for name, form in COLUMNS.items() if name in row)


def line(row: dict[str, Any]) -> str:
    """One line for the terminal."""
    return f"{row['case']:22} {row['database']:9} {words(row)}"


def keep(rows: Sequence[dict[str, Any]], path: Path, full: bool) -> None:
    """Write the table; rows of an earlier run stay where this one did not measure the same."""
    earlier = [text for text in path.read_text().splitlines() if text.startswith("| ")] if path.exists() else []
    kept = {tuple(text.split(" | ")[:2]): text for text in earlier if not text.startswith(("| case", "| ---"))}
    for row in rows:
        kept["| " + row["case"], row["database"]] = f"| {row['case']} | {row['database']} | {words(row)} |"
    head = HEAD.format(full=" --full" if full else "", day=time.strftime("%Y-%m-%d"))
    path.write_text(head + "\n".join(kept.values()) + "\n")
