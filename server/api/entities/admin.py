"""What people of the team see in apps for moderating: accounts, reports, rules for other servers, and numbers.

Nothing stands in them that the pages of the team do not show: no e-mail address and no IP address (empty, or null).
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Literal, TypedDict

from models import Actor, Case, Host, Member, Report, Subquery
from models.ids import digest
from models.member import MemberState
from models.reach import Reach
from server.actions.domains import Severity
from server.api.answers import instant, instant_or_none
from server.api.entities.account import Account, Role, account, role_of
from server.api.entities.report import category_of
from server.api.entities.status import Status


class AdminAccount(TypedDict):
    """Somebody, as the team decides about them (docs.joinmastodon.org/entities/Admin_Account)."""

    id: str
    username: str
    domain: str | None
    created_at: str
    email: str
    ip: str | None
    ips: list[AdminIp]
    role: Role
    confirmed: bool
    approved: bool
    suspended: bool
    silenced: bool
    disabled: bool
    sensitized: bool
    locale: str
    invite_request: str | None
    created_by_application_id: str | None
    invited_by_account_id: str | None
    account: Account


class AdminIp(TypedDict):
    """Never filled: addresses are not kept."""

    ip: str
    used_at: str


class BrokenRule(TypedDict):
    """A rule that a report says was broken. `id` is its number on the page of rules."""

    id: str
    text: str
    hint: str


class AdminReport(TypedDict):
    """A report, with those concerned."""

    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    updated_at: str
    account: AdminAccount
    target_account: AdminAccount
    assigned_account: AdminAccount | None
    action_taken_by_account: AdminAccount | None
    statuses: list[Status]
    rules: list[BrokenRule]


class DomainBlock(TypedDict):
    """A server that is suspended, limited ("silence"), or of which something is refused ("noop")."""

    id: str
    domain: str
    digest: str
    created_at: str
    severity: Literal["noop", "silence", "suspend"]
    reject_media: bool
    reject_reports: bool
    private_comment: str | None
    public_comment: str | None
    obfuscate: bool


class DomainAllow(TypedDict):
    """A server that we exchange with. `dazzle_standing`: "partner" or "open"."""

    id: str
    domain: str
    created_at: str
    dazzle_standing: str


class MeasureDay(TypedDict):
    """One day of a measure."""

    date: str
    value: str


class Measure(TypedDict):
    """A number over some days."""

    key: str
    unit: str | None
    total: str
    human_value: str | None
    previous_total: str | None
    data: list[MeasureDay]


class DimensionPart(TypedDict):
    """One part of a dimension."""

    key: str
    human_key: str
    value: str


class Dimension(TypedDict):
    """Something that is counted by its parts."""

    key: str
    data: list[DimensionPart]


async def admin_accounts_of(actors: Sequence[Actor], origin: str) -> list[AdminAccount]:
    """These people as the team sees them; one query."""
    members = {member.actor_id: member for member in await Member.filter(actor_id__in=[actor.id for actor in actors] or [0])}
    return [_account(actor, members.get(actor.id), origin) for actor in actors]


def _account(actor: Actor, member: Member | None, origin: str) -> AdminAccount:
    state = member.state if member else MemberState.ACTIVE
    return AdminAccount(
        id=str(actor.id), username=actor.name, domain=actor.host or None, created_at=instant(actor.created_at), email="", ip=None,
        ips=[], role=role_of(member), confirmed=member.email_confirmed_at is not None if member else True,
        approved=state not in (MemberState.WAITING, MemberState.REFUSED),
        suspended=state is MemberState.SUSPENDED or (not member and actor.suspended_at is not None),
        silenced=actor.limited_at is not None, disabled=actor.frozen_at is not None, sensitized=False,
        locale=member.language if member else "",
        invite_request=(member.answer or None) if member and state is MemberState.WAITING else None,
        created_by_application_id=None, invited_by_account_id=None, account=account(actor, origin, Reach.COMMUNITY))


async def admin_reports_of(reports: Sequence[Report], origin: str, statuses: Mapping[int, list[Status]],
                           rules: Sequence[str]) -> list[AdminReport]:
    """Reports with everybody concerned. `statuses`: those of each report, by its id; `rules`: of the community, in order."""
    senders = await _senders({one.sender_host for one in reports})
    cases = {case.id: case for case in await Case.filter(id__in=[one.case_id for one in reports if one.case_id] or [0])}
    holders = {one.id: _holder(one, cases.get(one.case_id or 0)) for one in reports}
    everybody = await _named(reports, [*holders.values(), *(actor.id for actor in senders.values())])
    shown = {int(one["id"]): one for one in await admin_accounts_of(everybody, origin)}
    return [_report(one, shown, senders.get(one.sender_host, senders[""]).id, holders[one.id], statuses.get(one.id, []), rules)
            for one in reports]


async def _named(reports: Sequence[Report], others: Sequence[int | None]) -> list[Actor]:
    """Everybody of whom these reports speak, and these others."""
    ids = {*others, *(id_ for one in reports for id_ in (one.reporter_id, one.target_id, one.closed_by_id))}
    return await Actor.filter(id__in=[id_ for id_ in ids if id_] or [0])


def _holder(one: Report, case: Case | None) -> int | None:
    """Who of the team has it, as the page says it: of an open case, whoever has that open."""
    return case.holder_id if case and case.is_open else one.assigned_to_id


async def _senders(hosts: Set[str]) -> dict[str, Actor]:
    """Who speaks for these servers, as far as we know it; "" is ours."""
    known = Subquery(Host.filter(name__in=hosts - {""} or ["-"]).values("instance_uri"))
    theirs = await Actor.filter(uri__in=known).exclude(host="")
    return {actor.host: actor for actor in theirs} | {"": await Actor.instance()}


def _report(one: Report, shown: Mapping[int, AdminAccount], sender: int, holder: int | None, statuses: list[Status],
            rules: Sequence[str]) -> AdminReport:
    """Another server speaks for its reporter; where we know no actor of that server, ours stands in its place."""
    def person(id_: int | None) -> AdminAccount | None:
        return shown.get(id_) if id_ else None
    broken = [BrokenRule(id=str(number), text=rules[number - 1], hint="") for number in one.rules or ()
              if 0 < number <= len(rules)]
    return AdminReport(
        id=str(one.id), action_taken=one.closed_at is not None, action_taken_at=instant_or_none(one.closed_at),
        category=str(category_of(one.matter, one.rules)), comment=one.text, forwarded=one.forwarded_at is not None,
        created_at=instant(one.created_at), updated_at=instant(one.changed_at or one.created_at),
        account=shown[one.reporter_id or sender], target_account=person(one.target_id) or shown[sender],
        assigned_account=person(holder), action_taken_by_account=person(one.closed_by_id), statuses=statuses, rules=broken)


def domain_block_of(host: Host) -> DomainBlock:
    """A server with a rule of its own. The private comment is for the team alone, the other one for the public list."""
    own = host.own
    return DomainBlock(
        id=str(host.id), domain=host.name, digest=digest(host.name),
        created_at=instant(host.decided_at or host.created_at), severity=Severity.of(own.standing).value,
        reject_media=own.rejects_media, reject_reports=own.rejects_reports, private_comment=host.reason or None,
        public_comment=host.public_comment or None, obfuscate=host.obfuscates)


def domain_allow_of(host: Host) -> DomainAllow:
    """A partner, or an open server."""
    return DomainAllow(id=str(host.id), domain=host.name, created_at=instant(host.decided_at or host.created_at),
                       dazzle_standing=str(host.standing))
