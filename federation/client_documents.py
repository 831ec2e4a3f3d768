"""Messages as documents for a member's own client: of ours as we send them, of others as far as we keep them."""
from __future__ import annotations

from collections.abc import Sequence

from federation import render
from federation.contexts import PUBLIC
from federation.render import Document
from models import Attachment, Post, Recipient, Tag
from models.reach import Reach


async def creates(posts: Sequence[Post], origin: str) -> list[Document]:
    """A Create for each of these messages, with their authors loaded; three queries in all. `origin` is ours."""
    ids = [post.id for post in posts] or [0]
    recipients: dict[int, list[Recipient]] = {}
    for row in await Recipient.filter(post_id__in=ids).select_related("actor").order_by("id"):
        recipients.setdefault(row.post_id, []).append(row)
    tags: dict[int, list[Tag]] = {}
    for tag in await Tag.filter(post_id__in=ids).order_by("name"):
        tags.setdefault(tag.post_id, []).append(tag)
    images: dict[int, list[Attachment]] = {}
    for image in await Attachment.filter(post_id__in=ids).order_by("position"):
        images.setdefault(image.post_id or 0, []).append(image)
    return [_create(post, recipients.get(post.id, []), tags.get(post.id, []), images.get(post.id, []), origin)
            for post in posts]


def _create(post: Post, recipients: Sequence[Recipient], tags: Sequence[Tag], images: Sequence[Attachment],
            origin: str) -> Document:
    note = render.note_document(post, recipients=recipients, tags=tags, attachments=images, origin=origin,
                                is_closed=post.settled_at is not None)
    if not post.author.is_local:
        note |= _as_it_came(post, recipients)
    return {"id": f"{post.uri}#create", "type": "Create", "actor": post.author.uri, "published": note["published"],
            "to": note["to"], "cc": note["cc"], "object": note}


def _as_it_came(post: Post, recipients: Sequence[Recipient]) -> Document:
    """What only its own server decides stands as it said, as far as it is kept; nothing is said about permissions."""
    named = [row.actor.uri for row in recipients]
    followers = [post.author.followers_uri] if post.to_followers and post.author.followers_uri else []
    to, cc = ([PUBLIC], [*followers, *named]) if post.reach is Reach.WEB else (followers, named) if followers else (named, [])
    return {"type": post.kind or "Note", "to": to, "cc": cc, "interactionPolicy": None, "name": post.title or None}
