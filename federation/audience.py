"""Who gets a copy: from a reach and names to an audience, of which the database makes deliveries, each shared inbox once."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from models import Actor, Host, Post, fan_out
from models.fan_out import NOBODY, Audience
from models.reach import Reach
from moderation import hosts


async def readers(author: Actor, reach: Reach, named: Iterable[Actor] = (), *, had: str = "", among: Iterable[str] | None = None,
                  ) -> Audience:
    """Where a message of this reach goes: to the servers of the named, and of the followers unless it is for a circle.

    Only hosts whose standing allows this reach (moderation.hosts) and that the author does not block; nobody for what stays.
    `had`: also where this thing of ours is already, as far as the reach allows it there. `among`: no other hosts than these.
    """
    if not reach.leaves:
        return NOBODY
    return Audience(servers_of=[reader.id for reader in named if not reader.is_gone], holders_of=had, blocks_of=author.id,
                    followers_of=None if reach is Reach.CIRCLE else author.id, standings=await hosts.receiving(reach),
                    among=None if among is None else list(among))


async def followers(author: Actor, reach: Reach) -> Audience:
    """Where followers are read who may have what is for this reach, whoever the author blocks."""
    return Audience(followers_of=author.id, standings=await hosts.receiving(reach))


def people(*actors: Actor) -> Audience:
    """Their own inboxes: a follow is between two people, and not every server routes it from the shared one."""
    return Audience(people=[actor.id for actor in actors])


def servers_of(*actors: Actor) -> Audience:
    """The shared inboxes of their servers, or their own where there is none (GoToSocial)."""
    return Audience(servers_of=[actor.id for actor in actors])


def holders(object_uri: str, but: Iterable[str] = ()) -> Audience:
    """Where something of ours has been sent or fetched from: Update and Delete go exactly there (security.md, rule 5)."""
    return Audience(holders_of=object_uri, but=list(but))


async def hosts_reached(author: Actor, reach: Reach, recipients: Sequence[Actor], parent: Post | None) -> list[Host]:
    """The servers that would get a copy now: what the composer says before anything is sent."""
    answered = [parent.author] if parent and not (reach is Reach.CIRCLE and recipients) else []  # a circle is who it names
    names = set((await fan_out.inboxes(await readers(author, reach, [*recipients, *answered]))).values())
    return await Host.filter(name__in=names).order_by("title", "name") if names else []
