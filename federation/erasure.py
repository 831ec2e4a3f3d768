"""Copies of what others wrote go: at a Delete, when a notice takes them back, when their time is over. In a transaction."""
from __future__ import annotations

from collections.abc import Sequence

from federation import approvals, votes
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
    clock,
    listings,
)
from models.post import server_of
from models.stamp import StampKind
from moderation import counts

AT_ONCE = 100
WITHDRAWN_NAME = "withdrawn"


async def erase(posts: Sequence[Post]) -> None:
    """Empty messages from elsewhere, and drop what hangs on them; their rows stay, so that answers keep their place."""
    await erase_all([post.id for post in posts])


async def erase_all(ids: Sequence[int]) -> None:
    """The same, by the ids of their rows."""
    if not ids:
        return
    for table in (Revision, Tag, Like, Announce, Notification, Recipient, Pin, Poll, Bookmark, FilteredPost):
        await table.filter(post_id__in=ids).delete()
    await Approval.filter(post_id__in=ids).exclude(kind=StampKind.REPLY).delete()  # answers stay what they are
    # the files of images go with the next cleaning (server.pictures.media.forget_erased)
    await Attachment.filter(post_id__in=ids).update(post_id=None, remote_uri="", description="", sealed=None)
    await Post.filter(id__in=ids).update(
        html="", text="", sealed=None, title="", warning="", language="", translations=None, place="", label_words="",
        team_note="", labels=None, quote_uri="", quote_stamp_uri="", shows_quote=False, expires_at=None, deleted_at=clock.now())


async def take_back(uris: Sequence[str], speaker: Actor) -> None:
    """Erase what these ids name, all of the speaker's own server, and let none of it come back. Where a person is named, all
    that they wrote goes, what they did to our messages, and what their page said.
    """
    for actor in await Actor.filter(uri__in=list(uris), host=speaker.host).exclude(id=speaker.id):
        await _empty(actor)
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


async def _bury(posts: Sequence[Post]) -> None:
    """Erase for good: a late Create must not bring them back."""
    for post in posts:
        await Tombstone.bury(post.uri, post.author.uri)
    await erase(posts)


async def _empty(actor: Actor) -> None:
    """Nothing of a person stays but the row: should they agree anew one day, they are not dead here."""
    while theirs := await Post.filter(author_id=actor.id, deleted_at__isnull=True).limit(AT_ONCE).select_related("author"):
        await _bury(theirs)
    await votes.forget(actor)
    for relation in ("followings", "followers", "likes", "announces", "caused", "addressed", "pins", "stamps",
                     "approvals", "listed"):
        await getattr(actor, relation).all().delete()
    await actor.change(name=f"{WITHDRAWN_NAME}-{actor.key[:8]}", display_name="", summary="", details=[], icon_uri="", url="",
                       aliases=[], fetched_at=None)
