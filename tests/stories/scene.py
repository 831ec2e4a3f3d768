"""What stories have in common: people who know each other, and what a server knows."""
from __future__ import annotations

from typing import Any

from federation import resolve
from models import Actor, Community, Follow, Notification, Post, Ruling
from models.consent import Purpose
from models.notification import Notice
from models.ruling import Act
from moderation.visibility import Viewer, visible_to
from server.actions import consents, follows, rulings
from server.actions.rulings import Decided
from server.keys import MEDIA
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor


async def see(server: LiveServer, actor: Actor) -> Actor:
    """How a server knows an actor of another."""
    host = actor.uri.split("/")[2]
    return await server.run(resolve.actor_at(server.instance, f"@{actor.name}@{host}"))


async def befriend(server: LiveServer, follower: Actor, target: Actor, *others: LiveServer) -> None:
    """Somebody follows a member of another server, who lets everyone."""
    await server.run(follows.follow(follower, await see(server, target)))
    await settle(server, *others)


async def known(server: LiveServer, post: Post) -> Post | None:
    """A server's copy of a message."""
    return await server.ask(lambda: Post.get_or_none(uri=post.uri).select_related("author", "parent"))


async def sees(server: LiveServer, member: Actor, uri: str) -> bool:
    """Whether a member can read a message at home."""
    return await server.ask(lambda: Post.filter(visible_to(Viewer.member(member)), uri=uri).exists())


async def notices(server: LiveServer, member: Actor) -> list[tuple[Notice, str]]:
    """A member's notices with the uri of their message."""
    async def query() -> list[tuple[Notice, str]]:
        found = await Notification.filter(recipient_id=member.id).order_by("id").select_related("post")
        return [(notice.kind, notice.post.uri if notice.post else "") for notice in found]
    return await server.run(query())


async def ruled(server: LiveServer, act: Act, subject: Actor, by: Actor | None = None, **more: Any) -> Ruling:
    """Somebody of the team of a server decides about a person, or about a message of theirs."""
    async def decide() -> Ruling:
        decided = Decided(act=act, subject=await Actor.get(id=subject.id), by=by, **more)
        return await rulings.rule(decided, server.app[MEDIA])
    return await server.run(decide())


async def withdraw(member: Actor) -> None:
    """Take the yes to leaving back."""
    await consents.take_back(member, Purpose.SHARED_OUT, "en", await Community.current())


async def follow(server: LiveServer, member: Actor, theirs: PeerActor) -> None:
    """A member of ours follows somebody of a hand-made peer, who has said yes."""
    async def ask() -> None:
        known = await resolve.actor(server.instance, theirs.uri)
        await (await Follow.request(f"{member.uri}/follows/{known.id}", member, known)).accept()
    await server.run(ask())


async def deliver(server: LiveServer, peer: Peer, by: PeerActor, *activities: Document) -> None:
    """Send one after the other, each accepted, each carried out before the next."""
    for activity in activities:
        assert await peer.send(server, activity, by) == 202
        await settle(server)
