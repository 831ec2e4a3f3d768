# ruff: noqa: E501 - tables and statements read better in one line
"""Reads a page again and again, each time at its time. Reads {"origin", "path", "headers" (of each reader, in turn), "rate", "count"}; prints {"ready"}, waits for a
line, prints what happened.
"""
from __future__ import annotations

import asyncio
import json
import selectors
import sys
import time
from collections import Counter

import aiohttp


async def main() -> None:
    """See above."""
    order = json.loads(sys.stdin.readline())
    answers: Counter[str] = Counter()
    waits: list[float] = []
    url, readers = order["origin"] + order["path"], order["headers"]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False) as http:
        async def read(number: int) -> None:
            due = start + number / order["rate"]
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            async with http.get(url, headers=readers[number % len(readers)], allow_redirects=False) as answer:
                await answer.read()
            answers[str(answer.status)] += 1
            waits.append(time.perf_counter() - due)  # from when it was due: a late start counts

        print(json.dumps({"ready": True}), flush=True)
        sys.stdin.readline()
        start = time.perf_counter() + 0.5
        await asyncio.gather(*map(read, range(order["count"])))
    waits.sort()
    print(json.dumps({"answers": answers, "rate": len(waits) / (time.perf_counter() - start), "p50_ms": waits[len(waits) // 2] * 1000,
                      "p99_ms": waits[len(waits) * 99 // 100] * 1000}), flush=True)


def punctual() -> asyncio.AbstractEventLoop:
    """A loop that wakes within microseconds: that of epoll rounds up to milliseconds, which would count as waiting."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=punctual) as runner:
        runner.run(main())
