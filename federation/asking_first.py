"""What members of ours do with a message whose author, elsewhere, has to let it first (GoToSocial's interaction policies).

An answer, a Like, an Announce: written down as an Approval, it goes to the author alone, inside a request. With the yes it goes
where it would have gone; with a no it stays with who did it. `federation.approvals` hears which. Inside transactions.
"""
from __future__ import annotations

from datetime import timedelta

from federation import audience, outbox, render
from models import Actor, Announce, Approval, Like, Notification, Post, clock
from models.ids import new_key
from models.notification import Notice
from models.post import AskedState
from models.reach import Reach
from models.stamp import StampKind
from models.turns import take_turn
from moderation import asking

TOLD_WITHIN = timedelta(days=6)  # of its being written; of an older one those here are not told, and find it


async def begin_answer(post: Post) -> None:
    """Remember that whom this answer of ours answers is asked, if so; `outbox.create` asks."""
    if not post.is_let:
        await Approval.create(kind=StampKind.REPLY, uri=post.uri, actor_id=post.author_id, post_id=post.parent_id,
                              reach=post.reach)


async def attest(post: Post, stamp_uri: str) -> None:
    """An answer of ours that asked nobody is let: whoever has it, or reads it, sees that from now on."""
    await Approval.create(kind=StampKind.REPLY, uri=post.uri, actor_id=post.author_id, post_id=post.parent_id, reach=post.reach,
                          state=AskedState.SHOWN, stamp_uri=stamp_uri)
    await outbox.update(post, is_edit=False)


async def ask(kind: StampKind, actor: Actor, post: Post, reach: Reach) -> None:
    """A member of ours would like to say that they think of the author, or to pass the message on. Twice is once."""
    await take_turn("ask first", f"{actor.id} {post.id}")
    kept = await Approval.get_or_none(kind=kind, actor_id=actor.id, post_id=post.id)
    if kept is None:
        approval = await Approval.create(kind=kind, actor=actor, post=post, reach=reach,
                                         uri=f"{actor.uri}/{kind.value.lower()}s/{new_key()}")
        await _send(approval)


async def _send(approval: Approval) -> None:
    """To the author, alone. A server that knows no requests gets the Like or Announce itself."""
    actor, post, kind = approval.actor, approval.post, approval.kind.value
    author, published = post.author, render.instant(approval.created_at)
    to, cc = ([author.uri], []) if approval.kind is StampKind.LIKE else outbox.addressed(actor, approval.reach, author)
    goes_to = audience.people(author)
    if asking.is_older(post, f"can{kind}"):
        await outbox.send(kind, actor, post.uri, about=approval.uri, uri=approval.uri, goes_to=goes_to, to=to, cc=cc,
                          extra={"published": published})
        return
    thing = {"id": approval.uri, "type": kind, "actor": actor.uri, "object": post.uri, "to": to, "cc": cc, "published": published}
    await outbox.send(f"{kind}Request", actor, post.uri, about=approval.uri, goes_to=goes_to, to=[author.uri],
                      extra=outbox.wanted(actor, thing))


async def take_back(kind: StampKind, actor: Actor, post: Post) -> None:
    """They no longer would. What was let is undone by whoever calls."""
    approval = await Approval.get_or_none(kind=kind, actor_id=actor.id, post_id=post.id).select_related("actor", "post__author")
    if approval is not None:
        if approval.state is AskedState.ASKED:
            await outbox.cancel(approval.uri)
            await outbox.undo(kind.value, actor, approval.uri, post.uri, approval.post.author)
        await approval.delete()


async def take_all_back(actor: Actor) -> None:
    """All that this member has asked for and nobody has answered, but for answers, which are taken back as messages are."""
    asked = Approval.filter(actor_id=actor.id, state=AskedState.ASKED).exclude(kind=StampKind.REPLY)
    for approval in await asked.select_related("actor", "post__author"):
        await take_back(approval.kind, actor, approval.post)


async def let(approval: Approval) -> None:
    """The author says yes, and `approval`, with its actor and its message, holds the stamp."""
    match approval.kind:
        case StampKind.REPLY:
            await _send_answer(approval)
        case StampKind.LIKE:
            like, _ = await Like.get_or_create(actor=approval.actor, post=approval.post, defaults={"uri": approval.uri})
            like.actor, like.post = approval.actor, approval.post
            await outbox.like(like, approval.stamp_uri)
        case StampKind.ANNOUNCE:
            announce, _ = await Announce.get_or_create(actor=approval.actor, post=approval.post,
                                                       defaults={"uri": approval.uri, "reach": approval.reach})
            announce.actor, announce.post = approval.actor, approval.post
            await outbox.announce(announce, approval.stamp_uri)


async def _send_answer(approval: Approval) -> None:
    """It is held until now: the job that lets messages go (`server.actions.held`) tells those here whom it concerns."""
    post = await Post.kept(approval.uri)
    if post is not None:
        now = clock.now()
        await post.change(answer_state=AskedState.SHOWN, held_until=now if now - post.published_at < TOLD_WITHIN else None)
        await _tell(post, Notice.ANSWER_LET, approval.post.author)
        await outbox.create(post)


async def stop(approval: Approval, was: AskedState) -> None:
    """The author says no, or no longer yes, as `approval` says: nobody else is shown it, and who has it is asked to erase it."""
    if approval.kind is StampKind.REPLY:
        await _keep_answer_back(approval, was)
    elif was is AskedState.SHOWN and approval.kind is StampKind.LIKE:
        for like in await Like.filter(uri=approval.uri).select_related("actor", "post__author"):
            await outbox.undo_like(like)
            await like.delete()
    elif was is AskedState.SHOWN:
        for announce in await Announce.filter(uri=approval.uri).select_related("actor", "post__author"):
            await outbox.undo_announce(announce)
            await announce.delete()


async def _keep_answer_back(approval: Approval, was: AskedState) -> None:
    post = await Post.kept(approval.uri)
    if post is None:
        return
    await post.change(answer_state=approval.state)
    await _tell(post, Notice.ANSWER_NOT_LET, approval.post.author)
    if was is AskedState.SHOWN:
        await Notification.filter(post_id=post.id).exclude(recipient_id=post.author_id).delete()
        await outbox.delete(post)
    else:
        await outbox.cancel(post.uri)


async def _tell(post: Post, notice: Notice, by: Actor) -> None:
    """Its writer, in place of what was said before."""
    await Notification.filter(kind__in=[Notice.ANSWER_LET, Notice.ANSWER_NOT_LET], post_id=post.id).delete()
    await Notification.tell(post.author, notice, by, post)
