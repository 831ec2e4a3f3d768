"""What other programs take in: an archive of ActivityPub in the shape of Mastodon's, its CSV files, and signed receipts."""
from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from federation import outbox, render
from federation.addresses import host_of, origin_of
from federation.contexts import AS, note_context
from models import ActorKey, Attachment, Block, Bookmark, ConsentRecord, Follow, HostBlock, Like, ListedPerson, Member, Mute, Post
from models.reach import Reach
from server.archives.bundle import Bundle, listed
from server.members import receipts
from server.pictures.media import MediaStore

PAGE = 100
IMAGES = "media_attachments"


async def write(bundle: Bundle, member: Member, store: MediaStore) -> None:
    """actor.json, outbox.json, likes.json, bookmarks.json, the images, the CSV files, and a receipt for each agreement."""
    actor = member.actor
    document = render.actor_document(actor, await ActorKey.shown(actor.id), origin_of(actor.uri), Reach.ME)
    parts = {name: f"{name}.json" for name in ("outbox", "likes", "bookmarks")}
    await bundle.write_json("actor.json", document | parts)
    words = note_context(origin_of(actor.uri))
    await bundle.stream("outbox.json", _collection(words, "outbox.json", _messages(member)))
    await bundle.stream("likes.json", _collection(AS, "likes.json", _uris(Like, "actor_id", actor.id)))
    await bundle.stream("bookmarks.json", _collection(AS, "bookmarks.json", _uris(Bookmark, "owner_id", actor.id)))
    after = 0
    while page := await Attachment.filter(owner_id=actor.id, id__gt=after, stored_at__isnull=False).order_by("id").limit(PAGE):
        for image in page:
            await bundle.add_file(f"{IMAGES}/{image.key}.webp", store.path(image.key))
        after = page[-1].id
    await _tables(bundle, member)
    await _receipts(bundle, actor.id)


def _collection(context: object, name: str, items: AsyncIterator[Any]) -> AsyncIterator[str]:
    head = json.dumps({"@context": context, "id": name, "type": "OrderedCollection"})
    return listed(items, before=f'{head[:-1]}, "orderedItems": ', after="}")


async def _messages(member: Member) -> AsyncIterator[dict[str, Any]]:
    """Each message of the member as the Create that told of it, also those that never left."""
    after = 0
    while page := await Post.filter(author_id=member.actor_id, deleted_at__isnull=True, id__gt=after).order_by("id").limit(
            PAGE).select_related("author"):
        for post in page:
            note = await outbox.note_of(post)
            for image in note.get("attachment") or ():
                image["url"] = f"{IMAGES}/{image['url'].rpartition('/')[2]}.webp"
            note["source"] = {"content": post.text, "mediaType": "text/markdown"}
            yield {"id": f"{post.uri}#create", "type": "Create", "actor": post.author.uri, "published": note["published"],
                   "to": note.get("to", []), "cc": note.get("cc", []), "object": note}
        after = page[-1].id


async def _uris(table: type[Like] | type[Bookmark], column: str, whose: int) -> AsyncIterator[str]:
    after = 0
    while page := await table.filter(**{column: whose, "id__gt": after}).order_by("id").limit(PAGE).select_related("post"):
        for row in page:
            yield row.post.uri
        after = page[-1].id


async def _tables(bundle: Bundle, member: Member) -> None:
    """The CSV files that Mastodon and its relatives take in."""
    me, here = member.actor_id, host_of(member.actor.uri)
    follows = await Follow.filter(follower_id=me).select_related("target").order_by("id")
    blocks = await Block.filter(blocker_id=me).select_related("target").order_by("id")
    mutes = await Mute.filter(owner_id=me).select_related("target").order_by("id")
    people = await ListedPerson.filter(people_list__owner_id=me).select_related("people_list", "actor").order_by("id")

    def address(actor: Any) -> str:
        return f"{actor.name}@{actor.server or here}"
    await bundle.write("following_accounts.csv", _csv([
        ("Account address", "Show boosts", "Notify on new posts", "Languages"),
        *((address(row.target), str(row.shows_announces).lower(), str(row.tells_posts).lower(),
           row.languages.strip(",").replace(",", ", ")) for row in follows)]))
    await bundle.write("blocked_accounts.csv", _csv([(address(row.target),) for row in blocks]))
    await bundle.write("blocked_domains.csv", _csv([(host,) for host in sorted(await HostBlock.of(me))]))
    await bundle.write("muted_accounts.csv", _csv([
        ("Account address", "Hide notifications"),
        *((address(row.target), str(row.hides_notices).lower()) for row in mutes)]))
    await bundle.write("lists.csv", _csv([(row.people_list.title, address(row.actor)) for row in people]))
    await bundle.stream("bookmarks.csv", _lines(_uris(Bookmark, "owner_id", me)))


async def _lines(items: AsyncIterator[str]) -> AsyncIterator[str]:
    async for item in items:
        yield f"{item}\r\n"


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


async def _receipts(bundle: Bundle, actor_id: int) -> None:
    after = 0
    while page := await ConsentRecord.filter(actor_id=actor_id, id__gt=after).order_by("id").limit(PAGE):
        for record in page:
            if record.is_chained and record.key:
                await bundle.write_json(f"receipts/{record.key}.json", await receipts.document(record))
        after = page[-1].id
