"""/admin/partners: the communities that we exchange with, who asks, and whether things arrive."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from aiohttp import web

from federation.errors import FederationError
from models import Charter, Community, Delivery, Host, HostList, Knock, Q
from models.delivery import DeliveryState
from models.errors import CommunityError
from models.host import PARTNERS, Standing
from moderation import charters
from server.actions import domains, knocks, partners
from server.actions.domains import NothingToLimit, Restriction, Severity
from server.appearance import render
from server.display import promises
from server.doors import see
from server.entrance.forms import whole_number
from server.errors import BadRequest
from server.keys import COMMUNITY, FORM, INSTANCE, LANGUAGE, LIMITS, MEMBER
from server.pages import admin_knocks
from server.views import FieldError
from server.words.language import Words, gettext_for

HOSTS_ON_A_PAGE = 100
WAITING_SHOWN = 1000  # more is said as so many
HERE = "/admin/partners"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostView:
    """Another server, as the team sees it."""

    name: str
    title: str
    standing: str  # a models.Standing
    asks_us: bool
    asked_them: bool
    asked_at: datetime | None
    reason: str
    waiting: int  # deliveries on their way
    is_resting: bool
    reached_at: datetime | None
    left_network: bool  # paused because the network lists it no longer
    silent_at: datetime | None  # since then it owes an answer to what was taken back


async def show(request: web.Request) -> web.Response:
    """GET /admin/partners."""
    return await _page(request)


async def ask(request: web.Request) -> web.Response:
    """POST /admin/partners/ask: ask the community at an address."""
    request.app[LIMITS].take("look_up", str(request[MEMBER].id))
    typed = request[FORM].text("address", 300)
    try:
        host = await partners.ask(request.app[INSTANCE], typed, request[MEMBER].actor)
    except CommunityError as error:
        words = _why_not(error, gettext_for(request[LANGUAGE]))
        return await _page(request, typed=typed, errors=(FieldError("address", words),), status=422)
    return see(f"{HERE}?done={'partner' if host.standing is Standing.PARTNER else 'asked'}")


async def decide(request: web.Request) -> web.Response:
    """POST /admin/partners/{host}: accept, refuse, agree, end, take a rule back, set one."""
    host = await _host(request)
    form, instance, me = request[FORM], request.app[INSTANCE], request[MEMBER].actor
    reason = form.text("reason")
    match form.get("do"):
        case "accept":
            await partners.accept(instance, host, me)
        case "refuse":
            await partners.refuse(instance, host, me)
        case "agree":
            await partners.agree(host, whole_number(form.get("version")), me)
        case "end":
            await partners.end(instance, host, me, reason)
        case "lift":
            await partners.lift(instance, host, me, reason)
        case "rule":
            return await _set_rule(request, host)
        case _:
            raise BadRequest("do")
    return see(f"{HERE}?done={form.get('do')}")


async def _set_rule(request: web.Request, host: Host) -> web.Response:
    """What is refused of this server, and what others may read about it."""
    form, _ = request[FORM], gettext_for(request[LANGUAGE])
    if form.get("severity") not in tuple(Severity):
        raise BadRequest("severity")
    wanted = Restriction(Severity(form.get("severity")), form.has("rejects_media"), form.has("rejects_reports"),
                         form.has("obfuscates"), form.text("team_reason"), form.text("public_comment"))
    if wanted.severity is not Severity.NOOP and not wanted.reason:
        missing = FieldError("team_reason", _("Write a reason: other people of the team will read it."))
        return await _one(request, host, errors=(missing,), status=422, wanted=wanted)
    try:
        await domains.restrict(request.app[INSTANCE], host.name, request[MEMBER].actor, wanted)
    except NothingToLimit as error:
        return await _one(request, host, errors=(FieldError("severity", _(error.safe)),), status=422, wanted=wanted)
    return see(f"{HERE}/{quote(host.name, safe='')}?done=rule")


async def one(request: web.Request) -> web.Response:
    """GET /admin/partners/{host}: what can be done about one server, with what it means."""
    return await _one(request, await _host(request))


async def _page(request: web.Request, *, typed: str = "", errors: tuple[FieldError, ...] = (), status: int = 200) -> web.Response:
    knocked = await Knock.filter(ignored_at__isnull=True).count()
    waiting = await Delivery.filter(state=DeliveryState.WAITING).limit(WAITING_SHOWN).count()
    groups = await _groups()
    return render.page(
        request, "partners.html", here="partners", status=status, errors=errors, typed=typed, waiting=waiting, **groups,
        knocked=knocked, warnings=await _warnings(request, [host.name for host in groups["asking"]]),
        is_open=request.app[COMMUNITY].row.is_open_federation, done=request.query.get("done", ""))


async def _groups() -> dict[str, list[HostView]]:
    """The servers by what they are to us. Of those that a list may have brought by thousands, the newest."""
    undecided, newest = Q(standing=Standing.UNKNOWN), ("-decided_at", "name")
    wanted: dict[str, tuple[Q, tuple[str, ...]]] = {
        "asking": (undecided & Q(asked_us_at__isnull=False), ("name",)),
        "asked": (undecided & Q(asked_us_at__isnull=True, asked_them_at__isnull=False), ("name",)),
        "partners": (Q(standing__in=list(PARTNERS)), ("title", "name")),
        "others": (Q(standing__in=[Standing.OPEN, Standing.LIMITED], ruled_by=""), newest),
        "suspended": (Q(standing=Standing.SUSPENDED, ruled_by=""), newest)}
    return {name: await _views(await Host.filter(which).order_by(*order).limit(HOSTS_ON_A_PAGE))
            for name, (which, order) in wanted.items()}


async def find(request: web.Request) -> web.Response:
    """GET /admin/servers?name=: the page of any server, also of one that was never met."""
    try:
        name = partners.foreign(request.app[INSTANCE], request.query.get("name", "")[:300])
    except CommunityError as error:
        return await _page(request, errors=(FieldError("name", _why_not(error, gettext_for(request[LANGUAGE]))),), status=422)
    return see(f"{HERE}/{quote(name, safe='')}")


async def _one(request: web.Request, host: Host, *, errors: tuple[FieldError, ...] = (), status: int = 200,
               wanted: Restriction | None = None) -> web.Response:
    by_list = await HostList.get_or_none(id=host.list_id or 0)
    view, = await _views([host])
    alike = await _warnings(request, [host.name] if host.standing is Standing.UNKNOWN else [])
    return render.page(request, "partner.html", here="partners", status=status, errors=errors, host=view,
                       wanted=wanted or Restriction.on(host), ruled_by=host.ruled_by, by_list=by_list,
                       before=host.standing_before,
                       warnings=alike.get(host.name, ()), done=request.query.get("done", ""),
                       **await _charter(host, gettext_for(request[LANGUAGE])))


async def _charter(host: Host, _: Words) -> dict[str, Any]:
    """The newest charter of a host: what it promises, what changes, and what is less than we promise ourselves."""
    newest, agreed = await Charter.newest(host.name), await Charter.agreed(host.name)
    if newest is None:
        return {"charter": None}
    terms, ours = charters.of_row(newest), charters.of_community(await Community.current())
    changes: tuple[promises.Change, ...] = ()
    if agreed and agreed.id != newest.id:
        old = charters.of_row(agreed)
        changes = promises.changes(old, terms, charters.differs(old, terms), charters.weaker(old, terms), _)
    below = [promises.part_name(part, _) for part in charters.below(ours, terms)]
    return {"charter": newest, "promises": promises.lines(terms, _), "changes": changes, "below": below}


async def _views(hosts: Sequence[Host]) -> list[HostView]:
    waiting = await Delivery.waiting_for([host.name for host in hosts])
    return [_view(host, min(waiting.get(host.name, 0), WAITING_SHOWN)) for host in hosts]


def _view(host: Host, waiting: int) -> HostView:
    undecided = host.standing is Standing.UNKNOWN
    return HostView(
        name=host.name, title=host.title or host.name, standing=str(host.standing),
        asks_us=undecided and host.asked_us_at is not None,
        asked_them=undecided and host.asked_us_at is None and host.asked_them_at is not None,
        asked_at=host.asked_us_at or host.asked_them_at,
        reason=host.reason, waiting=waiting, is_resting=host.is_resting(), reached_at=host.reached_at,
        silent_at=host.silent_at, left_network=host.left_network_at is not None)


async def _host(request: web.Request) -> Host:
    """The row of the server in the address; of one that was never met, a row that is not stored, for which a rule can be set."""
    name = request.match_info["host"]
    if host := await Host.get_or_none(name=name):
        return host
    may_be_new = request.method == "GET" or request[FORM].get("do") == "rule"
    try:
        if may_be_new and partners.foreign(request.app[INSTANCE], name) == name:
            return Host(name=name)
    except CommunityError as error:
        raise BadRequest("host") from error
    raise BadRequest("host")


async def _warnings(request: web.Request, names: Sequence[str]) -> dict[str, list[str]]:
    """Whom the servers of these names could be taken for."""
    found = await knocks.likenesses(request.app[INSTANCE], names) if names else {}
    return {name: admin_knocks.warnings(alike, gettext_for(request[LANGUAGE])) for name, alike in found.items()}


def _why_not(error: CommunityError, _: Words) -> str:
    if isinstance(error, FederationError) and error.retry:
        return _("This server does not answer. Check the address, or try again later.")
    if isinstance(error, FederationError) and error.http_status == 403:
        return _("This server wants nothing from yours: its team keeps it out.")
    if error.status == 404:
        return _("We found no community at this address.")
    if isinstance(error, partners.OurOwnHost):
        return _("This is the address of your own community.")
    return _("Write the address of a community, such as melorin.example.")
