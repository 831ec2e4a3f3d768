"""What one member is told of the news: asked of the same lists and the same visibility as everything else, at that moment."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from models import Member, Notification, Post
from moderation import notices
from moderation.visibility import could_see
from server.api import conversations
from server.api.entities.notification import TYPES, notifications
from server.api.entities.status import statuses
from server.api.readers import Reader, reader_in
from server.display.cards import Entry
from server.display.timelines import Span
from server.streams import lists
from server.streams.channels import DIRECT, NOTICES, USER, Channel
from server.streams.listeners import Event, Listener

ENTRIES_LIMIT = 40  # of one channel, in one look
NOTICES_LIMIT = 40


@dataclass(frozen=True, slots=True)
class News:
    """Ids of what is new."""

    entries: frozenset[int] = frozenset()  # messages, and that somebody passed one on
    posts: frozenset[int] = frozenset()  # of these the messages
    notices: dict[int, int] = field(default_factory=dict)  # id -> the actor who is told
    edited: frozenset[int] = frozenset()
    deleted: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.entries or self.notices or self.edited or self.deleted)

    def concerns(self, actor_id: int) -> bool:
        """Whether any of it can be for this member."""
        return bool(self.entries or self.edited or self.deleted) or actor_id in self.notices.values()


Hearing = dict[Channel, list[Listener]]


async def tell(app: web.Application, member: Member, listeners: Sequence[Listener], news: News) -> None:
    """Tell all connections of one member. What is shown is made once for all of them."""
    reader = reader_in(app, member)
    wanted: Hearing = {}
    for listener in listeners:
        for channel in listener.channels:
            wanted.setdefault(channel, []).append(listener)
    await _entries(reader, member, wanted, news.entries, "update")
    await _entries(reader, member, wanted, news.edited, "status.update")
    await _notices(reader, member, wanted, [id_ for id_, who in news.notices.items() if who == member.actor_id])
    await _conversations(reader, member, wanted, news.posts)
    await _deletions(member, wanted, news.deleted)


async def _entries(reader: Reader, member: Member, wanted: Hearing, ids: Collection[int], name: str) -> None:
    """Messages, to each channel in whose list they stand."""
    if not ids:
        return
    by_context: dict[str, dict[int, Entry]] = {}
    places: list[tuple[Channel, str, Entry]] = []
    for channel in wanted:
        if channel.holds_posts:
            page = await lists.entries(channel, member.actor, Span(among=ids, size=ENTRIES_LIMIT))
            for entry in reversed(page.entries):
                by_context.setdefault(channel.context, {})[entry.id] = entry
                places.append((channel, channel.context, entry))
    shown: dict[tuple[str, int], str] = {}
    for context, entries in by_context.items():
        made = await statuses(list(entries.values()), reader, context)
        shown |= {(context, id_): orjson.dumps(one).decode() for id_, one in zip(entries, made, strict=True)}
    for channel, context, entry in places:
        for listener in wanted[channel]:
            listener.tell(Event(channel, name, shown[context, entry.id]), entry.post.id, entry.passed_id)


async def _notices(reader: Reader, member: Member, wanted: Hearing, ids: Sequence[int]) -> None:
    hearing = [(channel, listener) for channel in wanted if channel.name in (USER, NOTICES)
               for listener in wanted[channel] if listener.hears_notices]
    if not ids or not hearing:
        return
    shown = Notification.filter(await notices.wanted(member.actor_id), id__in=ids[-NOTICES_LIMIT:], kind__in=list(TYPES))
    rows = await shown.filter(recipient_id=member.actor_id).order_by("id").select_related("actor")
    for one in await notifications(rows, reader):
        payload = orjson.dumps(one).decode()
        for channel, listener in hearing:
            listener.tell(Event(channel, "notification", payload), int(one["status"]["id"]) if "status" in one else 0)


async def _conversations(reader: Reader, member: Member, wanted: Hearing, ids: Collection[int]) -> None:
    if not ids or not (hearing := wanted.get(Channel(DIRECT))):
        return
    for one in await conversations.with_new(reader, ids):
        payload = orjson.dumps(one).decode()
        for listener in hearing:
            listener.tell(Event(Channel(DIRECT), "conversation", payload))


async def _deletions(member: Member, wanted: Hearing, ids: Collection[int]) -> None:
    """That a message is gone, or hidden, to those who could see it: an id alone tells that there was something."""
    own = {post.id for post in await Post.filter(id__in=list(ids), deleted_at__isnull=True, author_id=member.actor_id).only("id")}
    if not ids:
        return
    seen = {post.id for post in await Post.filter(could_see(member.actor_id), id__in=list(ids)).only("id")}
    for channel, listeners in wanted.items():
        for listener in listeners:
            for id_ in ids:
                if channel.holds_posts and id_ not in own and (id_ in seen or listener.has_passed(id_)):
                    listener.tell(Event(channel, "delete", str(id_)))
