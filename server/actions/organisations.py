"""Pages of associations, hospitals, laboratories and companies: made by a host, and labelled as what they are everywhere.

What they may do is in `moderation.policy`: none opens a conversation or looks for people; what may have something to sell (a
laboratory, a company) stays on its own page and answers only who wrote to it.
"""
from __future__ import annotations

from dataclasses import dataclass

from federation import outbox
from models import Actor, AuditEntry, Member
from models.actor import Organisation
from models.database import in_transaction
from models.errors import CommunityError
from moderation import consent
from server.actions import accounts, names
from server.actions.accounts import Newcomer
from server.members import emails
from server.words.language import Words

KINDS = (Organisation.ASSOCIATION, Organisation.HOSPITAL, Organisation.LAB, Organisation.COMPANY)
TITLE_LIMIT_CHARACTERS = 100


class BadOrganisation(CommunityError):
    """What was typed makes no organisation. `field` says which part; `why` in words, where there are some."""

    status = 422

    def __init__(self, field: str, why: str = "") -> None:
        super().__init__(field)
        self.field, self.why = field, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a host writes of an organisation."""

    name: str
    title: str
    kind: str
    email: str


async def create(typed: Typed, origin: str, language: str, by: Actor | None, _: Words, *, proven: bool = False) -> Member:
    """Make its account; a mail proves the address, unless it is `proven`, and signs it in. Raises BadOrganisation, NameTaken."""
    if typed.kind not in KINDS:
        raise BadOrganisation("kind")
    if not typed.title or len(typed.title) > TITLE_LIMIT_CHARACTERS:
        raise BadOrganisation("title")
    if not (address := emails.normal(typed.email)):
        raise BadOrganisation("email")
    if fault := await names.fault(names.normal(typed.name), _):
        raise BadOrganisation("name", fault)
    newcomer = Newcomer(name=names.normal(typed.name), email=address, confirmed=proven, display_name=typed.title,
                        language=language, organisation=Organisation(typed.kind))
    member = await accounts.create(origin, newcomer, by=by)
    await _log(member, by, f"organisation.{typed.kind}")
    return member


async def relabel(member: Member, kind: str, by: Actor | None) -> None:
    """Say of an organisation that it is of another kind; servers that know it are told. Raises BadOrganisation."""
    if kind not in KINDS or not member.actor.organisation:
        raise BadOrganisation("kind")
    async with in_transaction():
        await member.actor.change(organisation=Organisation(kind))
        if await consent.may_leave(member.actor_id):
            await outbox.update_actor(member.actor)
        await _log(member, by, f"organisation.{kind}")


async def listed(limit: int, after: int = 0) -> list[Member]:
    """The organisations of this community, the oldest first, with their actors."""
    found = Member.filter(id__gt=after).exclude(actor__organisation=Organisation.NONE)
    return await found.filter(actor__deleted_at__isnull=True).select_related("actor").order_by("id").limit(limit)


async def _log(member: Member, by: Actor | None, action: str) -> None:
    await AuditEntry.create(actor_id=by.id if by else None, action=action, target=f"member:{member.id}")
