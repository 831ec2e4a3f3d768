"""A yes or a no with all that follows from it, in one transaction: what is shown, what leaves, what is asked back."""
from __future__ import annotations

from collections.abc import Mapping

from federation import outbox
from models import Actor, Community, ConsentRecord, Member, ProfileValue, clock
from models.consent import Capacity, ConsentEvent, ConsentState, Purpose, lock_chain
from models.database import in_transaction
from models.reach import Reach
from moderation import consent, findable, lines
from server.actions import consents, listings, waiting, withdrawal
from server.actions.consents import OWN, Voice

AT_ONCE = 200  # members of one transaction, where something is true for all
_SHOWN = ("discoverable", "indexable", "line_words")  # columns that say what the ledger says


async def begin(actor: Actor) -> None:
    """Nobody else says anything in the ledger until the transaction ends; and here is what the profile says now, whatever another
    request changed since this one read it. Before anything else in the transaction.
    """
    await lock_chain()
    await actor.refresh_from_db(fields=["details", *_SHOWN])


async def say(member: Member, purpose: Purpose, wanted: bool, language: str, community: Community,
              voice: Voice = OWN) -> None:
    """Write down a member's yes or no to one purpose, unless it is what was said last, and do what follows from it.

    After a no to C5 nothing more leaves, and the servers that have something are asked to erase it.
    """
    async with in_transaction():
        await begin(member.actor)
        await consents.set_to(member.actor, purpose, wanted, language, community, voice)
        if purpose is Purpose.SHARED_OUT and not wanted:
            await withdrawal.erase_elsewhere(member.actor)
            await _stay_here(member)
        if purpose in lines.NEEDS.values() and not wanted:
            await _forget_lines(member.actor, purpose, language, community, voice)
        await show_as_agreed(member.actor)


async def show_lines(actor: Actor, wanted: Mapping[str, Reach], language: str, community: Community,
                     voice: Voice = OWN) -> bool:
    """Write down for whom each of these lines of a profile is (C2), where that is new, and show them so. Nobody but oneself
    is a no. Inside a transaction; whether servers that know this member were told.
    """
    for line, reach in wanted.items():
        if reach is lines.reach_of(actor, line):
            continue
        if reach is Reach.ME:
            await consents.take_back(actor, Purpose.FIELD, language, community, scope=line, voice=voice)
        else:
            await consents.give(actor, Purpose.FIELD, language, community, scope=line,
                                voice=voice,
                                audience=reach.narrowed_to(community.ceiling))
    return await show_as_agreed(actor)


async def take_line_back(member: Member, line: str, language: str, community: Community, voice: Voice = OWN) -> None:
    """Nobody else reads this line any more; servers that have it get the profile without it."""
    async with in_transaction():
        await begin(member.actor)
        await show_lines(member.actor, {line: Reach.ME}, language, community, voice)


async def _forget_lines(actor: Actor, purpose: Purpose, language: str, community: Community, voice: Voice) -> None:
    """What was kept under this agreement only is erased."""
    gone = [line for line, need in lines.NEEDS.items() if need is purpose]
    await ProfileValue.filter(actor_id=actor.id, line__in=gone).delete()
    await actor.change(details=[one for one in actor.details if one.get("line") not in gone])
    await show_lines(actor, dict.fromkeys(gone, Reach.ME), language, community, voice)


async def narrow_lines() -> None:
    """The host lowered how far anything may go: no line of a profile is shown beyond that."""
    after = 0
    while actors := await Actor.filter(host="", id__gt=after, line_words__isnull=False).order_by("id").limit(AT_ONCE):
        async with in_transaction():
            for actor in actors:
                await show_as_agreed(actor)
        after = actors[-1].id


async def pause(member: Member, voice: Voice = OWN) -> None:
    """Stop every flow at once. Nothing is erased, and only a new yes to each starts it again."""
    me = Voice(voice.actor_id or member.actor_id, voice.capacity)
    async with in_transaction():
        await begin(member.actor)
        for record in await _running(member.actor_id):
            await consents.end(record, ConsentEvent.PAUSED, ConsentState.SUPERSEDED, me)
        await _stay_here(member)
        await show_as_agreed(member.actor)


async def resume(member: Member, language: str, community: Community, voice: Voice = OWN) -> None:
    """A new yes to everything that was paused, under the words that are shown beside the button."""
    async with in_transaction():
        await begin(member.actor)
        for record in await paused(member.actor_id):
            await consents.give(member.actor, record.purpose, language, community, scope=record.scope, audience=record.audience,
                                voice=voice)
        await show_as_agreed(member.actor)


async def paused(actor_id: int) -> list[ConsentRecord]:
    """What runs no longer because the member paused everything."""
    return [record for record in await ConsentRecord.last_words(actor_id) if record.event is ConsentEvent.PAUSED]


async def expire(record: ConsentRecord, member: Member) -> None:
    """The time of a yes is over. Inside a transaction."""
    await consents.end(record, ConsentEvent.EXPIRED, ConsentState.EXPIRED, Voice(None, Capacity.COMMUNITY))
    await show_as_agreed(member.actor)


async def freeze_all() -> int:
    """Something changed that every yes was about, such as who owns the community: nothing counts until it is renewed.
    How many yeses were frozen. Membership goes on.
    """
    count, after = 0, 0
    while members := await Member.filter(id__gt=after).order_by("id").limit(AT_ONCE).select_related("actor"):
        async with in_transaction():
            for member in members:
                for record in await _running(member.actor_id):
                    await consents.end(record, ConsentEvent.FROZEN, ConsentState.SUPERSEDED, Voice(None, Capacity.COMMUNITY))
                    count += 1
                await show_as_agreed(member.actor)
        after = members[-1].id
    return count


async def show_as_agreed(actor: Actor) -> bool:
    """Bring what the profile says of itself in line with the ledger, and what directories say; servers that know this member are
    told. Whether anything of the profile changed.
    """
    changed = await _show(actor)
    await listings.bring_in_line(actor)
    await waiting.bring_in_line(actor, await findable.permit_elsewhere(actor))
    return changed


async def _show(actor: Actor) -> bool:
    await actor.refresh_from_db(fields=_SHOWN)
    wanted = {"discoverable": bool(await consent.permits(actor.id, Purpose.FOUND_HERE)),
              "indexable": bool(await consent.permits(actor.id, Purpose.SEARCH_ENGINES)),
              "line_words": await _line_words(actor.id)}
    if wanted == {name: getattr(actor, name) for name in wanted}:
        return False
    await actor.change(**wanted, edited_at=clock.now())
    if await consent.may_leave(actor.id):
        await outbox.update_actor(actor)
    return True


async def _line_words(actor_id: int) -> dict[str, list[str]] | None:
    """The newest word on each line of the profile, as `moderation.lines` reads it; None where nothing was ever said."""
    last = await ConsentRecord.last_words(actor_id)
    said = [row for row in last if row.purpose is Purpose.FIELD]
    ceiling = (await Community.current()).ceiling
    words = {row.scope: [Reach(row.audience).narrowed_to(ceiling) if row.is_given else "", row.wording] for row in said}
    kept = {str(row.purpose): ["kept", row.wording] for row in last if row.purpose in lines.NEEDS.values() and row.is_given}
    return words | kept or None


async def _running(actor_id: int) -> list[ConsentRecord]:
    """Every yes in force that can be stopped."""
    return [record for record in await ConsentRecord.last_words(actor_id)
            if consent.is_in_force(record) and record.purpose not in consent.REQUIRED]


async def _stay_here(member: Member) -> None:
    """New messages start inside the community again."""
    if member.default_reach.leaves:
        member.default_reach = Reach.COMMUNITY
        await member.save(update_fields=["default_reach"])
