"""Who hears of a message without being named in it: who asked to be told of each message of its author, and, when it is changed,
who passed it on or answered its question (docs.joinmastodon.org/entities/Notification, status and update).
"""
from __future__ import annotations

from datetime import timedelta

from models import Actor, Announce, Follow, Notification, Post, Unanswered, Vote, clock
from models.notification import Notice
from moderation.visibility import Viewer, may_see

RECENT = timedelta(hours=6)  # what was written before is no news any more
TOLD_LIMIT = 500  # people, of one edit


async def of_new(post: Post, author: Actor) -> None:
    """Tell whom it quotes, and followers who asked for it of a new message that answers nobody else, each once. Inside the
    transaction of the act.
    """
    await Unanswered.noticed(post, author.is_local)
    await of_quote(post, author)
    if post.published_at < clock.now() - RECENT or await _answers_others(post):
        return
    for follow in await Follow.filter(Follow.told_of([author.id])).select_related("follower"):
        follower = follow.follower
        if follow.reads(post.language) and not await Notification.filter(recipient_id=follower.id, post_id=post.id).exists() \
                and await may_see(Viewer.member(follower), post):
            await Notification.tell(follower, Notice.POSTED, author, post)


async def of_quote(post: Post, author: Actor) -> None:
    """Tell a member of ours whose message it quotes with leave, unless they hear of it already."""
    if not post.quote_uri or not post.shows_quote:
        return
    quoted = await Post.filter(uri=post.quote_uri, author__host="", deleted_at__isnull=True).select_related("author").first()
    if quoted and not await Notification.filter(recipient_id=quoted.author_id, post_id=post.id).exists() \
            and await may_see(Viewer.member(quoted.author), post):
        await Notification.tell(quoted.author, Notice.QUOTED, author, post)


async def of_edit(post: Post, author: Actor) -> None:
    """Tell members who passed a message on, quote it or answered its question that it says something else now. Who cannot see it
    any more is shown nothing. Inside the transaction of the edit.
    """
    quoting = Post.filter(quote_uri=post.uri, shows_quote=True, author__host="", deleted_at__isnull=True)
    for quote in await quoting.order_by("-id").limit(TOLD_LIMIT).select_related("author"):
        await Notification.filter(kind=Notice.QUOTED_EDITED, post_id=quote.id).delete()  # of an earlier edit
        await Notification.tell(quote.author, Notice.QUOTED_EDITED, author, quote)
    passed = await Announce.filter(post_id=post.id, actor__host="").order_by("-id").limit(TOLD_LIMIT)
    chose = await Vote.filter(poll__post_id=post.id, actor__host="").order_by("-id").limit(TOLD_LIMIT)
    if not (told := {row.actor_id for row in passed} | {row.actor_id for row in chose}):
        return
    await Notification.filter(kind=Notice.EDITED, post_id=post.id).delete()  # of an earlier edit
    for member in await Actor.filter(Actor.present(), id__in=list(told)):
        await Notification.tell(member, Notice.EDITED, author, post)


async def _answers_others(post: Post) -> bool:
    if not post.parent_uri:
        return False
    return not await Post.filter(uri=post.parent_uri, author_id=post.author_id).exists()
