"""Who gets a copy: from a reach and names to inboxes, each shared inbox once."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from models import Actor, Delivery, Disclosure, Host, HostBlock, Post, Q, outgoing
from models.delivery import DeliveryState
from models.reach import Reach
from moderation import hosts

Inboxes = dict[str, str]  # inbox uri -> host


async def inboxes(author: Actor, reach: Reach, named: Iterable[Actor]) -> Inboxes:
    """Where a message of this reach goes: to the servers of the named, and of the followers unless it is for a circle.

    Only hosts whose standing allows this reach (moderation.hosts) and that the author does not block; none for what stays.
    """
    if not reach.leaves:
        return {}
    wanted = {inbox_of(reader): reader.host for reader in named if not reader.is_local and not reader.is_gone}
    if reach is not Reach.CIRCLE:
        wanted |= await outgoing.follower_inboxes(author.id)
    if wanted and (blocked := await HostBlock.of(author.id)):
        wanted = {inbox: host for inbox, host in wanted.items() if host not in blocked}
    return await allowed(wanted, reach)


async def allowed(wanted: Inboxes, reach: Reach) -> Inboxes:
    """The inboxes whose host may receive something of this reach; each host is asked about once."""
    standing = await hosts.standings(set(wanted.values()))
    return {inbox: host for inbox, host in wanted.items() if hosts.may_receive(standing[host], reach)}


async def remote_followers(author: Actor) -> list[Actor]:
    """One follower for each inbox elsewhere: followers behind one shared inbox count once."""
    following = Actor.filter(Actor.present(), followings__target_id=author.id, followings__accepted_at__isnull=False)
    followers = await following.exclude(host="")
    return list({inbox_of(follower): follower for follower in followers}.values())


def inbox_of(actor: Actor) -> str:
    """The shared inbox of an actor's server, or the actor's own where there is none (GoToSocial)."""
    return actor.shared_inbox_uri or actor.inbox_uri


async def inboxes_that_have(object_uri: str) -> Inboxes:
    """Where something of ours has been sent or fetched from: Update and Delete go exactly there (security.md, rule 5)."""
    no_answer = Q(attempts__gt=0) & (Q(status=0) | Q(status__gte=500))  # it may have come all the same
    sent_to = Delivery.filter(~Q(state=DeliveryState.FAILED) | no_answer, object_uri=object_uri)
    sent = await sent_to.values_list("inbox_uri", "host")
    found: Inboxes = dict(sent)
    told = await Disclosure.filter(object_uri=object_uri, ended_at__isnull=True).values_list("host", flat=True)
    for host in sorted({str(name) for name in told} - set(found.values())):
        there = Actor.filter(Actor.present(), host=host)
        if someone := await there.order_by("-shared_inbox_uri", "id").first():  # one with a shared inbox, if there is one
            found[inbox_of(someone)] = host
    return found


async def hosts_reached(author: Actor, reach: Reach, recipients: Sequence[Actor], parent: Post | None) -> list[Host]:
    """The servers that would get a copy now: what the composer says before anything is sent."""
    answered = [parent.author] if parent and not (reach is Reach.CIRCLE and recipients) else []  # a circle is who it names
    named = [*recipients, *answered]
    names = set((await inboxes(author, reach, named)).values())
    return await Host.filter(name__in=names).order_by("title", "name") if names else []
