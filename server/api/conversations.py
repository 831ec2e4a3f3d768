"""Conversations with named people: what apps show as private messages (docs.joinmastodon.org/methods/conversations).

A conversation is known by the id of its first message that the reader may see, so that it stays the same.
"""
from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypedDict

from aiohttp import web

from models import Actor, ConversationMark, Post, Q, Recipient, Subquery
from models.conversation import Strand, strands
from models.errors import NotHere
from models.reach import Reach
from moderation.visibility import visible_to
from server.api.answers import Nothing, answer
from server.api.arguments import Takes
from server.api.door import number
from server.api.entities.account import Account, account_with
from server.api.entities.status import Status, statuses
from server.api.paging import Window, listed
from server.api.readers import Reader, reader_of
from server.display.cards import Entry
from server.display.timelines import END_OF_TIME
from server.pictures import emojis

NO_MARK = ConversationMark(read_id=0, hidden_id=0)  # never written


class Conversation(TypedDict):
    """Messages that people named by each other wrote, by the newest."""

    id: str
    unread: bool
    accounts: list[Account]
    last_status: Status | None


async def show(request: web.Request, window: Window) -> web.Response:
    """GET /api/v1/conversations: those with the newest message first."""
    reader = reader_of(request)
    bounds = window.bounds("last")
    found = await strands(_private(reader), before=bounds.get("last__lt", END_OF_TIME), after=bounds.get("last__gt", 0),
                          upwards=window.min_id is not None, size=window.size)
    return listed(request, window, [strand.last_id for strand in found], await conversations(found, reader))


async def read(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/conversations/{id}/read."""
    reader = reader_of(request)
    strand = await _named(number(request), reader)
    await _mark(reader, strand, read_id=strand.last_id)
    return answer((await conversations([strand], reader))[0])


async def put_away(request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v1/conversations/{id}: out of the list, until somebody writes in it again."""
    reader = reader_of(request)
    strand = await _named(number(request), reader)
    await _mark(reader, strand, read_id=strand.last_id, hidden_id=strand.last_id)
    return answer(Nothing())


async def with_new(reader: Reader, post_ids: Collection[int]) -> list[Conversation]:
    """The conversations to which these messages belong, as far as the reader may see them."""
    new = Subquery(Post.filter(visible_to(reader.viewer), id__in=list(post_ids), reach=Reach.CIRCLE).values("conversation"))
    found = await strands(_private(reader) & Q(conversation__in=new), before=END_OF_TIME)
    return await conversations(found, reader)


async def conversations(found: Sequence[Strand], reader: Reader) -> list[Conversation]:
    """Some conversations, without those that the reader has put away; at most ten queries."""
    marked = await _marks(found, reader)
    found = [one for one in found if marked.get(one.conversation, NO_MARK).hidden_id < one.last_id]
    if not found:
        return []
    posts = {post.id: post for post in await Post.filter(id__in=[one.last_id for one in found]).select_related("author")}
    shown = await statuses([Entry(posts[one.last_id]) for one in found], reader)
    people = await _people(posts)
    entities: list[Conversation] = []
    keys = await emojis.of_posts((), _faces(posts, people))
    for strand, status in zip(found, shown, strict=True):
        last = posts[strand.last_id]
        others = {actor.id: actor for actor in (last.author, *people.get(last.id, ())) if actor.id != reader.actor_id}
        is_unread = last.author_id != reader.actor_id and marked.get(strand.conversation, NO_MARK).read_id < last.id
        entities.append({"id": str(strand.first_id), "unread": is_unread, "last_status": status,
                         "accounts": [account_with(actor, reader, keys) for actor in others.values()]})
    return entities


def _faces(posts: Mapping[int, Post], people: Mapping[int, Sequence[Actor]]) -> Iterator[Actor]:
    """Everybody who is shown: who wrote last, and to whom."""
    return chain((post.author for post in posts.values()), chain.from_iterable(people.values()))


async def _marks(found: Sequence[Strand], reader: Reader) -> dict[str, ConversationMark]:
    """How far the reader has read, by conversation."""
    names = [strand.conversation for strand in found]
    rows = await ConversationMark.filter(owner_id=reader.actor_id, conversation__in=names) if names else []
    return {row.conversation: row for row in rows}


async def _people(posts: Collection[int]) -> dict[int, list[Actor]]:
    """To whom the messages are addressed."""
    found: dict[int, list[Actor]] = {}
    for row in await Recipient.filter(actor__suspended_at__isnull=True, actor__deleted_at__isnull=True, post_id__in=list(posts)
                                      ).order_by("id").select_related("actor"):
        found.setdefault(row.post_id, []).append(row.actor)
    return found


def _private(reader: Reader) -> Q:
    """Messages to named people, of whom the reader is one, or their author."""
    named = Subquery(Recipient.filter(actor_id=reader.actor_id).values("post_id"))
    return visible_to(reader.viewer) & Q(reach=Reach.CIRCLE) & (Q(author_id=reader.actor_id) | Q(id__in=named))


async def _named(first_id: int, reader: Reader) -> Strand:
    """The conversation with this id. Raises: NotHere."""
    first = await Post.get_or_none(_private(reader), id=first_id)
    if first is None:
        raise NotHere("no such conversation")
    found = await strands(_private(reader) & Q(conversation=first.conversation), before=END_OF_TIME, size=1)
    return found[0]


async def _mark(reader: Reader, strand: Strand, **places: int) -> None:
    mark, _ = await ConversationMark.get_or_create(owner_id=reader.actor_id, conversation=strand.conversation)
    await mark.update_from_dict(places).save(update_fields=list(places))
