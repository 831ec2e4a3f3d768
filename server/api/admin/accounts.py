"""/api/v1/admin/accounts: people, and what the team decides about them."""
from __future__ import annotations

from typing import ClassVar, Literal

from aiohttp import web

from models import Actor, Case, Member, Q, Report, Subquery
from models.actor import ActorKind
from models.case import Matter
from models.errors import CommunityError, NotHere
from models.member import MemberState, Role
from models.ruling import Act as Ruled
from server.actions import accounts, cases, looks, reports, rulings, team
from server.actions.rulings import Decided
from server.api.answers import answer
from server.api.arguments import Id, Takes
from server.api.door import number
from server.api.entities.admin import admin_accounts_of
from server.api.paging import Window, listed, rows_of
from server.keys import MEDIA, MEMBER, SETTINGS

STAFF = (Role.MODERATOR, Role.HOST)
STATES = {"active": MemberState.ACTIVE, "pending": MemberState.WAITING, "suspended": MemberState.SUSPENDED}


class NotOurs(CommunityError):
    """An act of Mastodon's that this server does not have: it would have to pretend."""

    status = 422
    safe = "This server does not have this action. It can suspend, limit and freeze an account, and give it back."


#: Their words for rulings. Somebody whose pictures are all veiled ("sensitive") there is nobody here.
ACTS = {"none": Ruled.WARN, "disable": Ruled.FREEZE, "silence": Ruled.LIMIT, "suspend": Ruled.SUSPEND}


class Listing(Window):
    """Of both versions. Flags that are absent choose nothing. E-mail and IP addresses are no way to find somebody here."""

    default_limit: ClassVar[int] = 100
    limit_cap: ClassVar[int] = 200

    local: bool = False
    remote: bool = False
    active: bool = False
    pending: bool = False
    disabled: bool = False
    silenced: bool = False
    suspended: bool = False
    staff: bool = False
    username: str = ""
    display_name: str = ""
    by_domain: str = ""
    email: str = ""
    ip: str = ""


class Listing2(Window):
    """The second version's words for the same."""

    default_limit: ClassVar[int] = 100
    limit_cap: ClassVar[int] = 200

    origin: Literal["local", "remote"] | None = None
    status: Literal["active", "pending", "disabled", "silenced", "suspended"] | None = None
    permissions: Literal["staff"] | None = None
    role_ids: list[Id] = []
    invited_by: Id | None = None
    username: str = ""
    display_name: str = ""
    by_domain: str = ""
    email: str = ""
    ip: str = ""


class Act(Takes):
    """What is done about an account. Mails to the person are those of the act, whatever `send_email_notification` says."""

    type: Literal["none", "sensitive", "disable", "silence", "suspend"]
    report_id: Id | None = None
    warning_preset_id: Id | None = None
    text: str = ""
    send_email_notification: bool = True


async def list_(request: web.Request, given: Listing) -> web.Response:
    """GET /api/v1/admin/accounts."""
    states = [name for name in ("active", "pending", "disabled", "silenced", "suspended") if getattr(given, name)]
    return await _list(request, given, given.local, given.remote, states, given.staff)


async def list2(request: web.Request, given: Listing2) -> web.Response:
    """GET /api/v2/admin/accounts."""
    states = [given.status] if given.status else []
    return await _list(request, given, given.origin == "local", given.origin == "remote", list(states),
                       given.permissions == "staff" or bool(given.role_ids))


async def _list(request: web.Request, given: Listing | Listing2, local: bool, remote: bool, states: list[str],
                staff: bool) -> web.Response:
    if given.email or given.ip:
        return listed(request, given, [], [])
    wanted = [Q(deleted_at__isnull=True), ~Q(kind=ActorKind.APPLICATION)]
    if local != remote:
        wanted.append(Q(host="") if local else ~Q(host=""))
    wanted += [_in_state(state) for state in states]
    if staff:
        wanted.append(Q(id__in=Subquery(Member.filter(role__in=STAFF).values("actor_id"))))
    for column, text in (("name__icontains", given.username), ("display_name__icontains", given.display_name),
                         ("host__iexact", given.by_domain)):
        if text:
            wanted.append(Q(**{column: text[:200]}))
    actors = await rows_of(Actor.filter(*wanted), given)
    await looks.note(request[MEMBER].actor, (actor.id for actor in actors), "member.list")
    return listed(request, given, [actor.id for actor in actors], await admin_accounts_of(actors, request.app[SETTINGS].origin))


def _in_state(name: str) -> Q:
    """Of people elsewhere we only know whether they are limited or suspended here."""
    if name == "disabled":
        return Q(frozen_at__isnull=False)
    if name == "silenced":
        return Q(limited_at__isnull=False)
    ours = Q(id__in=Subquery(Member.filter(state=STATES[name]).values("actor_id")))
    if name == "pending":
        return ours
    return ours | (~Q(host="") & Q(suspended_at__isnull=name == "active"))


async def show(request: web.Request, _: Takes) -> web.Response:
    """GET /api/v1/admin/accounts/{id}. As on the page of a member, the person can read who looked."""
    actor = await _actor(request)
    if member := await Member.get_or_none(actor_id=actor.id):
        await accounts.opened(member, request[MEMBER].actor)
    return await _answer(request, actor)


async def act(request: web.Request, given: Act) -> web.Response:
    """POST /api/v1/admin/accounts/{id}/action: a ruling; "none" without words only resolves the report."""
    actor, by = await _actor(request), request[MEMBER]
    if given.type not in ACTS:
        raise NotOurs(given.type)
    report = await _report(given, actor)
    if (case := await _case(report)) and case.is_open:
        await cases.own(case, by.actor)
    if given.type != "none" or given.text:
        decided = Decided(act=ACTS[given.type], subject=actor, by=by.actor, facts=given.text, case=case,
                          matter=report.matter if report else Matter.OTHER, rule=(report.rules or [0])[0] if report else 0)
        await rulings.rule(decided, request.app[MEDIA])
    if report:
        await reports.close(report, by.actor)
    return answer({})


async def _report(given: Act, actor: Actor) -> Report | None:
    """The report that it answers. NotHere if it is about somebody else."""
    if not given.report_id:
        return None
    if report := await Report.get_or_none(id=given.report_id, target_id=actor.id):
        return report
    raise NotHere("no such report about them")


async def approve(request: web.Request, _: Takes) -> web.Response:
    """POST /api/v1/admin/accounts/{id}/approve."""
    return await _decide(request, True)


async def reject(request: web.Request, _: Takes) -> web.Response:
    """POST /api/v1/admin/accounts/{id}/reject."""
    return await _decide(request, False)


async def _decide(request: web.Request, accept: bool) -> web.Response:
    actor = await _actor(request)
    await accounts.decide_join(await _member(request[MEMBER], actor), accept, request[MEMBER].actor)
    return await _answer(request, actor)


async def unsuspend(request: web.Request, _: Takes) -> web.Response:
    """POST /api/v1/admin/accounts/{id}/unsuspend."""
    actor, by = await _actor(request), request[MEMBER].actor
    member = await Member.get_or_none(actor_id=actor.id)
    if member is None or member.state is MemberState.SUSPENDED:
        await rulings.give_back(actor, by)
    return await _answer(request, actor)


async def enable(request: web.Request, _: Takes) -> web.Response:
    """POST /api/v1/admin/accounts/{id}/enable: they can write again."""
    return await _lift(request, Ruled.FREEZE)


async def unsilence(request: web.Request, _: Takes) -> web.Response:
    """POST /api/v1/admin/accounts/{id}/unsilence: not only those who follow them see them."""
    return await _lift(request, Ruled.LIMIT)


async def _lift(request: web.Request, act: Ruled) -> web.Response:
    actor = await _actor(request)
    await rulings.lift(actor, [act], request[MEMBER].actor)
    return await _answer(request, actor)


async def unchanged(request: web.Request, _: Takes) -> web.Response:
    """POST /api/v1/admin/accounts/{id}/unsensitive: nobody here ever is what this would end."""
    return await _answer(request, await _actor(request))


async def _case(report: Report | None) -> Case | None:
    return await Case.get_or_none(id=report.case_id) if report and report.case_id else None


async def _answer(request: web.Request, actor: Actor) -> web.Response:
    await looks.note(request[MEMBER].actor, [actor.id], "member.open")
    return answer((await admin_accounts_of([await Actor.get(id=actor.id)], request.app[SETTINGS].origin))[0])


async def _actor(request: web.Request) -> Actor:
    actor = await Actor.get_or_none(id=number(request), deleted_at__isnull=True)
    if actor is None or actor.kind is ActorKind.APPLICATION:
        raise NotHere("no such account")
    return actor


async def _member(by: Member, actor: Actor) -> Member:
    """The person behind one of our actors, whom `by` may decide about. NotHere, StaffOnly."""
    member = await Member.get_or_none(actor_id=actor.id).select_related("actor")
    if member is None:
        raise NotHere("no member")
    team.check_may_decide(by, member)
    return member
