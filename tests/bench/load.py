# ruff: noqa: E501 - tables and statements read better in one line
"""Sends signed activities to an inbox as fast as it is answered. A process of its own; it signs before the clock starts.

Reads one line of JSON: {"origin", "count", "connections", "people": [[uri, key id, private PEM]], "rate", "mix"}; prints
{"ready"} and waits for a line; prints what happened. With "mix", the fields of `tests.bench.mix.Mix`, all kinds of activities.
"""
from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

from federation import signatures
from federation.contexts import PUBLIC
from federation.keys import load_private
from federation.signatures import Key
from models import clock
from tests.bench.mix import Mix

PARAGRAPH = ("<p>Last night was the third in a row without sleep, and the new dose is still not right. <a href=\"https://example.org/a\" "
             "rel=\"nofollow\">The sheet</a> says two weeks &amp; patience. What has helped <em>you</em> with the mornings?</p>")


def activity(number: int, uri: str) -> dict[str, Any]:
    """A message to everybody and one's followers, of the usual size; every tenth has two topics."""
    note: dict[str, Any] = {
        "id": f"{uri}/notes/{number}", "type": "Note", "attributedTo": uri, "to": [PUBLIC], "cc": [f"{uri}/followers"],
        "published": "2026-05-05T07:30:00Z", "url": f"{uri}/{number}", "content": PARAGRAPH * 4, "contentMap": {"en": PARAGRAPH * 4},
        "summary": None, "sensitive": False, "inReplyTo": None, "conversation": f"{uri}/conversations/{number}",
        "tag": [], "attachment": []}
    if number % 10 == 0:
        note["tag"] = [{"type": "Hashtag", "href": "https://example.org/t/sleep", "name": "#Sleep"},
                       {"type": "Hashtag", "href": "https://example.org/t/dose", "name": "#Dose"}]
    return {"@context": ["https://www.w3.org/ns/activitystreams", {"sensitive": "as:sensitive", "Hashtag": "as:Hashtag"}],
            "id": f"{uri}/activities/{number}", "type": "Create", "actor": uri, "published": note["published"],
            "to": note["to"], "cc": note["cc"], "object": note}


def signed(number: int, order: dict[str, Any], people: list[tuple[str, Key]]) -> bytes:
    """A whole HTTP request."""
    uri, key = people[number % len(people)]
    url = f"{order['origin']}/inbox"
    said = Mix(**order["mix"]).activity(number, uri) if order.get("mix") else activity(number, uri)
    body = json.dumps(said).encode()
    headers = signatures.sign_cavage("POST", url, body, key, clock.now()) | {"Content-Length": str(len(body))}
    lines = [f"POST {'/inbox'} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


async def connection(order: dict[str, Any], requests: list[bytes], answers: Counter[int], waits: list[float], start: float) -> None:
    """One request after the other; with a rate, each at its time."""
    host, _, port = order["origin"].rpartition("/")[2].rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    while requests:
        number = order["count"] - len(requests)
        request = requests.pop()
        due = start + number / order["rate"] if order.get("rate") else 0.0
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
        await reader.readexactly(length)
        answers[int(head[9:12])] += 1
        waits.append(time.perf_counter() - began)
    writer.close()


async def main() -> None:
    """See above."""
    order = json.loads(sys.stdin.readline())
    people = [(uri, Key(key_id, load_private(pem))) for uri, key_id, pem in order["people"]]
    first = order.get("first", 0)
    requests = [signed(first + number, order, people) for number in reversed(range(order["count"]))]
    print(json.dumps({"ready": True}), flush=True)
    sys.stdin.readline()
    answers: Counter[int] = Counter()
    waits: list[float] = []
    start = time.perf_counter()
    await asyncio.gather(*(connection(order, requests, answers, waits, start) for _ in range(order["connections"])),
                         return_exceptions=True)
    waits = sorted(waits) or [0.0]
    print(json.dumps({"seconds": time.perf_counter() - start, "answers": {str(status): n for status, n in answers.items()},
                      "p50_ms": waits[len(waits) // 2] * 1000, "p99_ms": waits[len(waits) * 99 // 100] * 1000}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
