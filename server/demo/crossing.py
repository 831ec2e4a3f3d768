"""What crosses between the two communities: real requests between two running servers, over signed HTTP."""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from federation import resolve
from models import Actor, Host, Post, memory
from models.host import Standing
from models.member import Role
from server.actions import follows, partners, reactions
from server.commands.output import Failed
from server.demo.desk import Desk, local, settle
from server.demo.past import write
from server.demo.story import SIDES, Act

Desks = Mapping[str, Desk]


async def become_partners(desks: Desks) -> None:
    """The first asks, the second says yes; Failed unless both then know it."""
    first, second = (desks[side] for side in SIDES)
    await first.run(partners.ask(first.instance, second.settings.origin, await first.run(_host_person())))
    await settle(first, second)
    await second.run(_say_yes(second, first.settings.host))
    await settle(first, second)
    for ours, theirs in ((first, second), (second, first)):
        if await ours.run(_standing(theirs.settings.host)) is not Standing.PARTNER:
            raise Failed("The two communities could not become partners; see server.log in their folders.")
    await asyncio.sleep(memory.STANDING_SECONDS)  # the servers are other processes, and may remember that they were strangers


async def carry_out(desks: Desks, languages: Mapping[str, str], acts: tuple[Act, ...]) -> None:
    """One round: everybody acts, then all of it arrives."""
    for act in acts:
        desk, other = desks[act.on], next(desks[side] for side in SIDES if side != act.on)
        await desk.run(ACTS[act.does](desk, other, act, languages[act.on]))
    await settle(*desks.values())


async def _follow(desk: Desk, other: Desk, act: Act, _: str) -> None:
    target = await resolve.actor_at(desk.instance, f"@{act.who}@{other.settings.host}")
    await follows.follow(await local(act.by), target)


async def _write(desk: Desk, other: Desk, act: Act, language: str) -> None:
    if act.message is None:
        raise Failed("The story of the demo holds a message without words.")
    parent = await _post(desk, other, act.to) if act.to else None
    await write(desk, act.message, language, parent)


async def _thank(desk: Desk, other: Desk, act: Act, _: str) -> None:
    await reactions.thank(await local(act.by), await _post(desk, other, act.to))


async def _pass_on(desk: Desk, other: Desk, act: Act, _: str) -> None:
    await reactions.pass_on(await local(act.by), await _post(desk, other, act.to))


ACTS: dict[str, Callable[[Desk, Desk, Act, str], Coroutine[Any, Any, None]]] = {
    "follow": _follow, "write": _write, "answer": _write, "thank": _thank, "pass_on": _pass_on}


async def _post(desk: Desk, other: Desk, id_: str) -> Post:
    """A message of the story as this side has it; Failed if it has not arrived."""
    if post := await Post.kept(desk.posts.get(id_) or other.posts[id_]):
        return post
    raise Failed(f"The message {id_} did not arrive; see server.log in the folders of the two communities.")


async def _host_person() -> Actor:
    if actor := await Actor.filter(member__role=Role.HOST).order_by("id").first():
        return actor
    raise Failed("The story of the demo has no host.")


async def _say_yes(desk: Desk, host: str) -> None:
    await partners.accept(desk.instance, await Host.called(host), await _host_person())


async def _standing(host: str) -> Standing:
    return (await Host.called(host)).standing
