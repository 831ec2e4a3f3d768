# ruff: noqa: E501 - rows read better in one line
"""How long a message takes from the moment at which an app posts it until it stands at another server."""
from __future__ import annotations

import asyncio
import random
import time

import aiohttp

from models import Member
from server.actions import apps
from tests.bench import scene
from tests.bench.cases import Row
from tests.bench.child import child, dazzle
from tests.bench.scene import Place

BETWEEN_SECONDS = 0.3  # at most: whoever looks at fixed times must not be met at one of them


async def arrival(place: Place, messages: int) -> Row:
    """One message after the other to one follower elsewhere, at odd times; the server has nothing else to do."""
    origin = scene.free_origin()
    async with child("tests.bench.sinks") as sinks:
        port = (await sinks.told())["port"]
        async with scene.prepared(place, "arrival", origin) as (url, alice):
            await scene.followers(alice, 1, port)
            member = await Member.get(actor_id=alice.id)
            await member.change(undo_seconds=0)
            app, _ = await apps.register("Bench", "", [apps.NOT_HERE], ["read", "write"])
            headers = {"Authorization": f"Bearer {(await apps.give(app, ['read', 'write'], member))[1]}"}
            waits, answers = list[float](), list[float]()
            async with dazzle(origin, url, place.folder / "var") as server, aiohttp.ClientSession(headers=headers) as http:
                await asyncio.sleep(2)
                for number in range(messages):
                    await asyncio.sleep(random.uniform(0, BETWEEN_SECONDS))  # noqa: S311 - no secret
                    began = time.time()
                    async with http.post(f"{origin}/api/v1/statuses", json={"status": f"Message {number}", "dazzle_reach": "partners"}) as answer:
                        assert answer.status == 200, await answer.text()
                    answers.append(time.time() - began)
                    said = await sinks.ask()
                    async with asyncio.timeout(10):
                        while said["arrived"] <= number:
                            await asyncio.sleep(0.005)
                            said = await sinks.ask()
                    waits.append(said["last"] - began)
                peak = server.peak_mib
    waits, answers = sorted(waits[messages // 10:]), sorted(answers[messages // 10:])  # the first ones warm it up
    return {"case": "posting to arrival", "sent": messages, "p50_ms": waits[len(waits) // 2] * 1000, "p99_ms": waits[len(waits) * 99 // 100] * 1000,
            "answer_p50_ms": answers[len(answers) // 2] * 1000, "peak_mib": peak}
