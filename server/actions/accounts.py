"""Accounts: made, decided on, stopped and given back. Everything that somebody of the team does is written down."""
from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tortoise.exceptions import IntegrityError

from federation import identity
from models import Actor, AuditEntry, Community, Member, Notification, OutgoingMail, Session, clock
from models.actor import ActorKind, Organisation
from models.consent import Purpose
from models.database import in_transaction
from models.errors import CommunityError
from models.mail import Letter
from models.member import LinkPurpose, MemberState, Role
from models.notification import Notice
from models.reach import Reach
from models.turns import take_turn
from server.actions import apps, bars, consents, invitations, links
from server.actions.consents import OWN, Voice


class NameTaken(CommunityError):
    """Somebody has the name, or the address, since a moment ago."""

    status = 409
    safe = "error.name_taken"


class LastHost(CommunityError):
    """The community would be left without anybody who runs it."""

    status = 409
    safe = "error.last_host"


class NotOneself(CommunityError):
    """People of the team decide about others."""

    status = 409
    safe = "error.not_oneself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What an account is made of. `email` counts as said only, until a mailed link proves it, unless `confirmed`."""

    name: str  # as `names.normal` gives it, and without a fault
    key: str = ""  # of the actor to be, where its coat was shown already
    email: str = ""
    confirmed: bool = False
    password_hash: str = ""  # "": signs in by mailed link
    display_name: str = ""
    role: Role = Role.MEMBER
    state: MemberState = MemberState.ACTIVE
    language: str = "fr"
    consents: tuple[Purpose, ...] = (Purpose.MEMBERSHIP,)  # the words were shown in `language`, and answered yes
    voice: Voice = OWN  # who says yes, and as what
    situation: str = ""
    answer: str = ""
    default_reach: Reach = Reach.COMMUNITY
    organisation: Organisation = Organisation.NONE
    more: dict[str, Any] = field(default_factory=dict)  # other columns of Member


async def create(origin: str, newcomer: Newcomer, *, invitation: str = "", opening: str = "", by: Actor | None = None) -> Member:
    """A new account with its actor and its consents, in one transaction, which also spends the invitation.

    Args:
        invitation: the token of one, whose role the account gets; "" for none.
        opening: the token of the link that opens the community; "" once it is open.
        by: who of the team made it; None for the command line and for people who join by themselves.
    Raises: NameTaken; links.LinkSpent when the invitation cannot be used.
    """
    if await bars.covers(newcomer.name, newcomer.email):
        raise NameTaken("barred")
    keys = await asyncio.to_thread(identity.make_keys)
    try:
        async with in_transaction():
            role = await invitations.spend(invitation) if invitation else newcomer.role
            if opening:
                await links.spend(opening, LinkPurpose.OPEN)
                await (await Community.current()).change(opened_at=clock.now())
            kind = ActorKind.ORGANIZATION if newcomer.organisation else ActorKind.PERSON
            actor = await identity.new_actor(origin, newcomer.name, keys, kind=kind, display_name=newcomer.display_name,
                                              key=newcomer.key)
            member = await _member(actor, newcomer, role)
            community = await Community.current()
            for purpose in newcomer.consents:
                await consents.give(actor, purpose, newcomer.language, community, voice=newcomer.voice)
            await _announce(member, newcomer)
            await _log(by, "member.create", member)
    except IntegrityError as error:
        raise NameTaken("name or address") from error
    return member


async def _member(actor: Actor, newcomer: Newcomer, role: Role) -> Member:
    """Whoever waits for an answer has an actor that nobody can see or reach yet."""
    agreed = {"discoverable": Purpose.FOUND_HERE in newcomer.consents, "indexable": Purpose.SEARCH_ENGINES in newcomer.consents}
    hidden = clock.now() if newcomer.state is not MemberState.ACTIVE else None
    await actor.change(suspended_at=hidden, language=newcomer.language, organisation=newcomer.organisation, **agreed)
    known = newcomer.email if newcomer.confirmed else None
    return await Member.create(
        actor=actor, email=known or None, email_confirmed_at=clock.now() if known else None,
        new_email="" if newcomer.confirmed else newcomer.email, password_hash=newcomer.password_hash, role=role,
        state=newcomer.state, language=newcomer.language, situation=newcomer.situation, answer=newcomer.answer,
        default_reach=newcomer.default_reach, **newcomer.more)


async def _announce(member: Member, newcomer: Newcomer) -> None:
    """A mail that proves the address, and a notice for the team where it has to decide."""
    if newcomer.email and not newcomer.confirmed:
        await OutgoingMail.owe(Letter.WELCOME, newcomer.email, member=member, language=newcomer.language)
    if member.state is MemberState.WAITING:
        for colleague in await team():
            await Notification.tell(colleague.actor, Notice.JOIN_REQUEST, member.actor)


async def team() -> list[Member]:
    """The moderators and hosts who can act, with their actors."""
    found = Member.filter(role__in=[Role.MODERATOR, Role.HOST], state=MemberState.ACTIVE)
    return await found.select_related("actor").order_by("id")


async def decide_join(member: Member, accept: bool, by: Actor | None, reason: str = "",
                      before: MemberState = MemberState.WAITING) -> None:
    """Answer somebody who waits; the answer goes out by mail. Deciding twice changes nothing. `before`: REFUSED for those to whom
    the team says yes after all.
    """
    state = MemberState.ACTIVE if accept else MemberState.REFUSED
    async with in_transaction():
        waiting = Member.filter(id=member.id, state=before)
        if not await waiting.update(state=state, decided_at=clock.now()):
            return
        member.state = state
        if accept:
            await member.actor.change(suspended_at=None)
        if address := member.email or member.new_email:
            await OutgoingMail.owe(Letter.ACCEPTED if accept else Letter.REFUSED, address, member=member,
                                      language=member.language, details={"reason": reason})
        await Notification.withdraw(Notice.JOIN_REQUEST, member.actor)
        await _log(by, "member.accept" if accept else "member.refuse", member, reason)


async def opened(member: Member, by: Actor) -> None:
    """Somebody of the team looks at a member's page: the member can read that, so it is written down (health.md §3.2)."""
    if by.id != member.actor_id:
        await _log(by, "member.open", member)


async def set_role(member: Member, role: Role, by: Actor | None) -> None:
    """Give a role. LastHost when nobody would run the community any more."""
    async with in_transaction():
        if role is not Role.HOST:
            await keep_a_host(member)
        await _set(member, role=role)
        await _log(by, f"member.role.{role}", member)


async def change_password(member: Member, password_hash: str, keep: Session | None = None) -> None:
    """Set a new password ("" for none) and sign every other browser and every app out."""
    async with in_transaction():
        await _set(member, password_hash=password_hash)
        others = Session.filter(member=member)
        await (others.exclude(id=keep.id) if keep else others).delete()
        await apps.show_all_out(member)


async def sign_out_elsewhere(member: Member, keep: Session) -> None:
    """End every other browser's session, and whatever apps hold."""
    async with in_transaction():
        await Session.filter(member=member).exclude(id=keep.id).delete()
        await apps.show_all_out(member)


async def confirm_email(member: Member, address: str) -> None:
    """The address was proven by a mailed link; for the caller's transaction. NameTaken if another account has it."""
    if member.email == address:
        return
    await take_turn("address", address)
    if await Member.filter(email=address).exclude(id=member.id).exists() or await bars.covers(address=address):
        raise NameTaken("address")
    await _set(member, email=address, new_email="", email_confirmed_at=clock.now())


async def ask_for_email(member: Member, address: str) -> None:
    """Remember the address that a member wants, and mail a link to it: it counts once that was used."""
    async with in_transaction():
        await _set(member, new_email=address)
        await OutgoingMail.owe(Letter.CONFIRM, address, member=member, language=member.language)


async def keep_a_host(member: Member) -> None:
    """LastHost unless somebody else runs the community too; locks the hosts, so that two cannot leave at once."""
    hosts = await Member.filter(role=Role.HOST, state=MemberState.ACTIVE).select_for_update()
    if [host.id for host in hosts] == [member.id]:
        raise LastHost("last host")


async def _set(member: Member, **columns: Any) -> None:
    member.update_from_dict(columns)
    await member.save(update_fields=list(columns))


async def _log(by: Actor | None, action: str, member: Member, reason: str = "") -> None:
    await AuditEntry.create(actor_id=by.id if by else None, action=action, target=f"member:{member.id}", reason=reason[:500])
