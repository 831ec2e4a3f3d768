"""Who may be found, by whom, and by what: the members' own choice of each line decides, and nothing is told without two yeses."""
from __future__ import annotations

from collections.abc import Iterable

from models import Actor, ConsentRecord, Member, ProfileValue, Q, Subquery
from models.consent import LastWord, Purpose
from models.directory import FACETS
from models.listings import spoken
from models.member import MemberState, Role
from models.profile import ProfileLine
from models.reach import Reach
from moderation import consent, lines

#: Which line of the profile tells each facet.
TOLD_BY = {"condition": ProfileLine.CONDITION, "role": ProfileLine.ROLE, "country": ProfileLine.PLACE,
           "language": ProfileLine.LANGUAGES, "age": ProfileLine.AGE}
LANGUAGES_LIMIT = 3


async def permit_elsewhere(actor: Actor) -> LastWord | None:
    """The yes (C4) under which partners may be told of a member: beside it, copies elsewhere (C5) must be agreed to."""
    if not await _is_here(actor) or await consent.may_leave(actor.id) is None:
        return None
    return await consent.permits(actor.id, Purpose.FOUND_BY_PARTNERS)


async def is_found_here(actor: Actor) -> bool:
    """Whether a member may be found by the others of this community (C3)."""
    return await _is_here(actor) and await consent.permits(actor.id, Purpose.FOUND_HERE) is not None


async def _is_here(actor: Actor) -> bool:
    """Somebody who is active and acts for themselves: nobody under guardianship is put on a list."""
    if actor.is_gone or actor.limited_at is not None or not actor.is_local:
        return False
    return await Member.filter(actor_id=actor.id, state=MemberState.ACTIVE).exclude(role=Role.MANAGED).exists()


def found_here() -> Subquery:
    """The ids of those of whom our own list may tell, for conditions."""
    return Subquery(Actor.filter(Actor.listable(), consent.those_who_allow(Purpose.FOUND_HERE), host="").values("id"))


def found_elsewhere() -> Subquery:
    """The ids of those of whom partners may be told, for conditions."""
    both = consent.those_who_allow(Purpose.FOUND_BY_PARTNERS) & consent.those_who_allow(Purpose.SHARED_OUT)
    return Subquery(Actor.filter(Actor.listable(), both, host="").values("id"))


def agreed() -> Q:
    """The members who said yes to one of both: for conditions on Actor."""
    return consent.those_who_allow(Purpose.FOUND_BY_PARTNERS) | consent.those_who_allow(Purpose.FOUND_HERE)


async def facets(actor: Actor, readers: Reach) -> dict[str, str]:
    """What a member tells these readers of themselves, by facet, as codes; what is not told to them is missing."""
    values = await ProfileValue.of(actor.id)
    found: dict[str, str] = {}
    for facet in FACETS:
        line = TOLD_BY[facet]
        if lines.reach_of(actor, line).level >= readers.level:
            codes = [value.code for value in values if value.line is line and value.code]
            if code := _joined(facet, codes):
                found[facet] = code
    return found


def _joined(facet: str, codes: Iterable[str]) -> str:
    """The first one; of languages the first three together."""
    codes = list(codes)
    return spoken(codes[:LANGUAGES_LIMIT]) if facet == "language" else next(iter(codes), "")


def in_order(told: dict[str, str]) -> tuple[str, ...]:
    """As lists hold them."""
    return tuple(told.get(facet, "") for facet in FACETS)


async def newest_no(actor_id: int) -> ConsentRecord | None:
    """The record that ended the yes to partners, if that is the last word."""
    record = await ConsentRecord.newest(actor_id, Purpose.FOUND_BY_PARTNERS)
    return None if record is None or record.granted else record
