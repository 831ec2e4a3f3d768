"""What follows when a member takes back the yes to being copied elsewhere (C5): who has something is asked to erase it."""
from __future__ import annotations

from federation import outbox, stamps, votes, withdrawal_notices
from models import Actor, Announce, ConsentRecord, Disclosure, Follow, Like, Post, Subquery
from models.consent import Purpose
from server.actions import follows


async def erase_elsewhere(actor: Actor) -> None:
    """Ask each server to erase what it has of this member, and end what ties the member to people there.

    Inside the transaction of the act. The messages stay here, as they are; whether a server answered stands in the ledger
    (Disclosure.ended_at), and servers that sign it in Withdrawal. Taking back leaves although the yes is gone
    (federation.disclosure).
    """
    record = await ConsentRecord.newest(actor.id, Purpose.SHARED_OUT)
    asked = await withdrawal_notices.ask(actor, record=record)  # they need no Delete for each message
    held = Disclosure.filter(actor_id=actor.id, ended_at__isnull=True)
    there, elsewhere = Subquery(held.values("object_uri")), Subquery(held.exclude(host__in=[*asked, ""]).values("object_uri"))
    for post in await Post.filter(author_id=actor.id, deleted_at__isnull=True, uri__in=elsewhere).select_related("author"):
        await outbox.delete(post, but=asked)
    for announce in await Announce.filter(actor_id=actor.id, uri__in=there).select_related("actor", "post__author"):
        await outbox.undo_announce(announce)
    for like in await Like.filter(actor_id=actor.id).exclude(post__author__host="").select_related("actor", "post__author"):
        await outbox.undo_like(like)
        await like.delete()
    await votes.take_back(actor)
    await stamps.withdraw_all(actor)
    await _part(actor)


async def _part(actor: Actor) -> None:
    both = Follow.all().select_related("follower", "target")
    for follow in await both.filter(follower_id=actor.id).exclude(target__host=""):
        await follows.end(follow)
    for follow in await both.filter(target_id=actor.id).exclude(follower__host=""):
        await follows.send_away(follow)
