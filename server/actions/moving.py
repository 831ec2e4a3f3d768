"""Moving: to an account elsewhere, with those who follow, or here from one (FEP-7628). Both accounts must name each other."""
from __future__ import annotations

from federation import moves, outbox, resolve
from federation.instance import Instance
from models import Actor, clock
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.turns import take_turn
from moderation import consent
from server.errors import Refused

ALIASES_LIMIT = 5


class NotNamed(CommunityError):
    """The new account does not say that it is the same person."""

    status = 422
    safe = "The new account does not name this one yet. Set that there first, then come back."


class NoAccount(CommunityError):
    """Nobody has this address, or it leads back here."""

    status = 422
    safe = "We find no other account with this address."


class TooSoon(CommunityError):
    """Whoever moves every day tires those who follow, and servers do not follow along."""

    status = 422
    safe = "You moved less than 30 days ago. Other servers follow along only once in 30 days."


class TooMany(CommunityError):
    """More old accounts than are kept."""

    status = 422
    safe = "Five old accounts are kept. Take one away first."


async def find(instance: Instance, member: Actor, address: str) -> Actor:
    """The other account with this address, as its server shows it now. Raises: NoAccount. Uses the network."""
    try:
        found = await resolve.actor_at(instance, address)
        found = await resolve.actor(instance, found.uri, fresh=True)
    except CommunityError as error:  # unknown, of a server that we do not speak with, or silent
        raise NoAccount("address") from error
    if found.id == member.id or found.is_gone:
        raise NoAccount("address")
    return found


async def name_old(actor: Actor, old: Actor) -> None:
    """Say that an account elsewhere is the same person, so that it can move here. Raises: Refused, TooMany."""
    await _may_be_known(actor)
    async with in_transaction():
        known = await _aliases(actor)
        if old.uri in known:
            return
        if len(known) >= ALIASES_LIMIT:
            raise TooMany("aliases")
        await _set_aliases(actor, [*known, old.uri])


async def forget_old(actor: Actor, uri: str) -> None:
    """Say so no longer. Raises: NotHere."""
    async with in_transaction():
        known = await _aliases(actor)
        if uri not in known:
            raise NotHere("no such account")
        await _set_aliases(actor, [one for one in known if one != uri])


async def move(actor: Actor, target: Actor) -> None:
    """Send everybody who follows to the new account, which `find` has just read. Nothing calls that back: `stay` only ends
    the note on the profile. Raises: Refused, NotNamed, TooSoon.
    """
    await _may_be_known(actor)
    if actor.uri not in target.aliases or target.moved_to_uri:
        raise NotNamed("target")
    async with in_transaction():
        row = await Actor.filter(id=actor.id).select_for_update().get()
        if row.moved_at and row.moved_at > clock.now() - moves.COOLDOWN:
            raise TooSoon("moved")
        await actor.change(moved_to_uri=target.uri, moved_at=clock.now())
        await moves.tell(actor, target)
        await moves.carry_along(actor, target)


async def stay(actor: Actor) -> None:
    """Use this account again: the note goes. Those who followed stay where they are now."""
    if actor.moved_to_uri:
        async with in_transaction():
            await actor.change(moved_to_uri="")
            await outbox.update_actor(actor)


async def _aliases(actor: Actor) -> list[str]:
    """As they are now, whatever another request changed since this one began."""
    await take_turn("aliases", actor.id)
    return (await Actor.get(id=actor.id).only("id", "aliases")).aliases


async def _set_aliases(actor: Actor, uris: list[str]) -> None:
    await actor.change(aliases=uris)
    if await consent.may_leave(actor.id):
        await outbox.update_actor(actor)


async def _may_be_known(actor: Actor) -> None:
    """Another server reads this account to believe it, so its member must have agreed to being known there (C5)."""
    if not await consent.may_leave(actor.id):
        raise Refused("consent")
