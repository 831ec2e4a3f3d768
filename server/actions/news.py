"""Who is told about a message: the one it answers, and those it is addressed to, if they can see it."""
from __future__ import annotations

from federation import post_notices
from models import Actor, Mute, Notification, Post, QuietConversation, Recipient
from models.notification import Notice
from moderation.visibility import Viewer, may_see
from server.actions import crisis


async def of_post(post: Post, *, is_new: bool = True) -> None:
    """Tell members of ours. Inside the transaction of the act; each is told once, as REPLY rather than MENTION, and those who
    asked to be told of each message of its author, or, when it was changed, those who passed it on. Before whom it answers has
    let it, only the team, where it speaks of danger.
    """
    if not post.is_let:
        await crisis.noticed(post, is_new=is_new)
        return
    told = {row.actor_id: (row.actor, Notice.MENTION) for row in await Recipient.filter(post=post).select_related("actor")}
    if post.parent_id:
        parent = await Post.get(id=post.parent_id).select_related("author")
        told[parent.author_id] = (parent.author, Notice.REPLY)
    for actor, kind in told.values():
        if actor.is_local and actor.id != post.author_id and await _wants(actor, post):
            await Notification.tell(actor, kind, post.author, post)
    await crisis.noticed(post, is_new=is_new)
    await (post_notices.of_new if is_new else post_notices.of_edit)(post, post.author)


async def _wants(actor: Actor, post: Post) -> bool:
    if await Mute.exists(owner_id=actor.id, target_id=post.author_id):
        return False
    is_quiet = await QuietConversation.exists(owner_id=actor.id, conversation=post.conversation)
    return not is_quiet and await may_see(Viewer.member(actor), post)
