"""The team's page about members: who waits, who is here, who may come."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from models import Actor, Invitation, Member, Q
from models.errors import NotHere
from models.member import MemberState, Role
from models.ruling import Act
from moderation.signals.joining import Clue
from server.actions import accounts, deaths, invitations, looks, names, newcomers, rulings
from server.actions.rulings import Decided
from server.appearance import render
from server.doors import see
from server.entrance.forms import whole_number
from server.errors import StaffOnly
from server.keys import COMMUNITY, FORM, LANGUAGE, MEDIA, MEMBER, SETTINGS
from server.views import FieldError, Option, Pager
from server.words import signal_words
from server.words.language import Words, gettext_for
from server.words.wording import role_name

PAGE = 30
REASON_LIMIT = 500  # characters
GIVEN_ROLES = (Role.MEMBER, Role.MODERATOR, Role.HOST)  # a managed profile is made with its guardian


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """A member as the team sees them: no address, no health."""

    name: str
    display_name: str
    coat: str
    role: str
    is_managed: bool
    state: str
    state_name: str
    since: datetime
    answer: str
    url: str
    newcomer_since: datetime | None = None
    clues: tuple[str, ...] = ()  # what there is to know of a request to join


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationView:
    """An invitation that can still be used. The link itself is not kept."""

    number: int
    by: str
    role: str
    uses_left: int
    ends: datetime


async def show(request: web.Request) -> web.Response:
    """GET /admin/members: join requests first, then everybody, newest first."""
    before = request.query.get("before", "")
    found = Member.all()
    if before:
        found = found.filter(id__lt=whole_number(before))
    rows = await found.select_related("actor").order_by("-id").limit(PAGE + 1)
    pager = Pager(older_url=f"/admin/members?before={rows[PAGE - 1].id}" if len(rows) > PAGE else "")
    waiting = await Member.filter(state=MemberState.WAITING).select_related("actor").order_by("id").limit(PAGE)
    return await _list(request, rows[:PAGE], waiting if not before else [], pager)


async def search(request: web.Request) -> web.Response:
    """POST /admin/members/search: by a part of the name. The words stay out of addresses and logs."""
    words = request[FORM].text("q", 60).removeprefix("@")
    match = Q(actor__name__icontains=words) | Q(actor__display_name__icontains=words)
    rows = await Member.filter(match).select_related("actor").order_by("-id").limit(PAGE) if words else []
    return await _list(request, rows, [], Pager(), words)


async def _list(request: web.Request, rows: Sequence[Member], waiting: Sequence[Member], pager: Pager,
                words: str = "") -> web.Response:
    _, by = gettext_for(request[LANGUAGE]), request[MEMBER].actor
    await looks.note(by, (row.actor_id for row in rows), "member.list")
    await looks.note(by, (row.actor_id for row in waiting), "member.answer")
    clues = await newcomers.clues(waiting)
    return render.page(request, "admin_members.html", here="members", members=[_view(row, _) for row in rows],
                       waiting=[_view(row, _, clues[row.id]) for row in waiting], pager=pager, q=words, searched=bool(words))


async def show_one(request: web.Request) -> web.Response:
    """GET /admin/members/{name}: what can be decided about one member."""
    member = await named(request)
    await accounts.opened(member, request[MEMBER].actor)
    return await _one(request, member)


async def decide(request: web.Request) -> web.Response:
    """POST /admin/members/{name}/{verb}."""
    form, by, member = request[FORM], request[MEMBER].actor, await named(request)
    reason, verb = form.text("reason", REASON_LIMIT), request.match_info["verb"]
    _may_decide(request[MEMBER], member, verb)
    if verb in ("refuse", "suspend") and not reason:
        _ = gettext_for(request[LANGUAGE])
        return await _one(request, member, (FieldError("reason", _("Write the reason.")),))
    if verb in ("accept", "refuse"):
        await accounts.decide_join(member, verb == "accept", by, reason)
    elif verb == "suspend":
        await rulings.rule(Decided(act=Act.SUSPEND, subject=member.actor, by=by, facts=reason), request.app[MEDIA])
    elif verb == "restore":
        await _restore(member, by, reason)
    elif verb in ("trust", "doubt"):
        await (newcomers.trust if verb == "trust" else newcomers.doubt)(member, by)
    elif form.text("role") in {role.value for role in GIVEN_ROLES}:
        await accounts.set_role(member, Role(form.text("role")), by)
    return see("/admin/members" if verb in ("accept", "refuse") else f"/admin/members/{member.actor.name}")


async def _restore(member: Member, by: Actor, reason: str) -> None:
    if member.state is MemberState.DECEASED:
        await deaths.undo(member, by, reason)
    elif member.state is MemberState.REFUSED:
        await accounts.decide_join(member, True, by, reason, MemberState.REFUSED)
    else:
        await rulings.give_back(member.actor, by, reason)


def _may_decide(by: Member, member: Member, verb: str) -> None:
    """Moderators decide about members; about the team, and about roles, only hosts do. Raises StaffOnly."""
    if by.role is not Role.HOST and (verb == "role" or member.role.is_staff):
        raise StaffOnly(verb)


async def named(request: web.Request) -> Member:
    """The member of whom an address of the team's pages speaks; NotHere."""
    actor = await Actor.get_or_none(name=names.normal(request.match_info["name"]), host="")
    member = await Member.get_or_none(actor_id=actor.id).select_related("actor") if actor else None
    if member is None:
        raise NotHere("member")
    return member


async def _one(request: web.Request, member: Member, errors: tuple[FieldError, ...] = ()) -> web.Response:
    _ = gettext_for(request[LANGUAGE])
    roles = tuple(Option(value=role.value, title=role_name(role, _), checked=role is member.role) for role in GIVEN_ROLES)
    is_host = request[MEMBER].role is Role.HOST
    clues = await newcomers.clues([member] if member.state is MemberState.WAITING else [])
    return render.page(
        request, "admin_member.html", status=422 if errors else 200, here="members",
        member=_view(member, _, clues.get(member.id, ())), roles=roles, first_held=request.app[COMMUNITY].row.first_held,
        errors=errors, reason=request[FORM].text("reason", REASON_LIMIT) if errors else "",
        may_decide=(is_host or not member.role.is_staff) and member.id != request[MEMBER].id, may_set_role=is_host)


def _view(member: Member, _: Words, clues: Sequence[Clue] = ()) -> MemberView:
    states = {MemberState.WAITING: _("Waits for an answer"), MemberState.ACTIVE: _("Active"), MemberState.REFUSED: _("Refused"),
              MemberState.SUSPENDED: _("Suspended"),
              MemberState.DECEASED: _("Has died"), MemberState.CLOSING: _("Is leaving")}
    actor = member.actor
    return MemberView(name=actor.name, display_name=actor.shown_name, coat=actor.key, role=role_name(member.role, _),
                      is_managed=member.role is Role.MANAGED, state=member.state.value, state_name=states[member.state],
                      since=member.created_at, answer=member.answer, url=f"/admin/members/{actor.name}",
                      newcomer_since=member.newcomer_since, clues=tuple(signal_words.clue(one, _) for one in clues))



async def show_invitations(request: web.Request) -> web.Response:
    """GET /admin/invitations: make one, and those that can still be used."""
    return await _invitations(request)


async def invite(request: web.Request) -> web.Response:
    """POST /admin/invitations: the link is shown once, on the answer."""
    form, by = request[FORM], request[MEMBER]
    uses, days = whole_number(form.text("uses"), 1), whole_number(form.text("days"), 14)
    may_choose = by.role is Role.HOST and form.text("role") in {role.value for role in GIVEN_ROLES}
    role = Role(form.text("role")) if may_choose else Role.MEMBER
    token = await invitations.invite(by.actor, role, uses, days)
    return await _invitations(request, f"{request.app[SETTINGS].origin}/invite/{token}")


async def withdraw(request: web.Request) -> web.Response:
    """POST /admin/invitations/withdraw."""
    await invitations.withdraw(whole_number(request[FORM].text("number")), request[MEMBER].actor)
    return see("/admin/invitations")


async def _invitations(request: web.Request, link: str = "") -> web.Response:
    _ = gettext_for(request[LANGUAGE])
    rows: list[Invitation] = await invitations.current()
    views = [InvitationView(number=row.id, by=row.made_by.shown_name if row.made_by else _("the command line"),
                            role=role_name(row.role, _), uses_left=row.uses_left, ends=row.expires_at) for row in rows]
    offered = GIVEN_ROLES if request[MEMBER].role is Role.HOST else (Role.MEMBER,)
    roles = tuple(Option(value=role.value, title=role_name(role, _), checked=role is Role.MEMBER) for role in offered)
    return render.page(request, "admin_invitations.html", here="members", invitations=views, link=link, roles=roles,
                       uses_limit=invitations.USES_LIMIT, days_limit=invitations.DAYS_LIMIT)
