"""Posts from elsewhere to rows: who they are for, whom they name, what they answer. Inside the caller's transaction."""
from __future__ import annotations

from typing import Any

from federation.addresses import origin_of
from federation.contexts import PUBLIC
from federation.errors import Refused
from federation.wire import Note
from models import Actor, Attachment, Block, Host, Post, Recipient, Revision, Tag, Tombstone, clock
from models.notification import Notice, Notification
from models.post import Voice
from models.reach import Reach
from moderation import hosts, markup

IMAGES_LIMIT = 8
IMAGE_TYPES = {"Document", "Image"}


async def save(note: Note, author: Actor) -> Post:
    """The row of a post, made unless it is there; what we verified first stays (security.md, R16).

    Raises Refused if the author has erased it, or if its reach is more than we exchange with that host.
    """
    if known := await Post.get_or_none(uri=note.id).select_related("author"):
        if known.deleted_at is None:
            return known
        raise Refused("erased", host=author.host)
    if await Tombstone.covers(note.id, author.uri):
        raise Refused("erased", host=author.host)
    reach, to_followers = await reach_of(note, author)
    if not hosts.may_receive(await hosts.standing(author.host), reach):
        raise Refused("reach", host=author.host)
    parent = await Post.kept(note.in_reply_to) if note.in_reply_to else None
    post = await Post.create(
        uri=note.id, url=note.url or note.id, author=author, reach=reach, to_followers=to_followers, is_listed=PUBLIC in note.to,
        parent=parent, parent_uri=note.in_reply_to or "", conversation=_conversation(note, parent),
        published_at=note.published or clock.now(), edited_at=note.updated if note.updated != note.published else None, **_content(note))
    await _save_parts(post, note, author)
    await _tell(post, parent, author)
    return post


async def edit(post: Post, note: Note) -> bool:
    """Take a newer version, keeping the older one; False if ours is as new. The audience stays as it was (rule 5)."""
    newest = note.updated or clock.now()
    if post.edited_at and newest <= post.edited_at:
        return False
    await Revision.create(post=post, text="", html=post.html, warning=post.warning, written_at=post.edited_at or post.published_at)
    await post.change(edited_at=newest, **_content(note))
    await Tag.filter(post_id=post.id).delete()
    await Attachment.filter(post_id=post.id).delete()
    await _save_tags_and_images(post, note, post.author)
    return True


async def reach_of(note: Note, author: Actor) -> tuple[Reach, bool]:
    """The reach that the addressing says, and whether the author's followers are addressed."""
    audience = {*note.to, *note.cc}
    to_followers = author.followers_uri in audience if author.followers_uri else False
    if PUBLIC in audience:
        return Reach.WEB, to_followers
    host = await Host.called(author.host)
    partners = host.partners_uri or f"{origin_of(author.uri)}/partners"
    return (Reach.PARTNERS if partners in audience else Reach.CIRCLE), to_followers


def _conversation(note: Note, parent: Post | None) -> str:
    """The first message as far as we know it; what a stranger says of it cannot move into one of ours."""
    if parent:
        return parent.conversation
    return note.in_reply_to or note.id


def _content(note: Note) -> dict[str, Any]:
    title = note.name or ""
    html = markup.clean(note.content)
    if note.type != "Note" and (note.url or note.id):
        html += f'<p><a href="{markup.escape(note.url or note.id)}" rel="nofollow noopener noreferrer">{markup.escape(title or note.url or note.id)}</a></p>'
    return {"html": html, "title": title, "warning": (note.summary or "")[:300] if note.sensitive or note.type == "Note" else "",
            "sensitive": note.sensitive, "language": (note.language or "")[:20],
            "voice": Voice(note.voice) if note.voice in set(Voice) else Voice.NONE}


async def _save_parts(post: Post, note: Note, author: Actor) -> None:
    """Recipients that we know, tags and images."""
    named = {mention.href for mention in note.mentions}
    uris = [uri for uri in {*note.to, *note.cc, *named} if uri != author.uri]
    for actor in await Actor.filter(Actor.present(), uri__in=uris):
        await Recipient.create(post=post, actor=actor, mentioned=actor.uri in named)
    await _save_tags_and_images(post, note, author)


async def _save_tags_and_images(post: Post, note: Note, author: Actor) -> None:
    for name in {tag.name.lower()[:100] for tag in note.hashtags}:
        await Tag.create(post=post, name=name)
    images = [image for image in note.attachments if image.type in IMAGE_TYPES and (image.media_type or "image/").startswith("image/")]
    for position, image in enumerate(images[:IMAGES_LIMIT]):
        await Attachment.create(post=post, owner=author, position=position, media_type=image.media_type or "", width=image.width or 0,
                                height=image.height or 0, description=image.name, remote_uri=image.url)


async def _tell(post: Post, parent: Post | None, author: Actor) -> None:
    """Tell our members whom it answers or names, unless they block its author."""
    told: set[int] = set()
    if parent and parent.author.is_local and not await Block.either_way(parent.author_id, author.id):
        await Notification.tell(parent.author, Notice.REPLY, author, post)
        told.add(parent.author_id)
    for recipient in await Recipient.filter(post_id=post.id, actor__host="").select_related("actor"):
        if recipient.actor_id not in told and not await Block.either_way(recipient.actor_id, author.id):
            await Notification.tell(recipient.actor, Notice.MENTION, author, post)

