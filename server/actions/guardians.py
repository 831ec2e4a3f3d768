"""Managed profiles: how one is made, who acts for it and how far, and how a browser begins and ends to do so."""
from __future__ import annotations

from dataclasses import dataclass, replace

from models import Actor, AuditEntry, Guardianship, Member, Session, clock
from models.consent import Capacity
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.guardian import Tie
from models.member import MemberState, Role
from models.turns import take_turn
from moderation import guardians
from moderation.guardians import Act
from server.actions import accounts
from server.actions.accounts import Newcomer
from server.actions.consents import Voice

PROFILES_LIMIT = 8  # that one member looks after
GUARDIANS_LIMIT = 6  # of one profile
TIES_LIMIT = 50  # of one member, that are looked back on


class TooMany(CommunityError):
    """More would be a list of people rather than a family."""

    status = 409
    safe = "There are too many already. Write to the team."


class NotManaged(CommunityError):
    """Guardians are for those who do not act for themselves."""

    status = 409
    safe = "Only a managed profile has guardians."


@dataclass(frozen=True, slots=True)
class Scopes:
    """How far a guardian may act."""

    view: bool = True
    write: bool = False
    consent: bool = False


ALL = Scopes(view=True, write=True, consent=True)


async def make_profile(origin: str, guardian: Member, newcomer: Newcomer, tie: Tie, by: Actor | None = None) -> Member:
    """A managed profile for somebody whom this member looks after, in one transaction with the tie between them.

    The guardian has read what being a member tells, and says yes to it (C0). `by`: who of the team made it; None for the
    guardian. Raises: TooMany, accounts.NameTaken.
    """
    await _check_room(guardian)
    voice = Voice(guardian.actor_id, Capacity.GUARDIAN)
    wanted = replace(newcomer, role=Role.MANAGED, email="", password_hash="", voice=voice)  # noqa: S106 - it cannot sign in
    async with in_transaction():
        member = await accounts.create(origin, wanted, by=by or guardian.actor)
        await _tie(guardian, member, tie, ALL, by or guardian.actor)
    return member


async def add(subject: Member, guardian: Member, tie: Tie, scopes: Scopes, by: Member) -> None:
    """The team names a guardian, or changes how far one may act. Raises NotManaged, TooMany, NotHere for oneself."""
    if subject.role is not Role.MANAGED or guardian.role is Role.MANAGED:
        raise NotManaged("role")
    if guardian.id == by.id:
        raise accounts.NotOneself("guardian")
    async with in_transaction():
        await take_turn("guardians", subject.actor_id)
        now = await Guardianship.filter(Guardianship.running(), subject_id=subject.actor_id).count()
        replaced = await _end(guardian.actor_id, subject.actor_id)
        if not replaced:
            await _check_room(guardian)
            if now >= GUARDIANS_LIMIT:
                raise TooMany("guardians")
        await _tie(guardian, subject, tie, scopes, by.actor)


async def end(subject: Member, guardian_id: int, by: Actor) -> None:
    """Somebody no longer acts for this profile: at once, in every browser."""
    async with in_transaction():
        if not await _end(guardian_id, subject.actor_id):
            raise NotHere("no such guardian")
        await Session.filter(member__actor_id=guardian_id, acting_for_id=subject.actor_id).update(acting_for_id=None)
        await AuditEntry.create(actor_id=by.id, action="guardian.end", target=f"member:{subject.id}")


async def mine(guardian: Actor) -> list[Guardianship]:
    """For whom this member acts, with their actors."""
    running = Guardianship.filter(Guardianship.running(), guardian_id=guardian.id, subject__deleted_at__isnull=True)
    return await running.order_by("id").limit(PROFILES_LIMIT).select_related("subject")


async def ever(guardian_id: int) -> list[int]:
    """For whom this member acts or has acted, the newest first: ids of actors."""
    ties = Guardianship.filter(guardian_id=guardian_id).order_by("-id").limit(TIES_LIMIT)
    return list(dict.fromkeys(int(str(id_)) for id_ in await ties.values_list("subject_id", flat=True)))


async def of(subject: Actor) -> list[Guardianship]:
    """Who acts for this profile, with their actors."""
    running = Guardianship.filter(Guardianship.running(), subject_id=subject.id)
    return await running.order_by("id").limit(GUARDIANS_LIMIT).select_related("guardian")


async def act_for(session: Session, guardian: Member, name: str) -> None:
    """From now on this browser acts for that profile, until it stops or signs out. NotHere if it may not."""
    subject = await Actor.get_or_none(name=name, host="")
    tie = await Guardianship.between(guardian.actor_id, subject.id) if subject else None
    if subject is None or not guardians.may(tie, Act.VIEW):
        raise NotHere("not theirs")
    await Session.filter(id=session.id).update(acting_for_id=subject.id)


async def stop(session: Session) -> None:
    """This browser acts for its own member again."""
    await Session.filter(id=session.id).update(acting_for_id=None)


async def acting(session: Session, guardian: Member) -> tuple[Member, Guardianship] | None:
    """Whom this browser acts for, as long as that is allowed and they are here."""
    if session.acting_for_id is None:
        return None
    tie = await Guardianship.between(guardian.actor_id, session.acting_for_id)
    member = await Member.get_or_none(actor_id=session.acting_for_id, state=MemberState.ACTIVE).select_related("actor")
    return (member, tie) if member is not None and tie is not None and guardians.may(tie, Act.VIEW) else None


async def _check_room(guardian: Member) -> None:
    if await Guardianship.filter(Guardianship.running(), guardian_id=guardian.actor_id).count() >= PROFILES_LIMIT:
        raise TooMany("profiles")


async def _tie(guardian: Member, subject: Member, tie: Tie, scopes: Scopes, by: Actor) -> None:
    await Guardianship.create(guardian=guardian.actor, subject=subject.actor, tie=tie, may_view=scopes.view,
                              may_write=scopes.write, may_consent=scopes.consent, made_by_id=by.id)
    await AuditEntry.create(actor_id=by.id, action="guardian.add", target=f"member:{subject.id}")


async def _end(guardian_id: int, subject_id: int) -> int:
    running = Guardianship.filter(Guardianship.running(), guardian_id=guardian_id, subject_id=subject_id)
    return await running.update(until=clock.now())
