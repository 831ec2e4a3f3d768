"""Copies of what others wrote go: at a Delete, when a notice takes them back, when their time is over. In a transaction, but for
what somebody has here in all, which may be much.
"""
from __future__ import annotations

from collections.abc import Sequence

from federation import approvals, ended_accounts, votes
from models import (
    Actor,
    Announce,
    Approval,
    Attachment,
    Bookmark,
    FilteredPost,
    Follow,
    Like,
    Notification,
    Pin,
    Poll,
    Post,
    Recipient,
    Revision,
    Tag,
    Tombstone,
    Vote,
    acts,
    clock,
    listings,
)
from models.database import in_transaction
from models.post import server_of
from models.stamp import StampKind
from moderation import counts

AT_ONCE = 100
#: What hangs on a message, and goes with it.
HANGING = (Revision, Tag, Like, Announce, Notification, Recipient, Pin, Poll, Bookmark, FilteredPost)
WITHDRAWN_NAME = "withdrawn"


async def erase(posts: Sequence[Post]) -> None:
    """Empty messages from elsewhere, and drop what hangs on them; their rows stay, so that answers keep their place."""
    await erase_all([post.id for post in posts])


async def erase_all(ids: Sequence[int]) -> None:
    """The same, by the ids of their rows."""
    if not ids:
        return
    found = await acts.hanging([table._meta.db_table for table in (*HANGING, Approval, Attachment)], ids)
    for table in HANGING:
        if table._meta.db_table in found:
            await table.filter(post_id__in=ids).delete()
    if Approval._meta.db_table in found:
        await Approval.filter(post_id__in=ids).exclude(kind=StampKind.REPLY).delete()  # answers stay what they are
    if Attachment._meta.db_table in found:
        # the files of images go with the next cleaning (server.pictures.media.forget_erased)
        await Attachment.filter(post_id__in=ids).update(post_id=None, remote_uri="", description="", sealed=None)
    await Post.filter(id__in=ids).update(
        html="", text="", sealed=None, title="", warning="", language="", translations=None, place="", label_words="",
        team_note="", labels=None, quote_uri="", quote_stamp_uri="", shows_quote=False, expires_at=None, deleted_at=clock.now())


async def take_back(uris: Sequence[str], speaker: Actor) -> None:
    """Erase what these ids name, all of the speaker's own server, and let none of it come back: after `take_back_people`, which
    has erased what belongs to persons among them. Inside a transaction.
    """
    posts = await Post.filter(uri__in=list(uris), author__host=speaker.host).select_related("author")
    await _bury([post for post in posts if post.deleted_at is None])
    for table in (Announce, Like):
        await table.filter(uri__in=list(uris), actor__host=speaker.host).delete()
    await Follow.filter(uri__in=list(uris), follower__host=speaker.host).delete()
    for vote in await Vote.filter(uri__in=list(uris), actor__host=speaker.host).select_related("actor"):
        await votes.withdraw(vote.uri, vote.actor)
    await listings.take_away(uris, speaker.host, (await counts.thresholds()).outside)
    await approvals.withdraw_of(uris, speaker.host)
    known = {post.uri for post in posts}
    for uri in uris:
        if uri not in known and not await Actor.exists(uri=uri):
            await Tombstone.bury(uri, server_of(speaker.uri))


async def take_back_people(uris: Sequence[str], speaker: Actor) -> None:
    """Where a person is named, all that they wrote goes, what they did to our messages, and what their page said. The row stays:
    should they agree anew one day, they are not dead here. In steps, outside any transaction, as there may be much.
    """
    for actor in await Actor.filter(uri__in=list(uris), host=speaker.host).exclude(id=speaker.id):
        await _empty(actor)


async def _bury(posts: Sequence[Post]) -> None:
    """Erase for good: a late Create must not bring them back."""
    await acts.bury([(post.uri, post.author.uri) for post in posts])
    await erase(posts)


async def _empty(actor: Actor) -> None:
    theirs = Post.filter(author_id=actor.id, deleted_at__isnull=True).order_by("id").limit(AT_ONCE).select_related("author")
    after = 0
    while page := await theirs.filter(id__gt=after):
        async with in_transaction():
            await _bury(page)
        after = page[-1].id
    await ended_accounts.drop_relations(actor)
    async with in_transaction():
        await votes.forget(actor)
        await actor.change(name=f"{WITHDRAWN_NAME}-{actor.key[:8]}", display_name="", summary="", details=[], icon_uri="", url="",
                           aliases=[], fetched_at=None)
