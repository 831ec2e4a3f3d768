"""Posts from elsewhere to rows: who they are for, whom they name, what they answer. Inside the caller's transaction."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from federation import wire
from federation.addresses import origin_of
from federation.contexts import PUBLIC
from federation.errors import Refused
from federation.wire import Note
from models import Actor, Attachment, Block, Host, Post, Recipient, Revision, Tag, Tombstone, clock
from models.notification import Notice, Notification
from models.post import Voice
from models.reach import Reach
from moderation import facts, hosts, markup, policy
from moderation.policy import Verb

IMAGES_LIMIT = 8
WARNING_LIMIT = 300
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
    parent, parent_uri = await _parent(note, author)
    if parent and parent.author.is_local:
        reach = reach.narrowed_to(parent.reach)
    post = await Post.create(  # the conversation is the first message as far as we know it, never what a stranger says of it
        uri=note.id, url=note.url or note.id, author=author, reach=reach, to_followers=to_followers, is_listed=PUBLIC in note.to,
        parent=parent, parent_uri=parent_uri, conversation=parent.conversation if parent else parent_uri or note.id,
        published_at=_past(note.published), edited_at=_edited_at(note), **_content(note))
    await _adopt_answers(post)
    await _save_parts(post, note, author)
    await _tell(post, parent, author)
    return post


async def edit(post: Post, note: Note) -> bool:
    """Take a newer version, keeping the older one; False if ours is as new. The audience stays as it was (rule 5)."""
    newest = _past(note.updated)
    if newest < post.published_at or post.edited_at and newest <= post.edited_at:
        return False
    written_at = post.edited_at or post.published_at
    await Revision.create(post=post, text="", html=post.html, warning=post.warning, written_at=written_at)
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


async def _parent(note: Note, author: Actor) -> tuple[Post | None, str]:
    """What it answers, if we have it, and its uri. Of ours only what may be answered: a conversation that their server
    was never shown, it cannot join. Refused if the two block each other.
    """
    uri = note.in_reply_to or ""
    parent = await Post.kept(uri) if uri else None
    if parent is None or not parent.author.is_local:
        return parent, uri
    decision = policy.decide(Verb.ANSWER, await facts.between(author, parent.author, reach=Reach.CIRCLE, post=parent))
    if decision.reason == "blocked":
        raise Refused("blocked", host=author.host)
    return (parent, uri) if decision else (None, "")


async def _adopt_answers(post: Post) -> None:
    """Answers that came before what they answer find it now, and their conversation grows together."""
    early = Post.filter(parent_uri=post.uri, parent_id__isnull=True).exclude(author__host="")
    ids = [int(str(id_)) for id_ in await early.values_list("id", flat=True)]
    if ids:
        await Post.filter(id__in=ids).update(parent_id=post.id)
        await Post.filter(conversation=post.uri).exclude(id=post.id).update(conversation=post.conversation)


def _past(when: datetime | None) -> datetime:
    """A time that somebody states, but never later than now: a message from 2099 would stand on top for ever."""
    now = clock.now()
    return min(when, now) if when else now


def _edited_at(note: Note) -> datetime | None:
    return _past(note.updated) if note.updated and note.updated != note.published else None


def _content(note: Note) -> dict[str, Any]:
    is_note = note.type == "Note"
    html = markup.clean(note.content) + ("" if is_note else _link_to(note))
    warning = (note.summary or "")[:WARNING_LIMIT] if note.sensitive or is_note else ""
    return {"html": html, "title": note.name or "", "warning": warning, "sensitive": note.sensitive,
            "language": (note.language or "")[:20], "voice": Voice(note.voice) if note.voice in set(Voice) else Voice.NONE}


def _link_to(note: Note) -> str:
    """A paragraph that leads to what we do not show whole: articles, events, videos."""
    page = note.url or note.id
    return markup.clean(f'<p><a href="{markup.escape(page)}">{markup.escape(note.name or page)}</a></p>')


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
    images = [image for image in note.attachments if _is_image(image)]
    for position, image in enumerate(images[:IMAGES_LIMIT]):
        await Attachment.create(
            post=post, owner=author, position=position, media_type=(image.media_type or "")[:40], width=image.width or 0,
            height=image.height or 0, description=image.name, remote_uri=image.url)


def _is_image(attachment: wire.Attachment) -> bool:
    return attachment.type in IMAGE_TYPES and (attachment.media_type or "image/").startswith("image/")


async def _tell(post: Post, parent: Post | None, author: Actor) -> None:
    """Tell our members whom it answers or names, unless they block its author."""
    told: set[int] = set()
    if parent and parent.author.is_local and not await Block.either_way(parent.author_id, author.id):
        await Notification.tell(parent.author, Notice.REPLY, author, post)
        told.add(parent.author_id)
    for recipient in await Recipient.filter(post_id=post.id, actor__host="").select_related("actor"):
        if recipient.actor_id not in told and not await Block.either_way(recipient.actor_id, author.id):
            await Notification.tell(recipient.actor, Notice.MENTION, author, post)

