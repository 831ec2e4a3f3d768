"""Lines of a profile that hold values: kept under C1 and C13, each shown under its own C2."""
from __future__ import annotations

from collections.abc import Sequence

from markupsafe import escape

from federation import outbox
from models import Actor, Community, Member, ProfileLine, ProfileValue
from models.database import in_transaction
from models.errors import CommunityError
from models.profile import TEXT_LENGTH, Value
from models.reach import Reach
from moderation import consent, lines, profile_codes
from server.actions import consents, sharing
from server.actions.consents import OWN, Voice


class NotKept(CommunityError):
    """What tells of somebody's health is kept only after a yes to that."""

    status = 422
    safe = "error.not_kept"


class BadValue(CommunityError):
    """A value that the line cannot hold."""

    status = 422
    safe = "error.bad_value"


async def of(actor_id: int) -> dict[ProfileLine, tuple[Value, ...]]:
    """What a member says on each line; lines without a value are left out."""
    found: dict[ProfileLine, tuple[Value, ...]] = {}
    for row in await ProfileValue.of(actor_id):
        found[row.line] = (*found.get(row.line, ()), Value(row.code, row.text))
    return found


async def say(member: Member, line: ProfileLine, values: Sequence[Value], shown: tuple[str, str], reach: Reach, language: str,
              community: Community, *, year: int, agrees: bool = False, voice: Voice = OWN) -> None:
    """Write down what a member says on a line, and for whom it is.

    `shown`: the line's name and all of its values in words, as others read it; `agrees`: says yes to C1 or C13 with it. Servers
    that know this member are told. Raises NotKept without that yes, BadValue for what is no value of this line.
    """
    check(line, values, year)
    actor, need = member.actor, lines.NEEDS.get(line) if values else None
    if need and not agrees and not await consent.permits(actor.id, need):
        raise NotKept(str(need))
    async with in_transaction():
        await sharing.begin(actor)
        if need and agrees:
            await consents.set_to(actor, need, True, language, community, voice)
        await ProfileValue.filter(actor_id=actor.id, line=line).delete()
        await ProfileValue.bulk_create([ProfileValue(actor_id=actor.id, line=line, code=one.code, text=one.text, position=at)
                                        for at, one in enumerate(values)])
        before = actor.details
        await actor.change(details=_details(actor, line, shown if values else None))
        told = await sharing.show_lines(actor, {line: reach if values else Reach.ME}, language, community, voice)
        if before != actor.details and not told:
            await _tell(actor)


async def _tell(actor: Actor) -> None:
    if await consent.may_leave(actor.id):
        await outbox.update_actor(actor)


def _details(actor: Actor, line: ProfileLine, shown: tuple[str, str] | None) -> list[dict[str, str]]:
    """The lines as others read them, with this one as it is now; None: without it."""
    others = [one for one in actor.details if one.get("line") != line]
    if shown is None:
        return others
    name, text = shown
    return in_order([*others, {"line": str(line), "name": name, "text": text, "value": str(escape(text))}])


def check(line: ProfileLine, values: Sequence[Value], year: int) -> None:
    """Raise BadValue unless the line can hold these values: codes of its kind, words where it takes them, not too many."""
    if len(values) > profile_codes.LIMITS[line]:
        raise BadValue("too many")
    for one in values:
        is_place = line is ProfileLine.PLACE
        if len(one.text) > TEXT_LENGTH or one.code and not profile_codes.is_code(line, one.code, year):
            raise BadValue("not a value of this line")
        if not one.code and (is_place or not one.text or line not in profile_codes.FREE):
            raise BadValue("words of one's own")


def in_order(details: list[dict[str, str]]) -> list[dict[str, str]]:
    """The lines as they stand on the profile: values first, in their order, then what the member named themselves."""
    places = {line: at for at, line in enumerate((*lines.VALUES, *lines.OTHERS))}
    return sorted(details, key=lambda one: places.get(one.get("line", ""), len(places)))
