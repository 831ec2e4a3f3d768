"""A yes or a no with all that follows from it, in one transaction: what is shown, what leaves, what is asked back."""
from __future__ import annotations

from federation import outbox
from models import Actor, Community, ConsentRecord, Member, clock
from models.consent import Capacity, ConsentEvent, ConsentState, Purpose
from models.database import in_transaction
from models.reach import Reach
from moderation import consent
from server.actions import consents, withdrawal
from server.actions.consents import Voice

AT_ONCE = 200  # members of one transaction, where something is true for all


async def say(member: Member, purpose: Purpose, wanted: bool, language: str, community: Community) -> None:
    """Write down a member's yes or no to one purpose, unless it is what was said last, and do what follows from it.

    After a no to C5 nothing more leaves, and the servers that have something are asked to erase it.
    """
    async with in_transaction():
        await consents.set_to(member.actor, purpose, wanted, language, community)
        if purpose is Purpose.SHARED_OUT and not wanted:
            await withdrawal.erase_elsewhere(member.actor)
            await _stay_here(member)
        await show_as_agreed(member.actor)


async def pause(member: Member) -> None:
    """Stop every flow at once. Nothing is erased, and only a new yes to each starts it again."""
    me = Voice(member.actor_id)
    async with in_transaction():
        for record in await _running(member.actor_id):
            await consents.end(record, ConsentEvent.PAUSED, ConsentState.SUPERSEDED, me)
        await _stay_here(member)
        await show_as_agreed(member.actor)


async def resume(member: Member, language: str, community: Community) -> None:
    """A new yes to everything that was paused, under the words that are shown beside the button."""
    async with in_transaction():
        for record in await paused(member.actor_id):
            await consents.give(member.actor, record.purpose, language, community, scope=record.scope, audience=record.audience)
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
    """Bring what the profile says of itself in line with the ledger; servers that know this member are told. Whether anything
    changed.
    """
    wanted = {"discoverable": bool(await consent.permits(actor.id, Purpose.FOUND_HERE)),
              "indexable": bool(await consent.permits(actor.id, Purpose.SEARCH_ENGINES))}
    if wanted == {name: getattr(actor, name) for name in wanted}:
        return False
    await actor.change(**wanted, edited_at=clock.now())
    if await consent.may_leave(actor.id):
        await outbox.update_actor(actor)
    return True


async def _running(actor_id: int) -> list[ConsentRecord]:
    """Every yes in force that can be stopped."""
    return [record for record in await ConsentRecord.last_words(actor_id)
            if consent.is_in_force(record) and record.purpose not in consent.REQUIRED]


async def _stay_here(member: Member) -> None:
    """New messages start inside the community again."""
    if member.default_reach.leaves:
        member.default_reach = Reach.COMMUNITY
        await member.save(update_fields=["default_reach"])
