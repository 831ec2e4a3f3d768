"""Asking to meet somebody of the directory, and answering; what follows once two people have said yes."""
from __future__ import annotations

from datetime import timedelta

from federation import directories, followings, introductions, outbox, resolve
from federation.addresses import origin_of
from federation.instance import Instance
from models import Actor, Block, DirectoryPeer, Follow, Host, HostBlock, Introduction, Listing, Notification, clock
from models.database import in_transaction
from models.directory import IntroductionState
from models.errors import CommunityError, NotHere
from models.ids import new_key
from models.notification import Notice
from models.turns import take_turn
from moderation import consent
from moderation.signals import Facts, contact_data, payments
from server.errors import Refused

ASKS_A_DAY = 5
KEPT = introductions.NEVER_AGAIN
DAY = timedelta(days=1)
AT_ONCE = 20


class AskedEnough(CommunityError):
    """More people in a day than somebody can get to know."""

    status = 429
    safe = "error.asked_enough"


class NotInFirstWords(CommunityError):
    """Money is asked for, or somewhere else to talk is named, before the two know each other."""

    status = 422
    safe = ("The first words to somebody whom you do not know yet hold no link to pay, and nothing to be reached by. Once you "
            "have both said yes, write what you like.")


async def ask(actor: Actor, key: str, text: str) -> Introduction:
    """Ask to meet somebody elsewhere, by the key of their listing here. Asking twice is asking once.

    Raises: NotHere if nobody is listed so any more, or the member blocks that server; Refused without the yes to copies
    elsewhere (C5); AskedEnough; NotInFirstWords, of which the team is told nothing.
    """
    first_words = Facts(texts=(text,))
    if payments.look(first_words) or contact_data.look(first_words):
        raise NotInFirstWords("words")
    blocked = list(await HostBlock.of(actor.id))
    listing, us = await Listing.filter(key=key).exclude(host__in=["", *blocked]).first(), await directories.ours()
    them = await _directory_of(listing.host) if listing else None
    if listing is None or us is None or them is None or await directories.host_of_directory(them) is None:
        raise NotHere("nobody is listed so")
    if await consent.may_leave(actor.id) is None:
        raise Refused("consent")
    async with in_transaction():
        await take_turn("introduction", actor.id)
        if known := await asked(actor, listing):
            return known
        if await Introduction.asked_since(actor.id, clock.now() - DAY) >= ASKS_A_DAY:
            raise AskedEnough("introductions")
        pseudonym = introductions.pseudonym_of(us, await DirectoryPeer.of(listing.host), actor, listing.uri)
        made = await Introduction.create(
            actor=actor, host=listing.host, is_asker=True, offer_uri=f"{origin_of(us.uri)}/activities/{new_key()}",
            listing_uri=listing.uri, pseudonym_uri=pseudonym, text=text[:introductions.TEXT_LIMIT],
            ends_at=(clock.now() + introductions.LIFETIME).replace(microsecond=0))
        await introductions.offer(us, them, made)
    return made


async def _directory_of(name: str) -> Actor | None:
    """The directory of a server, as far as we know it."""
    host = await Host.get_or_none(name=name)
    return await Actor.get_or_none(Actor.present(), uri=host.directory_uri) if host and host.directory_uri else None


async def asked(actor: Actor, listing: Listing) -> Introduction | None:
    """The request of a member of ours to meet somebody, if there was one within a year."""
    return await Introduction.filter(actor_id=actor.id, is_asker=True, listing_uri=listing.uri,
                                     created_at__gt=clock.now() - KEPT).order_by("-id").first()


async def answer(actor: Actor, key: str, wanted: bool) -> None:
    """Say yes or no to somebody who asks. Of a no, only enough stays here to let the same one not ask again. Raises: NotHere."""
    known = await Introduction.get_or_none(key=key, actor_id=actor.id, is_asker=False, state=IntroductionState.ASKED,
                                           ends_at__gt=clock.now())
    us, them = await directories.ours(), await _directory_of(known.host) if known else None
    if known is None or us is None:
        raise NotHere("no such request")
    if wanted and await consent.may_leave(actor.id) is None:
        raise Refused("consent")
    async with in_transaction():
        await take_turn("introduction", actor.id)  # of two answers at once, the second knows that it is the last
        state = IntroductionState.AGREED if wanted else IntroductionState.DECLINED
        if not await Introduction.filter(id=known.id, state=IntroductionState.ASKED).select_for_update():
            raise NotHere("answered meanwhile")
        known.update_from_dict({"state": state, "text": "", "answered_at": clock.now()})
        await known.save(update_fields=["state", "text", "answered_at"])
        if wanted and them is not None:
            await introductions.accept(us, them, known)
        await _take_notice_away(actor, known.host)


async def _take_notice_away(actor: Actor, host: str) -> None:
    """One notice stands for all who ask from a server: it goes with the last."""
    if not any(one.host == host for one in await waiting(actor)):
        await Notification.filter(recipient_id=actor.id, kind=Notice.INTRODUCTION, host=host).delete()


async def waiting(actor: Actor) -> list[Introduction]:
    """Who asks to meet a member, oldest first: nobody's name, and none that were answered."""
    return await Introduction.filter(actor_id=actor.id, is_asker=False, state=IntroductionState.ASKED,
                                     ends_at__gt=clock.now()).order_by("id").limit(introductions.WAITING_LIMIT)


async def bring_together(instance: Instance) -> int:
    """A job: of those who have met, have ours follow the other, and let the other follow ours. Network. How many."""
    done, met = 0, Introduction.filter(state=IntroductionState.MET).select_related("actor").limit(AT_ONCE)
    for known in await met:
        try:
            other = await resolve.actor(instance, known.met_uri)
        except CommunityError as error:
            if not getattr(error, "retry", False):
                await _end(known)
            continue
        async with in_transaction():
            if await _end(known):
                await _tie(known.actor, other)
                done += 1
    return done


async def _end(known: Introduction) -> bool:
    """Nothing is left for the directories to do; whether there was."""
    met = Introduction.filter(id=known.id, state=IntroductionState.MET)
    return bool(await met.update(state=IntroductionState.TIED))


async def _tie(ours: Actor, other: Actor) -> None:
    if await Block.either_way(ours.id, other.id) or await HostBlock.between(ours, other) or other.is_gone:
        return
    await followings.ask(ours, other)
    if (asking := await Follow.between(other, ours)) and asking.accepted_at is None:
        await asking.accept()
        await Notification.withdraw(Notice.FOLLOW_REQUEST, other, recipient=ours)
        await outbox.accept(asking)
    await Notification.tell(ours, Notice.MET, other)


async def forget_old() -> None:
    """What nobody answered lapses; what is older than a year goes."""
    now = clock.now()
    await Introduction.end(Introduction.filter(state=IntroductionState.ASKED, ends_at__lt=now), IntroductionState.LAPSED)
    await Introduction.filter(created_at__lt=now - KEPT).exclude(state=IntroductionState.TIED).delete()

