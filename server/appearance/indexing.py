"""What search engines may keep: pages that a visitor sees, where everybody who is on them has said yes to that (C14)."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from models import Actor, memory
from models.consent import Purpose
from moderation import consent
from server.appearance import render
from server.entrance.headers import ROBOTS


async def allowed(people: Iterable[Actor]) -> bool:
    """Whether search engines may keep a page on which these people are. Nobody of another server has been asked; of ours, the
    ledger is asked only about those whose profile says so, and once a second.
    """
    known = {actor.id: actor.is_local and actor.indexable for actor in people}
    return all(known.values()) and all([await _agrees(actor_id) for actor_id in known])


async def _agrees(actor_id: int) -> bool:
    async def ask() -> bool:
        return await consent.permits(actor_id, Purpose.SEARCH_ENGINES) is not None
    return await memory.current().indexable.get(actor_id, ask)


def marked(request: web.Request, template: str, may_index: bool, **view_data: Any) -> web.Response:
    """A page that says to search engines whether they may keep it."""
    response = render.page(request, template, may_index=may_index, **view_data)
    if may_index:
        response.headers[ROBOTS] = "all"
    return response
