"""/api/v1/admin/domain_blocks and domain_allows: how we stand with other servers. For hosts, as the pages about partners."""
from __future__ import annotations

from typing import ClassVar, Literal

from aiohttp import web

from models import Host, Q
from models.errors import NotHere
from models.host import RESTRICTED
from models.member import Role
from server.actions import domains, partners, restrictions
from server.actions.domains import Restriction
from server.api.admin.accounts import NotOurs
from server.api.answers import answer
from server.api.arguments import Takes
from server.api.door import number
from server.api.entities.admin import domain_allow_of, domain_block_of
from server.api.paging import Window, listed, rows_of
from server.errors import StaffOnly
from server.keys import INSTANCE, MEMBER

BLOCKED = restrictions.DECIDED
ALLOWED = Q(standing__in=list(domains.ALLOWED))


class Listing(Window):
    """By the time when the server was first heard of."""

    default_limit: ClassVar[int] = 100
    limit_cap: ClassVar[int] = 200


class Severity(Takes):
    """How closed, and what is refused beside it. What is not said stays as it is, or is not so."""

    severity: Literal["noop", "silence", "suspend"] | None = None
    reject_media: bool | None = None
    reject_reports: bool | None = None
    private_comment: str | None = None
    public_comment: str | None = None
    obfuscate: bool | None = None

    def over(self, before: Restriction) -> Restriction:
        """What is wanted, where this is the rule so far."""
        def chosen(given: bool | None, kept: bool) -> bool:
            return kept if given is None else given
        return Restriction(
            before.severity if self.severity is None else domains.Severity(self.severity),
            chosen(self.reject_media, before.rejects_media), chosen(self.reject_reports, before.rejects_reports),
            chosen(self.obfuscate, before.obfuscates), self.private_comment, self.public_comment)


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
    """POST /api/v1/admin/domain_blocks: "suspend" closes the door, "silence" limits, "noop" refuses what is named."""
    _check_role(request)
    wanted = given.over(Restriction(domains.Severity.SILENCE))
    return answer(domain_block_of(await _close(request, given.domain, wanted)))


async def change_block(request: web.Request, given: Severity) -> web.Response:
    """PUT /api/v1/admin/domain_blocks/{id}."""
    host = await _one(request, BLOCKED)
    return answer(domain_block_of(await _close(request, host.name, given.over(Restriction.on(host)))))


async def unblock(request: web.Request, _: Takes) -> web.Response:
    """DELETE /api/v1/admin/domain_blocks/{id}: the server is a stranger again; a partnership does not come back by itself. Where
    only images or reports were refused, they no longer are, and nothing else changes.
    """
    host, instance, by = await _one(request, BLOCKED), request.app[INSTANCE], request[MEMBER].actor
    if host.own.standing in RESTRICTED:
        await partners.end(instance, host, by)
    else:
        await domains.restrict(instance, host.name, by, Restriction(domains.Severity.NOOP))
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


async def _close(request: web.Request, name: str, wanted: Restriction) -> Host:
    if not wanted.restricts:
        raise NotOurs("noop")
    return await domains.restrict(request.app[INSTANCE], name, request[MEMBER].actor, wanted)


async def _rows(request: web.Request, given: Listing, rule: Q) -> list[Host]:
    _check_role(request)
    return await rows_of(Host.filter(rule), given)


async def _one(request: web.Request, rule: Q) -> Host:
    _check_role(request)
    if found := await Host.get_or_none(rule, id=number(request)):
        return found
    raise NotHere("no such rule")


def _check_role(request: web.Request) -> None:
    if request[MEMBER].role is not Role.HOST:
        raise StaffOnly("role")
