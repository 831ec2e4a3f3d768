"""Who gets a copy: from a reach and names to inboxes, each shared inbox once."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from federation.addresses import host_of
from models import Actor, Delivery, Disclosure, Follow, Host, Post
from models.delivery import DeliveryState
from models.reach import Reach
from moderation import hosts

Inboxes = dict[str, str]  # inbox uri -> host


async def inboxes(author: Actor, reach: Reach, named: Iterable[Actor]) -> Inboxes:
    """Where a message of this reach goes: to the servers of the named, and of the followers unless it is for a circle.

    Only hosts whose standing allows this reach (moderation.hosts); none for what never leaves.
    """
    if not reach.leaves:
        return {}
    readers = [actor for actor in named if not actor.is_local]
    if reach is not Reach.CIRCLE:
        readers += await remote_followers(author)
    return await allowed({inbox_of(reader): reader.host for reader in readers if not reader.is_gone}, reach)


async def allowed(wanted: Inboxes, reach: Reach) -> Inboxes:
    """The inboxes whose host may receive something of this reach; each host is asked about once."""
    standing = {host: await hosts.standing(host) for host in set(wanted.values())}
    return {inbox: host for inbox, host in wanted.items() if hosts.may_receive(standing[host], reach)}


async def remote_followers(author: Actor) -> list[Actor]:
    """One follower for each inbox elsewhere: followers behind one shared inbox count once."""
    followers = await Actor.filter(Actor.present(), followings__target_id=author.id, followings__accepted_at__isnull=False).exclude(host="")
    return list({inbox_of(follower): follower for follower in followers}.values())


def inbox_of(actor: Actor) -> str:
    """The shared inbox of an actor's server, or the actor's own where there is none (GoToSocial)."""
    return actor.shared_inbox_uri or actor.inbox_uri


async def inboxes_that_have(object_uri: str) -> Inboxes:
    """Where something of ours has been sent or fetched from: Update and Delete go exactly there (security.md, rule 5)."""
    sent = await Delivery.filter(object_uri=object_uri).exclude(state=DeliveryState.FAILED).values_list("inbox_uri", "host")
    found: Inboxes = dict(sent)
    told = await Disclosure.filter(object_uri=object_uri, ended_at__isnull=True).values_list("host", flat=True)
    for host in set(told) - set(found.values()):
        if someone := await Actor.filter(host=host).exclude(inbox_uri="").order_by("id").first():
            found[inbox_of(someone)] = str(host)
    return found


async def hosts_reached(author: Actor, reach: Reach, recipients: Sequence[Actor], parent: Post | None) -> list[Host]:
    """The servers that would get a copy now: what the composer says before anything is sent."""
    named = [*recipients, *([parent.author] if parent else [])]
    names = set((await inboxes(author, reach, named)).values())
    return await Host.filter(name__in=names).order_by("title", "name") if names else []


def is_of_host(uri: str, host: str) -> bool:
    """Whether a uri lives on this host."""
    return host_of(uri) == host
