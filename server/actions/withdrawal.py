"""What follows when a member takes back the yes to being copied elsewhere (C5): who has something is asked to erase it.

Servers that answer notices are asked in the act itself: a notice names a hundred things. All others need one Delete or Undo for
each thing, which can be thousands; a job writes them, some at a time.
"""
from __future__ import annotations

from federation import asking_first, outbox, stamps, votes, withdrawal_notices
from models import Actor, Announce, ConsentRecord, Delivery, Disclosure, Follow, Like, Post, Q, Recall, Subquery
from models.consent import Purpose
from models.database import in_transaction
from models.withdrawal import RecallPart
from server.actions import follows

AT_ONCE = 50  # things of one transaction


async def erase_elsewhere(actor: Actor) -> None:
    """Ask each server to erase what it has of this member, and end what ties the member to people there.

    Inside the transaction of the act. The messages stay here, as they are; whether a server answered stands in the ledger
    (Disclosure.ended_at), and servers that sign it in Withdrawal. Taking back leaves although the yes is gone
    (federation.disclosure).
    """
    record = await ConsentRecord.newest(actor.id, Purpose.SHARED_OUT)
    asked = await withdrawal_notices.ask(actor, record=record)  # they need no Delete for each message
    await Recall.create(actor=actor, spared=sorted(asked))
    await votes.take_back(actor)
    await stamps.withdraw_all(actor)
    await asking_first.take_all_back(actor)
    await _part(actor)


async def go_on() -> int:
    """A job: ask back the next things of each member who took a yes back. How many; nothing is asked back twice."""
    done = 0
    for recall in await Recall.all().order_by("id").limit(AT_ONCE).select_related("actor"):
        async with in_transaction():
            done += await _step(recall)
    return done


async def _step(recall: Recall) -> int:
    """The next page of one part; at its end the next part, and at the end of the last the row goes. Inside a transaction."""
    after = await _PARTS[recall.part](recall)
    parts = list(RecallPart)
    following = parts[parts.index(recall.part) + 1:]
    if after:
        await Recall.filter(id=recall.id).update(after_id=after)
    elif following:
        await Recall.filter(id=recall.id).update(after_id=0, part=following[0])
    else:
        await Recall.filter(id=recall.id).delete()
    return 1


async def _messages(recall: Recall) -> int:
    """Where the next page begins; 0 at the end, as of each part."""
    told = Disclosure.filter(actor_id=recall.actor_id, ended_at__isnull=True)
    no_answer = Q(status=0) | Q(status__gte=500)
    tried = Delivery.filter(no_answer, activity__actor_id=recall.actor_id, attempts__gt=0)
    at_others = [one.exclude(host__in=[*recall.spared, ""]).values("object_uri") for one in (told, tried)]
    elsewhere = Q(*(Q(uri__in=Subquery(uris)) for uris in at_others), join_type=Q.OR)
    mine = Post.filter(elsewhere, author_id=recall.actor_id, deleted_at__isnull=True, id__gt=recall.after_id, id__lt=recall.id)
    page = await mine.order_by("id").limit(AT_ONCE).select_related("author")
    for post in page:
        await outbox.delete(post, but=recall.spared)
    return page[-1].id if page else 0


async def _passed_on(recall: Recall) -> int:
    there = Subquery(Disclosure.filter(actor_id=recall.actor_id, ended_at__isnull=True).values("object_uri"))
    mine = Announce.filter(actor_id=recall.actor_id, uri__in=there, id__gt=recall.after_id, id__lt=recall.id)
    page = await mine.order_by("id").limit(AT_ONCE).select_related("actor", "post__author")
    for announce in page:
        await outbox.undo_announce(announce)
    return page[-1].id if page else 0


async def _likes(recall: Recall) -> int:
    mine = Like.filter(actor_id=recall.actor_id, id__gt=recall.after_id, id__lt=recall.id).exclude(post__author__host="")
    page = await mine.order_by("id").limit(AT_ONCE).select_related("actor", "post__author")
    for like in page:
        await outbox.undo_like(like)
        await like.delete()
    return page[-1].id if page else 0


_PARTS = {RecallPart.MESSAGES: _messages, RecallPart.PASSED_ON: _passed_on, RecallPart.LIKES: _likes}


async def _part(actor: Actor) -> None:
    both = Follow.all().select_related("follower", "target")
    for follow in await both.filter(follower_id=actor.id).exclude(target__host=""):
        await follows.end(follow)
    for follow in await both.filter(target_id=actor.id).exclude(follower__host=""):
        await follows.send_away(follow)
