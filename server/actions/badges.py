"""Badges: asked for with evidence, looked at by two people of the team, and in force for a year."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from federation import outbox
from models import Actor, AuditEntry, Badge, Community, Member, Notification, OutgoingMail, clock
from models.badge import BadgeKind, BadgeState, Evidence
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.mail import Letter
from models.member import LinkPurpose, Role
from models.notification import Notice
from models.reach import Reach
from models.turns import take_turn
from moderation import consent, evidence, lines
from server.actions import accounts, links, people, sharing
from server.members.emails import normal

FOR = timedelta(days=365)
PROFESSION_LIMIT_CHARACTERS = 100
PROOF_LIMIT_CHARACTERS = 1000
REASON_LIMIT_CHARACTERS = 500
#: What can be shown for which badge.
SHOWN_BY = {BadgeKind.HEALTH: (Evidence.RPPS, Evidence.NPI, Evidence.MAIL, Evidence.VOUCHER),
            BadgeKind.RESEARCH: (Evidence.ORCID, Evidence.MAIL, Evidence.VOUCHER)}
READERS = (Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB)


class BadEvidence(CommunityError):
    """What was typed cannot be looked at. `field` says which part of the form."""

    status = 422

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NotForThem(CommunityError):
    """A managed profile, an organisation, or somebody whose badge waits already."""

    status = 403
    safe = "refused.badge"


class NotByThem(CommunityError):
    """It is their own badge, or they have said yes to it already."""

    status = 403
    safe = "Somebody else of the team has to look at it."


class Waits(CommunityError):
    """The mailed link was not opened, or the colleague has not answered."""

    status = 409
    safe = "This waits for the work address or for the colleague."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks for, as it was typed."""

    kind: BadgeKind
    profession: str
    evidence: Evidence
    number: str = ""
    email: str = ""
    colleague: str = ""  # a member address here
    proof: str = ""
    reach: Reach = Reach.COMMUNITY


async def ask(member: Member, asked: Asked, language: str, community: Community, origin: str) -> Badge:
    """Ask for a badge, or for the next year of one. Raises BadEvidence, NotForThem."""
    _check(member, asked)
    email, colleague = _address(asked), await _colleague(member, asked, origin)
    async with in_transaction():
        await take_turn("badge", member.actor_id)
        await Badge.filter(owner_id=member.actor_id, state=BadgeState.ASKED).delete()
        badge = await Badge.create(
            owner=member.actor, kind=asked.kind, profession=asked.profession, evidence=asked.evidence, email=email,
            number=evidence.tidied(asked.evidence, asked.number) if asked.evidence in evidence.CHECKS else "",
            proof=asked.proof, voucher=colleague)
        await sharing.show_lines(member.actor, {lines.BADGE: asked.reach}, language, community)
        if email:
            await OutgoingMail.owe(Letter.WORK, email, member=member, language=member.language)
        elif colleague:
            await Notification.tell(colleague, Notice.VOUCHER_ASKED, member.actor)
        else:
            await _tell_team(badge, member.actor)
    return badge


def _check(member: Member, asked: Asked) -> None:
    if member.role is Role.MANAGED or member.actor.organisation:
        raise NotForThem("badge")
    if asked.evidence not in SHOWN_BY[asked.kind]:
        raise BadEvidence("evidence")
    if not asked.profession or len(asked.profession) > PROFESSION_LIMIT_CHARACTERS:
        raise BadEvidence("profession")
    if len(asked.proof) > PROOF_LIMIT_CHARACTERS:
        raise BadEvidence("proof")
    if asked.reach not in READERS:
        raise BadEvidence("reach")
    if not evidence.is_well_made(asked.evidence, evidence.tidied(asked.evidence, asked.number)):
        raise BadEvidence("number")


def _address(asked: Asked) -> str:
    if asked.evidence is not Evidence.MAIL:
        return ""
    if not (address := normal(asked.email)):
        raise BadEvidence("email")
    return address


async def _colleague(member: Member, asked: Asked, origin: str) -> Actor | None:
    """A member who has a badge themselves."""
    if asked.evidence is not Evidence.VOUCHER:
        return None
    found = (await people.known([asked.colleague], origin)).get(asked.colleague)
    if found is None or not found.is_local or not found.badge or found.is_gone or found.id == member.actor_id:
        raise BadEvidence("colleague")
    return found


async def confirm(member: Member, token: str) -> None:
    """The link in the mail to the address at work was opened. Raises links.LinkSpent."""
    async with in_transaction():
        link = await links.spend(token, LinkPurpose.WORK)
        badge = await Badge.newest(member.actor_id, BadgeState.ASKED)
        if link.member_id != member.id or badge is None or badge.email != link.email:
            raise links.LinkSpent("another badge")
        await badge.change(email_confirmed_at=clock.now())
        await _tell_team(badge, member.actor)


async def vouch(colleague: Actor, key: str, yes: bool) -> None:
    """A colleague says whether somebody is what they say. Raises NotHere."""
    async with in_transaction():
        asked = Badge.filter(key=key, voucher_id=colleague.id, state=BadgeState.ASKED, vouched_at__isnull=True)
        badge = await asked.select_for_update().first()
        if badge is None or not colleague.badge:
            raise NotHere("nobody asks")
        badge.owner = await Actor.get(id=badge.owner_id)
        await Notification.withdraw(Notice.VOUCHER_ASKED, badge.owner, recipient=colleague)
        if yes:
            await badge.change(vouched_at=clock.now())
            await _tell_team(badge, badge.owner)
        else:
            await badge.change(voucher_id=None, state=BadgeState.REFUSED, decided_at=clock.now())
            await Notification.tell(badge.owner, Notice.BADGE)


async def give_back(member: Member, language: str, community: Community) -> None:
    """Its owner wants no badge any more, or not the one they asked for. Evidence goes at once."""
    async with in_transaction():
        for badge in await Badge.filter(owner_id=member.actor_id, state__in=[BadgeState.ASKED, BadgeState.GIVEN]):
            await erase(badge, state=BadgeState.RETURNED, decided_at=clock.now())
        await show(member.actor, None)
        await sharing.show_lines(member.actor, {lines.BADGE: Reach.ME}, language, community)
        await withdraw_notices(member.actor)
        await AuditEntry.create(actor_id=member.actor_id, action="badge.return", target=f"member:{member.id}")


async def agree(badge: Badge, by: Member) -> None:
    """Somebody of the team has compared it with the register: the second of them gives it, or the first where nobody else can.

    Raises NotByThem, Waits, NotHere where it was decided meanwhile.
    """
    async with in_transaction():
        badge = await _waiting(badge, by)
        if not badge.is_shown_enough:
            raise Waits("evidence")
        if badge.first_by_id == by.actor_id:
            raise NotByThem("twice")
        others = [one for one in await accounts.team() if one.actor_id not in (badge.owner_id, by.actor_id)]
        await _log(by, "badge.agree", badge)
        if badge.first_by_id is None and others:
            await badge.change(first_by_id=by.actor_id)
            return
        await _give(badge, by, checks=1 if badge.first_by_id is None else 2)


async def refuse(badge: Badge, by: Member, reason: str) -> None:
    """One of the team is not convinced: its owner reads why, and may ask again. Raises NotByThem, NotHere."""
    async with in_transaction():
        badge = await _waiting(badge, by)
        await badge.change(state=BadgeState.REFUSED, decided_by_id=by.actor_id, decided_at=clock.now(),
                           reason=reason[:REASON_LIMIT_CHARACTERS])
        await _answered(badge, by, "badge.refuse")


async def take(badge: Badge, by: Member, reason: str) -> None:
    """The team takes a badge away. Raises NotByThem, NotHere."""
    async with in_transaction():
        badge = await _of(badge, by, BadgeState.GIVEN)
        await badge.change(state=BadgeState.TAKEN, decided_by_id=by.actor_id, decided_at=clock.now(),
                           reason=reason[:REASON_LIMIT_CHARACTERS])
        await show(badge.owner, None)
        await _answered(badge, by, "badge.take")


async def erase(badge: Badge, **columns: object) -> None:
    """What proved it is gone; a voucher and the reason stay."""
    await badge.change(number="", email="", proof="", evidence_erased_at=clock.now(), **columns)


async def _waiting(badge: Badge, by: Member) -> Badge:
    return await _of(badge, by, BadgeState.ASKED)


async def _of(badge: Badge, by: Member, state: BadgeState) -> Badge:
    """The row as it is now, locked: of two who decide at once the second sees what the first did."""
    if badge.owner_id == by.actor_id:
        raise NotByThem("own")
    found = await Badge.filter(id=badge.id, state=state).select_for_update().first()
    if found is None:
        raise NotHere("decided meanwhile")
    found.owner = await Actor.get(id=found.owner_id)
    return found


async def _give(badge: Badge, by: Member, checks: int) -> None:
    now = clock.now()
    for older in await Badge.filter(owner_id=badge.owner_id, state=BadgeState.GIVEN):
        await erase(older, state=BadgeState.LAPSED)
    await badge.change(state=BadgeState.GIVEN, decided_by_id=by.actor_id, decided_at=now, ends_at=now + FOR)
    await show(badge.owner, badge, checks)
    await _answered(badge, by, "badge.give")


async def show(actor: Actor, badge: Badge | None, checks: int = 0) -> None:
    """Beside the name, here and at servers that know this member. Inside a transaction."""
    await actor.change(badge=str(badge.kind) if badge else "", profession=badge.profession if badge else "",
                       badge_checks=checks, edited_at=clock.now())
    if await consent.may_leave(actor.id):
        await outbox.update_actor(actor)


async def _answered(badge: Badge, by: Member, action: str) -> None:
    await withdraw_notices(badge.owner)
    await tell(badge.owner)
    await _log(by, action, badge)


async def tell(owner: Actor) -> None:
    """Once more, if an earlier answer was told already."""
    await Notification.filter(recipient_id=owner.id, kind=Notice.BADGE).delete()
    await Notification.tell(owner, Notice.BADGE)


async def _tell_team(badge: Badge, owner: Actor) -> None:
    for colleague in await accounts.team():
        await Notification.tell(colleague.actor, Notice.BADGE_ASKED, owner)


async def withdraw_notices(owner: Actor) -> None:
    """Nobody has to look at a request of theirs any more."""
    await Notification.withdraw(Notice.BADGE_ASKED, owner)
    await Notification.withdraw(Notice.VOUCHER_ASKED, owner)


async def _log(by: Member, action: str, badge: Badge) -> None:
    """The reason is the owner's to read, and stays out of the log."""
    member = await Member.get(actor_id=badge.owner_id)
    await AuditEntry.create(actor_id=by.actor_id, action=action, target=f"member:{member.id}")
