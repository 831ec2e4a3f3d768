"""/api/v1/admin/domain_blocks and domain_allows: how we stand with other servers. For hosts, as the pages about partners."""
from __future__ import annotations

from typing import ClassVar, Literal

from aiohttp import web

from models import Host
from models.errors import NotHere
from models.host import PARTNERS, Standing
from models.member import Role
from server.actions import domains, partners
from server.api.admin.accounts import NotOurs
from server.api.answers import answer
from server.api.arguments import Takes
from server.api.door import number
from server.api.entities.admin import domain_allow_of, domain_block_of
from server.api.paging import Window, listed, rows_of
from server.errors import StaffOnly
from server.keys import INSTANCE, MEMBER

BLOCKED = (Standing.SUSPENDED, Standing.LIMITED)
ALLOWED = (*PARTNERS, Standing.OPEN)


class Listing(Window):
    """By the time when the server was first heard of."""

    default_limit: ClassVar[int] = 100
    limit_cap: ClassVar[int] = 200


class Severity(Takes):
    """How closed. "noop" and the finer switches do not exist here: a standing says all of it."""

    severity: Literal["noop", "silence", "suspend"] = "silence"
    reject_media: bool = False
    reject_reports: bool = False
    private_comment: str | None = None
    public_comment: str | None = None
    obfuscate: bool = False


class Block(Severity):
    """Which server."""

    domain: str


class Allow(Takes):
    """Which server."""

    domain: str


async def blocks(request: web.Request, given: Listing) -> web.Response:
    """GET /api/v1/admin/domain_blocks."""
    rows = await _rows(request, given, BLOCKED)
    return listed(request, given, [host.id for host in rows], [domain_block_of(host) for host in rows])


async def show_block(request: web.Request, _: Takes) -> web.Response:
    """GET /api/v1/admin/domain_blocks/{id}."""
    return answer(domain_block_of(await _one(request, BLOCKED)))


async def block(request: web.Request, given: Block) -> web.Response:
    """POST /api/v1/admin/domain_blocks: "suspend" closes the door to a server, "silence" limits it."""
    _check_role(request)
    return answer(domain_block_of(await _close(request, given.domain, given)))


async def change_block(request: web.Request, given: Severity) -> web.Response:
    """PUT /api/v1/admin/domain_blocks/{id}."""
    host = await _one(request, BLOCKED)
    return answer(domain_block_of(await _close(request, host.name, given, host.reason)))


async def unblock(request: web.Request, _: Takes) -> web.Response:
    """DELETE /api/v1/admin/domain_blocks/{id}: the server is a stranger again; a partnership does not come back by itself."""
    await partners.end(request.app[INSTANCE], await _one(request, BLOCKED), request[MEMBER].actor)
    return answer({})


async def allows(request: web.Request, given: Listing) -> web.Response:
    """GET /api/v1/admin/domain_allows."""
    rows = await _rows(request, given, ALLOWED)
    return listed(request, given, [host.id for host in rows], [domain_allow_of(host) for host in rows])


async def show_allow(request: web.Request, _: Takes) -> web.Response:
    """GET /api/v1/admin/domain_allows/{id}."""
    return answer(domain_allow_of(await _one(request, ALLOWED)))


async def allow(request: web.Request, given: Allow) -> web.Response:
    """POST /api/v1/admin/domain_allows: yes to a community that asks, else "open", for messages to the whole web."""
    _check_role(request)
    return answer(domain_allow_of(await domains.allow(request.app[INSTANCE], given.domain, request[MEMBER].actor)))


async def disallow(request: web.Request, _: Takes) -> web.Response:
    """DELETE /api/v1/admin/domain_allows/{id}: ends a partnership, and tells the other side."""
    await partners.end(request.app[INSTANCE], await _one(request, ALLOWED), request[MEMBER].actor)
    return answer({})


async def _close(request: web.Request, name: str, given: Severity, reason: str = "") -> Host:
    reason = given.private_comment if given.private_comment is not None else reason
    instance, by = request.app[INSTANCE], request[MEMBER].actor
    if given.severity == "noop":
        raise NotOurs("noop")
    if given.severity == "suspend":
        return await partners.suspend(instance, name, by, reason)
    return await domains.limit(instance, name, by, reason)


async def _rows(request: web.Request, given: Listing, standings: tuple[Standing, ...]) -> list[Host]:
    _check_role(request)
    return await rows_of(Host.filter(standing__in=standings), given)


async def _one(request: web.Request, standings: tuple[Standing, ...]) -> Host:
    _check_role(request)
    if found := await Host.get_or_none(id=number(request), standing__in=standings):
        return found
    raise NotHere("no such rule")


def _check_role(request: web.Request) -> None:
    if request[MEMBER].role is not Role.HOST:
        raise StaffOnly("role")
