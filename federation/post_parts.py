"""What hangs on a post from elsewhere, to rows: tags, images, emoji, answers to choose. Inside the caller's transaction."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from federation import values, wire
from federation.note import Note
from models import Actor, Attachment, Emoji, Poll, Post, Vote, acts, clock
from moderation import markup

IMAGES_LIMIT = 8
IMAGE_TYPES = {"Document", "Image"}
EMOJI_LIMIT_PER_HOST = 3000
EMOJI_AGAIN = timedelta(hours=1)
LABEL_CHARACTERS = 120  # of a link


async def save(given: Sequence[tuple[int, Note, Actor]]) -> None:
    """Everything that new posts bring, or new versions of them: (post, note, author). Images are fetched later."""
    await acts.add_tags([(id_, name) for id_, note, _ in given for name in topics(note)])
    for id_, note, author in given:
        for image in images(note):
            await Attachment.create(post_id=id_, owner_id=author.id, **image)
        await save_emojis(note.emojis, author.host)
        await save_poll(id_, note)


def images(note: Note) -> list[dict[str, Any]]:
    """The images of a message, as columns that say what its author said."""
    shown = [image for image in note.attachments if _is_image(image)]
    return [{"position": position, "media_type": (image.media_type or "")[:40], "width": image.width or 0,
             "height": image.height or 0, "description": image.name, "remote_uri": image.url, "blurhash": image.blurhash or "",
             "focus_x": image.focus[0] if image.focus else None, "focus_y": image.focus[1] if image.focus else None}
            for position, image in enumerate(shown[:IMAGES_LIMIT])]


def links(note: Note) -> str:
    """What is attached and is no picture, as links to where it stays: a film, a sound, a leaflet, what a page is about. HTML
    that nobody has cleaned yet.
    """
    found = [one for one in note.attachments if not _is_image(one) and markup.escape(one.url) not in note.content]
    return "".join(f'<p><a href="{markup.escape(one.url)}">{markup.escape(_label(one))}</a></p>' for one in found)


def _label(attachment: wire.Attachment) -> str:
    """Its own words or its address, and what it is: "How we exercise (video)"."""
    words = " ".join(attachment.name.split()) or attachment.url.partition("://")[2]
    short = words if len(words) <= LABEL_CHARACTERS else words[:LABEL_CHARACTERS].rstrip() + "…"
    family, _, kind = (attachment.media_type or "").partition("/")
    what = family if family in ("video", "audio") else kind if kind == "pdf" else ""
    return f"{short} ({what})" if what else short


def topics(note: Note) -> set[str]:
    """What a message is about, as we keep it."""
    names = {values.line(tag.name).lower()[:100] for tag in note.hashtags}
    return names - {""}


async def save_poll(post_id: int, note: Note) -> None:
    """The answers and their newest numbers. Programs tell of new numbers without a new `updated`: they are no edit."""
    if note.poll is None:
        return
    columns = {"options": [{"name": name, "count": count} for name, count in note.poll.options],
               "is_multiple": note.poll.is_multiple, "closes_at": note.poll.closes_at, "voters": note.poll.voters}
    poll, is_new = await Poll.get_or_create(columns, post_id=post_id)
    if not is_new:
        names = [name for name, _ in note.poll.options]
        if [one["name"] for one in poll.options] != names or poll.is_multiple != note.poll.is_multiple:
            await Vote.filter(poll_id=poll.id).delete()  # what was chosen was something else
        await poll.change(**columns)


async def recount(post: Post, note: Note) -> None:
    """New numbers of the answers that we know. Other answers come with an edit, or not at all."""
    poll = await Poll.get_or_none(post_id=post.id)
    if poll and note.poll and [one["name"] for one in poll.options] == [name for name, _ in note.poll.options]:
        await save_poll(post.id, note)


async def save_emojis(emojis: Iterable[wire.Emoji], host: str) -> None:
    """One name is one picture on each server; a new address of it is fetched anew."""
    for emoji in emojis:
        known = await Emoji.get_or_none(host=host, name=emoji.name)
        if known is None and await Emoji.filter(host=host).count() < EMOJI_LIMIT_PER_HOST:
            await Emoji.get_or_create({"remote_uri": emoji.icon}, host=host, name=emoji.name)
        elif known and (known.remote_uri != emoji.icon or _is_newer(emoji, known)):
            await Emoji.filter(id=known.id).update(remote_uri=emoji.icon, stored_at=None, fetch_attempts=0)


def _is_newer(emoji: wire.Emoji, known: Emoji) -> bool:
    """Whether the picture has changed since ours was fetched, which was not a moment ago."""
    fetched = known.stored_at
    return bool(emoji.updated and fetched and emoji.updated > fetched and fetched < clock.now() - EMOJI_AGAIN)


def _is_image(attachment: wire.Attachment) -> bool:
    return attachment.type in IMAGE_TYPES and (attachment.media_type or "image/").startswith("image/")
