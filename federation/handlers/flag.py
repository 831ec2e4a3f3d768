"""Flag: another server reports one of ours, or something here. Kept for the team."""
from __future__ import annotations

from federation import disclosure
from federation.incoming import Incoming
from models import Actor, Notification, Post, Report
from models.notification import Notice

TEXT_LIMIT = 5000
POSTS_LIMIT = 20


async def receive(incoming: Incoming) -> None:
    """Keep what it says about people and messages of ours; the reporter's own name is not kept, only the server's.

    The team may read the messages of a report: so only those count that its sender has, or was sent.
    """
    activity = incoming.activity
    target = await Actor.filter(uri__in=list(activity.object_ids), host="").first()
    named = await Post.filter(uri__in=list(activity.object_ids), author__host="").limit(POSTS_LIMIT).select_related("author")
    posts = [post for post in named if await disclosure.may_be_there(post.uri, incoming.sender.host)]
    if target is None and not posts:
        return
    kept, is_new = await Report.get_or_create(
        {"sender_host": incoming.sender.host, "target": target or posts[0].author, "post_uris": [post.uri for post in posts],
         "text": activity.content[:TEXT_LIMIT]}, uri=activity.id)
    if is_new:
        await Notification.tell_team(Notice.REPORT, incoming.sender, kept)
