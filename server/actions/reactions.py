""""Thinking of you" and passing on."""
from __future__ import annotations

from federation import asking_first, outbox
from models import Actor, Announce, Community, Like, Notification, Post
from models.database import in_transaction
from models.ids import new_key
from models.notification import Notice
from models.reach import Reach
from models.stamp import StampKind
from moderation import asking, consent, facts, policy
from moderation.policy import Verb
from server.errors import Refused


async def thank(actor: Actor, post: Post) -> None:
    """Tell the writer of a message that one thinks of them; nobody else learns of it. Doing it twice is doing it once. Somebody
    elsewhere may want to be asked first (`federation.asking_first`).

    Raises: Refused.
    """
    if actor.id == post.author_id:
        return
    if not (decision := policy.decide(Verb.LIKE, await facts.between(actor, post.author, post=post))):
        raise Refused(decision.reason or "")
    async with in_transaction():
        if asking.must_ask(actor, post, asking.LIKE):
            await asking_first.ask(StampKind.LIKE, actor, post, Reach.CIRCLE)
            return
        like, is_new = await Like.get_or_create(actor=actor, post=post, defaults={"uri": f"{actor.uri}/likes/{new_key()}"})
        if is_new:
            like.actor, like.post = actor, post
            await Notification.tell(post.author, Notice.THANKS, actor, post)
            await outbox.like(like)


async def take_thanks_back(actor: Actor, post: Post) -> None:
    """No longer; what was never said needs no taking back."""
    async with in_transaction():
        await asking_first.take_back(StampKind.LIKE, actor, post)
        like = await Like.get_or_none(actor=actor, post=post)
        if like and await Like.filter(id=like.id).delete():
            like.actor, like.post = actor, post
            await Notification.withdraw(Notice.THANKS, actor, post)
            await outbox.undo_like(like)


async def pass_on(actor: Actor, post: Post, at_most: Reach = Reach.WEB) -> None:
    """Show a message to one's own readers: as far as it went itself, as this member may reach, and as they want; where its author
    has to be asked first, once they say yes.

    Raises: Refused.
    """
    reach = post.reach.narrowed_to(await widest(actor)).narrowed_to(at_most)
    if not (decision := policy.decide(Verb.ANNOUNCE, await facts.between(actor, post.author, reach=reach, post=post))):
        raise Refused(decision.reason or "")
    async with in_transaction():
        if reach.leaves and asking.must_ask(actor, post, asking.ANNOUNCE):
            await asking_first.ask(StampKind.ANNOUNCE, actor, post, reach)
            return
        defaults = {"uri": f"{actor.uri}/announces/{new_key()}", "reach": reach}
        announce, is_new = await Announce.get_or_create(actor=actor, post=post, defaults=defaults)
        if is_new:
            announce.actor, announce.post = actor, post
            await Notification.tell(post.author, Notice.PASSED_ON, actor, post)
            await outbox.announce(announce)


async def take_back(actor: Actor, post: Post) -> None:
    """No longer pass a message on."""
    async with in_transaction():
        await asking_first.take_back(StampKind.ANNOUNCE, actor, post)
        announce = await Announce.get_or_none(actor=actor, post=post)
        if announce and await Announce.filter(id=announce.id).delete():
            announce.actor, announce.post = actor, post
            await Notification.withdraw(Notice.PASSED_ON, actor, post)
            await outbox.undo_announce(announce)


async def widest(actor: Actor) -> Reach:
    """How far this member's acts may travel: the community's ceiling, or the community itself without the yes to leaving."""
    if await consent.may_leave(actor.id) is None:
        return Reach.COMMUNITY
    return (await Community.current()).ceiling
