"""The servers that a member blocks (docs.joinmastodon.org/methods/domain_blocks)."""
from __future__ import annotations

from typing import ClassVar

from aiohttp import web
from pydantic import Field

from federation.errors import Malformed
from models import HostBlock
from server.actions import host_blocks
from server.actions.partners import OurOwnHost
from server.api.answers import Nothing, answer
from server.api.arguments import BadInput, Takes
from server.api.paging import Window, listed, rows_of
from server.keys import INSTANCE, LIMITS, MEMBER


class Domain(Takes):
    """Which server."""

    domain: str = Field(max_length=255)


class DomainsWindow(Window):
    """Which part of the list."""

    default_limit: ClassVar[int] = 100
    limit_cap: ClassVar[int] = 200


async def show(request: web.Request, given: DomainsWindow) -> web.Response:
    """GET /api/v1/domain_blocks: their names, the newest block first."""
    rows = await rows_of(HostBlock.filter(owner_id=request[MEMBER].actor_id), given)
    return listed(request, given, [row.id for row in rows], [row.host for row in rows])


async def block(request: web.Request, given: Domain) -> web.Response:
    """POST /api/v1/domain_blocks."""
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    try:
        await host_blocks.block(request.app[INSTANCE], request[MEMBER].actor, given.domain)
    except (Malformed, OurOwnHost) as error:
        raise BadInput("domain: not the name of another server") from error
    return answer(Nothing())


async def unblock(request: web.Request, given: Domain) -> web.Response:
    """DELETE /api/v1/domain_blocks."""
    await host_blocks.unblock(request[MEMBER].actor, given.domain.strip().lower())
    return answer(Nothing())
