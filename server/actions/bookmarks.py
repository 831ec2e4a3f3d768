"""What a member keeps to find again, and the conversations they want no more notices of. Nobody else learns of either."""
from __future__ import annotations

from models import Actor, Bookmark, Notification, Post, QuietConversation, Subquery
from models.database import in_transaction


async def keep(owner: Actor, post: Post) -> None:
    """Find a message again later; keeping it twice is keeping it once. The caller has seen that they may see it."""
    await Bookmark.get_or_create(owner=owner, post=post)


async def let_go(owner: Actor, post: Post) -> None:
    """No longer keep it."""
    await Bookmark.filter(owner=owner, post=post).delete()


async def quieten(owner: Actor, post: Post) -> None:
    """No more notices of the conversation that a message is part of; those that wait unread go."""
    async with in_transaction():
        await QuietConversation.get_or_create(owner=owner, conversation=post.conversation)
        talk = Subquery(Post.filter(conversation=post.conversation).values("id"))
        await Notification.filter(recipient=owner, read_at__isnull=True, post_id__in=talk).delete()


async def listen_again(owner: Actor, post: Post) -> None:
    """Notices of this conversation again."""
    await QuietConversation.filter(owner=owner, conversation=post.conversation).delete()
