"""Keeping the directory in line with what members agreed to: what partners are told of them, and who is found here."""
from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from federation import directories, listing_news
from federation.directories import pairwise
from models import Actor, Community, DirectoryPeer, Follow, HostBlock, Listing, OfferedListing, Withdrawal, clock, listings
from models.community import DirectoryMode
from models.consent import LastWord, Purpose
from models.database import in_transaction
from models.directory import FACETS
from models.host import Host, Standing
from models.ids import new_id, new_key
from models.listings import Told
from models.reach import Reach
from models.turns import take_turn
from moderation import cells, consent, counts, findable

AT_ONCE = 200
CANARY_ROLES = ("living", "carer", "relative")


async def bring_in_line(actor: Actor) -> None:
    """After a word of a member, or a change of their profile: tell partners what is new, and take back what they may no longer
    have. Inside the act's transaction.
    """
    if not actor.is_local or actor.speaks_for_all:
        return
    await take_turn("listings", actor.id)
    given = await findable.permit_elsewhere(actor)
    await _here(actor)
    if given:
        await open_directory()
    if (us := await directories.ours()) is None:
        return
    if given is None:
        await _take_back(us, actor)
        return
    for them in await directories.subscribers(us):
        if added := await _tell(us, them, actor, given):
            await listing_news.announce(us, them, "Add", [added])


async def open_directory() -> None:
    """Somebody needs it: from now on this community takes part, as its hosts have set."""
    community = await Community.current()
    if community.directory_opened_at is None and community.directory is not DirectoryMode.OFF:
        await community.change(directory_opened_at=clock.now())


async def _here(actor: Actor) -> None:
    """Their place in our own list."""
    least = (await counts.thresholds()).outside
    if not await findable.is_found_here(actor):
        if await Listing.exists(actor_id=actor.id):
            await listings.take_away([actor.uri], "", least)
        return
    told = findable.in_order(await findable.facets(actor, Reach.COMMUNITY))
    known = await Listing.get_or_none(uri=actor.uri)
    if known is None or told != tuple(getattr(known, facet) for facet in FACETS):
        await listings.put([Told(actor.uri, "", told, clock.now(), actor_id=actor.id)], least)


async def _tell(us: Actor, them: Actor, actor: Actor, given: LastWord) -> OfferedListing | None:
    """One partner about one member, if that is new: what was added, for `listing_news.announce`. Under a new yes, and after each
    taking back, there is a new name: nobody finds out that it is the same person, and names that were taken back stay dead. A
    partner that the member blocks is told nothing.
    """
    peer, known = await DirectoryPeer.of(them.host), await OfferedListing.get_or_none(actor_id=actor.id, host=them.host)
    if await HostBlock.exists(owner_id=actor.id, host=them.host):
        if known is not None:
            await listing_news.retract(us, them, known)
        return None
    facets = await findable.facets(actor, Reach.PARTNERS)
    if known is not None and known.consent_id != given.id:
        await listing_news.retract(us, them, known)
        known = None
    if known is None:
        times = await Withdrawal.filter(actor_id=actor.id, host=them.host, purpose=Purpose.FOUND_BY_PARTNERS).count()
        key = pairwise(peer, "listing", actor.key, given.key or "", str(times))
        return await OfferedListing.create(actor=actor, host=them.host, key=key, stamp_key=pairwise(peer, "stamp", key),
                                           consent_id=given.id, facets=facets, updated_at=_second())
    if known.facets != facets:
        known.update_from_dict({"facets": facets, "version": new_id(), "consent_id": given.id,
                                "updated_at": max(_second(), known.updated_at + timedelta(seconds=1))})
        await known.save(update_fields=["facets", "version", "consent_id", "updated_at"])
        await listing_news.announce(us, them, "Update", [known])
    return None


def _second() -> datetime:
    """Now as the wire tells it, so that both sides compare the same."""
    return clock.now().replace(microsecond=0)


async def _take_back(us: Actor, actor: Actor) -> None:
    record = await findable.newest_no(actor.id)
    for row in await OfferedListing.filter(actor_id=actor.id):
        if them := await directory_of(row.host):
            await listing_news.retract(us, them, row, record)
        else:
            await row.delete()


async def directory_of(host: str) -> Actor | None:
    """The directory of this host, if we know one."""
    known = await Host.get_or_none(name=host)
    return await Actor.get_or_none(Actor.present(), uri=known.directory_uri) if known and known.directory_uri else None


async def settle() -> int:
    """A job: what no single act brings about. Expired yeses, members who left, partners who came or went; how much was done."""
    us = await directories.ours()
    done = await _forget_theirs(us)
    if us is None:
        return done
    subscribed = {them.host: them for them in await directories.subscribers(us)}
    for row in await OfferedListing.exclude(host__in=list(subscribed) or [""]).limit(AT_ONCE):
        async with in_transaction():
            if them := await directory_of(row.host):
                await listing_news.retract(us, them, row)
            else:
                await row.delete()
        done += 1
    return done + await _end_those_over()


async def greet() -> int:
    """A job: tell a partner that has just subscribed of all who agreed; 1 if there was one."""
    us = await directories.ours()
    for them in await directories.subscribers(us) if us else []:
        if us and not await OfferedListing.exists(host=them.host, actor_id=None):
            after = 0
            agreed = Actor.filter(consent.those_who_allow(Purpose.FOUND_BY_PARTNERS), host="")
            while actors := await agreed.filter(id__gt=after).order_by("id").limit(AT_ONCE):
                await _introduce(us, them, actors)
                after = actors[-1].id
            await _plant_canary(us, them)
            return 1
    return 0


async def _introduce(us: Actor, them: Actor, actors: list[Actor]) -> None:
    async with in_transaction():
        for actor in actors:
            await take_turn("listings", actor.id)
        given = {actor.id: await findable.permit_elsewhere(actor) for actor in actors}
        added = [await _tell(us, them, actor, yes) for actor in actors if (yes := given[actor.id])]
        await listing_news.announce(us, them, "Add", [row for row in added if row])


async def _end_those_over() -> int:
    """Take back what is told of members whose yes has ended, or who may not be found any more; of how many."""
    here = Listing.filter(host="").exclude(actor_id__in=findable.found_here())
    there = OfferedListing.filter(actor_id__isnull=False).exclude(actor_id__in=findable.found_elsewhere())
    over = [int(str(id_)) for told in (here, there)
            for id_ in await told.distinct().limit(AT_ONCE).values_list("actor_id", flat=True)]
    return await _bring_all_in_line(await Actor.filter(id__in=over or [0]))


async def look_over() -> int:
    """A job: once more everybody who agreed, in case that something else changed than their word or their profile."""
    after = 0
    while actors := await Actor.filter(findable.agreed(), host="", id__gt=after).order_by("id").limit(AT_ONCE):
        await _bring_all_in_line(actors)
        after = actors[-1].id
    return 0


async def _bring_all_in_line(actors: list[Actor]) -> int:
    for actor in actors:
        async with in_transaction():
            await bring_in_line(actor)
    return len(actors)


async def _forget_theirs(us: Actor | None) -> int:
    """What is over, and what servers told us to which we are no longer subscribed."""
    least = (await counts.thresholds()).outside
    async with in_transaction():
        gone = await listings.end(clock.now(), least)
    yes = Follow.filter(follower_id=us.id if us else 0, accepted_at__isnull=False)
    partners = Host.filter(standing__in=[Standing.PARTNER, Standing.NARROWED])
    kept = {str(name) for name in await yes.values_list("target__host", flat=True)}
    kept &= {str(name) for name in await partners.values_list("name", flat=True)}
    for peer in await DirectoryPeer.exclude(host__in=list(kept) or [""]):
        if await Listing.exists(host=peer.host):
            async with in_transaction():
                gone += await listings.take_all_away(peer.host, least)
                await peer.change(read_at=None, full_at=None, view_updated_at=None, wanted_at=None)
    return gone


async def _plant_canary(us: Actor, them: Actor) -> None:
    """One listing of nobody for each partner: whoever else asks for it has it from there."""
    async with in_transaction():
        peer = await DirectoryPeer.of(them.host)
        key = pairwise(peer, "listing", new_key(), "")
        row = await OfferedListing.create(actor=None, host=them.host, key=key, stamp_key=pairwise(peer, "stamp", key),
                                          facets={"role": secrets.choice(CANARY_ROLES)}, updated_at=_second())
        await listing_news.announce(us, them, "Add", [row])


async def place_due() -> int:
    """A job: work out what may be shown of those who are new, and of all who are like them; how many kinds changed."""
    if not await listings.unplaced():
        return 0
    least = (await counts.thresholds()).outside
    known, news = await listings.conditions(), await listings.with_news()
    large = cells.kept({condition: one.people for condition, one in known.items()}, least)
    small = [condition for condition in known if condition not in large]
    come = {condition for condition in large if known[condition].hidden}
    gone = any(known[condition].shown for condition in small)
    changed = 0
    for condition in sorted(large & (news | come)):
        changed += await _place([condition], least, condition)
    if gone or come or news - large:
        changed += await _place(small, least, "")
    return changed


async def _place(conditions: list[str], least: int, told: str) -> int:
    kinds = await listings.kinds(conditions)
    sizes: dict[cells.Facets, int] = {}
    for kind in kinds:
        rest = kind.facets[1:]
        sizes[rest] = sizes.get(rest, 0) + kind.people
    wanted = cells.shown(sizes, least, (told,))
    changed = [(kind, wanted[kind.facets[1:]]) for kind in kinds
               if not kind.is_placed or kind.shown != wanted[kind.facets[1:]]]
    async with in_transaction():
        await listings.show(changed, least)
    return len(changed)
