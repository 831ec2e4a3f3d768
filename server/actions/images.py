"""Covering parts of a picture, by whoever sends it or by the team while it waits. What was there before is forgotten."""
from __future__ import annotations

from collections.abc import Sequence

from models import Actor, Attachment, AuditEntry, Draft, Member, Post, Review
from models.database import in_transaction
from models.errors import NotHere
from models.review import ReviewState
from server.pictures.media import MediaStore, Rectangle


async def coverable(by: Member, key: str) -> Attachment:
    """The picture, if this member may cover parts of it: their own that nobody else has seen, or, of the team, one that waits.

    Raises NotHere, also for what is there and not theirs.
    """
    image = await Attachment.get_or_none(key=key, stored_at__isnull=False)
    if image is None or not (await _is_unseen(image) if image.owner_id == by.actor_id else await is_for_team(image, by)):
        raise NotHere("no picture of theirs that nobody has seen")
    return image


async def is_for_team(image: Attachment, reader: Member) -> bool:
    """Whether somebody of the team has to look at it: its message waits for that. Not one's own."""
    if not reader.role.is_staff or image.post_id is None or image.owner_id == reader.actor_id:
        return False
    return await Review.exists(post_id=image.post_id, state=ReviewState.WAITING)


async def cover(store: MediaStore, image: Attachment, rectangles: Sequence[Rectangle], by: Member) -> str:
    """The key of the picture without these parts, which takes the place of the one before, in drafts too.

    Raises BadImage, NotHere.
    """
    stored, old = await store.blur(image.key, rectangles), image.key
    async with in_transaction():
        changed = await Attachment.filter(id=image.id, key=old).update(
            key=stored.key, width=stored.width, height=stored.height, blurhash=stored.blurhash)
        if changed and by.actor_id == image.owner_id:
            await _in_drafts(by.actor, old, stored.key)
        elif changed:
            owner = await Member.get(actor_id=image.owner_id)
            await AuditEntry.create(actor_id=by.actor_id, action="image.cover", target=f"member:{owner.id}")
    store.forget(old if changed else stored.key)
    if not changed:
        raise NotHere("covered by somebody else meanwhile")
    return stored.key


async def _is_unseen(image: Attachment) -> bool:
    """In no message, or in one that nobody else can see yet."""
    if image.post_id is None:
        return True
    post = await Post.get_or_none(id=image.post_id)
    return post is not None and post.is_in_review


async def _in_drafts(owner: Actor, old: str, new: str) -> None:
    for draft in await Draft.filter(owner=owner).select_for_update():
        if old in draft.form.get("images", []):
            alts = dict(draft.form.get("alts", {}))
            alts[new] = alts.pop(old, "")
            keys = [new if key == old else key for key in draft.form["images"]]
            draft.form = draft.form | {"images": keys, "alts": alts}
            await draft.save(update_fields=["form"])
